package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

const (
	cardColumns = ledgerCardColumns + ", code, link, joined_day, joined_location"
	// maxCardsOfCustomer bounds the cards of one customer that are listed, over all
	// programs and with those revoked and merged.
	maxCardsOfCustomer = 200
	usable             = "status IN ('active', 'provisional')"
)

// viewColumns are what scanView reads, and viewTables where it stands: cards c with their
// customer u and program p.
var (
	viewColumns = prefixed("c", ledgerCardColumns) + ", c.code, c.link, c.old_number, " + customerSelect("u") + ", " + prefixed("p", programColumns)
	viewQuery   = "SELECT " + viewColumns + " FROM " + viewTables + " "
)

const viewTables = "card c JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id " +
	"JOIN program p ON p.org_id = c.org_id AND p.id = c.program_id"

// prefixed puts the alias of a table before each of its columns.
func prefixed(alias, columns string) string {
	return alias + "." + strings.ReplaceAll(columns, ", ", ", "+alias+".")
}

func scanView(r scanner) (v customer.View, err error) {
	var rules string
	c, p := &v.Card, &v.Program
	targets := []any{
		&c.OrgID, &c.ID, &c.ProgramID, &c.CustomerID, &c.Status, &c.Version, &c.Balance, &c.Goal, &c.Round, &c.Milestone,
		&c.Lifetime, &c.LastStampAt, &c.Day, &c.DayStamps, &c.WelcomedAt, &c.JoinedAt, &c.BlockedAt, &v.Code, &v.Link, &v.OldNumber,
	}
	targets = append(targets, customerTargets(&v.Customer)...)
	targets = append(targets, &p.OrgID, &p.ID, &p.Status, &p.Version, &rules, &p.CreatedAt)
	if err = r.Scan(targets...); err != nil {
		return v, fmt.Errorf("read card: %w", err)
	}
	err = readRules(p, rules)
	return v, err
}

// newCode and newLink make the two secrets of a card: what a till scans, with 80 random
// bits, and what opens the customer's page, with at least 128.
func newCode() string {
	var b [loyalty.CodeRandomBytes]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return loyalty.NewCode(b)
}

func newLink() string { return rand.Text() }

// cardRow returns the values of cardColumns, with new secrets. joined says where the card
// is counted as new.
func cardRow(c loyalty.Card, joined loyalty.Cell) []any {
	return []any{
		c.OrgID, c.ID, c.ProgramID, c.CustomerID, string(c.Status), c.Version, c.Balance, c.Goal, c.Round, c.Milestone,
		c.Lifetime, c.LastStampAt, int64(c.Day), c.DayStamps, c.WelcomedAt, c.JoinedAt, c.BlockedAt,
		newCode(), newLink(), int64(joined.Day), joined.LocationID,
	}
}

// view returns the card that the condition, on c, u and p, finds first, with the
// coupons that can still be used.
func (s *Store) view(ctx context.Context, tx *transaction, orgID, condition string, args ...any) (customer.View, error) {
	v, err := one(ctx, tx, loyalty.ErrNotFound, scanView, viewQuery+"WHERE c.org_id = $1 AND "+condition, append([]any{orgID}, args...)...)
	if err != nil {
		return customer.View{}, err
	}
	return v, s.addCoupons(ctx, tx, &v)
}

// addCoupons adds the coupons that can still be used.
func (s *Store) addCoupons(ctx context.Context, tx *transaction, v *customer.View) error {
	coupons, err := s.openCoupons(ctx, tx, v.Card.OrgID, []string{v.Card.ID})
	v.Coupons = coupons[v.Card.ID]
	return err
}

// openCoupons returns the coupons of the cards that can be used now, oldest first. They are
// few and sorted after they are found: by the order alone PostgreSQL could choose the index
// of all coupons of the organization.
func (s *Store) openCoupons(ctx context.Context, tx *transaction, orgID string, cardIDs []string) (map[string][]loyalty.Coupon, error) {
	args := []any{orgID, s.now(), customer.MaxOpenCoupons}
	list, err := all(ctx, tx, scanCoupon, "SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND status = 'issued' "+
		"AND (expires_at = 0 OR expires_at > $2) AND card_id IN "+in(&args, cardIDs)+" ORDER BY issued_at + 0, id LIMIT $3", args...)
	return byCard(list), err
}

// byCard divides coupons by their cards, oldest first. The database had them in this order
// but for those of one instant: how texts are sorted is up to its locale, and whoever
// adds what a commit tells of (loyalty.ChangedCard) has to come to the same.
func byCard(list []loyalty.Coupon) map[string][]loyalty.Coupon {
	cards := map[string][]loyalty.Coupon{}
	for _, k := range list {
		cards[k.CardID] = append(cards[k.CardID], k)
	}
	for _, coupons := range cards {
		slices.SortFunc(coupons, loyalty.OldestFirst)
	}
	return cards
}

// Card returns a card, whatever its status, or loyalty.ErrNotFound.
func (s *Store) Card(ctx context.Context, orgID, cardID string) (customer.View, error) {
	return s.readView(ctx, orgID, "c.id = $2", cardID)
}

func (s *Store) readView(ctx context.Context, orgID, condition string, args ...any) (customer.View, error) {
	var v customer.View
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		v, err = s.view(ctx, tx, orgID, condition, args...)
		return err
	})
	return v, err
}

// CardByLink returns the usable card whose page the link opens, or loyalty.ErrNotFound.
func (s *Store) CardByLink(ctx context.Context, orgID, link string) (customer.View, error) {
	return s.readView(ctx, orgID, "c.link = $2 AND c."+usable, link)
}

// Cards returns a page of the usable cards of a program ("" for all programs), newest
// first, without their coupons.
func (s *Store) Cards(ctx context.Context, orgID, programID string, p paging.Page) (paging.List[customer.View], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.View]{}, err
	}
	condition, args := "", []any{orgID, at, id, p.Size() + 1}
	if programID != "" {
		condition, args = " AND c.program_id = $5", append(args, programID)
	}
	list, err := readAll(ctx, s, orgID, scanView, viewQuery+"WHERE c.org_id = $1 AND c."+usable+
		" AND (c.joined_at, c.id) < ($2, $3)"+condition+" ORDER BY c.joined_at DESC, c.id DESC LIMIT $4", args...)
	return paging.Cut(p, list, func(v customer.View) []string {
		return []string{strconv.FormatInt(v.Card.JoinedAt, 10), v.Card.ID}
	}), err
}

// CustomerCards returns the customer's cards with their usable coupons, the oldest
// first; revoked and merged ones too, at most 200. It returns customer.ErrNotFound for
// somebody who is not there.
func (s *Store) CustomerCards(ctx context.Context, orgID, customerID string) ([]customer.View, error) {
	var views []customer.View
	err := s.read(ctx, orgID, func(tx *transaction) error {
		if _, err := customerBy(ctx, tx, orgID, "id", customerID); err != nil {
			return err
		}
		var err error
		views, err = all(ctx, tx, scanView, viewQuery+"WHERE c.org_id = $1 AND c.customer_id = $2 ORDER BY c.joined_at, c.id LIMIT $3",
			orgID, customerID, maxCardsOfCustomer)
		if err != nil || len(views) == 0 {
			return err
		}
		ids := make([]string, len(views))
		for i, v := range views {
			ids[i] = v.Card.ID
		}
		coupons, err := s.openCoupons(ctx, tx, orgID, ids)
		for i := range views {
			views[i].Coupons = coupons[views[i].Card.ID]
		}
		return err
	})
	return views, err
}

// RevokeCard blocks a card: its code and link find nothing from now on, and it earns no
// more. Revoking it again changes nothing. It returns loyalty.ErrNotFound for a card
// that is not there.
func (s *Store) RevokeCard(ctx context.Context, orgID, cardID string, now int64) error {
	return s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		card, err := one(ctx, tx, loyalty.ErrNotFound, scanLedgerCard, "UPDATE card SET status = 'revoked', version = version + 1 "+
			"WHERE org_id = $1 AND id = $2 AND "+usable+" RETURNING "+ledgerCardColumns, orgID, cardID)
		if errors.Is(err, loyalty.ErrNotFound) {
			_, err = one(ctx, tx, loyalty.ErrNotFound, scan1[string], "SELECT id FROM card WHERE org_id = $1 AND id = $2", orgID, cardID)
			return err
		}
		if err != nil {
			return err
		}
		n.card(card, true)
		if err := s.note(ctx, tx, orgID, access.CardBlocked, cardID, nil, nil); err != nil {
			return err
		}
		return insertEvents(ctx, tx, []event{cardChanged(orgID, cardID, now)})
	})
}

// ReissueCard gives a usable card a new code and a new link, for a phone that was lost:
// the old ones lead nowhere from now on, those of cards that were merged into it neither,
// and all that is on the card stays. It returns
// the card, loyalty.ErrNotFound for one that is not there, and a *loyalty.Refusal for one
// that is not in use any more.
func (s *Store) ReissueCard(ctx context.Context, orgID, cardID string, now int64) (customer.View, error) {
	var v customer.View
	err := s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		card, err := one(ctx, tx, loyalty.ErrNotFound, scanLedgerCard, "SELECT "+ledgerCardColumns+" FROM card "+
			"WHERE org_id = $1 AND id = $2"+tx.forUpdate, orgID, cardID)
		if err != nil {
			return err
		}
		if !card.Status.Usable() {
			return &loyalty.Refusal{Code: loyalty.RefusedCardNotUsable}
		}
		if err := changeSecrets(ctx, tx, orgID, cardID); err != nil {
			return err
		}
		if err := raiseVersions(ctx, tx, n, []loyalty.Card{card}, now); err != nil {
			return err
		}
		if err := s.note(ctx, tx, orgID, access.CardReissued, cardID, nil, nil); err != nil {
			return err
		}
		v, err = s.view(ctx, tx, orgID, "c.id = $2", cardID)
		return err
	})
	if err != nil {
		return customer.View{}, fmt.Errorf("reissue card: %w", err)
	}
	return v, nil
}

// lockCardsOf returns all cards of the customers, locked in the order of their ids.
func lockCardsOf(ctx context.Context, tx *transaction, orgID string, customerIDs ...string) ([]loyalty.Card, error) {
	// In two steps: SQLite, asked for the order at once, would walk all cards in it.
	args := []any{orgID}
	ids, err := all(ctx, tx, scan1[string], "SELECT id FROM card WHERE org_id = $1 AND customer_id IN "+in(&args, customerIDs), args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	args = []any{orgID}
	return all(ctx, tx, scanLedgerCard, "SELECT "+ledgerCardColumns+" FROM card WHERE org_id = $1 AND id IN "+in(&args, ids)+
		" ORDER BY id"+tx.forUpdate, args...)
}

// raiseVersions gives locked cards the next version, because what is shown with them has
// changed: the versions of a card order all states in which it can be seen.
func raiseVersions(ctx context.Context, tx *transaction, n *news, cards []loyalty.Card, now int64) error {
	rows := make([][]any, len(cards))
	changed := make([]rowKey, len(cards))
	for i, c := range cards {
		c.Version++
		rows[i] = []any{c.OrgID, c.ID, c.Version}
		changed[i] = rowKey{c.OrgID, c.ID}
		n.card(c, true)
	}
	if err := updateRows(ctx, tx, "card", "org_id TEXT, id TEXT, version BIGINT", rows); err != nil {
		return err
	}
	return insertEvents(ctx, tx, eventsAbout(EventCardsChanged, changed, now))
}
