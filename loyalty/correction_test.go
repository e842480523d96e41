package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

func TestStaffCorrectABalance(t *testing.T) {
	ten := cardOf(10)
	noAdjust := func(quantity int, code loyalty.RefusalCode) step {
		return refused(code, func(*ledger) loyalty.Command {
			return loyalty.Command{Kind: loyalty.CommandAdjust, Quantity: quantity, Reason: "counted again"}
		})
	}
	tell(t, []story{
		{"up", ten, []step{stamp(3), adjust(2)}, "5/10"},
		{"up to a reward", ten, []step{stamp(8), adjust(5)}, "3/10, main issued"},
		{"down", ten, []step{stamp(3), adjust(-2)}, "1/10"},
		{"down to nothing", ten, []step{stamp(3), adjust(-3)}, "0/10"},
		{"not below nothing", ten, []step{stamp(3), noAdjust(-4, loyalty.RefusedBelowZero)}, "3/10"},
		{"a reward is not a stamp to take", ten, []step{stamp(13), noAdjust(-4, loyalty.RefusedBelowZero)}, "3/10, main issued"},
		{"by nothing", ten, []step{noAdjust(0, loyalty.RefusedQuantity)}, "0/10"},
		{"by too much", ten, []step{noAdjust(101, loyalty.RefusedQuantity), noAdjust(-101, loyalty.RefusedQuantity)}, "0/10"},
		{
			"a card that owes is not put further into debt", ten,
			[]step{stamp(10), use(0), undo(0), noAdjust(-1, loyalty.RefusedBelowZero)},
			"-10/10, main redeemed",
		},
		{"but its debt can be forgiven", ten, []step{stamp(10), use(0), undo(0), adjust(10)}, "0/10, main redeemed"},
		{"a milestone goes with its stamps", cardOf(10, milestone(3)), []step{stamp(4), adjust(-2)}, "2/10, milestone3 reversed"},
		{
			"a used milestone does not come again", cardOf(10, milestone(3)),
			[]step{stamp(4), use(0), adjust(-2), stamp(5)},
			"7/10, milestone3 redeemed",
		},
		{"in a program that has ended", ten, []step{
			stamp(3), change(func(p *loyalty.Program) { p.Status = loyalty.ProgramEnded }), adjust(-1),
		}, "2/10"},
	})
}

func TestACorrectionCarriesItsReason(t *testing.T) {
	l := newLedger(cardOf(10))
	got, refusal := l.do(t, loyalty.Command{Kind: loyalty.CommandAdjust, Quantity: 12, Reason: "forgot the phone"})
	if refusal != nil {
		t.Fatal(refusal)
	}
	if head := got.Entries[0]; head.Kind != loyalty.EntryAdjust || head.Quantity != 12 || head.Reason != "forgot the phone" {
		t.Errorf("the entry is %+v", head)
	}
	if l.card.LastStampAt != 0 || l.card.DayStamps != 0 {
		t.Errorf("a correction counted as a stamping: %+v", l.card)
	}
}

func TestWelcome(t *testing.T) {
	again := refused(loyalty.RefusedWelcomed, func(*ledger) loyalty.Command { return loyalty.Command{Kind: loyalty.CommandWelcome} })
	tell(t, []story{
		{"stamps and a reward", welcoming(2), []step{welcome()}, "2/10, welcome issued"},
		{"a reward only", welcoming(0), []step{welcome()}, "0/10, welcome issued"},
		{"stamps only", withWelcomeStamps(cardOf(10), 2), []step{welcome()}, "2/10"},
		{"nothing but the note that it was done", cardOf(10), []step{welcome(), again}, "0/10"},
		{"once", welcoming(2), []step{welcome(), again}, "2/10, welcome issued"},
		{"once, a year later", welcoming(2), []step{welcome(), later(365 * 24 * time.Hour), again}, "2/10, welcome issued"},
		{"once, even if it was taken back", welcoming(2), []step{welcome(), undo(0), again}, "0/10, welcome reversed"},
		{"on top of stamps", welcoming(2), []step{stamp(3), welcome()}, "5/10, welcome issued"},
		{"the whole card", welcoming(10), []step{welcome()}, "0/10, main issued, welcome issued"},
		{"the whole card, taken back", welcoming(10), []step{welcome(), undo(0)}, "0/10, main reversed, welcome reversed"},
		{"past a milestone", withWelcomeStamps(cardOf(10, milestone(2)), 3), []step{welcome()}, "3/10, milestone2 issued"},
		{"used", welcoming(2), []step{welcome(), use(0), stamp(8)}, "0/10, welcome redeemed, main issued"},
	})
}

func withWelcomeStamps(p loyalty.Program, stamps int) loyalty.Program {
	p.WelcomeStamps = stamps
	return p
}

func TestAWelcomeRewardCostsNothing(t *testing.T) {
	l := newLedger(welcoming(2))
	l.program.Rewards[1].ValidFor = loyalty.Period{Days: 7}
	welcome()(t, l)
	want := []loyalty.Coupon{{
		OrgID: "org_1", ID: "coup_00001", CardID: "card_1", ProgramID: "prog_1", RewardID: "rew_hello",
		Kind: loyalty.RewardWelcome, Name: loyalty.Text{"en": "Tea"}, Status: loyalty.CouponIssued,
		IssuedAt: monday, ExpiresAt: time.Date(2026, time.March, 10, 0, 0, 0, 0, helsinki).UnixMilli(),
		EarnedBy: "ent_00001", EntryID: "ent_00002",
	}}
	if diff := cmp.Diff(want, l.coupons); diff != "" {
		t.Errorf("the welcome coupon (-want +got):\n%s", diff)
	}
	if l.card.WelcomedAt != monday {
		t.Errorf("welcomed at %d, want %d", l.card.WelcomedAt, monday)
	}
}
