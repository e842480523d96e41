package web_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/web"
)

func newEcho(pages *web.Web) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) { pages.ErrorPage(c, err) }
	pages.Register(e)
	return e
}

var shownCode = regexp.MustCompile(`class="big-code">([^<]+)<`)

// pairingCode makes one on the shop's page, as its owner.
func (w *world) pairingCode() string {
	w.t.Helper()
	owner := w.browser("Accept-Language", "en")
	owner.post(w.signInLink(ownerID))
	made := owner.post("/staff/pairing-codes", "name", "Kassa 1", "location_id", w.branch.ID)
	made.want(http.StatusOK, "It works once, until 09:")
	m := shownCode.FindStringSubmatch(made.Body)
	if m == nil {
		w.t.Fatal("no code is shown")
	}
	return html.UnescapeString(m[1])
}

func TestAnOwnerMakesAPairingCode(t *testing.T) {
	w := newWorld(t)
	slug, code, err := access.ParsePairingCode(w.pairingCode())
	if err != nil || slug != w.org.Slug {
		t.Fatalf("the code is of %q: %v", slug, err)
	}
	till, err := w.store.PairTill(t.Context(), w.org.ID, access.Hash(code), access.Hash("lt_leimala_TILL"), w.clock.Load())
	if err != nil || till.LocationID != w.branch.ID || till.Name != "Kassa 1" {
		t.Errorf("it pairs %+v: %v", till, err)
	}
}

func TestTheShopsPageShowsTotals(t *testing.T) {
	w := newWorld(t)
	card := w.aLivelyCard()
	w.joinAs(customer.Join{Phone: "+358409876543", Source: customer.SourceForm})
	w.apply(redeem(card, w.openCoupon(card)))
	b := w.browser("Accept-Language", "en")
	b.post(w.signInLink(ownerID))
	page := b.get("/staff")
	page.want(http.StatusOK, "Stamp card", "Running", w.joinPath(), "/poster/leimala/"+w.program.ID, "No till is paired yet.")
	got := map[string]string{}
	for _, m := range regexp.MustCompile(`<dt>([^<]+)</dt><dd>([^<]+)</dd>`).FindAllStringSubmatch(page.Body, -1) {
		got[m[1]] = m[2]
	}
	for label, want := range map[string]string{"Cards": "2", "Not confirmed": "1", "Stamps given": "12", "Rewards used": "1"} {
		if got[label] != want {
			t.Errorf("%s: %q, want %s (all: %v)", label, got[label], want, got)
		}
	}
	b.follow(b.post("/staff/sign-out")).want(http.StatusUnauthorized, "Please sign in")
}

func TestWrongPairingFormsAreExplained(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "en")
	b.post("/staff/pairing-codes", "name", "x").want(http.StatusUnauthorized)
	b.post(w.signInLink(ownerID))
	b.post("/staff/pairing-codes", "name", " ", "location_id", w.branch.ID).want(http.StatusUnprocessableEntity, "This is needed.")
	b.post("/staff/pairing-codes", "name", "a\u202eb", "location_id", w.branch.ID).want(http.StatusUnprocessableEntity, "This cannot be used.")
	b.post("/staff/pairing-codes", "name", "Kassa", "location_id", id("loc", 9)).want(http.StatusBadRequest)
}

// TestLookingAtALinkDoesNotUseIt: mail programs open links to see where they lead.
func TestLookingAtALinkDoesNotUseIt(t *testing.T) {
	w := newWorld(t)
	card := w.joinAs(customer.Join{Phone: "+358401234567", Source: customer.SourceForm})
	b := w.browser("Accept-Language", "en")
	confirm, signIn := w.confirmationLink(), w.signInLink(ownerID)
	for range 3 {
		b.get(confirm).want(http.StatusOK, "One press, and your card at Leimala is confirmed.")
		b.do(http.MethodHead, confirm, nil).want(http.StatusOK)
		b.get(signIn).want(http.StatusOK, "You are about to sign in to Leimala on this device.")
	}
	b.get(w.cardPath(card)).want(http.StatusOK, "Please confirm your contact")
	b.follow(b.post(confirm)).want(http.StatusOK, "your contact is confirmed")
	b.post(signIn)
	b.get("/staff").want(http.StatusOK, "Signed in as Aino Omistaja")
	// Once is enough.
	b.post(confirm).want(http.StatusGone, "This link does not work any more", "/join/leimala")
	b.get(confirm).want(http.StatusGone, "This link does not work any more")
	b.post(signIn).want(http.StatusGone, "A sign-in link works once")
}

func TestLinksEndAfterTenMinutes(t *testing.T) {
	w := newWorld(t)
	w.joinAs(customer.Join{Phone: "+358401234567", Source: customer.SourceForm})
	confirm, signIn := w.confirmationLink(), w.signInLink(ownerID)
	w.pass(10*time.Minute + time.Second)
	b := w.browser("Accept-Language", "en")
	b.get(confirm).want(http.StatusGone, "its ten minutes are over")
	b.post(confirm).want(http.StatusGone)
	b.post(signIn).want(http.StatusGone)
	if b.cookies["leima_session"] != "" {
		t.Error("somebody is signed in")
	}
	// Links of nobody get the same page.
	unknown, over := b.get("/confirm/leimala/lc_leimala_NOBODY"), b.get(confirm)
	if unknown.Body != over.Body {
		t.Error("a link that never was is told from one that is over")
	}
}

// demoDoors is a demo of which only the tokens matter.
type demoDoors struct {
	till, session string
	err           error
}

func (d demoDoors) EnterTill(context.Context) (tillToken, sessionToken string, err error) {
	return d.till, d.session, d.err
}
func (d demoDoors) SignInOwner(context.Context) (string, error) { return d.session, d.err }

func TestTheDemosDoors(t *testing.T) {
	w := newWorld(t)
	b := w.browser("Accept-Language", "en")
	b.get("/demo/till").want(http.StatusNotFound)
	b.get("/").wantNot("/demo/till")

	owner := w.browser("Accept-Language", "en")
	owner.post(w.signInLink(ownerID))
	doors := demoDoors{till: "lt_leimala_TILL", session: owner.cookies["leima_session"]}
	visitor := w.browser("Accept-Language", "en")
	visitor.echo = newEcho(w.build(web.Dependencies{Demo: doors, DemoSlug: "leimala"}))
	visitor.get("/").want(http.StatusOK, `href="/demo/till"`, `href="/join/leimala"`)
	if a := visitor.get("/demo/till"); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/till#demo" {
		t.Errorf("the door leads to %q with %d", a.Header.Get("Location"), a.Status)
	}
	visitor.post("/demo/till").want(http.StatusOK, `"till_token":"lt_leimala_TILL"`, `"session_token":"ls_`)
	visitor.get("/demo/staff")
	visitor.get("/staff").want(http.StatusOK, "Signed in as Aino Omistaja")

	// From a link on another site, a redirect would lose the cookie.
	visitor.headers["Sec-Fetch-Site"] = "cross-site"
	visitor.get("/demo/staff").want(http.StatusOK, `href="/console"`)
	visitor.post("/demo/till").want(http.StatusForbidden)
	visitor.headers["Sec-Fetch-Site"] = "same-origin"

	visitor.echo = newEcho(w.build(web.Dependencies{Demo: demoDoors{err: errors.New("no till")}}))
	visitor.post("/demo/till").want(http.StatusInternalServerError, "Something broke on our side")
}
