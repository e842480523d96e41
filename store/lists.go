package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// filter puts a list's condition together. Its first arguments are the list's own.
type filter struct {
	text strings.Builder
	args []any
}

// and adds a condition, in which ? stands for the value, unless the value is the zero
// one, which asks for nothing.
func and[T comparable](f *filter, condition string, value T) {
	var nothing T
	if value != nothing {
		f.text.WriteString(" AND " + strings.ReplaceAll(condition, "?", f.value(value)))
	}
}

// value adds an argument and returns the placeholder for it.
func (f *filter) value(v any) string {
	f.args = append(f.args, v)
	return "$" + strconv.Itoa(len(f.args))
}

// listing is a list of a whole organization: tables with their conditions, of which $1 is
// the organization.
type listing struct {
	columns, from, where string
	filter               func(f *filter, q customer.ListQuery)
}

// listings are the lists: customers u, cards c, entries e and coupons k with what is shown
// beside them. Coupons come with the entry e by which they were redeemed.
var listings = map[customer.ListKind]listing{
	customer.ListCustomers: {customerSelect("u"), "customer u", "u.org_id = $1 AND u.status <> 'merged'", func(f *filter, q customer.ListQuery) {
		condition, args := searchCondition(q.Search, f.args)
		f.text.WriteString(condition)
		f.args = args
		between(f, "u.created_at", q)
	}},
	customer.ListCards: {viewColumns, viewTables, "c.org_id = $1", func(f *filter, q customer.ListQuery) {
		and(f, "c.program_id = ?", q.ProgramID)
		between(f, "c.joined_at", q)
	}},
	customer.ListEntries: {heldEntryColumns, "entry e JOIN card c ON c.org_id = e.org_id AND c.id = e.card_id " +
		"JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id", "e.org_id = $1", func(f *filter, q customer.ListQuery) {
		and(f, "e.program_id = ?", q.ProgramID)
		and(f, "c.customer_id = ?", q.CustomerID)
		and(f, "e.location_id = ?", q.LocationID)
		and(f, "e.kind = ?", string(q.EntryKind))
		between(f, "e.happened_at", q)
		fewDays(f, q)
	}},
	customer.ListCoupons: {prefixed("k", couponColumns) + ", " + customerSelect("u") + ", COALESCE(e.location_id, '')", "coupon k " +
		"JOIN card c ON c.org_id = k.org_id AND c.id = k.card_id JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id " +
		"LEFT JOIN entry e ON e.org_id = k.org_id AND e.id = k.closed_by AND k.status = 'redeemed'", "k.org_id = $1", func(f *filter, q customer.ListQuery) {
		and(f, "k.program_id = ?", q.ProgramID)
		and(f, "c.customer_id = ?", q.CustomerID)
		and(f, "e.location_id = ?", q.LocationID)
		between(f, "k.issued_at", q)
		couponStatus(f, q)
	}},
}

// heldEntryColumns are entrySelect of the table e, and the customer.
var heldEntryColumns = prefixed("e", "org_id, id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, "+
	"happened_at, recorded_at, day") + ", COALESCE(e.location_id, ''), e.actor_kind, e.actor_id, COALESCE(e.coupon_id, ''), " +
	"COALESCE(e.reverses, ''), e.head_id, e.idempotency_key, e.external_ref, e.reason, COALESCE(e.other_card_id, ''), " + customerSelect("u")

func between(f *filter, column string, q customer.ListQuery) {
	and(f, column+" >= ?", q.From)
	and(f, column+" < ?", q.To)
}

const (
	// manyDays is from how many days on entries are better read in the order of their ids.
	manyDays = 62 * 24 * time.Hour
	// zoneMargin is more than any place's clock is off UTC.
	zoneMargin = 26 * time.Hour
)

// fewDays lets the entries of a few days be found by the index of programs and days, which
// the totals need anyway. The list is ordered by id and has no index by time, which would
// cost every stamp: without this, all that is newer is read first. SQLite takes the index
// only where the query names a program, and else reads on by id: 0.1 s where there are
// 200,000 entries (BenchmarkEntryLists).
func fewDays(f *filter, q customer.ListQuery) {
	to := q.To
	if to == 0 {
		to = q.Now
	}
	if q.From == 0 || to <= q.From || to-q.From > manyDays.Milliseconds() {
		return
	}
	// What follows from the instants, said in the terms of the index.
	and(f, "e.day >= ?", int64(loyalty.DayOf(q.From-zoneMargin.Milliseconds(), time.UTC)))
	if q.To != 0 {
		and(f, "e.day <= ?", int64(loyalty.DayOf(q.To+zoneMargin.Milliseconds(), time.UTC)))
	}
	if q.ProgramID == "" {
		f.text.WriteString(" AND e.program_id IN (SELECT id FROM program WHERE org_id = $1)")
	}
}

func couponStatus(f *filter, q customer.ListQuery) {
	switch q.CouponStatus {
	case loyalty.CouponIssued:
		and(f, "k.status = 'issued' AND (k.expires_at = 0 OR k.expires_at > ?)", q.Now)
	case loyalty.CouponExpired:
		and(f, "(k.status = 'expired' OR k.status = 'issued' AND k.expires_at <> 0 AND k.expires_at <= ?)", q.Now)
	default:
		and(f, "k.status = ?", string(q.CouponStatus))
	}
}

// listed returns a page of a list, newest first: by the column at and the id, or by the
// id alone where at is "".
func listed[T any](
	ctx context.Context, s *Store, orgID string, kind customer.ListKind, q customer.ListQuery, p paging.Page,
	scan func(scanner) (T, error), at, id string, key func(T) (int64, string),
) (paging.List[T], error) {
	beforeAt, beforeID, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[T]{}, err
	}
	l := listings[kind]
	f := filter{args: []any{orgID}}
	var order string
	if at != "" {
		f.text.WriteString(" AND (" + at + ", " + id + ") < (" + f.value(beforeAt) + ", " + f.value(beforeID) + ")")
		order = at + " DESC, "
	} else {
		and(&f, id+" < ?", beforeID)
	}
	l.filter(&f, q)
	list, err := readAll(ctx, s, orgID, scan, "SELECT "+l.columns+" FROM "+l.from+" WHERE "+l.where+f.text.String()+
		" ORDER BY "+order+id+" DESC LIMIT "+f.value(p.Size()+1), f.args...)
	return paging.Cut(p, list, func(v T) []string {
		at, id := key(v)
		return []string{strconv.FormatInt(at, 10), id}
	}), err
}

// CountListed returns how many rows the list has, at most most.
func (s *Store) CountListed(ctx context.Context, orgID string, kind customer.ListKind, q customer.ListQuery, most int) (int, error) {
	l, known := listings[kind]
	if !known {
		return 0, fmt.Errorf("count list %q: there is no such list", kind)
	}
	f := filter{args: []any{orgID}}
	l.filter(&f, q)
	return readOne(ctx, s, orgID, nil, scan1[int],
		"SELECT COUNT(*) FROM (SELECT 1 FROM "+l.from+" WHERE "+l.where+f.text.String()+" LIMIT "+f.value(most)+") AS counted", f.args...)
}

// ListedCustomers returns a page of the organization's customers, newest first, without
// those merged into others.
func (s *Store) ListedCustomers(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.Customer], error) {
	return listed(ctx, s, orgID, customer.ListCustomers, q, p, scanCustomer, "u.created_at", "u.id",
		func(c customer.Customer) (int64, string) { return c.CreatedAt, c.ID })
}

// ListedCards returns a page of the organization's cards, newest first, whatever became
// of them and without their coupons.
func (s *Store) ListedCards(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.View], error) {
	return listed(ctx, s, orgID, customer.ListCards, q, p, scanView, "c.joined_at", "c.id",
		func(v customer.View) (int64, string) { return v.Card.JoinedAt, v.Card.ID })
}

// HeldCoupons returns a page of the organization's coupons, newest first.
func (s *Store) HeldCoupons(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.HeldCoupon], error) {
	return listed(ctx, s, orgID, customer.ListCoupons, q, p, scanHeldCoupon, "k.issued_at", "k.id",
		func(h customer.HeldCoupon) (int64, string) { return h.Coupon.IssuedAt, h.Coupon.ID })
}

// HeldEntries returns a page of the organization's ledger entries, those written last
// first. With filters it reads all entries that are newer than the page's last.
func (s *Store) HeldEntries(ctx context.Context, orgID string, q customer.ListQuery, p paging.Page) (paging.List[customer.HeldEntry], error) {
	// Ids rise with time, and the key is by them; an index by time would cost every stamp.
	return listed(ctx, s, orgID, customer.ListEntries, q, p, scanHeldEntry, "", "e.id",
		func(h customer.HeldEntry) (int64, string) { return h.Entry.RecordedAt, h.Entry.ID })
}

func scanHeldCoupon(r scanner) (h customer.HeldCoupon, err error) {
	h.Coupon, err = scanCoupon(scanMore{r, append(customerTargets(&h.Customer), &h.LocationID)})
	return h, err
}

func scanHeldEntry(r scanner) (h customer.HeldEntry, err error) {
	h.Entry, err = scanEntry(scanMore{r, customerTargets(&h.Customer)})
	return h, err
}

// scanMore is a row with further columns behind those that its reader knows.
type scanMore struct {
	scanner
	more []any
}

// Scan reads the columns that the reader asks for, and the further ones.
func (s scanMore) Scan(dest ...any) error { return s.scanner.Scan(append(dest, s.more...)...) }

// maxActivity is how many of the latest entries are looked at for those of a location.
const maxActivity = 2_000

// Activity returns the latest entries written after the one with the id since, "" for all,
// at the location, "" for all, newest first; at most limit and 1,000. For a location it
// looks at the latest 2,000 only.
func (s *Store) Activity(ctx context.Context, orgID, locationID, since string, limit int) ([]customer.HeldEntry, error) {
	f := filter{args: []any{orgID}}
	and(&f, "id > ?", since)
	looked := bounded(limit)
	if locationID != "" {
		looked = maxActivity
	}
	latest := "SELECT id FROM entry WHERE org_id = $1" + f.text.String() + " ORDER BY id DESC LIMIT " + f.value(looked)
	f.text.Reset()
	and(&f, "e.location_id = ?", locationID)
	return readAll(ctx, s, orgID, func(r scanner) (h customer.HeldEntry, err error) {
		h.Entry, err = scanEntry(scanMore{r, append(customerTargets(&h.Customer), &h.StaffName)})
		return h, err
	}, "SELECT "+heldEntryColumns+", COALESCE(m.name, '') FROM ("+latest+") AS l JOIN entry e ON e.org_id = $1 AND e.id = l.id "+
		"JOIN card c ON c.org_id = e.org_id AND c.id = e.card_id JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id "+
		"LEFT JOIN staff m ON m.org_id = e.org_id AND m.id = e.actor_id "+
		"WHERE TRUE"+f.text.String()+" ORDER BY e.id DESC LIMIT "+f.value(bounded(limit)), f.args...)
}
