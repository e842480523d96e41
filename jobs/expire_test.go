package jobs_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// fill gives a new customer so many stamps and returns the card.
func (s *shop) fill(t *testing.T, ref string, stamps int) loyalty.Card {
	t.Helper()
	cards, _, err := s.ImportedCards(t.Context(), s.org.ID, s.program.ID, []string{ref}, s.now())
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Apply(t.Context(), loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: s.org.ID, CardID: cards[ref], Quantity: stamps,
		Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, IdempotencyKey: "fill:" + ref, At: s.now(), Now: s.now(),
	})
	if err != nil || o.Refusal != nil {
		t.Fatalf("error %v, refusal %v", err, o.Refusal)
	}
	return o.Card
}

func TestCouponsExpireWhenTheirLastDayIsOver(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			job := jobs.ExpireCoupons{Store: s, Now: s.now, Log: quiet}
			card := s.fill(t, "a", 23) // two coupons for 30 days
			s.later(20 * 24 * time.Hour)
			s.fill(t, "b", 10) // one that lasts longer
			if err := job.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := s.stats(t, s.program.ID).CouponsExpired; n != 0 {
				t.Fatalf("%d coupons expired before their time", n)
			}
			s.later(11 * 24 * time.Hour)
			for range 2 { // the second run finds nothing to do
				if err := job.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			st := s.stats(t, s.program.ID)
			if st.CouponsExpired != 2 || st.CouponsOpen != 1 {
				t.Errorf("%d coupons expired and %d are open, want 2 and 1", st.CouponsExpired, st.CouponsOpen)
			}
			list, err := s.Coupons(t.Context(), s.org.ID, card.ID, paging.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list.Items {
				if c.Status != loyalty.CouponExpired || c.ClosedAt != c.ExpiresAt {
					t.Errorf("a coupon is %s since %d, want expired since its end %d", c.Status, c.ClosedAt, c.ExpiresAt)
				}
			}
			if got := s.cards(t, s.program.ID)["a"].Balance; got != 3 {
				t.Errorf("the card has %d stamps, want 3: an expired reward stays spent", got)
			}
		})
	}
}

// More coupons than fit into one batch are closed by one run.
func TestManyCouponsExpireAtOnce(t *testing.T) {
	s := newShop(t, "sqlite://"+t.TempDir()+"/leima.db")
	for i := range 60 {
		s.fill(t, fmt.Sprint(i), 100)
	}
	s.later(40 * 24 * time.Hour)
	if err := (jobs.ExpireCoupons{Store: s, Now: s.now, Log: quiet}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.stats(t, s.program.ID); st.CouponsExpired != 600 {
		t.Errorf("%d coupons expired, want 600", st.CouponsExpired)
	}
}
