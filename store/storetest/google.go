package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const (
	googleIssuer = "3388000000022345678"
	googleLease  = time.Minute
	day          = 24 * time.Hour
)

var googleStories = []story{
	{"a card has one pass for Google, and a new code makes another", googlePassOfCode},
	{"a change is sent once, cards before looks, and by nobody else meanwhile", googlePassesAreClaimed},
	{"what could not be sent is due again when it was said, or after the next change", googlePassesFail},
	{"a callback counts once", googleCallbackCountsOnce},
	{"three notifications a day, and none after Google counted more", googleNotifications},
	{"a comparison goes on where it stopped, one at a time, and once a day", googleComparison},
	{"what a comparison did not find is missing, and it tells who has a pass", googleFound},
}

func (sh *shop) newGooglePass(cardID string) customer.GooglePass {
	sh.t.Helper()
	p, err := sh.IssueGooglePass(sh.ctx, customer.GooglePass{OrgID: sh.org.ID, CardID: cardID, IssuerID: googleIssuer, Serial: "gpass_" + sh.key()})
	sh.ok(err)
	return p
}

// atGoogle is a pass of a new card that Google has.
func (sh *shop) atGoogle() customer.GooglePass {
	sh.t.Helper()
	p := sh.newGooglePass(sh.newCard().ID)
	sh.googleHas(p)
	return sh.googlePass(p.Serial)
}

func (sh *shop) googleHas(p customer.GooglePass) {
	sh.t.Helper()
	sh.ok(sh.NoteGooglePassesSent(sh.ctx, sh.org.ID, []customer.GooglePassSent{{Serial: p.Serial, Version: p.Version, Sent: true}}))
}

func (sh *shop) googlePass(serial string) customer.GooglePass {
	sh.t.Helper()
	found, err := sh.GooglePasses(sh.ctx, sh.org.ID, googleIssuer, []string{serial})
	sh.ok(err)
	if len(found) != 1 {
		sh.t.Fatalf("%d passes with the serial %s", len(found), serial)
	}
	return found[0]
}

// claimed are the serials of what is to be sent now.
func (sh *shop) claimed(limit int) []string {
	sh.t.Helper()
	list, err := sh.ClaimGooglePasses(sh.ctx, sh.org.ID, googleIssuer, googleLease, limit)
	sh.ok(err)
	var serials []string
	for _, p := range list {
		serials = append(serials, p.Serial)
	}
	return serials
}

func (sh *shop) follows(want int) {
	sh.t.Helper()
	n, err := sh.FollowGooglePasses(sh.ctx, sh.org.ID, sh.clock()-time.Minute.Milliseconds())
	sh.ok(err)
	sh.same("passes that changed", want, n)
}

func googlePassOfCode(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	first := sh.newGooglePass(card.ID)
	su.same("pass", customer.GooglePass{
		OrgID: sh.org.ID, Serial: first.Serial, IssuerID: googleIssuer, CardID: card.ID, ProgramID: sh.program.ID, Code: sh.card(card.ID).Code, Version: 1,
	}, first)
	su.same("asked again", first, sh.newGooglePass(card.ID))
	_, err := sh.IssueGooglePass(sh.ctx, customer.GooglePass{OrgID: sh.org.ID, CardID: "card_nobodys", IssuerID: googleIssuer, Serial: "x"})
	sh.is(err, loyalty.ErrNotFound)
	other, err := sh.IssueGooglePass(sh.ctx, customer.GooglePass{OrgID: sh.org.ID, CardID: card.ID, IssuerID: "1", Serial: "gpass_other"})
	sh.ok(err)
	su.same("of another issuer", "gpass_other", other.Serial)
	found, err := sh.GooglePasses(sh.ctx, sh.org.ID, googleIssuer, []string{first.Serial, other.Serial, "nobody's"})
	sh.ok(err)
	su.same("of the issuer", []customer.GooglePass{first}, found)
	if _, err := sh.GooglePasses(sh.ctx, sh.org.ID, googleIssuer, make([]string, customer.MaxGooglePassBatch+1)); err == nil {
		su.t.Fatal("too many passes were read")
	}
}

func googlePassesAreClaimed(su *suite) {
	sh := newShop(su)
	looks, stamped := sh.atGoogle(), sh.atGoogle()
	sh.follows(0)
	if got := sh.claimed(9); len(got) != 0 {
		su.t.Fatalf("claimed %v, and nothing changed", got)
	}
	sh.org.Brand.Color = "#7a1f3d"
	org, err := sh.UpdateOrganization(sh.ctx, sh.org, sh.org.Version)
	sh.ok(err)
	sh.org = org
	n, err := sh.SweepGooglePasses(sh.ctx, sh.org.ID)
	sh.ok(err)
	su.same("passes with a new brand", 2, n)
	for range 10 {
		sh.apply(sh.stamp(stamped.CardID, 1))
	}
	sh.follows(1)
	sh.follows(0)
	su.same("the card first", []string{stamped.Serial}, sh.claimed(1))
	su.same("then the looks", []string{looks.Serial}, sh.claimed(9))
	if got := sh.claimed(9); len(got) != 0 {
		su.t.Fatalf("claimed %v within the lease", got)
	}
	now := sh.googlePass(stamped.Serial)
	su.same("versions", []int64{3, 1}, []int64{now.Version, now.SentVersion})
	if !now.Notify || sh.googlePass(looks.Serial).Notify {
		su.t.Fatal("whoever was stamped is notified, and nobody of a new brand")
	}
	sh.apply(sh.stamp(stamped.CardID, 1)) // while it is on its way
	sh.follows(1)
	sh.googleHas(now)
	su.same("changed meanwhile", []string{stamped.Serial}, sh.claimed(9))
	sh.googleHas(sh.googlePass(stamped.Serial))
	if p := sh.googlePass(stamped.Serial); p.Notify || p.SentVersion != p.Version {
		su.t.Fatalf("after it was sent: %+v", p)
	}
	su.pass(googleLease)
	su.same("whoever claimed it was killed", []string{looks.Serial}, sh.claimed(9))
}

func googlePassesFail(su *suite) {
	sh := newShop(su)
	p := sh.atGoogle()
	sh.apply(sh.stamp(p.CardID, 1))
	sh.follows(1)
	fail := func(again int64) {
		su.t.Helper()
		su.same("due", []string{p.Serial}, sh.claimed(9))
		sh.ok(sh.NoteGooglePassesSent(sh.ctx, sh.org.ID, []customer.GooglePassSent{{Serial: p.Serial, Version: sh.googlePass(p.Serial).Version, Again: again}}))
	}
	fail(su.clock() + 1000)
	c, err := sh.GooglePassCounts(sh.ctx, sh.org.ID, googleIssuer)
	sh.ok(err)
	su.same("counts", customer.GooglePassCounts{Issued: 1, Failed: 1}, c)
	if got := sh.claimed(9); len(got) != 0 {
		su.t.Fatalf("claimed %v too early", got)
	}
	su.pass(time.Second)
	fail(0)
	su.same("tries", 2, sh.googlePass(p.Serial).Tries)
	su.pass(30 * day)
	if got := sh.claimed(9); len(got) != 0 {
		su.t.Fatalf("claimed %v, which Google refuses", got)
	}
	sh.apply(sh.stamp(p.CardID, 1))
	sh.follows(1)
	su.same("changed", []string{p.Serial}, sh.claimed(9))
	su.same("tries", 0, sh.googlePass(p.Serial).Tries)
}

func googleCallbackCountsOnce(su *suite) {
	sh := newShop(su)
	p := sh.atGoogle()
	tell := func(nonce string, saved, want bool) {
		su.t.Helper()
		first, err := sh.NoteGoogleEvent(sh.ctx, sh.org.ID, customer.GoogleEvent{Serial: p.Serial, Nonce: nonce, ExpiresAt: su.clock() + 1000, Saved: saved})
		sh.ok(err)
		su.same("first", want, first)
	}
	tell("a", true, true)
	tell("b", false, true)
	tell("a", true, false)
	su.same("taken out", false, sh.googlePass(p.Serial).Saved)
	tell("c", true, true)
	su.same("saved", true, sh.googlePass(p.Serial).Saved)
	c, err := sh.GooglePassCounts(sh.ctx, sh.org.ID, googleIssuer)
	sh.ok(err)
	su.same("counts", customer.GooglePassCounts{Issued: 1, Saved: 1, Sent: 1}, c)
	first, err := sh.NoteGoogleEvent(sh.ctx, "org_nobodys", customer.GoogleEvent{Serial: p.Serial, Nonce: "d", ExpiresAt: su.clock()})
	sh.ok(err)
	su.same("of nobody's organization", false, first)
	su.pass(40 * day)
	n, err := sh.CleanUp(sh.ctx, sh.org.ID, su.clock()-day.Milliseconds())
	sh.ok(err)
	if n < 3 {
		su.t.Fatalf("%d rows were cleaned up, and there were three old callbacks", n)
	}
	tell("a", true, true)
}

func googleNotifications(su *suite) {
	sh := newShop(su)
	p := sh.atGoogle()
	take := func(want bool) {
		su.t.Helper()
		ok, err := sh.TakeGoogleNotification(sh.ctx, sh.org.ID, p.Serial, su.clock(), day)
		sh.ok(err)
		su.same("notified", want, ok)
	}
	for range 3 {
		take(true)
		su.pass(time.Hour)
	}
	take(false)
	su.pass(21 * time.Hour)
	take(true)
	take(false)
	su.pass(time.Hour)
	sh.ok(sh.ExhaustGoogleNotifications(sh.ctx, sh.org.ID, p.Serial, su.clock()))
	take(false)
	su.pass(day)
	take(true)
}

func googleComparison(su *suite) {
	sh := newShop(su)
	claim := func() (customer.GoogleComparison, error) {
		return sh.ClaimGoogleComparison(sh.ctx, sh.org.ID, googleIssuer, su.clock()-day.Milliseconds(), googleLease)
	}
	_, err := sh.GoogleClassDigest(sh.ctx, sh.org.ID, googleIssuer, sh.program.ID)
	sh.is(err, loyalty.ErrNotFound)
	sh.is(sh.NoteGoogleClass(sh.ctx, sh.org.ID, googleIssuer, "prog_nobodys", "x"), loyalty.ErrNotFound)
	for _, digest := range []string{"first", "second"} {
		sh.ok(sh.NoteGoogleClass(sh.ctx, sh.org.ID, googleIssuer, sh.program.ID, digest))
		have, err := sh.GoogleClassDigest(sh.ctx, sh.org.ID, googleIssuer, sh.program.ID)
		sh.ok(err)
		su.same("digest", digest, have)
	}
	_, err = claim()
	sh.is(err, loyalty.ErrNotFound) // it was made just now
	su.pass(day + time.Minute)
	began := su.clock()
	c, err := claim()
	sh.ok(err)
	su.same("comparison", customer.GoogleComparison{ProgramID: sh.program.ID, Began: began}, c)
	_, err = claim()
	sh.is(err, loyalty.ErrNotFound)
	c.Progress = "half"
	sh.ok(sh.NoteGoogleComparison(sh.ctx, sh.org.ID, googleIssuer, c, false))
	su.pass(time.Second)
	next, err := claim()
	sh.ok(err)
	su.same("goes on", c, next)
	su.pass(googleLease)
	next, err = claim() // the one before was killed
	sh.ok(err)
	su.same("goes on", c, next)
	sh.ok(sh.NoteGoogleComparison(sh.ctx, sh.org.ID, googleIssuer, c, true))
	_, err = claim()
	sh.is(err, loyalty.ErrNotFound)
	su.pass(day + time.Minute)
	next, err = claim()
	sh.ok(err)
	su.same("begins anew", customer.GoogleComparison{ProgramID: sh.program.ID, Began: su.clock()}, next)
}

func googleFound(su *suite) {
	sh := newShop(su)
	there, gone, never := sh.atGoogle(), sh.atGoogle(), sh.newGooglePass(sh.newCard().ID)
	su.pass(time.Minute)
	began := su.clock()
	sh.ok(sh.NoteGooglePassesFound(sh.ctx, sh.org.ID, googleIssuer, began, []customer.GooglePassFound{{Serial: there.Serial, Saved: true}, {Serial: "nobody's"}}))
	su.same("saved", true, sh.googlePass(there.Serial).Saved)
	missing := func(after string) (serials []string) {
		su.t.Helper()
		list, err := sh.MissingGooglePasses(sh.ctx, sh.org.ID, googleIssuer, sh.program.ID, began, after, 9)
		sh.ok(err)
		for _, p := range list {
			serials = append(serials, p.Serial)
		}
		return serials
	}
	if got := missing(""); !slices.Equal(got, []string{gone.Serial}) {
		su.t.Fatalf("missing %v: want %s, and not %s, which Google was never sent", got, gone.Serial, never.Serial)
	}
	if got := missing(gone.Serial); len(got) != 0 {
		su.t.Fatalf("missing %v after the last", got)
	}
	// A callback that came after the list was asked for knows better.
	su.pass(time.Minute)
	_, err := sh.NoteGoogleEvent(sh.ctx, sh.org.ID, customer.GoogleEvent{Serial: there.Serial, Nonce: "later", ExpiresAt: su.clock() + 1000})
	sh.ok(err)
	sh.ok(sh.NoteGooglePassesFound(sh.ctx, sh.org.ID, googleIssuer, began, []customer.GooglePassFound{{Serial: there.Serial, Saved: true}}))
	su.same("taken out since", false, sh.googlePass(there.Serial).Saved)
	if err := sh.NoteGooglePassesFound(sh.ctx, sh.org.ID, googleIssuer, began, make([]customer.GooglePassFound, customer.MaxGooglePassBatch+1)); err == nil {
		su.t.Fatal("too many passes were noted")
	}
}

// attacksOnGoogle try to read and change the victim's pass for Google from another
// organization.
func attacksOnGoogle(v *victim) map[string]attack {
	p := v.google
	return map[string]attack{
		"IssueGooglePass": func(ctx context.Context, org string) error {
			_, err := v.IssueGooglePass(ctx, customer.GooglePass{OrgID: org, CardID: p.CardID, IssuerID: googleIssuer, Serial: p.Serial})
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"GooglePasses": func(ctx context.Context, org string) error {
			return empty(v.GooglePasses(ctx, org, googleIssuer, []string{p.Serial}))
		},
		"FollowGooglePasses": func(ctx context.Context, org string) error {
			n, err := v.FollowGooglePasses(ctx, org, 0)
			return empty(make([]int, n), err)
		},
		"SweepGooglePasses": func(ctx context.Context, org string) error {
			n, err := v.SweepGooglePasses(ctx, org)
			return empty(make([]int, n), err)
		},
		"ClaimGooglePasses": func(ctx context.Context, org string) error {
			return empty(v.ClaimGooglePasses(ctx, org, googleIssuer, googleLease, 9))
		},
		"NoteGooglePassesSent": func(ctx context.Context, org string) error {
			return v.NoteGooglePassesSent(ctx, org, []customer.GooglePassSent{{Serial: p.Serial, Version: 99, Sent: true}})
		},
		"GooglePassCounts": func(ctx context.Context, org string) error {
			c, err := v.GooglePassCounts(ctx, org, googleIssuer)
			return empty(make([]int, c.Issued), err)
		},
		"NoteGoogleEvent": func(ctx context.Context, org string) error {
			_, err := v.NoteGoogleEvent(ctx, org, customer.GoogleEvent{Serial: p.Serial, Nonce: "thief", ExpiresAt: v.clock(), Saved: true})
			return err
		},
		"TakeGoogleNotification": func(ctx context.Context, org string) error {
			if ok, err := v.TakeGoogleNotification(ctx, org, p.Serial, v.clock(), day); ok || err != nil {
				return errors.Join(errors.New("a foreign notification"), err)
			}
			return nil
		},
		"ExhaustGoogleNotifications": func(ctx context.Context, org string) error {
			return v.ExhaustGoogleNotifications(ctx, org, p.Serial, v.clock())
		},
		"GoogleClassDigest": func(ctx context.Context, org string) error {
			_, err := v.GoogleClassDigest(ctx, org, googleIssuer, v.program.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"NoteGoogleClass": func(ctx context.Context, org string) error {
			return refusedWith(loyalty.ErrNotFound, v.NoteGoogleClass(ctx, org, googleIssuer, v.program.ID, strings.Repeat("x", 9)))
		},
		"ClaimGoogleComparison": func(ctx context.Context, org string) error {
			_, err := v.ClaimGoogleComparison(ctx, org, googleIssuer, v.clock()+1, googleLease)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"NoteGoogleComparison": func(ctx context.Context, org string) error {
			return v.NoteGoogleComparison(ctx, org, googleIssuer, customer.GoogleComparison{ProgramID: v.program.ID, Progress: "thief"}, true)
		},
		"NoteGooglePassesFound": func(ctx context.Context, org string) error {
			return v.NoteGooglePassesFound(ctx, org, googleIssuer, v.clock(), []customer.GooglePassFound{{Serial: p.Serial, Saved: true}})
		},
		"MissingGooglePasses": func(ctx context.Context, org string) error {
			return empty(v.MissingGooglePasses(ctx, org, googleIssuer, v.program.ID, v.clock()+1, "", 9))
		},
	}
}
