package loyalty_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// versions are the programs of a story by their version.
type versions map[int64]loyalty.Program

func (v versions) get(version int64) (loyalty.Program, bool) {
	p, found := v[version]
	return p, found
}

// replayed tells whether the ledger leads to the card and the coupons, and if not, how
// it differs.
func replayed(programs versions, card loyalty.Card, coupons []loyalty.Coupon, entries []loyalty.Entry) error {
	gotCard, gotCoupons, err := loyalty.Replay(programs.get, card, coupons, entries)
	if err != nil {
		return err
	}
	if gotCard != card {
		return fmt.Errorf("the card is another: %s", cmp.Diff(card, gotCard))
	}
	if len(gotCoupons) != len(coupons) || len(coupons) > 0 && !reflect.DeepEqual(gotCoupons, coupons) {
		return fmt.Errorf("the coupons are others: %s", cmp.Diff(coupons, gotCoupons))
	}
	return nil
}

// TestALedgerDoneAgainLeadsToItsCard gives a card random commands under programs that
// change, in zones around the world, and replays what was written.
func TestALedgerDoneAgainLeadsToItsCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawStory(t)
		if err := replayed(m.programs, m.ledger.card, m.ledger.coupons, m.ledger.entries); err != nil {
			t.Fatalf("%v", err)
		}
	})
}

// TestALedgerThatWasTamperedWithIsNoticed changes one thing in a ledger: either Replay
// refuses it, or it leads to another card than the one that is kept.
func TestALedgerThatWasTamperedWithIsNoticed(t *testing.T) {
	for name, tamper := range tamperings {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := drawStory(t)
				if len(m.ledger.entries) == 0 {
					t.Skip("nothing to tamper with")
				}
				at := rapid.IntRange(0, len(m.ledger.entries)-1).Draw(t, "entry")
				tampered := tamper(t, slices.Clone(m.ledger.entries), at)
				err := replayed(m.programs, m.ledger.card, m.ledger.coupons, tampered)
				if err == nil {
					t.Fatalf("not noticed in %+v", m.ledger.entries[at])
				}
				var found *loyalty.ReplayError
				if errors.As(err, &found) && !slices.ContainsFunc(tampered, func(e loyalty.Entry) bool { return e.ID == found.EntryID }) {
					t.Fatalf("the error names an entry that is not there: %v", err)
				}
			})
		})
	}
}

// tamperings change the ledger at one entry.
var tamperings = map[string]func(t *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry{
	"one is missing": func(t *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		if e := entries[at]; e.HeadID == e.ID && e.Quantity == 0 && e.CouponID == "" {
			t.Skip("to welcome with nothing, to merge nothing, and to reverse that, leaves no other trace")
		}
		return slices.Delete(entries, at, at+1)
	},
	"one stands there twice": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		return slices.Insert(entries, at, entries[at])
	},
	"one stands there again under another id": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		again := entries[at]
		if again.HeadID == again.ID {
			again.HeadID = "ent_again"
		}
		again.ID = "ent_again"
		return slices.Insert(entries, at+1, again)
	},
	"two commands have changed places": func(t *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		first := slices.IndexFunc(entries, func(e loyalty.Entry) bool { return e.HeadID == entries[at].HeadID })
		second := slices.IndexFunc(entries, func(e loyalty.Entry) bool { return e.CardVersion > entries[at].CardVersion })
		if second < 0 {
			t.Skip("no command after it")
		}
		end := second
		for end < len(entries) && entries[end].HeadID == entries[second].HeadID {
			end++
		}
		return slices.Concat(entries[:first], entries[second:end], entries[first:second], entries[end:])
	},
	"a quantity": func(t *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].Quantity += rapid.SampledFrom([]int{-1, 1}).Draw(t, "by")
		return entries
	},
	"a balance": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].BalanceAfter++
		return entries
	},
	"a card": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].CardID = "card_9"
		return entries
	},
	"a coupon": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].CouponID += "9"
		return entries
	},
	"what is reversed": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].Reverses += "9"
		return entries
	},
	"a kind": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].Kind = "gift"
		return entries
	},
	"a rule version that never was": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].RuleVersion += 1000
		return entries
	},
	"a day": func(_ *rapid.T, entries []loyalty.Entry, at int) []loyalty.Entry {
		entries[at].Day += 10000
		return entries
	},
}

// drawStory gives a card random commands, and checks the cards that it empties on
// the way.
func drawStory(t *rapid.T) *machine {
	return drawStoryUnder(t, drawProgram(t), true)
}

// drawStoryUnder is drawStory for a program, which may change on the way.
func drawStoryUnder(t *rapid.T, p loyalty.Program, changes bool) *machine {
	m := &machine{ledger: newLedger(p), plain: &plain{program: p, goal: p.Goal}, first: p, programs: versions{p.Version: p}}
	actions := map[string]func(*rapid.T){
		"stamp":     m.stamp,
		"stamp now": m.stampNow,
		"use":       m.use,
		"expire":    m.expire,
		"undo":      m.undo,
		"undo last": m.undoLast,
		"adjust":    m.adjust,
		"welcome":   m.welcome,
		"merge in":  m.mergeIn,
		"new card":  m.newCard,
		"later":     m.later,
		"rename":    m.rename,
	}
	if changes {
		actions["change"] = m.change
	}
	t.Repeat(actions)
	return m
}

// rename raises the card's version, as other changes than those of the ledger do.
func (m *machine) rename(*rapid.T) {
	m.ledger.card.Version++
	m.ledger.renamed++
}

func TestAReplayIsNoticedByItsFirstDifference(t *testing.T) {
	p := cardOf(3)
	l := newLedger(p)
	for _, s := range []step{stamp(2), stamp(2), use(0), undo(1)} {
		s(t, l)
	}
	for name, c := range map[string]struct {
		change func(entries []loyalty.Entry)
		want   string
	}{
		"nothing":            {func([]loyalty.Entry) {}, ""},
		"too many stamps":    {func(e []loyalty.Entry) { e[0].Quantity = 3 }, "entry ent_00001: its BalanceAfter is 2, but the rules lead to 0"},
		"a reward too cheap": {func(e []loyalty.Entry) { e[2].Quantity = -1 }, "entry ent_00003: its Quantity is -1, but the rules lead to -3"},
		"a stranger's":       {func(e []loyalty.Entry) { e[1].OrgID = "org_2" }, "entry ent_00002: its OrgID is org_2, but the rules lead to org_1"},
		"used twice": {
			func(e []loyalty.Entry) { e[4].Kind, e[4].CouponID, e[4].Reverses = "redeem", e[3].CouponID, "" },
			"entry ent_00005: its redeem would be refused: coupon_redeemed: This reward has been used already.",
		},
		"an old version": {func(e []loyalty.Entry) { e[3].CardVersion = 1 }, "entry ent_00004: is of card version 1, but comes after version 2"},
		"another time":   {func(e []loyalty.Entry) { e[0].Day = 20200101 }, "on which its instant"},
	} {
		t.Run(name, func(t *testing.T) {
			entries := slices.Clone(l.entries)
			c.change(entries)
			err := replayed(versions{1: p}, l.card, l.coupons, entries)
			if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestALedgerOfTheForgetfulRulesIsSound: a card that shrank and grew again once forgot
// which milestones it had given. Its ledger was written by the rules of its time.
func TestALedgerOfTheForgetfulRulesIsSound(t *testing.T) {
	p := cardOf(10, milestone(8))
	shrink := change(func(p *loyalty.Program) { p.Goal, p.Rewards = 5, p.Rewards[:1] })
	grow := change(func(p *loyalty.Program) { p.Goal, p.Rewards = 10, append(p.Rewards, milestone(8)) })
	forget := func(_ *testing.T, l *ledger) {
		l.card.Milestone = min(l.card.Milestone, l.card.Goal-1)
		for i := range l.coupons {
			l.coupons[i].Milestone = min(l.coupons[i].Milestone, max(l.coupons[i].Cost-1, 0))
		}
	}
	for name, steps := range map[string][]step{
		"the card is small":                   {stamp(8), use(0), shrink, adjust(-7), forget},
		"the small card was filled":           {stamp(8), use(0), shrink, stamp(1), forget},
		"the milestone was given once more":   {stamp(8), use(0), shrink, adjust(-8), forget, grow, stamp(8)},
		"and by a reward that was taken back": {stamp(8), use(0), shrink, stamp(1), forget, grow, undo(0), adjust(-1), stamp(8)},
	} {
		t.Run(name, func(t *testing.T) {
			l, programs := newLedger(p), versions{}
			for _, s := range steps {
				s(t, l)
				programs[l.program.Version] = l.program
			}
			if err := replayed(programs, l.card, l.coupons, l.entries); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWhatTheLedgerDoesNotTellComesFromTheCard: a card may be revoked, its owner
// welcomed on an earlier card, and its goal that of the day it was opened.
func TestWhatTheLedgerDoesNotTellComesFromTheCard(t *testing.T) {
	p := cardOf(10)
	l := newLedger(p)
	l.card.Goal, l.card.WelcomedAt, l.card.Status, l.card.Version = 7, monday, loyalty.CardRevoked, 4
	if err := replayed(versions{1: p}, l.card, nil, nil); err != nil {
		t.Error(err)
	}
	l.card.Balance = 1
	if err := replayed(versions{1: p}, l.card, nil, nil); err == nil {
		t.Error("a stamp without an entry was not noticed")
	}
	l.card.Balance, l.card.Status = 0, loyalty.CardMerged
	if err := replayed(versions{1: p}, l.card, nil, nil); err == nil {
		t.Error("a merge without an entry was not noticed")
	}
}

// TestACouponMayExpireOnlyAtTheEndOfADaySomewhere: the zone of the issue is not
// written down, so the coupon's own word counts within what zones allow.
func TestACouponMayExpireOnlyAtTheEndOfADaySomewhere(t *testing.T) {
	p := expiring("P1M")
	l := newLedger(p)
	stamp(10)(t, l)
	const hours = hourMS
	for _, c := range []struct {
		late  int64
		sound bool
	}{{0, true}, {14 * hours, true}, {-12 * hours, true}, {5 * 24 * hours, false}, {-5 * 24 * hours, false}} {
		coupons := slices.Clone(l.coupons)
		coupons[0].ExpiresAt += c.late
		if err := replayed(versions{1: p}, l.card, coupons, l.entries); (err == nil) != c.sound {
			t.Errorf("%d ms later: %v", c.late, err)
		}
	}
	if err := replayed(versions{1: p}, l.card, nil, l.entries); err == nil {
		t.Error("a coupon that is not there was not noticed")
	}
}

// BenchmarkReplay tells what a command of a well used card costs: it does not rise with
// the length of the ledger.
func BenchmarkReplay(b *testing.B) {
	for _, commands := range []int{100, 10_000} {
		b.Run(fmt.Sprint(commands), func(b *testing.B) {
			p := cardOf(10)
			l := usedFor(b, p, commands)
			for b.Loop() {
				if _, _, err := loyalty.Replay(versions{1: p}.get, l.card, l.coupons, l.entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(commands), "ns/command")
		})
	}
}

// usedFor returns a card after so many commands: stamps, of which every seventh is
// taken back, and the use of each reward.
func usedFor(b *testing.B, p loyalty.Program, commands int) *ledger {
	b.Helper()
	l, ids := newLedger(p), &counter{}
	stampedAt := int64(0)
	for i := range commands {
		now := monday + int64(i)
		c := loyalty.Command{Kind: loyalty.CommandStamp, Quantity: 1, At: now, Now: now, Zone: helsinki}
		s := loyalty.State{Card: l.card}
		switch unused := l.unused(); {
		case len(unused) > 0:
			c.Kind, s.Coupon = loyalty.CommandRedeem, unused[0]
			c.CouponID = s.Coupon.ID
		case i%7 == 6 && l.heads[i-1].Kind == loyalty.EntryStamp:
			c.Kind, s.Original = loyalty.CommandReverse, l.heads[i-1]
			c.EntryID, s.Tally.LastStampAt = s.Original.ID, stampedAt
		default:
			stampedAt = l.card.LastStampAt
		}
		r, refusal := loyalty.Apply(p, s, c, ids)
		if refusal != nil {
			b.Fatal(refusal)
		}
		l.keep(r)
	}
	return l
}
