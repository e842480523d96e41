package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/leima/leima/loyalty"
)

// movedPage is what moved.html shows at the address of a card whose customer was merged
// into another one: where the stamps are, and the code, which still leads there at a till.
// Nothing else of the other card is shown, and its address least of all: the merge may be
// a mistake, and is then undone.
type movedPage struct {
	*page
	Program, Said           string
	NextReward, NextMissing string
	Code                    string
	Shown                   shownCode
}

// movedPage answers for a link that is no usable card's; errNotHere if it is not the link
// of a card that was merged either.
func (w *Web) movedPage(r *request) error {
	link := r.Param("link")
	if r.org == nil || link == "" || len(link) > maxLinkLen {
		return errNotHere
	}
	view, err := w.Cards.MovedCard(r.ctx(), r.org.ID, link)
	if errors.Is(err, loyalty.ErrNotFound) {
		return errNotHere
	}
	if err != nil {
		return fmt.Errorf("read moved card: %w", err)
	}
	r.speak(view.Customer.Locale)
	data := movedPage{page: r.newPage(r.T("card.title", "shop", r.org.Name)), Code: groupCode(view.Code)}
	if data.Shown, err = w.shownCode(r, view); err != nil {
		return err
	}
	goal := loyalty.CardGoal(view.Program, view.Card)
	filled := min(max(view.Card.Balance, 0), goal)
	next, missing := loyalty.Next(view.Program, view.Card)
	data.Program = cmp.Or(data.BrandText().CardTitle, r.words(view.Program.Name))
	data.Said = r.N("card.progress", goal, "balance", r.texts.Number(int64(filled))) + ", " + r.N("card.missing", goal-filled)
	data.NextReward, data.NextMissing = r.words(next.Name), r.N("card.next", missing)
	return r.render(http.StatusOK, "moved", data)
}
