package storetest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

var auditStories = []story{
	{"the audit log tells who did what, newest first", auditLog},
	{"the audit log says what things are called now", auditNames},
	{"what was not done leaves no line in the audit log", auditRollsBack},
	{"corrections by hand are in the audit log, stamps are not", auditAdjustments},
}

// audit reads the whole audit log that the query finds.
func (sh *shop) audit(q access.AuditQuery) []access.Deed {
	sh.t.Helper()
	return whole(sh.t, func(p paging.Page) (paging.List[access.Deed], error) { return sh.AuditLog(sh.ctx, sh.org.ID, q, p) })
}

// actions are what the lines say was done, as words.
func actions(list []access.Deed) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = string(d.Action)
	}
	return strings.Join(words, " ")
}

func auditLog(su *suite) {
	sh := newShop(su)
	su.same("what made the shop", "program.added staff.added location.added", actions(sh.audit(access.AuditQuery{})))
	su.pass(time.Hour)
	began := sh.clock()
	ctx := access.WithDoer(sh.ctx, access.Doer{Kind: access.DoerStaff, ID: sh.cashier.ID, RequestID: "request-1"})
	moved := sh.location
	moved.Address, moved.ExternalRef = "Kauppatori 1", "12"
	_, err := sh.UpdateLocation(ctx, moved, 1)
	sh.ok(err)
	line := sh.audit(access.AuditQuery{})[0]
	line.ID = ""
	su.same("the line", access.Deed{
		OrgID: sh.org.ID, At: began, Doer: access.Doer{Kind: access.DoerStaff, ID: sh.cashier.ID, RequestID: "request-1"}, DoerName: sh.cashier.Name,
		Action: access.LocationChanged, SubjectID: sh.location.ID, SubjectName: sh.location.Name,
		Changes: []access.Change{{Field: "address", After: "Kauppatori 1"}, {Field: "external_ref", After: "12"}},
	}, line)
	sh.cashier.Name, sh.cashier.Email = "Aino Uusi", "aino@example.org"
	_, err = sh.UpdateStaff(sh.ctx, sh.cashier, 1)
	sh.ok(err)
	line = sh.audit(access.AuditQuery{Action: access.StaffChanged})[0]
	su.same("personal data is named, not told", []access.Change{{Field: "name"}, {Field: "email"}}, line.Changes)
	moved.Address = strings.Repeat("ä", 400)
	_, err = sh.UpdateLocation(ctx, moved, 2)
	sh.ok(err)
	after := sh.audit(access.AuditQuery{})[0].Changes[0].After
	if len(after) > 310 || !strings.HasSuffix(after, "ä…") {
		su.t.Fatalf("a long value is cut: %d bytes, %q", len(after), after)
	}

	for range 9 {
		sh.ok(sh.NoteDeed(ctx, sh.org.ID, access.ListExported, "customers", []access.Change{{Field: "format", After: "csv"}}))
	}
	su.same("in pages", 15, len(sh.audit(access.AuditQuery{})))
	su.same("by what was done", 9, len(sh.audit(access.AuditQuery{Action: access.ListExported})))
	su.same("by who did it", 11, len(sh.audit(access.AuditQuery{DoerID: sh.cashier.ID})))
	su.same("by what it was done to", "location.changed location.changed location.added", actions(sh.audit(access.AuditQuery{SubjectID: sh.location.ID})))
	su.same("since", 12, len(sh.audit(access.AuditQuery{From: began})))
	su.same("until", "program.added staff.added location.added", actions(sh.audit(access.AuditQuery{To: began})))
}

func auditNames(su *suite) {
	sh := newShop(su)
	till, _ := sh.newTill()
	person, m := sh.card(sh.newCard().ID).Customer, sh.newImport()
	sh.block(person.ID)
	moved := sh.location
	moved.Name = "Market Square"
	_, err := sh.UpdateLocation(sh.ctx, moved, 1)
	sh.ok(err)
	names := map[access.Action]string{}
	for _, d := range sh.audit(access.AuditQuery{}) {
		names[d.Action] = d.SubjectName
	}
	su.same("names", map[access.Action]string{
		access.LocationAdded: "Market Square", access.LocationChanged: "Market Square", access.StaffAdded: sh.cashier.Name, access.ProgramAdded: "",
		access.TillCodeMade: "Market Square", access.TillPaired: till.Name, access.CustomerBlocked: person.Number, access.ImportStarted: m.FileName,
	}, names)
}

func auditRollsBack(su *suite) {
	sh := newShop(su)
	before := sh.audit(access.AuditQuery{})
	_, err := sh.UpdateLocation(sh.ctx, sh.location, 7)
	sh.is(err, organization.ErrVersion)
	stranger := sh.cashier
	stranger.ID, stranger.LocationID = "stf_new", "loc_none"
	sh.is(sh.CreateStaff(sh.ctx, stranger), organization.ErrNotFound)
	sh.is(sh.SetPIN(sh.ctx, sh.org.ID, "stf_none", "hash"), organization.ErrNotFound)
	sh.is(sh.RevokeTill(sh.ctx, sh.org.ID, "till_none", 1), organization.ErrNotFound)
	sh.is(sh.RevokeAPIKey(sh.ctx, sh.org.ID, "key_none", 1), organization.ErrNotFound)
	su.same("the audit log", before, sh.audit(access.AuditQuery{}))
}

func auditAdjustments(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	before := len(sh.audit(access.AuditQuery{}))
	sh.apply(sh.stamp(card.ID, 3))
	c := sh.adjust(card.ID, -2)
	o := sh.apply(c)
	sh.apply(c) // its answer was lost, it is sent again
	sh.refused(sh.adjust(card.ID, -50), loyalty.RefusedBelowZero)
	list := sh.audit(access.AuditQuery{})
	su.same("one line", before+1, len(list))
	line := list[0]
	line.ID = ""
	su.same("the line", access.Deed{
		OrgID: sh.org.ID, At: sh.clock(), Doer: access.Doer{Kind: access.DoerStaff, ID: sh.cashier.ID}, DoerName: sh.cashier.Name,
		Action: access.CardAdjusted, SubjectID: card.ID, SubjectName: sh.card(card.ID).Customer.Number,
		Changes: []access.Change{{Field: "quantity", After: "-2"}, {Field: "entry_id", After: o.Entry.ID}, {Field: "idempotency_key", After: c.IdempotencyKey}},
	}, line)
}

func attacksOnAudit(v *victim) map[string]attack {
	return map[string]attack{
		"AuditLog": func(ctx context.Context, org string) error {
			l, err := v.AuditLog(ctx, org, access.AuditQuery{SubjectID: v.location.ID}, paging.Page{})
			return empty(l.Items, err)
		},
		"NoteDeed": func(ctx context.Context, org string) error {
			if org == v.org.ID {
				return errors.New("not an attack")
			}
			return v.NoteDeed(ctx, org, access.LocationChanged, v.location.ID, nil)
		},
	}
}
