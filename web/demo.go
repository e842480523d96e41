package web

import (
	"fmt"
	"net/http"

	"github.com/leima/leima/access"
)

// demoStaff signs the visitor of a demo in as its owner.
func (w *Web) demoStaff(r *request) error {
	session, err := w.Demo.SignInOwner(r.ctx())
	if err != nil {
		return fmt.Errorf("sign in the demo's owner: %w", err)
	}
	w.setCookie(r, sessionCookie, session, access.SessionLife)
	return w.goOn(r, "/console", r.T("start.demo_staff"))
}

// goOn leads to a page that needs the cookies just set. Browsers do not send strict
// cookies along a redirect that began on another site, in a link from a README for
// example; there the visitor presses a link of our own once more.
func (w *Web) goOn(r *request, path, text string) error {
	if r.Request().Header.Get("Sec-Fetch-Site") != "cross-site" {
		return r.seeOther(path)
	}
	return r.render(http.StatusOK, "message", messagePage{
		page: r.newPage(text), Heading: r.T("start.demo_title"), Paragraphs: []string{r.T("start.demo_text")}, Link: path, LinkText: text,
	})
}
