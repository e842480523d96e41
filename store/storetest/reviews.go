package storetest

import (
	"context"
	"errors"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var reviewStories = []story{
	{"what a till hands in is kept once, with the names of what it is about", reviewIsKept},
	{"a review of a coupon or an entry finds its card", reviewFindsCard},
	{"the list of reviews is filtered by state, place, till and day", reviewFilters},
	{"a review is dismissed, opened again and dismissed", reviewDismissed},
	{"what the ledger holds is entered, whatever was said before", reviewEntered},
	{"two tills redeem one coupon: one of them is for review, and entering it is refused", reviewOfTwoTills},
}

// recorded is a stamping that a till took in without network.
func (sh *shop) recorded(cardID string, quantity int) loyalty.Review {
	return loyalty.Review{
		OrgID: sh.org.ID, ID: typeid.New("rev"), Key: sh.key(), BodyHash: "body", Kind: loyalty.CommandStamp, CardID: cardID, Quantity: quantity,
		At: sh.clock(), RecordedAt: sh.clock() + 1, Day: loyalty.DayOf(sh.clock(), sh.zone), LocationID: sh.location.ID, StaffID: sh.cashier.ID,
		DeviceCount: 7, Words: "in a hurry", Refusal: "daily_limit_reached",
	}
}

func (sh *shop) forReview(r loyalty.Review) customer.ReviewLine {
	sh.t.Helper()
	line, _, err := sh.CreateReview(sh.ctx, r)
	sh.ok(err)
	return line
}

func (sh *shop) reviews(q loyalty.ReviewQuery) []string {
	sh.t.Helper()
	list := whole(sh.t, func(p paging.Page) (paging.List[customer.ReviewLine], error) {
		return sh.Reviews(sh.ctx, sh.org.ID, q, p)
	})
	var ids []string
	for _, l := range list {
		ids = append(ids, l.ID)
	}
	return ids
}

var manager = loyalty.Actor{Kind: loyalty.ActorStaff, ID: "stf_manager"}

func reviewIsKept(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	till, _ := sh.newTill()
	r := sh.recorded(card.ID, 3)
	r.TillID = till.ID
	line, replayed, err := sh.CreateReview(sh.ctx, r)
	sh.ok(err)
	r.Status = loyalty.ReviewOpen
	want := customer.ReviewLine{Review: r, CustomerID: card.CustomerID, DisplayName: "Veera V.", StaffName: "Aino", TillName: till.Name}
	su.same("review", want, line)
	su.same("replayed", false, replayed)

	again := r
	again.ID = typeid.New("rev")
	line, replayed, err = sh.CreateReview(sh.ctx, again)
	sh.ok(err)
	su.same("handed in again", want, line)
	su.same("replayed", true, replayed)
	again.BodyHash = "another body"
	_, _, err = sh.CreateReview(sh.ctx, again)
	sh.is(err, loyalty.ErrKeyReused)

	read, err := sh.Review(sh.ctx, sh.org.ID, r.ID)
	sh.ok(err)
	su.same("read", want, read)
	_, err = sh.Review(sh.ctx, sh.org.ID, typeid.New("rev"))
	sh.is(err, loyalty.ErrNotFound)
	nobody := sh.recorded(typeid.New("card"), 1)
	_, _, err = sh.CreateReview(sh.ctx, nobody)
	sh.is(err, loyalty.ErrNotFound)
	unknown := sh.recorded("", 1)
	unknown.Code = "041061050R3GG28A2"
	su.same("a card that nobody knows", "", sh.forReview(unknown).DisplayName)
}

func reviewFindsCard(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	stamped := sh.apply(sh.stamp(card.ID, 10))
	redemption, reversal := sh.recorded("", 0), sh.recorded("", 10)
	redemption.Kind, redemption.CouponID = loyalty.CommandRedeem, stamped.Coupons[0].ID
	reversal.Kind, reversal.EntryID = loyalty.CommandReverse, stamped.Entry.ID
	line := sh.forReview(redemption)
	su.same("card of the coupon", card.ID, line.CardID)
	su.same("reward", loyalty.Text{"en": "Coffee", "fi": "Kahvi"}, line.Reward)
	su.same("its cost", 10, line.RewardCost)
	su.same("card of the entry", card.ID, sh.forReview(reversal).CardID)
	redemption.Key, redemption.CouponID = sh.key(), typeid.New("coup")
	_, _, err := sh.CreateReview(sh.ctx, redemption)
	sh.is(err, loyalty.ErrNotFound)
	reversal.Key, reversal.EntryID = sh.key(), typeid.New("ent")
	_, _, err = sh.CreateReview(sh.ctx, reversal)
	sh.is(err, loyalty.ErrNotFound)
}

func reviewFilters(su *suite) {
	sh := newShop(su)
	card, branch := sh.newCard(), sh.newLocation("Asema")
	till, _ := sh.newTill()
	var ids []string
	for i := range 4 {
		r := sh.recorded(card.ID, 1)
		r.At += int64(i)
		if i == 1 {
			r.LocationID = branch.ID
		}
		if i == 2 {
			r.TillID = till.ID
		}
		if i == 3 {
			r.Day++
		}
		ids = append(ids, sh.forReview(r).ID)
	}
	_, err := sh.DismissReview(sh.ctx, sh.org.ID, ids[0], true, manager, "no", sh.clock())
	sh.ok(err)
	today := loyalty.DayOf(sh.clock(), sh.zone)
	for name, c := range map[string]struct {
		query loyalty.ReviewQuery
		want  []string
	}{
		"all":         {loyalty.ReviewQuery{}, []string{ids[3], ids[2], ids[1], ids[0]}},
		"open":        {loyalty.ReviewQuery{State: "open"}, []string{ids[3], ids[2], ids[1]}},
		"decided":     {loyalty.ReviewQuery{State: "decided"}, []string{ids[0]}},
		"a branch":    {loyalty.ReviewQuery{LocationID: branch.ID}, []string{ids[1]}},
		"a till":      {loyalty.ReviewQuery{TillID: till.ID}, []string{ids[2]}},
		"from a day":  {loyalty.ReviewQuery{From: today + 1}, []string{ids[3]}},
		"before one":  {loyalty.ReviewQuery{State: "open", To: today + 1}, []string{ids[2], ids[1]}},
		"nothing":     {loyalty.ReviewQuery{From: today + 2}, nil},
		"all at once": {loyalty.ReviewQuery{State: "open", LocationID: branch.ID, From: today, To: today + 1}, []string{ids[1]}},
	} {
		su.same(name, c.want, sh.reviews(c.query))
	}
	for _, c := range []struct {
		location, till string
		want           int
	}{{"", "", 3}, {branch.ID, "", 1}, {sh.location.ID, "", 2}, {"", till.ID, 1}} {
		n, err := sh.OpenReviews(sh.ctx, sh.org.ID, c.location, c.till)
		sh.ok(err)
		su.same("open", c.want, n)
	}
}

func reviewDismissed(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	r := sh.forReview(sh.recorded(card.ID, 1))
	say := func(dismiss bool, reason string) (customer.ReviewLine, error) {
		return sh.DismissReview(sh.ctx, sh.org.ID, r.ID, dismiss, manager, reason, sh.clock()+5)
	}
	_, err := say(false, "it is open")
	sh.is(err, loyalty.ErrReviewDecided)
	line, err := say(true, "told the customer")
	sh.ok(err)
	want := r
	want.Status, want.DecidedAt, want.DecidedBy, want.Reason = loyalty.ReviewDismissed, sh.clock()+5, manager, "told the customer"
	su.same("dismissed", want, line)
	_, err = say(true, "once more")
	sh.is(err, loyalty.ErrReviewDecided)
	line, err = say(false, "a mistake")
	sh.ok(err)
	su.same("open again", loyalty.ReviewOpen, line.Status)
	_, err = sh.DismissReview(sh.ctx, sh.org.ID, typeid.New("rev"), true, manager, "no", sh.clock())
	sh.is(err, loyalty.ErrNotFound)
	su.same("the ledger", 0, len(sh.ledger(card.ID)))
}

func reviewEntered(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	r := sh.forReview(sh.recorded(card.ID, 2))
	note := func(id string) customer.ReviewLine {
		line, err := sh.NoteReview(sh.ctx, sh.org.ID, id, manager, "checked", sh.clock())
		sh.ok(err)
		return line
	}
	su.same("not entered", r, note(r.ID))
	_, err := sh.DismissReview(sh.ctx, sh.org.ID, r.ID, true, manager, "no", sh.clock())
	sh.ok(err)
	c := r.Adjustment(card.ID, r.Quantity, sh.clock())
	c.Zone, c.Actor, c.Reason, c.BodyHash = sh.zone, manager, "checked", "decision"
	entry := sh.apply(c).Entry
	line := note(r.ID)
	su.same("status", loyalty.ReviewEntered, line.Status)
	su.same("entry", entry.ID, line.LedgerEntryID)
	su.same("noted again", line, note(r.ID))
	_, err = sh.DismissReview(sh.ctx, sh.org.ID, r.ID, true, manager, "no", sh.clock())
	sh.is(err, loyalty.ErrReviewDecided)

	done := sh.recorded(card.ID, 1) // handed in after the till tried again with success
	again := sh.stamp(card.ID, 1)
	again.IdempotencyKey = done.Key
	su.same("entered before", sh.apply(again).Entry.ID, sh.forReview(done).LedgerEntryID)
	_, err = sh.NoteReview(sh.ctx, sh.org.ID, typeid.New("rev"), manager, "no", sh.clock())
	sh.is(err, loyalty.ErrNotFound)
	sh.proven(card.ID)
}

func reviewOfTwoTills(su *suite) {
	sh := newShop(su)
	card := sh.newCard()
	coupon := sh.apply(sh.stamp(card.ID, 10)).Coupons[0]
	sh.apply(sh.redeem(coupon.ID))
	r := sh.recorded("", 0)
	r.Kind, r.CouponID, r.Refusal = loyalty.CommandRedeem, coupon.ID, string(loyalty.RefusedCouponRedeemed)
	line := sh.forReview(r)
	again := line.Again(sh.clock())
	again.CardID, again.Zone, again.Actor, again.BodyHash = "", sh.zone, manager, "decision"
	sh.refused(again, loyalty.RefusedCouponRedeemed)
	line, err := sh.NoteReview(sh.ctx, sh.org.ID, r.ID, manager, "no", sh.clock())
	sh.ok(err)
	su.same("still open", loyalty.ReviewOpen, line.Status)
	sh.proven(card.ID)
}

func attacksOnReviews(v *victim) map[string]attack {
	return map[string]attack{
		"CreateReview": func(ctx context.Context, org string) error {
			r := v.review.Review
			r.OrgID, r.ID = org, typeid.New("rev") // for the victim's card, under the victim's key
			_, _, err := v.CreateReview(ctx, r)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Review": func(ctx context.Context, org string) error {
			_, err := v.Review(ctx, org, v.review.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Reviews": func(ctx context.Context, org string) error {
			l, err := v.Reviews(ctx, org, loyalty.ReviewQuery{LocationID: v.location.ID}, paging.Page{})
			return empty(l.Items, err)
		},
		"OpenReviews": func(ctx context.Context, org string) error {
			n, err := v.OpenReviews(ctx, org, "", "")
			if err != nil || n > 0 {
				return errors.Join(errors.New("foreign reviews are counted"), err)
			}
			return nil
		},
		"NoteReview": func(ctx context.Context, org string) error {
			_, err := v.NoteReview(ctx, org, v.review.ID, manager, "thief", v.clock())
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"DismissReview": func(ctx context.Context, org string) error {
			_, err := v.DismissReview(ctx, org, v.review.ID, true, manager, "thief", v.clock())
			return refusedWith(loyalty.ErrNotFound, err)
		},
	}
}
