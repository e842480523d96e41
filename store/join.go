package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

// Join carries out a parsed join; customer.PlanJoin says what it does. Two trusted joins
// with one contact at once make one customer with one card. A public join looks no
// contact up, so that neither its answer nor its time tells whether one is known.
//
// It returns loyalty.ErrNotFound for a program or location that is not there, a *loyalty.Refusal for
// one that is not active, customer.ErrTwoCustomers, and a *customer.InvalidFieldError
// for a consent to a text that is not asked.
func (s *Store) Join(ctx context.Context, j customer.Join) (customer.Joined, error) {
	var joined customer.Joined
	err := s.writeToldRaced(ctx, j.OrgID, func(tx *transaction, n *news) (err error) {
		joined, err = s.join(ctx, tx, n, j)
		return err
	})
	if err != nil {
		return customer.Joined{}, err
	}
	return joined, nil
}

func (s *Store) join(ctx context.Context, tx *transaction, n *news, j customer.Join) (customer.Joined, error) {
	program, err := programIn(ctx, tx, j.OrgID, j.ProgramID)
	if err != nil {
		return customer.Joined{}, err
	}
	if program.Status != loyalty.ProgramActive {
		return customer.Joined{}, &loyalty.Refusal{Code: loyalty.RefusedNotActive}
	}
	if at := (rowKey{j.OrgID, j.LocationID}); j.LocationID != "" && !s.locations.knows(at) {
		found, err := locationsIn(ctx, tx, []rowKey{at})
		if err != nil {
			return customer.Joined{}, err
		}
		if len(found) == 0 {
			return customer.Joined{}, loyalty.ErrNotFound
		}
		s.locations.remember(found)
	}
	var byPhone, byEmail *customer.Customer
	if j.Trusted {
		if byPhone, err = byContact(ctx, tx, j.OrgID, "phone", j.Phone); err != nil {
			return customer.Joined{}, err
		}
		if byEmail, err = byContact(ctx, tx, j.OrgID, "email", j.Email); err != nil {
			return customer.Joined{}, err
		}
	}
	plan, err := customer.PlanJoin(j, byPhone, byEmail)
	if err != nil {
		return customer.Joined{}, err
	}
	who, err := s.joiningCustomer(ctx, tx, j, plan)
	if err != nil {
		return customer.Joined{}, err
	}
	if err := recordJoinConsents(ctx, tx, j, who.ID); err != nil {
		return customer.Joined{}, err
	}
	created, err := joinProgram(ctx, tx, n, j, plan, program, who)
	if err != nil {
		return customer.Joined{}, err
	}
	if plan.Confirm {
		if err := requestConfirmation(ctx, tx, who, j.ProgramID, j.Now); err != nil && !errors.Is(err, customer.ErrTooOften) {
			// Too often is not told: a visitor who types a stranger's number again and again
			// learns nothing, and the stranger gets no more messages.
			return customer.Joined{}, err
		}
	}
	v, err := s.view(ctx, tx, j.OrgID, "c.customer_id = $2 AND c.program_id = $3 AND c."+usable, who.ID, j.ProgramID)
	return customer.Joined{View: v, Created: created}, err
}

// joiningCustomer returns the plan's customer, or adds a new one.
func (s *Store) joiningCustomer(ctx context.Context, tx *transaction, j customer.Join, plan customer.JoinPlan) (customer.Customer, error) {
	if plan.Existing != nil {
		return *plan.Existing, nil
	}
	number, err := s.freeNumber(ctx, tx, j.OrgID)
	if err != nil {
		return customer.Customer{}, err
	}
	c := customer.Customer{
		OrgID: j.OrgID, ID: typeid.New("cust"), Number: number, FirstName: j.FirstName, LastName: j.LastName,
		Locale: j.Locale, Status: plan.Status, Version: 1, CreatedAt: j.Now,
	}
	if plan.Status == customer.StatusProvisional {
		c.PendingPhone, c.PendingEmail = j.Phone, j.Email
	} else {
		c.Phone, c.Email = j.Phone, j.Email
	}
	if err := insert(ctx, tx, "customer", customerColumns, customerRow(c)); err != nil {
		return c, err
	}
	return c, insertEvents(ctx, tx, []event{{j.OrgID, EventCustomersJoined, c.ID, j.Now}})
}

// recordJoinConsents keeps the decisions of the form about texts that are asked now.
func recordJoinConsents(ctx context.Context, tx *transaction, j customer.Join, customerID string) error {
	if len(j.Consents) == 0 {
		return nil
	}
	texts, err := consentTexts(ctx, tx, j.OrgID)
	if err != nil {
		return err
	}
	var list []customer.Consent
	for i, d := range j.Consents {
		at := slices.IndexFunc(texts, func(t customer.ConsentText) bool { return t.ID == d.TextID })
		if at < 0 || slices.ContainsFunc(j.Consents[:i], func(x customer.ConsentDecision) bool { return x.TextID == d.TextID }) {
			return &customer.InvalidFieldError{
				Field: fmt.Sprintf("consents[%d].text_id", i), Code: customer.InvalidConsent, Reason: "must be one of the texts that are asked, once",
			}
		}
		list = append(list, customer.Consent{
			ID: typeid.New("cons"), TextID: d.TextID, Purpose: texts[at].Purpose, Channel: texts[at].Channel, Granted: d.Granted,
			Source: j.Source, Locale: j.Locale, Actor: j.Actor, At: j.Now,
		})
	}
	return insertConsents(ctx, tx, j.OrgID, customerID, list)
}

// joinProgram adds the customer's card unless there is a usable one, and reports
// whether it did.
func joinProgram(ctx context.Context, tx *transaction, n *news, j customer.Join, plan customer.JoinPlan, p loyalty.Program, who customer.Customer) (bool, error) {
	card := loyalty.Card{
		OrgID: j.OrgID, ID: typeid.New("card"), ProgramID: p.ID, CustomerID: who.ID, Status: plan.CardStatus,
		Version: 1, Goal: p.Goal, JoinedAt: j.Now, BlockedAt: who.BlockedAt,
	}
	if plan.Existing != nil {
		// Somebody may block or merge them at this moment.
		locked, err := lockCustomer(ctx, tx, j.OrgID, who.ID)
		if err != nil {
			return false, err
		}
		if locked.Status == customer.StatusMerged {
			return false, customer.ErrMerged
		}
		card.BlockedAt = locked.BlockedAt
		earlier, err := cardsIn(ctx, tx, j.OrgID, p.ID, who.ID)
		if err != nil {
			return false, err
		}
		for _, c := range earlier {
			if c.Status.Usable() {
				return false, nil
			}
			// The welcome is given once to a customer, not once for each card they lose.
			card.WelcomedAt = max(card.WelcomedAt, c.WelcomedAt)
		}
	}
	joined := loyalty.Cell{OrgID: j.OrgID, ProgramID: p.ID, LocationID: j.LocationID, Day: loyalty.DayOf(j.Now, j.Zone)}
	if err := insert(ctx, tx, "card", cardColumns, cardRow(card, joined)); err != nil {
		return false, err
	}
	n.card(card, true)
	n.count(joined, loyalty.Counts{Cards: 1})
	w := ledgerWriter{news: n}
	if plan.Welcome {
		if err := welcome(&w, p, card, loyalty.Command{
			OrgID: j.OrgID, Actor: j.Actor, LocationID: j.LocationID, Zone: j.Zone, At: j.Now, Now: j.Now,
		}); err != nil {
			return false, err
		}
	}
	if len(w.entries) == 0 {
		return true, insertEvents(ctx, tx, []event{cardChanged(j.OrgID, card.ID, j.Now)})
	}
	if err := w.countEntries(ctx, tx.itself, nil); err != nil {
		return false, err
	}
	return true, w.flush(ctx, tx)
}

// cardsIn returns the customer's cards in the program, whatever their status.
func cardsIn(ctx context.Context, tx *transaction, orgID, programID, customerID string) ([]loyalty.Card, error) {
	return all(ctx, tx, scanLedgerCard, "SELECT "+ledgerCardColumns+" FROM card "+
		"WHERE org_id = $1 AND customer_id = $2 AND program_id = $3 ORDER BY id LIMIT $4", orgID, customerID, programID, maxCardsOfCustomer)
}

// welcome gives the card what the program promises for joining, once, if it promises
// anything and the customer is not blocked. c says who, where and when.
func welcome(w *ledgerWriter, p loyalty.Program, card loyalty.Card, c loyalty.Command) error {
	promised := p.WelcomeStamps > 0 ||
		slices.ContainsFunc(p.Rewards, func(r loyalty.Reward) bool { return r.Kind == loyalty.RewardWelcome })
	if !promised || card.WelcomedAt != 0 || p.Status != loyalty.ProgramActive || card.BlockedAt != 0 {
		return nil
	}
	c.Kind, c.CardID = loyalty.CommandWelcome, card.ID
	r, refusal := loyalty.Apply(p, loyalty.State{Card: card}, c, newIDs{})
	if refusal != nil {
		return fmt.Errorf("welcome card %s: %w", card.ID, refusal)
	}
	w.add(&c, &r, "")
	return nil
}
