package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/typeid"
)

// PreviewMerge returns what MergeCustomers would do now, and changes nothing. It returns
// the same errors.
func (s *Store) PreviewMerge(ctx context.Context, r customer.MergeRequest) (customer.MergePreview, error) {
	var preview customer.MergePreview
	err := s.read(ctx, r.OrgID, func(tx *transaction) error {
		m := newMerging(tx, &news{}, r)
		// A transaction that only reads sees one state and may lock nothing.
		tx.forUpdate = ""
		if err := m.plan(ctx); err != nil {
			return err
		}
		var err error
		preview, err = m.preview(ctx, s)
		return err
	})
	if err != nil {
		return customer.MergePreview{}, fmt.Errorf("preview merge: %w", err)
	}
	return preview, nil
}

// MergeCustomers merges a customer into another one, who stays: what is on the usable
// cards of the one moves to the cards of the other in the same programs, and where there
// is none, one is opened. All stamps count as if they had been on one card: unused coupons
// become the stamps they cost, and full cards coupons again. The codes of the emptied cards
// lead to those that have their stamps now, unless they were provisional. Of the contact, the one who stays takes what they
// had none of; consents never become more, see customer.MergeConsent.
//
// The same idempotency key and body get the same merge again; the bool tells. It returns
// customer.ErrNotFound if one of the two is not there, loyalty.ErrKeyReused, and the
// errors of customer.PlanMerge.
func (s *Store) MergeCustomers(ctx context.Context, r customer.MergeRequest) (customer.Merge, bool, error) {
	var merge customer.Merge
	var replayed bool
	err := s.writeToldRaced(ctx, r.OrgID, func(tx *transaction, n *news) error {
		var err error
		merge, replayed, err = mergeUnder(ctx, tx, r)
		if err != nil || replayed {
			return err
		}
		m := newMerging(tx, n, r)
		if err := m.plan(ctx); err != nil {
			return err
		}
		if merge, err = m.save(ctx); err != nil {
			return err
		}
		return s.note(ctx, tx, r.OrgID, access.CustomerMerged, m.kept.ID, nil, []fact{{name: "merged", value: m.other.ID}})
	})
	if err != nil {
		return customer.Merge{}, false, fmt.Errorf("merge customers: %w", err)
	}
	return merge, replayed, nil
}

// mergeUnder returns the merge that the idempotency key was used for, if it was.
func mergeUnder(ctx context.Context, tx *transaction, r customer.MergeRequest) (customer.Merge, bool, error) {
	var found struct{ id, hash string }
	err := tx.QueryRowContext(ctx, "SELECT id, body_hash FROM customer_merge WHERE org_id = $1 AND idempotency_key = $2",
		r.OrgID, r.IdempotencyKey).Scan(&found.id, &found.hash)
	switch {
	case err == nil && found.hash != r.BodyHash:
		return customer.Merge{}, false, loyalty.ErrKeyReused
	case err == nil:
		m, err := mergeIn(ctx, tx, r.OrgID, found.id)
		return m, true, err
	case !isNoRows(err):
		return customer.Merge{}, false, fmt.Errorf("look for the key: %w", err)
	}
	return customer.Merge{}, false, keyIsNoEntrys(ctx, tx, r.OrgID, r.IdempotencyKey)
}

// keyIsNoEntrys returns loyalty.ErrKeyReused if a command of the ledger used the key.
func keyIsNoEntrys(ctx context.Context, tx *transaction, orgID, key string) error {
	n, err := one(ctx, tx, nil, scan1[int], "SELECT COUNT(*) FROM entry WHERE org_id = $1 AND idempotency_key = $2 AND idempotency_key <> ''", orgID, key)
	if err == nil && n > 0 {
		err = loyalty.ErrKeyReused
	}
	return err
}

// merging is one merge under way.
type merging struct {
	mover
	request customer.MergeRequest
	// kept and other are the customers as they were found, after and merged as they become.
	kept, other, after, merged customer.Customer
	taken                      []customer.Taken
	// locked are all cards of the two, as they were found.
	locked []loyalty.Card
	cards  []movedCard
	// refusals are consents that the one who stays loses; see customer.MergeConsent.
	refusals []customer.ConsentState
}

// movedCard is one card that is emptied.
type movedCard struct {
	program       loyalty.Program
	from, to      loyalty.Card
	opened        bool
	left, arrived loyalty.Result
}

func newMerging(tx *transaction, n *news, r customer.MergeRequest) *merging {
	return &merging{
		mover: mover{
			ledgerWriter: ledgerWriter{news: n}, tx: tx, orgID: r.OrgID, now: r.Now, actor: r.Actor, key: r.IdempotencyKey, bodyHash: r.BodyHash,
		},
		request: r,
	}
}

// plan reads and locks what the merge is about and decides all of it.
func (m *merging) plan(ctx context.Context) error {
	r := m.request
	org, err := organizationIn(ctx, m.tx, m.orgID)
	if err != nil {
		return err
	}
	m.zone = organization.LoadZone(org.Zone, "")
	if m.kept, m.other, err = lockTwo(ctx, m.tx, m.orgID, r.KeptID, r.OtherID); err != nil {
		return err
	}
	if m.after, m.merged, m.taken, err = customer.PlanMerge(m.kept, m.other); err != nil {
		return err
	}
	if m.locked, err = lockCardsOf(ctx, m.tx, m.orgID, r.KeptID, r.OtherID); err != nil {
		return err
	}
	for _, from := range m.locked {
		if from.CustomerID == m.other.ID && from.Status.Usable() {
			if err := m.moveCard(ctx, from); err != nil {
				return err
			}
		}
	}
	return m.planConsents(ctx)
}

// lockTwo returns two customers, locked in the order of their ids, or
// customer.ErrNotFound.
func lockTwo(ctx context.Context, tx *transaction, orgID, firstID, secondID string) (first, second customer.Customer, err error) {
	args := []any{orgID}
	list, err := all(ctx, tx, scanCustomer, "SELECT "+customerSelect("customer")+" FROM customer WHERE org_id = $1 AND id IN "+
		in(&args, []string{firstID, secondID})+" ORDER BY id"+tx.forUpdate, args...)
	if err != nil {
		return first, second, err
	}
	found := map[string]customer.Customer{}
	for _, c := range list {
		found[c.ID] = c
	}
	first, second = found[firstID], found[secondID]
	if first.ID == "" || second.ID == "" {
		err = customer.ErrNotFound
	}
	return first, second, err
}

// moveCard decides what becomes of one card. The card that it goes to is opened if the
// one who stays has none in the program.
func (m *merging) moveCard(ctx context.Context, from loyalty.Card) error {
	p, err := programIn(ctx, m.tx, m.orgID, from.ProgramID)
	if err != nil {
		return err
	}
	x := movedCard{program: p, from: from}
	at := slices.IndexFunc(m.locked, func(c loyalty.Card) bool {
		return c.CustomerID == m.kept.ID && c.ProgramID == p.ID && c.Status.Usable()
	})
	if at >= 0 {
		x.to = m.locked[at]
	} else {
		x.opened = true
		x.to = loyalty.Card{
			OrgID: m.orgID, ID: typeid.New("card"), ProgramID: p.ID, CustomerID: m.kept.ID, Status: loyalty.CardActive,
			Version: 1, Goal: p.Goal, JoinedAt: m.now,
			// The welcome is given once to a customer, not once for each card they lose.
			WelcomedAt: from.WelcomedAt,
		}
		m.news.card(x.to, true)
		m.news.count(loyalty.Cell{OrgID: m.orgID, ProgramID: p.ID, Day: loyalty.DayOf(m.now, m.zone)}, loyalty.Counts{Cards: 1})
	}
	if x.left, x.arrived, err = m.move(ctx, p, from, x.to); err != nil {
		return err
	}
	m.cards = append(m.cards, x)
	return nil
}

func (m *merging) planConsents(ctx context.Context) error {
	kept, other, err := m.consents(ctx)
	if err != nil {
		return err
	}
	for i := range kept {
		if kept[i].Granted && !customer.MergeConsent(kept[i], other[i]) {
			m.refusals = append(m.refusals, kept[i])
		}
	}
	return nil
}

// consents returns what the two decided about each text that is asked now.
func (m *merging) consents(ctx context.Context) (kept, other []customer.ConsentState, err error) {
	if kept, err = consentStates(ctx, m.tx, m.orgID, m.kept.ID); err != nil {
		return nil, nil, err
	}
	other, err = consentStates(ctx, m.tx, m.orgID, m.other.ID)
	return kept, other, err
}

// preview returns what was decided.
func (m *merging) preview(ctx context.Context, s *Store) (customer.MergePreview, error) {
	p := customer.MergePreview{Kept: m.kept, Other: m.other, After: m.after, Taken: m.taken}
	ids := make([]string, 0, 2*len(m.cards))
	for _, x := range m.cards {
		ids = append(ids, x.from.ID, x.to.ID)
	}
	if len(ids) > 0 {
		open, err := s.openCoupons(ctx, m.tx, m.orgID, ids)
		if err != nil {
			return p, err
		}
		for _, x := range m.cards {
			card := customer.MergePreviewCard{
				Program: x.program, From: x.from, To: x.to, After: x.arrived.Card, Moved: x.arrived.Entries[0].Quantity,
				FromCoupons: open[x.from.ID], ToCoupons: open[x.to.ID],
				AfterCoupons: couponsAfter(open[x.to.ID], x.arrived),
			}
			if x.opened {
				card.To.ID, card.After.ID = "", ""
			}
			p.Cards = append(p.Cards, card)
		}
	}
	kept, other, err := m.consents(ctx)
	for i := range kept {
		p.Consents = append(p.Consents, customer.MergedConsent{
			Text: kept[i].Text, Kept: kept[i], Other: other[i], After: customer.MergeConsent(kept[i], other[i]),
		})
	}
	return p, err
}

// couponsAfter returns the usable coupons as the result leaves them.
func couponsAfter(open []loyalty.Coupon, r loyalty.Result) []loyalty.Coupon {
	after := slices.Clone(open)
	for _, changed := range r.Changed {
		after = slices.DeleteFunc(after, func(k loyalty.Coupon) bool { return k.ID == changed.ID })
	}
	return append(after, r.Issued...)
}

// save writes what was decided.
func (m *merging) save(ctx context.Context) (customer.Merge, error) {
	for _, x := range m.cards {
		if x.opened {
			joined := loyalty.Cell{OrgID: m.orgID, ProgramID: x.program.ID, Day: loyalty.DayOf(m.now, m.zone)}
			if err := insert(ctx, m.tx, "card", cardColumns, cardRow(x.to, joined)); err != nil {
				return customer.Merge{}, err
			}
		}
	}
	m.events = append(m.events, event{m.orgID, EventCustomerMerged, m.other.ID, m.now})
	if err := m.countEntries(ctx, m.tx.itself, nil); err != nil {
		return customer.Merge{}, err
	}
	if err := m.flush(ctx, m.tx); err != nil {
		return customer.Merge{}, err
	}
	for _, x := range m.cards {
		if err := lead(ctx, m.tx, x.from, x.to.ID); err != nil {
			return customer.Merge{}, err
		}
	}
	// The other one's contact goes first: it is unique.
	if err := saveMerged(ctx, m.tx, m.merged, m.after); err != nil {
		return customer.Merge{}, err
	}
	if err := m.saveConsents(ctx); err != nil {
		return customer.Merge{}, err
	}
	if err := m.raiseOthers(ctx, m.locked); err != nil {
		return customer.Merge{}, err
	}
	return m.saveMerge(ctx)
}

// saveMerged writes what a merge, or taking it back, changes of customers, in their order.
func saveMerged(ctx context.Context, tx *transaction, customers ...customer.Customer) error {
	for _, c := range customers {
		if _, err := exec(ctx, tx, "UPDATE customer SET first_name = $3, last_name = $4, search_name = $5, phone = $6, email = $7, "+
			"status = $8, merged_into = $9, version = $10 WHERE org_id = $1 AND id = $2",
			c.OrgID, c.ID, c.FirstName, c.LastName, searchName(c), c.Phone, c.Email, string(c.Status), orNull(c.MergedInto), c.Version); err != nil {
			return err
		}
	}
	return nil
}

func (m *merging) saveConsents(ctx context.Context) error {
	list := make([]customer.Consent, 0, len(m.refusals))
	for _, state := range m.refusals {
		list = append(list, customer.Consent{
			ID: typeid.New("cons"), TextID: state.Text.ID, Purpose: state.Text.Purpose, Channel: state.Text.Channel,
			Source: customer.SourceStaff, Locale: m.kept.Locale, Actor: m.actor, At: m.now,
		})
	}
	return insertConsents(ctx, m.tx, m.orgID, m.kept.ID, list)
}

// errMerge is wrapped by faults of the rows that remember a merge.
var errMerge = errors.New("the rows of the merge are not as they should be")
