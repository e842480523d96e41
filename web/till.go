package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// tillPage is what till.html shows to a cashier. The rest is done by the script in
// assets/till.js, which talks to the API.
type tillPage struct {
	*page
	Location, Cashier string
	LocationID        string
	Programs          []programChoice
	// Texts is what the script says, as JSON.
	Texts string
	// Slug is for the address of a new card's page.
	Slug string
	// Quantities have a key each.
	Quantities []int
}

type programChoice struct{ ID, Name string }

// pairPage and signInTillPage are the two steps before.
type pairPage struct {
	*page
	Typed, Error string
}

type signInTillPage struct {
	*page
	Location string
	Staff    []organization.Staff
	// Chosen is who types a PIN now, nil while nobody was chosen.
	Chosen *organization.Staff
	Error  string
	// Digits are the keys of the PIN pad.
	Digits []int
}

// till answers with the step that the device is at: pairing, signing in, working.
func (w *Web) till(r *request) error {
	till, cashier, err := w.atTill(r)
	if errors.Is(err, access.ErrUnauthenticated) {
		return w.showPairing(r, http.StatusOK, "", "")
	}
	if err != nil {
		return err
	}
	if cashier == nil {
		return w.showSignIn(r, http.StatusOK, till, r.QueryParam("staff"), "")
	}
	return w.showTill(r, *cashier)
}

func (w *Web) showPairing(r *request, status int, typed, complaint string) error {
	data := pairPage{page: r.newPage(r.T("till.title")), Typed: typed, Error: complaint}
	data.Path = "/till"
	return r.render(status, "till_pair", data)
}

// pairTill makes this browser a till by a one-time code.
func (w *Web) pairTill(r *request) error {
	if err := r.within(w.limits.pair); err != nil {
		return err
	}
	typed := r.field("code")
	slug, code, err := access.ParsePairingCode(typed)
	if err != nil {
		return w.wrongPairing(r, typed)
	}
	org, err := r.findOrganization(slug)
	if errors.Is(err, errNotHere) {
		return w.wrongPairing(r, typed)
	}
	if err != nil {
		return err
	}
	token := access.NewToken(access.TokenTill, org.Slug)
	_, err = w.Access.PairTill(r.ctx(), org.ID, access.Hash(code), access.Hash(token), r.now())
	if errors.Is(err, access.ErrUnauthenticated) {
		return w.wrongPairing(r, typed)
	}
	if err != nil {
		return fmt.Errorf("pair till: %w", err)
	}
	w.setCookie(r, tillCookie, token, tillCookieLife)
	w.dropCookie(r, sessionCookie)
	return r.seeOther("/till")
}

func (w *Web) wrongPairing(r *request, typed string) error {
	if len(typed) > access.MaxTokenLen {
		typed = ""
	}
	return w.showPairing(r, http.StatusUnprocessableEntity, typed, r.T("till.pair_wrong"))
}

func (w *Web) showSignIn(r *request, status int, till access.Principal, staffID, complaint string) error {
	staff, err := w.Shop.TillStaff(r.ctx(), r.org.ID, till.LocationID)
	if err != nil {
		return fmt.Errorf("list till staff: %w", err)
	}
	data := signInTillPage{
		page: r.newPage(r.T("till.title")), Staff: staff, Error: complaint, Digits: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 0},
	}
	if i := slices.IndexFunc(staff, func(s organization.Staff) bool { return s.ID == staffID }); i >= 0 {
		data.Chosen = &staff[i]
	}
	if data.Location, err = w.locationName(r, till.LocationID); err != nil {
		return err
	}
	data.Path = "/till"
	return r.render(status, "till_sign_in", data)
}

// signInAtTill checks a PIN.
func (w *Web) signInAtTill(r *request) error {
	till, err := w.signedIn(r, tillCookie, access.TokenTill)
	if errors.Is(err, access.ErrUnauthenticated) {
		return r.seeOther("/till")
	}
	if err != nil {
		return err
	}
	staffID := r.field("staff_id")
	_, token, err := access.SignInAtTill(r.ctx(), w.Access, till, r.org.Slug, staffID, r.field("pin"), r.now())
	switch {
	case errors.Is(err, access.ErrWrongPIN), errors.Is(err, access.ErrUnauthenticated):
		return w.showSignIn(r, http.StatusUnprocessableEntity, till, staffID, r.T("till.pin_wrong"))
	case errors.Is(err, access.ErrLocked):
		minutes := int(access.PINLockout / time.Minute)
		return w.showSignIn(r, http.StatusTooManyRequests, till, staffID, r.N("till.pin_locked", minutes))
	case err != nil:
		return fmt.Errorf("sign in at till: %w", err)
	}
	w.setCookie(r, sessionCookie, token, access.TillSessionLife)
	return r.seeOther("/till")
}

// lockTill ends the cashier's session; the till stays paired.
func (w *Web) lockTill(r *request) error {
	_, cashier, err := w.atTill(r)
	if err != nil && !errors.Is(err, access.ErrUnauthenticated) {
		return err
	}
	if cashier != nil {
		if err := w.Access.EndSession(r.ctx(), cashier.OrgID, cashier.ID); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	w.dropCookie(r, sessionCookie)
	return r.seeOther("/till")
}

func (w *Web) showTill(r *request, cashier access.Principal) error {
	programs, err := w.Programs.Programs(r.ctx(), r.org.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		return fmt.Errorf("list programs: %w", err)
	}
	texts, err := json.Marshal(locale.Section(r.texts.Locale(), "till_script"))
	if err != nil {
		return fmt.Errorf("write texts: %w", err)
	}
	data := tillPage{
		page: r.newPage(r.T("till.title")), Cashier: cashier.StaffName, LocationID: cashier.LocationID,
		Texts: string(texts), Slug: r.org.Slug, Quantities: []int{1, 2, 3, 4, 5, 6, 7, 8, 9},
	}
	data.Wide, data.Path = true, "/till"
	for _, p := range programs.Items {
		if p.Status == loyalty.ProgramActive {
			data.Programs = append(data.Programs, programChoice{ID: p.ID, Name: r.words(p.Name)})
		}
	}
	if data.Location, err = w.locationName(r, cashier.LocationID); err != nil {
		return err
	}
	return r.render(http.StatusOK, "till", data)
}
