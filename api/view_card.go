package api

import (
	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// joinedView is what whoever joined gets. It tells an untrusted caller only of the
// card that was made for them.
func joinedView(v customer.View, link string, trusted bool) contract.JoinedCard {
	j := contract.JoinedCard{
		ID: v.Card.ID, Code: v.Code, Number: v.Customer.Number, Link: link, Balance: v.Card.Balance,
		Goal: loyalty.CardGoal(v.Program, v.Card), ProgramID: v.Card.ProgramID, Status: contract.CardStatus(v.Card.Status),
		DisplayName: v.Customer.DisplayName(), JoinedAt: instant(v.Card.JoinedAt), Coupons: each(v.Coupons, couponView),
	}
	if trusted {
		j.CustomerID = optional(v.Customer.ID)
	}
	return j
}

// cardView shows cards to the caller: the code and the link are secrets of the
// customer, which only those see who may hand out cards.
func cardView(rq *request, cardURL func(slug, link string) string) func(customer.View) contract.Card {
	secrets := rq.principal.May(access.CardsWrite)
	return func(v customer.View) contract.Card {
		c := contract.Card{
			ID: v.Card.ID, ProgramID: v.Card.ProgramID, CustomerID: v.Card.CustomerID, Status: contract.CardStatus(v.Card.Status),
			Balance: v.Card.Balance, Goal: loyalty.CardGoal(v.Program, v.Card), CardsFilled: v.Card.Round,
			LifetimeStamps: v.Card.Lifetime, DisplayName: v.Customer.DisplayName(), Number: v.Customer.Number,
			JoinedAt: instant(v.Card.JoinedAt), LastStampAt: optionalInstant(v.Card.LastStampAt),
		}
		if secrets {
			link := cardURL(rq.organization.Slug, v.Link)
			c.Code, c.Link, c.OldNumber = &v.Code, &link, optional(v.OldNumber)
		}
		return c
	}
}

// cardStateView shows nothing but the card itself, so that a replay can be answered
// from what the ledger kept.
func cardStateView(c loyalty.Card) contract.CardState {
	return contract.CardState{
		ID: c.ID, ProgramID: c.ProgramID, CustomerID: optional(c.CustomerID), Status: contract.CardStatus(c.Status),
		Balance: c.Balance, Goal: c.Goal, CardsFilled: c.Round,
	}
}

// couponNow views a coupon as it is at the instant: one whose last day is over is
// expired, also before the ledger says so.
func couponNow(now int64) func(loyalty.Coupon) contract.Coupon {
	return func(c loyalty.Coupon) contract.Coupon {
		if c.Status == loyalty.CouponIssued && !c.UsableAt(now) {
			c.Status = loyalty.CouponExpired
		}
		return couponView(c)
	}
}

// couponView views a coupon as it was when it was read or written.
func couponView(c loyalty.Coupon) contract.Coupon {
	return contract.Coupon{
		ID: c.ID, CardID: c.CardID, ProgramID: c.ProgramID, RewardID: c.RewardID, Kind: contract.RewardKind(c.Kind),
		Name: c.Name, Status: contract.CouponStatus(c.Status), Cost: c.Cost, IssuedAt: instant(c.IssuedAt),
		ExpiresAt: optionalInstant(c.ExpiresAt), ClosedAt: optionalInstant(c.ClosedAt),
		EarnedBy: c.EarnedBy, ClosedBy: optional(c.ClosedBy),
	}
}
