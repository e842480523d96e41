package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

const dayMS = 24 * hourMS

func stamps(n int, at int64) loyalty.TrialStep {
	return loyalty.TrialStep{Kind: loyalty.CommandStamp, Quantity: n, At: at}
}

func TestATrialTellsWhatACardWouldBecome(t *testing.T) {
	p := cardOf(10, milestone(5))
	p.Status = loyalty.ProgramDraft
	p.Rewards[0].ValidFor = loyalty.Period{Days: 7}
	p.Limits = loyalty.Limits{MaxPerScan: 6, MaxPerCardDay: 12, CoolDown: time.Minute, MaxPerStaffDay: 100}
	trial := loyalty.NewTrial(p, helsinki)
	do := func(s loyalty.TrialStep, want loyalty.RefusalCode, balance int) loyalty.Result {
		t.Helper()
		result, refusal := trial.Do(s)
		got := loyalty.RefusalCode("")
		if refusal != nil {
			got = refusal.Code
		}
		if got != want || trial.Card().Balance != balance {
			t.Fatalf("%+v: %q and %d stamps, want %q and %d", s, got, trial.Card().Balance, want, balance)
		}
		return result
	}

	do(stamps(7, monday), loyalty.RefusedPerScan, 0)
	do(stamps(6, monday), "", 6)
	do(stamps(1, monday+1), loyalty.RefusedCoolDown, 6)
	first := do(stamps(6, monday+hourMS), "", 2).Entries[0].ID
	do(stamps(1, monday+2*hourMS), loyalty.RefusedPerCardDay, 2)
	if r := trial.Refusal(monday + 2*hourMS); r == nil || r.Code != loyalty.RefusedPerCardDay {
		t.Errorf("before midnight one more stamp gets %v", r)
	}
	if r := trial.Refusal(monday + dayMS); r != nil {
		t.Errorf("tomorrow one more stamp is refused: %v", r)
	}

	use := loyalty.TrialStep{Kind: loyalty.CommandRedeem, Coupon: 1, At: monday + dayMS}
	do(use, "", 2)
	do(use, loyalty.RefusedCouponRedeemed, 2)
	use.Coupon = 3
	do(use, loyalty.RefusedCardNotUsable, 2)
	do(loyalty.TrialStep{Kind: loyalty.CommandReverse, Entry: "none", At: monday + dayMS}, loyalty.RefusedNotReversible, 2)

	trial.Pass(monday + 9*dayMS)
	var got []loyalty.CouponStatus
	for _, k := range trial.Coupons() {
		got = append(got, k.Status)
	}
	if diff := cmp.Diff([]loyalty.CouponStatus{loyalty.CouponRedeemed, loyalty.CouponExpired}, got); diff != "" {
		t.Errorf("coupons (-want +got):\n%s", diff)
	}
	do(loyalty.TrialStep{Kind: loyalty.CommandReverse, Entry: first, At: monday + 9*dayMS}, "", -4)
	do(loyalty.TrialStep{Kind: loyalty.CommandReverse, Entry: first, At: monday + 9*dayMS}, loyalty.RefusedReversed, -4)
}

// TestATrialIsWhatTheLedgerWouldBe: whatever is done, in whatever order, the card of a
// trial is the one that a ledger holds after the same commands.
func TestATrialIsWhatTheLedgerWouldBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgram(t)
		p.Status, p.Limits.MaxPerStaffDay = loyalty.ProgramActive, 0
		trial, book := loyalty.NewTrial(p, helsinki), newLedger(p)
		book.zone = helsinki
		var heads, realHeads []string
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			book.now += rapid.SampledFrom([]int64{0, 1000, hourMS, dayMS}).Draw(t, "later")
			s := loyalty.TrialStep{Kind: rapid.SampledFrom([]loyalty.CommandKind{
				loyalty.CommandStamp, loyalty.CommandStamp, loyalty.CommandWelcome, loyalty.CommandReverse,
			}).Draw(t, "kind"), At: book.now}
			c := loyalty.Command{Kind: s.Kind, At: s.At, Zone: helsinki, Actor: loyalty.Actor{Kind: loyalty.ActorStaff, ID: "1"}}
			switch s.Kind {
			case loyalty.CommandStamp:
				s.Quantity = rapid.IntRange(1, 12).Draw(t, "quantity")
				c.Quantity = s.Quantity
			case loyalty.CommandReverse:
				if len(heads) == 0 {
					continue
				}
				i := rapid.IntRange(0, len(heads)-1).Draw(t, "which")
				s.Entry, c.EntryID = heads[i], realHeads[i]
			default:
			}
			for _, k := range book.coupons {
				if k.Status == loyalty.CouponIssued && k.ExpiresAt != 0 && k.ExpiresAt <= s.At {
					if _, refusal := book.do(t, loyalty.Command{Kind: loyalty.CommandExpire, CouponID: k.ID, At: s.At, Zone: helsinki, Actor: c.Actor}); refusal != nil {
						t.Fatal(refusal)
					}
				}
			}
			got, refusal := trial.Do(s)
			want, realRefusal := book.do(t, c)
			if diff := cmp.Diff(realRefusal, refusal); diff != "" {
				t.Fatalf("%+v is refused differently (-ledger +trial):\n%s", s, diff)
			}
			if refusal == nil {
				heads, realHeads = append(heads, got.Entries[0].ID), append(realHeads, want.Entries[0].ID)
			}
			x, y := book.card, trial.Card()
			if x.Balance != y.Balance || x.Round != y.Round || x.Milestone != y.Milestone || x.Lifetime != y.Lifetime || len(book.coupons) != len(trial.Coupons()) {
				t.Fatalf("after %+v the ledger holds %+v, the trial %+v", s, x, y)
			}
		}
	})
}

func TestALimitSaysWhatACashierWillRead(t *testing.T) {
	l := loyalty.Limits{MaxPerScan: 5, CoolDown: time.Minute}
	want := []loyalty.Refusal{
		{Code: loyalty.RefusedPerScan, Field: "quantity", Limit: 5}, {Code: loyalty.RefusedCoolDown, Limit: 60},
	}
	if diff := cmp.Diff(want, l.LimitRefusals()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (loyalty.Limits{}).LimitRefusals(); len(got) != 0 {
		t.Errorf("no limits refuse %v", got)
	}
}
