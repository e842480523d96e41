package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// staffPage is what staff.html shows to owners and managers. The console with
// everything else is not part of this package's pages.
type staffPage struct {
	*page
	Name      string
	Programs  []programTotals
	MayPair   bool
	Locations []organization.Location
	Tills     []tillLine
	// Code is a pairing code just made, Until when it ends.
	Code, Until string
	Error       string
	TillAddress string
	Form        pairingForm
}

type pairingForm struct{ Name, LocationID string }

type programTotals struct {
	Name, Status         string
	JoinPath, PosterPath string // "" if nobody can join now
	Totals               []total
}

type total struct{ Label, Number string }

type tillLine struct{ Name, Location, LastUsed string }

// staff answers with the shop's page, or says how to sign in.
func (w *Web) staff(r *request) error {
	p, err := w.manager(r)
	if err != nil {
		return w.turnAway(r, err)
	}
	return w.showStaff(r, http.StatusOK, p, staffPage{})
}

// errNotYours: signed in, but with another role.
var errNotYours = errors.New("role has no page here")

// manager returns who is signed in with a role that sees the shop's totals.
func (w *Web) manager(r *request) (access.Principal, error) {
	p, err := w.signedIn(r, sessionCookie, access.TokenSession)
	if err != nil {
		return access.Principal{}, err
	}
	if p.Kind != access.KindSession || !p.May(access.StatsRead) {
		return access.Principal{}, errNotYours
	}
	return p, nil
}

// turnAway answers who may not see the page.
func (w *Web) turnAway(r *request, err error) error {
	message := func(status int, heading, text string) error {
		return r.render(status, "message", messagePage{
			page: r.newPage(heading), Heading: heading, Paragraphs: []string{text}, Link: "/till", LinkText: r.T("start.till_link"),
		})
	}
	switch {
	case errors.Is(err, access.ErrUnauthenticated):
		return message(http.StatusUnauthorized, r.T("staff.signed_out_title"), r.T("staff.signed_out_text"))
	case errors.Is(err, errNotYours):
		return message(http.StatusForbidden, r.T("staff.forbidden_title"), r.T("staff.forbidden_text"))
	}
	return err
}

// showStaff fills the page around what the caller has put into data.
func (w *Web) showStaff(r *request, status int, p access.Principal, data staffPage) error {
	data.page = r.newPage(r.T("staff.title"))
	data.Path = "/staff"
	data.Name = p.StaffName
	data.MayPair = p.May(access.TillsWrite)
	data.TillAddress = strings.TrimPrefix(strings.TrimPrefix(w.BaseURL, "https://"), "http://") + "/till"
	programs, err := w.Programs.Programs(r.ctx(), r.org.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		return fmt.Errorf("list programs: %w", err)
	}
	for _, program := range programs.Items {
		totals, err := w.totalsOf(r, program)
		if err != nil {
			return err
		}
		data.Programs = append(data.Programs, totals)
	}
	if data.MayPair {
		if err := w.addTills(r, p, &data); err != nil {
			return err
		}
	}
	return r.render(status, "staff", data)
}

func (w *Web) totalsOf(r *request, p loyalty.Program) (programTotals, error) {
	stats, err := w.Programs.Stats(r.ctx(), r.org.ID, p.ID, r.now())
	if err != nil {
		return programTotals{}, fmt.Errorf("read totals: %w", err)
	}
	out := programTotals{Name: r.words(p.Name), Status: r.programStatus(p.Status)}
	if mayJoin(p, r.now()) {
		out.JoinPath = r.joinPath(p.ID)
		out.PosterPath = "/poster/" + r.org.Slug + "/" + p.ID
	}
	for _, t := range []struct {
		label string
		n     int64
	}{
		{r.T("staff.cards"), stats.Cards},
		{r.T("staff.provisional"), stats.Provisional},
		{r.T("staff.stamps"), stats.Stamps},
		{r.T("staff.issued"), stats.CouponsIssued},
		{r.T("staff.redeemed"), stats.CouponsRedeemed},
		{r.T("staff.open"), stats.CouponsOpen},
		{r.T("staff.expired"), stats.CouponsExpired},
	} {
		out.Totals = append(out.Totals, total{t.label, r.texts.Number(t.n)})
	}
	return out, nil
}

func (r *request) programStatus(s loyalty.ProgramStatus) string {
	switch s {
	case loyalty.ProgramDraft:
		return r.T("staff.status_draft")
	case loyalty.ProgramActive:
		return r.T("staff.status_active")
	case loyalty.ProgramEnded:
		return r.T("staff.status_ended")
	}
	return string(s)
}

// addTills fills in the devices and the branches that a new one can be paired with.
func (w *Web) addTills(r *request, p access.Principal, data *staffPage) error {
	locations, err := w.Shop.Locations(r.ctx(), r.org.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		return fmt.Errorf("list locations: %w", err)
	}
	names := map[string]string{}
	for _, l := range locations.Items {
		names[l.ID] = l.Name
		if p.At(l.ID) {
			data.Locations = append(data.Locations, l)
		}
	}
	tills, err := w.Shop.Tills(r.ctx(), r.org.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		return fmt.Errorf("list tills: %w", err)
	}
	for _, t := range tills.Items {
		if t.RevokedAt != 0 || !p.At(t.LocationID) {
			continue
		}
		line := tillLine{Name: t.Name, Location: names[t.LocationID], LastUsed: r.T("staff.never")}
		if t.LastUsedAt != 0 {
			line.LastUsed = r.texts.DateTime(t.LastUsedAt, r.zone())
		}
		data.Tills = append(data.Tills, line)
	}
	return nil
}

// makePairingCode makes a code and shows it on the page that answers the form: it
// is kept nowhere, so there is no other page that could.
func (w *Web) makePairingCode(r *request) error {
	p, err := w.manager(r)
	if err == nil && !p.May(access.TillsWrite) {
		err = errNotYours
	}
	if err != nil {
		return w.turnAway(r, err)
	}
	form := pairingForm{Name: strings.TrimSpace(r.field("name")), LocationID: r.field("location_id")}
	if err := organization.CheckLine("name", form.Name, access.MaxKeyNameLen, true); err != nil {
		complaint := r.T("field.invalid")
		if form.Name == "" {
			complaint = r.T("field.required")
		}
		return w.showStaff(r, http.StatusUnprocessableEntity, p, staffPage{Form: form, Error: complaint})
	}
	if !p.At(form.LocationID) {
		return errBadForm
	}
	code := access.NewPairingCode(r.org.Slug)
	until := r.now() + access.PairingCodeLife.Milliseconds()
	err = w.Access.CreatePairingCode(access.WithDoer(r.ctx(), p.Doer("")), access.PairingCode{
		OrgID: r.org.ID, Name: form.Name, LocationID: form.LocationID, CodeHash: access.Hash(code),
		CreatedAt: r.now(), ExpiresAt: until,
	})
	if errors.Is(err, organization.ErrNotFound) {
		return errBadForm
	}
	if err != nil {
		return fmt.Errorf("make pairing code: %w", err)
	}
	return w.showStaff(r, http.StatusOK, p, staffPage{Code: code, Until: r.texts.Time(until, r.zone())})
}

func (w *Web) signOut(r *request) error {
	p, err := w.signedIn(r, sessionCookie, access.TokenSession)
	if err != nil && !errors.Is(err, access.ErrUnauthenticated) {
		return err
	}
	if err == nil {
		if err := w.Access.EndSession(r.ctx(), p.OrgID, p.ID); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	w.dropCookie(r, sessionCookie)
	return r.seeOther("/staff")
}
