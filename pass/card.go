package pass

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/wallet/apple"
)

// shownEntries is how many of a card's entries stand on the back.
const shownEntries = 10

// card translates a card as it is now onto its pass.
func (i *Issuer) card(ctx context.Context, org organization.Organization, v customer.View, p customer.Pass) (apple.Card, error) {
	c := apple.Card{Serial: p.Serial, Token: p.Token, Version: v.Card.Version}
	if !v.Card.Status.Usable() || v.Code != p.Code || v.Card.BlockedAt != 0 {
		// Whoever has the phone need not be whose card it is now: nothing of it is shown. A
		// block may end, and the pass is whole again with the card's next version.
		c.Balance = apple.Say(noBalance)
		there, err := moved(ctx, i.Store, v, p.Code)
		if c.Voided = !there; there {
			c.Code, c.NFC, c.Entries = v.Code, v.Code, movedLines(org)
		}
		return c, err
	}
	goal := loyalty.CardGoal(v.Program, v.Card)
	next, missing := loyalty.Next(v.Program, v.Card)
	c.Stamps = min(max(v.Card.Balance, 0), goal)
	c.Balance = inAll(org, func(l locale.Localizer) string { return l.Number(int64(v.Card.Balance)) + "/" + l.Number(int64(goal)) })
	c.NextGoal = inAll(org, func(l locale.Localizer) string {
		return l.N("card.next", missing) + ": " + next.Name.In(l.Locale(), org.Locale)
	})
	if len(v.Coupons) > 0 {
		c.Rewards = inAll(org, func(l locale.Localizer) string { return rewards(l, org, v.Coupons) })
	}
	c.Holder = strings.TrimSpace(v.Customer.FirstName + " " + v.Customer.LastName)
	c.Code, c.NFC, c.Number = v.Code, v.Code, customer.FormatNumber(v.Customer.Number)
	if v.Program.EndsAt != 0 && len(v.Coupons) == 0 {
		c.Expires = time.UnixMilli(v.Program.EndsAt).UTC()
	}
	var err error
	c.Entries, err = entries(ctx, i.Store, org, v)
	return c, err
}

// rewards names the coupons, each kind once, with how many there are.
func rewards(l locale.Localizer, org organization.Organization, coupons []loyalty.Coupon) string {
	var names []string
	count := map[string]int{}
	for _, c := range coupons {
		name := c.Name.In(l.Locale(), org.Locale)
		if count[name] == 0 {
			names = append(names, name)
		}
		count[name]++
	}
	for n, name := range names {
		if count[name] > 1 {
			names[n] = l.Number(int64(count[name])) + " × " + name
		}
	}
	return strings.Join(names, ", ")
}

// history reads what happened on a card.
type history interface {
	Entries(ctx context.Context, orgID, cardID string, p paging.Page) (paging.List[loyalty.Entry], error)
	Coupon(ctx context.Context, orgID, id string) (loyalty.Coupon, error)
}

// entries are the last of the card's ledger in words, the newest first.
func entries(ctx context.Context, store history, org organization.Organization, v customer.View) ([]apple.Text, error) {
	list, err := store.Entries(ctx, v.Card.OrgID, v.Card.ID, paging.Page{Limit: shownEntries})
	if err != nil {
		return nil, fmt.Errorf("read entries of pass: %w", err)
	}
	zone := organization.LoadZone(org.Zone, "")
	var texts []apple.Text
	for _, e := range list.Items {
		reward, err := rewardOf(ctx, store, e, v.Coupons)
		if err != nil {
			return nil, err
		}
		texts = append(texts, inAll(org, func(l locale.Localizer) string {
			line := l.Date(e.At, zone) + "  " + entryWords(l, e, reward.In(l.Locale(), org.Locale))
			if e.Quantity != 0 {
				line += "  " + l.Signed(int64(e.Quantity))
			}
			return line
		}))
	}
	return texts, nil
}

// rewardOf returns the name of what an entry is about, empty if it is about none.
func rewardOf(ctx context.Context, store history, e loyalty.Entry, known []loyalty.Coupon) (loyalty.Text, error) {
	if e.CouponID == "" {
		return nil, nil
	}
	if at := slices.IndexFunc(known, func(c loyalty.Coupon) bool { return c.ID == e.CouponID }); at >= 0 {
		return known[at].Name, nil
	}
	c, err := store.Coupon(ctx, e.OrgID, e.CouponID)
	if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
		return nil, fmt.Errorf("read coupon of pass: %w", err)
	}
	return c.Name, nil
}

// entryWords says what an entry was about, as the card's page does.
func entryWords(l locale.Localizer, e loyalty.Entry, reward string) string {
	if reward == "" {
		reward = l.T("entry.a_reward")
	}
	return l.T("entry."+e.Topic(), locale.Params{"reward": reward})
}
