package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
)

// buttonPage is what button.html shows: one thing that happens only when its button
// is pressed. Mail scanners and previews open links too; they press nothing.
type buttonPage struct {
	*page
	Heading, Text, Button, Hint string
}

// maxTokenLen bounds what is looked up as the token of a link.
const maxTokenLen = access.MaxTokenLen

// confirmPage shows the button of a confirmation link. It does not use the link up.
func (w *Web) confirmPage(r *request) error {
	if err := w.linkOf(r, w.limits.confirm); err != nil {
		return err
	}
	request, err := w.Confirmations.ConfirmationByToken(r.ctx(), r.org.ID, access.Hash(r.Param("token")), r.now())
	if errors.Is(err, customer.ErrNotFound) {
		return r.confirmGone()
	}
	if err != nil {
		return fmt.Errorf("look at confirmation: %w", err)
	}
	r.speak(request.Locale)
	heading := r.T("confirm.title")
	return r.render(http.StatusOK, "button", buttonPage{
		page: r.newPage(heading), Heading: heading, Text: r.T("confirm.text", "shop", r.org.Name),
		Button: r.T("confirm.button"), Hint: r.T("confirm.not_you"),
	})
}

// confirm uses the link up and leads to the card.
func (w *Web) confirm(r *request) error {
	if err := w.linkOf(r, w.limits.confirm); err != nil {
		return err
	}
	confirmed, err := w.Confirmations.Confirm(r.ctx(), r.org.ID, access.Hash(r.Param("token")), r.now())
	if errors.Is(err, customer.ErrNotFound) {
		return r.confirmGone()
	}
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	done := doneConfirmed
	if confirmed.Merged {
		done = doneMerged
	}
	return r.seeOther(r.cardPath(confirmed.View.Link) + "?done=" + done)
}

// linkOf finds the organization of a one-time link and counts the visit.
func (w *Web) linkOf(r *request, l *limiter) error {
	if err := r.within(l); err != nil {
		return err
	}
	if err := r.of(r.Param("slug")); err != nil {
		return err
	}
	if len(r.Param("token")) > maxTokenLen {
		return errNotHere
	}
	return nil
}

// confirmGone says that the link is used or expired, and the way out. Links that
// never were get the same page.
func (r *request) confirmGone() error {
	heading := r.T("confirm.gone_title")
	return r.render(http.StatusGone, "message", messagePage{
		page: r.newPage(heading), Heading: heading,
		Paragraphs: []string{r.T("confirm.gone_text"), r.T("confirm.gone_way_out")},
		Link:       "/join/" + r.org.Slug, LinkText: r.T("confirm.gone_join", "shop", r.org.Name),
	})
}
