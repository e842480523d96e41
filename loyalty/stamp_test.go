package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

func TestStampsFillCards(t *testing.T) {
	ten := cardOf(10)
	tell(t, []story{
		{"one stamp", ten, []step{stamp(1)}, "1/10"},
		{"one stamp short of full", ten, []step{stamp(9)}, "9/10"},
		{"exactly full", ten, []step{stamp(10)}, "0/10, main issued"},
		{"full by the tenth visit", ten, []step{
			stamp(1), stamp(1), stamp(1), stamp(1), stamp(1), stamp(1), stamp(1), stamp(1), stamp(1), stamp(1),
		}, "0/10, main issued"},
		{"thirteen give a reward and begin the next card", ten, []step{stamp(13)}, "3/10, main issued"},
		{"thirty stamps and twenty make fifty", cardOf(50), []step{stamp(30), stamp(20)}, "0/50, main issued"},
		{"a hundred give ten rewards", ten, []step{stamp(100)}, "0/10" + strings.Repeat(", main issued", 10)},
		{"a hundred on the smallest card", cardOf(2), []step{stamp(100)}, "0/2" + strings.Repeat(", main issued", 50)},
		{"a hundred on the largest card", cardOf(200), []step{stamp(100), stamp(99)}, "199/200"},
		{"the largest card, full", cardOf(200), []step{stamp(100), stamp(100)}, "0/200, main issued"},
	})
}

func TestMilestonesAreGivenOnTheWay(t *testing.T) {
	// The order of the rewards in a program means nothing.
	p := cardOf(10, milestone(7), milestone(3))
	tell(t, []story{
		{"below the first", p, []step{stamp(2)}, "2/10"},
		{"at the first", p, []step{stamp(3)}, "3/10, milestone3 issued"},
		{"once a card", p, []step{stamp(3), stamp(1), stamp(1)}, "5/10, milestone3 issued"},
		{"past the first", p, []step{stamp(2), stamp(2)}, "4/10, milestone3 issued"},
		{"two in one go", p, []step{stamp(8)}, "8/10, milestone7 issued, milestone3 issued"},
		{"all of a card in one go", p, []step{stamp(10)}, "0/10, milestone7 issued, milestone3 issued, main issued"},
		{"again on the next card", p, []step{stamp(3), stamp(10)}, "3/10, milestone3 issued, milestone7 issued, main issued, milestone3 issued"},
		{"over two cards in one go", p, []step{stamp(17)}, "7/10, milestone7 issued, milestone3 issued, main issued, milestone7 issued, milestone3 issued"},
		{
			"at the first stamp and the last but one", cardOf(3, milestone(1), milestone(2)),
			[]step{stamp(5)},
			"2/3, milestone1 issued, milestone2 issued, main issued, milestone1 issued, milestone2 issued",
		},
	})
}

// A card of ten and thirteen stamps: everything that is written down about it.
func TestTheLedgerSaysWhyStampsMoved(t *testing.T) {
	l := newLedger(cardOf(10))
	l.program.Version = 7
	command := loyalty.Command{
		Kind: loyalty.CommandStamp, Quantity: 13, LocationID: "loc_1",
		IdempotencyKey: "key-1", ExternalRef: "receipt 17",
	}
	got, refusal := l.do(t, command)
	if refusal != nil {
		t.Fatal(refusal)
	}
	head := loyalty.Entry{
		OrgID: "org_1", ID: "ent_00001", CardID: "card_1", ProgramID: "prog_1",
		Kind: loyalty.EntryStamp, Quantity: 13, BalanceAfter: 3, CardVersion: 1, RuleVersion: 7,
		At: monday, RecordedAt: monday, Day: 20260302, LocationID: "loc_1",
		Actor:  loyalty.Actor{Kind: loyalty.ActorStaff, ID: "stf_1"},
		HeadID: "ent_00001", IdempotencyKey: "key-1", ExternalRef: "receipt 17",
	}
	price := head
	price.ID, price.Kind, price.Quantity, price.CouponID = "ent_00002", loyalty.EntryReward, -10, "coup_00001"
	price.IdempotencyKey, price.ExternalRef = "", ""
	want := loyalty.Result{
		Card: loyalty.Card{
			OrgID: "org_1", ID: "card_1", ProgramID: "prog_1", CustomerID: "cust_1", Status: loyalty.CardActive,
			Version: 1, Balance: 3, Goal: 10, Round: 1, Lifetime: 13,
			LastStampAt: monday, Day: 20260302, DayStamps: 13, JoinedAt: joined,
		},
		Entries: []loyalty.Entry{head, price},
		Issued: []loyalty.Coupon{{
			OrgID: "org_1", ID: "coup_00001", CardID: "card_1", ProgramID: "prog_1", RewardID: "rew_main",
			Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Cream"}, Status: loyalty.CouponIssued,
			Cost: 10, At: 10, IssuedAt: monday, EarnedBy: "ent_00001", EntryID: "ent_00002",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("thirteen stamps on a card of ten (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeStamped(t *testing.T) {
	status := func(s loyalty.ProgramStatus) func(*loyalty.Program) {
		return func(p *loyalty.Program) { p.Status = s }
	}
	bounds := func(from, to int64) func(*loyalty.Program) {
		return func(p *loyalty.Program) { p.StartsAt, p.EndsAt = from, to }
	}
	for _, c := range []struct {
		name     string
		change   func(*loyalty.Program)
		quantity int
		at       int64
		want     loyalty.RefusalCode // "" is a stamp that is given
	}{
		{"nothing", nil, 0, 0, loyalty.RefusedQuantity},
		{"less than nothing", nil, -1, 0, loyalty.RefusedQuantity},
		{"the most", nil, loyalty.MaxQuantity, 0, ""},
		{"more than the most", nil, loyalty.MaxQuantity + 1, 0, loyalty.RefusedQuantity},
		{"a thousand million", nil, 1_000_000_000, 0, loyalty.RefusedQuantity},
		{"by a till whose clock is a little fast", nil, 1, monday + loyalty.FutureTolerance.Milliseconds(), ""},
		{"by a till whose clock is wrong", nil, 1, monday + loyalty.FutureTolerance.Milliseconds() + 1, loyalty.RefusedFuture},
		{"in a draft", status(loyalty.ProgramDraft), 1, 0, loyalty.RefusedNotActive},
		{"in a program that was ended", status(loyalty.ProgramEnded), 1, 0, loyalty.RefusedEnded},
		{"before the first instant", bounds(monday, 0), 1, monday - 1, loyalty.RefusedNotBegun},
		{"at the first instant", bounds(monday, 0), 1, monday, ""},
		{"before the last instant", bounds(0, monday), 1, monday - 1, ""},
		{"at the end", bounds(0, monday), 1, monday, loyalty.RefusedEnded},
		{"before 1970", nil, 1, -1, loyalty.RefusedNotBegun},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(cardOf(10))
			if c.change != nil {
				c.change(&l.program)
			}
			_, refusal := l.do(t, loyalty.Command{Kind: loyalty.CommandStamp, Quantity: c.quantity, At: c.at})
			var got loyalty.RefusalCode
			if refusal != nil {
				got = refusal.Code
			}
			if got != c.want {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}

func TestACardThatIsNotInUseDoesNothing(t *testing.T) {
	for _, status := range []loyalty.CardStatus{loyalty.CardRevoked, loyalty.CardMerged, ""} {
		l := newLedger(cardOf(10))
		stamp(10)(t, l)
		l.card.Status = status
		for _, c := range []loyalty.Command{
			{Kind: loyalty.CommandStamp, Quantity: 1},
			{Kind: loyalty.CommandRedeem, CouponID: l.coupons[0].ID},
			{Kind: loyalty.CommandReverse, EntryID: l.heads[0].ID},
			{Kind: loyalty.CommandAdjust, Quantity: 1},
			{Kind: loyalty.CommandWelcome},
			{Kind: loyalty.CommandMergeIn, Quantity: 1, OtherCardID: "card_2"},
		} {
			refused(loyalty.RefusedCardNotUsable, func(*ledger) loyalty.Command { return c })(t, l)
		}
	}
}

// Whoever has not confirmed their contact yet collects like anybody else.
func TestAProvisionalCardEarns(t *testing.T) {
	l := newLedger(cardOf(10))
	l.card.Status = loyalty.CardProvisional
	stamp(12)(t, l)
	if got, want := l.String(), "2/10, main issued"; got != want {
		t.Errorf("the card is %s, want %s", got, want)
	}
}

func TestAnUnknownCommandIsRefused(t *testing.T) {
	refused("unknown_command", func(*ledger) loyalty.Command { return loyalty.Command{Kind: "double"} })(t, newLedger(cardOf(10)))
}

// How far back a stamp may lie: a program that was created a hundred days ago, a card
// that was joined twenty days ago, and what a command may say of itself.
func TestStampsOfThePast(t *testing.T) {
	const minute, day = int64(60_000), 24 * int64(60*60_000)
	created := monday - 100*day
	begins := func(at int64) func(*loyalty.Program) { return func(p *loyalty.Program) { p.StartsAt = at } }
	card, customer, reviewed, recorded := loyalty.PastOfCard, loyalty.PastOfCustomer, loyalty.PastReviewed, loyalty.PastRecorded
	const old, early = loyalty.RefusedTooOld, loyalty.RefusedNotBegun
	for _, c := range []struct {
		name   string
		past   loyalty.Past
		change func(*loyalty.Program)
		at     int64
		want   loyalty.RefusalCode // "" is a stamp that is given
	}{
		{"yesterday", card, nil, monday - day, ""},
		{"when the card was joined", card, nil, joined, ""},
		{"by a till whose clock is a little slow", card, nil, joined - 5*minute, ""},
		{"by a till whose clock is wrong", card, nil, joined - 5*minute - 1, old},
		{"before the card, found by what is older", customer, nil, joined - 5*minute - 1, ""},
		{"at the edge of lateness", customer, nil, monday - 31*day, ""},
		{"beyond it", customer, nil, monday - 31*day - 1, old},
		{"beyond it, as somebody decided", reviewed, nil, monday - 31*day - 1, ""},
		{"when the program was created", reviewed, nil, created, ""},
		{"by a slow clock then", reviewed, nil, created - 5*minute, ""},
		{"before the program was there", reviewed, nil, created - 5*minute - 1, early},
		{"that is the plainer reason", card, nil, 1, early},
		{"before the program was there, in an import", recorded, nil, created - 5*minute - 1, ""},
		{"now, by a clock that was put back", card, func(p *loyalty.Program) { p.CreatedAt = monday + day }, monday, ""},
		{"in 1970, in an import", recorded, nil, 0, ""},
		{"before 1970, in an import", recorded, nil, -1, early},
		{"before the program was there, which began before", reviewed, begins(created - day), created - day, ""},
		{"before it began", reviewed, begins(created - day), created - day - 1, early},
		{"before it began, in an import", recorded, begins(created + day), created + day - 1, early},
		{"after the program was there and before it begins", card, begins(monday - day), monday - day - 1, early},
		{"a slow clock does not let a program begin sooner", card, begins(monday - day), monday - day - minute, early},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(cardOf(10))
			l.program.CreatedAt = created
			if c.change != nil {
				c.change(&l.program)
			}
			command := loyalty.Command{
				Kind: loyalty.CommandStamp, Quantity: 1, At: c.at, Now: monday, Past: c.past, Zone: helsinki, Actor: l.actor,
			}
			_, refusal := loyalty.Apply(l.program, loyalty.State{Card: l.card}, command, &l.ids)
			want := map[loyalty.RefusalCode]*loyalty.Refusal{
				"": nil, early: {Code: early, Field: "at"}, old: {Code: old, Field: "at", Limit: 31},
			}[c.want]
			if diff := cmp.Diff(want, refusal); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A ledger that was written when nobody asked how old a stamp was is as sound as it was.
func TestReplayOfStampsThatWouldNowBeTooOld(t *testing.T) {
	l := newLedger(cardOf(10))
	l.program.CreatedAt = monday
	for _, at := range []int64{1, joined - 1, monday - 365*24*time.Hour.Milliseconds()} {
		must(func(*ledger) loyalty.Command {
			return loyalty.Command{Kind: loyalty.CommandStamp, Quantity: 4, At: at, Past: loyalty.PastRecorded}
		})(t, l)
	}
	program := func(int64) (loyalty.Program, bool) { return l.program, true }
	card, coupons, err := loyalty.Replay(program, l.card, l.coupons, l.entries)
	if err != nil || card != l.card || len(coupons) != 1 {
		t.Errorf("%+v, %d coupons, %v", card, len(coupons), err)
	}
}
