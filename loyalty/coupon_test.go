package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

const day = 24 * time.Hour

// expiring returns a program with a card of ten whose reward is valid for the
// period.
func expiring(period string) loyalty.Program {
	p := cardOf(10)
	validFor, err := loyalty.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	p.Rewards[0].ValidFor = validFor
	return p
}

// welcoming returns a program with a card of ten, welcome stamps and a welcome
// reward.
func welcoming(stamps int) loyalty.Program {
	p := cardOf(10, loyalty.Reward{ID: "rew_hello", Kind: loyalty.RewardWelcome, Name: loyalty.Text{"en": "Tea"}})
	p.WelcomeStamps = stamps
	return p
}

func TestTheLifeOfACoupon(t *testing.T) {
	month := expiring("P1M") // a month from 2 March is the end of 2 April
	untilTheEnd := later(time.Date(2026, time.April, 3, 0, 0, 0, 0, helsinki).Sub(time.UnixMilli(monday)) - time.Millisecond)
	notExpired := refused(loyalty.RefusedNotExpired, func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandExpire, CouponID: l.coupons[0].ID}
	})
	tell(t, []story{
		{"used at once", month, []step{stamp(10), use(0)}, "0/10, main redeemed"},
		{"used in the last millisecond", month, []step{stamp(10), untilTheEnd, use(0)}, "0/10, main redeemed"},
		{
			"not used after the last day", month,
			[]step{stamp(10), untilTheEnd, later(time.Millisecond), noUse(0, loyalty.RefusedCouponExpired)},
			"0/10, main issued",
		},
		{"used twice", month, []step{stamp(10), use(0), noUse(0, loyalty.RefusedCouponRedeemed)}, "0/10, main redeemed"},
		{
			"used twice, a year apart", month,
			[]step{stamp(10), use(0), later(365 * day), noUse(0, loyalty.RefusedCouponRedeemed)},
			"0/10, main redeemed",
		},
		{
			"used after its stamps were taken back", month,
			[]step{stamp(10), undo(0), noUse(0, loyalty.RefusedCouponReversed)},
			"0/10, main reversed",
		},
		{"expired", month, []step{stamp(10), untilTheEnd, notExpired, later(time.Millisecond), expire(0)}, "0/10, main expired"},
		{
			"used after it expired", month,
			[]step{stamp(10), later(60 * day), expire(0), noUse(0, loyalty.RefusedCouponExpired)},
			"0/10, main expired",
		},
		{"expired once only", month, []step{stamp(10), later(60 * day), expire(0), notExpired}, "0/10, main expired"},
		{"does not expire once it was used", month, []step{stamp(10), use(0), later(60 * day), notExpired}, "0/10, main redeemed"},
		{"valid for ever", expiring(""), []step{stamp(10), later(3650 * day), notExpired, use(0)}, "0/10, main redeemed"},
		{"its stamps stay spent", month, []step{stamp(13), later(60 * day), expire(0)}, "3/10, main expired"},
		{
			"stamps on the card do not expire with it", month,
			[]step{stamp(19), later(60 * day), expire(0), stamp(1)},
			"0/10, main expired, main issued",
		},
		{"its use undone after its last day", month, []step{stamp(10), use(0), later(60 * day), undo(1), expire(0)}, "0/10, main expired"},
		{"used after the program ended", month, []step{
			stamp(10), change(func(p *loyalty.Program) { p.Status = loyalty.ProgramEnded }), use(0),
		}, "0/10, main redeemed"},
		{"used after its reward went away", cardOf(10, milestone(5)), []step{
			stamp(5), change(func(p *loyalty.Program) { p.Rewards = p.Rewards[:1] }), use(0),
		}, "5/10, milestone5 redeemed"},
	})
}

func TestACouponIsThatOfTheDayItWasIssued(t *testing.T) {
	l := newLedger(expiring("P1M"))
	stamp(10)(t, l)
	want := l.coupons[0]
	for _, s := range []step{
		change(func(p *loyalty.Program) {
			p.Goal, p.Rewards[0].ValidFor = 5, loyalty.Period{Days: 1}
			p.Rewards[0].Name = loyalty.Text{"en": "Soap"}
		}),
		later(20 * day), stamp(5),
	} {
		s(t, l)
	}
	if diff := cmp.Diff(want, l.coupons[0]); diff != "" {
		t.Errorf("the coupon changed with its program (-want +got):\n%s", diff)
	}
	if got := l.coupons[1].Name.In("en", ""); got != "Soap" {
		t.Errorf("the next reward is %s, want Soap", got)
	}
	use(0)(t, l)
	closed := l.coupons[0]
	want.Status, want.ClosedAt, want.ClosedBy = loyalty.CouponRedeemed, l.now, l.heads[2].ID
	if diff := cmp.Diff(want, closed); diff != "" {
		t.Errorf("the used coupon (-want +got):\n%s", diff)
	}
	if got := l.heads[2]; got.Kind != loyalty.EntryRedeem || got.Quantity != 0 || got.CouponID != want.ID {
		t.Errorf("the entry of its use is %+v", got)
	}
}

func TestUsableAt(t *testing.T) {
	for _, c := range []struct {
		status     loyalty.CouponStatus
		expires    int64
		at         int64
		wantUsable bool
	}{
		{loyalty.CouponIssued, 0, monday, true},
		{loyalty.CouponIssued, monday, monday - 1, true},
		{loyalty.CouponIssued, monday, monday, false},
		{loyalty.CouponRedeemed, 0, monday, false},
		{loyalty.CouponExpired, monday, monday - 1, false},
		{loyalty.CouponReversed, 0, monday, false},
	} {
		coupon := loyalty.Coupon{Status: c.status, ExpiresAt: c.expires}
		if got := coupon.UsableAt(c.at); got != c.wantUsable {
			t.Errorf("%s, expiring at %d, usable at %d: %t", c.status, c.expires, c.at, got)
		}
	}
}
