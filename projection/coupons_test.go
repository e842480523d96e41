package projection_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// A card that was read once is read from the hot state ever after, whatever becomes of its
// coupons, in the process that committed and in another one.
func TestCouponsComeAndGoInTheHotState(t *testing.T) {
	t.Run("in process", func(t *testing.T) { couponsComeAndGo(t, newWorld(t, hot.NewInProcessState())) })
	t.Run("Redis", func(t *testing.T) {
		w, _ := newRedisWorld(t, startServer(t))
		couponsComeAndGo(t, w)
	})
}

func couponsComeAndGo(t *testing.T, w *world) {
	t.Helper()
	quiet := projection.Follow(projection.FollowerOptions{State: w.state})
	t.Cleanup(func() { w.ok(quiet.Close(context.Background())) })
	replicas := map[string]*projection.Cards{"the same process": w.cards, "another process": projection.NewCards(w.Store, quiet, w.now)}
	joined := w.join(0, "+358401234567", true)
	card, code := joined.Card.ID, customer.Handle{Code: joined.Code}
	w.drained()
	_, err := w.cards.Identify(t.Context(), w.org.ID, code, "")
	w.ok(err)

	// shows expects the kinds of the open coupons, read from the hot state as from the database.
	shows := func(when string, kinds ...loyalty.RewardKind) {
		t.Helper()
		w.drained()
		want, err := w.Identify(t.Context(), w.org.ID, code, "")
		w.ok(err)
		var have []loyalty.RewardKind
		for _, k := range want.Coupons {
			have = append(have, k.Kind)
		}
		if diff := cmp.Diff(kinds, have, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s the database has others (-want +have):\n%s", when, diff)
		}
		for who, r := range replicas {
			before, _ := r.Hits()
			have, err := r.Identify(t.Context(), w.org.ID, code, "")
			w.ok(err)
			if after, _ := r.Hits(); after != before+1 {
				t.Errorf("%s %s asked the database", when, who)
			}
			if diff := cmp.Diff(visible(want, ""), have, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s in %s (-database +have):\n%s", when, who, diff)
			}
		}
	}
	carriedOut := func(o loyalty.Outcome) loyalty.Outcome {
		t.Helper()
		if o.Err != nil || o.Refusal != nil {
			t.Fatalf("%v, %v", o.Err, o.Refusal)
		}
		return o
	}
	shows("at first")
	half := carriedOut(w.stamp(card, 1))
	shows("after the milestone", loyalty.RewardMilestone)
	carriedOut(w.stamp(card, 2))
	shows("when the card is full", loyalty.RewardMilestone, loyalty.RewardMain)
	redeem := w.command(loyalty.CommandRedeem, "", 0)
	redeem.CouponID = half.Coupons[0].ID
	redeemed := carriedOut(w.apply(redeem))
	shows("after a redemption", loyalty.RewardMain)
	reverse := w.command(loyalty.CommandReverse, "", 0)
	reverse.EntryID = redeemed.Entry.ID
	carriedOut(w.apply(reverse))
	shows("after it was taken back", loyalty.RewardMilestone, loyalty.RewardMain)
	w.pass(5 * 24 * time.Hour)
	shows("when one has run out", loyalty.RewardMilestone)
	again := carriedOut(w.stamp(card, 4))
	shows("after the next card", loyalty.RewardMilestone, loyalty.RewardMilestone, loyalty.RewardMain)
	reverse = w.command(loyalty.CommandReverse, "", 0)
	reverse.EntryID = again.Entry.ID
	carriedOut(w.apply(reverse))
	shows("after its stamps were taken back", loyalty.RewardMilestone)
	late := w.command(loyalty.CommandStamp, card, 2)
	late.At -= (3 * 24 * time.Hour).Milliseconds()
	carriedOut(w.apply(late))
	shows("after stamps that a till sends late", loyalty.RewardMilestone, loyalty.RewardMilestone)
}
