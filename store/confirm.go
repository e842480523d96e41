package store

import (
	"context"
	"errors"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// Confirm uses a confirmation link up. If nobody had the contact, the provisional
// customer and cards become real; otherwise they are merged into the customer who had
// it: stamps and unused coupons move to the customer's card of the same program, or,
// where there is none, the card is handed over with a new code and link. Whoever typed
// the contact may have been a stranger, so their code and link open nothing any more.
// Welcome rewards are given to whoever never got them.
//
// It returns customer.ErrNotFound for a link that is unknown, used, expired or no
// longer needed.
func (s *Store) Confirm(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (customer.Confirmed, error) {
	var c *confirming
	var confirmed customer.Confirmed
	err := s.writeToldRaced(ctx, orgID, func(tx *transaction, n *news) (err error) {
		c = &confirming{mover: mover{ledgerWriter: ledgerWriter{news: n}, tx: tx, orgID: orgID, now: now, actor: loyalty.Actor{Kind: loyalty.ActorSystem}}}
		if err := c.run(ctx, tokenHash); err != nil {
			return err
		}
		confirmed.Merged = c.plan.existing != nil
		confirmed.View, err = s.view(ctx, tx, orgID, "c.customer_id = $2 AND c."+usable+
			" ORDER BY CASE WHEN c.program_id = $3 THEN 0 ELSE 1 END, c.id LIMIT 1", c.plan.survivor().ID, c.request.ProgramID)
		if errors.Is(err, loyalty.ErrNotFound) {
			// The cards were revoked in the meantime; there is nothing left to confirm.
			return errNothingToConfirm
		}
		return err
	})
	if errors.Is(err, errNothingToConfirm) {
		err = customer.ErrNotFound
	}
	if err != nil {
		return customer.Confirmed{}, err
	}
	return confirmed, nil
}

// confirming is one Confirm under way.
type confirming struct {
	mover
	request customer.ConfirmationRequest
	plan    confirmPlan
}

func (c *confirming) run(ctx context.Context, tokenHash [32]byte) error {
	var err error
	if c.request, err = useConfirmation(ctx, c.tx, c.orgID, tokenHash, c.now); err != nil {
		return err
	}
	org, err := organizationIn(ctx, c.tx, c.orgID)
	if err != nil {
		return err
	}
	c.zone = organization.LoadZone(org.Zone, "")
	if err := c.planCustomers(ctx); err != nil {
		return err
	}
	if err := c.saveCustomers(ctx); err != nil {
		return err
	}
	cards, err := lockCardsOf(ctx, c.tx, c.orgID, c.plan.provisional.ID, c.plan.survivor().ID)
	if err != nil {
		return err
	}
	for _, card := range cards {
		if card.CustomerID == c.plan.provisional.ID {
			if err := c.confirmCard(ctx, card, cards); err != nil {
				return err
			}
		}
	}
	if err := c.countEntries(ctx, c.tx.itself, nil); err != nil {
		return err
	}
	if err := c.flush(ctx, c.tx); err != nil {
		return err
	}
	return c.raiseOthers(ctx, cards)
}

// planCustomers locks the customers, so that none of them gets another card meanwhile.
func (c *confirming) planCustomers(ctx context.Context) error {
	column := "phone"
	if c.request.Channel == channelEmail {
		column = "email"
	}
	existing, err := byContact(ctx, c.tx, c.orgID, column, c.request.To)
	if err != nil {
		return err
	}
	if existing != nil && existing.ID == c.request.CustomerID {
		existing = nil // staff entered the contact in the meantime
	}
	ids := []string{c.request.CustomerID}
	if existing != nil {
		ids = append(ids, existing.ID)
	}
	args := []any{c.orgID}
	locked, err := all(ctx, c.tx, scanCustomer, "SELECT "+customerSelect("customer")+" FROM customer WHERE org_id = $1 AND id IN "+
		in(&args, ids)+" ORDER BY id"+c.tx.forUpdate, args...)
	if err != nil {
		return err
	}
	var provisional customer.Customer
	for _, x := range locked {
		if x.ID == c.request.CustomerID {
			provisional = x
		} else {
			existing = &x
		}
	}
	c.plan, err = planConfirm(c.request, provisional, existing, c.now)
	return err
}

func (c *confirming) saveCustomers(ctx context.Context) error {
	p := c.plan.provisional
	_, err := exec(ctx, c.tx, "UPDATE customer SET phone = $3, email = $4, pending_phone = $5, pending_email = $6, status = $7, "+
		"merged_into = $8, version = $9, confirmed_at = $10 WHERE org_id = $1 AND id = $2",
		c.orgID, p.ID, p.Phone, p.Email, p.PendingPhone, p.PendingEmail, string(p.Status), orNull(p.MergedInto), p.Version, p.ConfirmedAt)
	if err != nil {
		return err
	}
	if c.plan.existing == nil {
		c.events = append(c.events, event{c.orgID, EventCustomerConfirmed, p.ID, c.now})
		return nil
	}
	c.events = append(c.events, event{c.orgID, EventCustomerMerged, p.ID, c.now})
	if _, err := exec(ctx, c.tx, "UPDATE customer SET version = $3, confirmed_at = $4 WHERE org_id = $1 AND id = $2",
		c.orgID, c.plan.existing.ID, c.plan.existing.Version, c.plan.existing.ConfirmedAt); err != nil {
		return err
	}
	// The boxes of the form stay with the provisional customer: they were ticked before
	// anybody had shown to be the owner of the contact, who has decisions of their own.
	return nil
}

// confirmCard makes one provisional card real: by itself, by handing it over, or by
// moving what it holds to the survivor's card of the program.
func (c *confirming) confirmCard(ctx context.Context, card loyalty.Card, cards []loyalty.Card) error {
	if !card.Status.Usable() {
		return nil // revoked on a customer made real
	}
	program, err := programIn(ctx, c.tx, c.orgID, card.ProgramID)
	if err != nil {
		return err
	}
	survivor := c.plan.survivor().ID
	theirs := func(x loyalty.Card) bool {
		return x.CustomerID == survivor && x.ProgramID == card.ProgramID && x.ID != card.ID
	}
	welcomedAt := card.WelcomedAt
	for _, x := range cards {
		if theirs(x) {
			// The welcome is given once to a customer, not once for each card they lose.
			welcomedAt = max(welcomedAt, x.WelcomedAt)
		}
	}
	at := slices.IndexFunc(cards, func(x loyalty.Card) bool { return theirs(x) && x.Status.Usable() })
	if at < 0 {
		card, err = c.activate(ctx, card, survivor)
	} else {
		var arrived loyalty.Result
		_, arrived, err = c.move(ctx, program, card, cards[at])
		card = arrived.Card
	}
	if err != nil {
		return err
	}
	card.WelcomedAt = welcomedAt
	return welcome(&c.ledgerWriter, program, card, c.command())
}

// activate makes the card real and, if it changes hands, gives it new secrets.
func (c *confirming) activate(ctx context.Context, card loyalty.Card, owner string) (loyalty.Card, error) {
	code, link := "", ""
	if card.CustomerID != owner {
		code, link = newCode(), newLink()
	}
	card.CustomerID, card.Status, card.BlockedAt = owner, loyalty.CardActive, c.plan.survivor().BlockedAt
	card.Version++
	_, err := exec(ctx, c.tx, "UPDATE card SET customer_id = $3, status = $4, version = $5, blocked_at = $8, "+
		"code = CASE WHEN $6 = '' THEN code ELSE $6 END, link = CASE WHEN $7 = '' THEN link ELSE $7 END WHERE org_id = $1 AND id = $2",
		c.orgID, card.ID, card.CustomerID, string(card.Status), card.Version, code, link, card.BlockedAt)
	c.news.card(card, true)
	c.events = append(c.events, cardChanged(c.orgID, card.ID, c.now))
	return card, err
}
