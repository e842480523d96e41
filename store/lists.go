package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

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
	if value == nothing {
		return
	}
	f.args = append(f.args, value)
	f.text.WriteString(" AND " + strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(f.args))))
}

// qualified returns the columns, each with the alias of its table.
func qualified(alias, columns string) string {
	return alias + "." + strings.ReplaceAll(columns, ", ", ", "+alias+".")
}

// heldCoupons is a query of coupons k with their cards c, customers u and, of those that
// were redeemed, the entries e by which they were.
var heldCoupons = "SELECT " + qualified("k", couponColumns) + ", " + customerSelect("u") + ", COALESCE(e.location_id, '') " +
	"FROM coupon k JOIN card c ON c.org_id = k.org_id AND c.id = k.card_id " +
	"JOIN customer u ON u.org_id = c.org_id AND u.id = c.customer_id " +
	"LEFT JOIN entry e ON e.org_id = k.org_id AND e.id = k.closed_by AND k.status = 'redeemed' " +
	"WHERE k.org_id = $1 AND (k.issued_at, k.id) < ($2, $3)"

func scanHeldCoupon(r scanner) (h customer.HeldCoupon, err error) {
	h.Coupon, err = scanCoupon(scanMore{r, append(customerTargets(&h.Customer), &h.LocationID)})
	return h, err
}

// scanMore is a row with further columns behind those that its reader knows.
type scanMore struct {
	scanner
	more []any
}

// Scan reads the columns that the reader asks for, and the further ones.
func (s scanMore) Scan(dest ...any) error { return s.scanner.Scan(append(dest, s.more...)...) } //nolint:wrapcheck // who reads says what

// HeldCoupons returns a page of the organization's coupons, newest first.
func (s *Store) HeldCoupons(ctx context.Context, orgID string, q customer.CouponQuery, p paging.Page) (paging.List[customer.HeldCoupon], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.HeldCoupon]{}, err
	}
	f := filter{args: []any{orgID, at, id}}
	couponFilter(&f, q)
	f.args = append(f.args, p.Size()+1)
	list, err := readAll(ctx, s, orgID, scanHeldCoupon,
		heldCoupons+f.text.String()+fmt.Sprintf(" ORDER BY k.issued_at DESC, k.id DESC LIMIT $%d", len(f.args)), f.args...)
	return paging.Cut(p, list, func(h customer.HeldCoupon) []string {
		return []string{strconv.FormatInt(h.Coupon.IssuedAt, 10), h.Coupon.ID}
	}), err
}

func couponFilter(f *filter, q customer.CouponQuery) {
	and(f, "k.program_id = ?", q.ProgramID)
	and(f, "c.customer_id = ?", q.CustomerID)
	and(f, "e.location_id = ?", q.LocationID)
	and(f, "k.issued_at >= ?", q.From)
	and(f, "k.issued_at < ?", q.To)
	switch q.Status {
	case loyalty.CouponIssued:
		and(f, "k.status = 'issued' AND (k.expires_at = 0 OR k.expires_at > ?)", q.Now)
	case loyalty.CouponExpired:
		and(f, "(k.status = 'expired' OR k.status = 'issued' AND k.expires_at <> 0 AND k.expires_at <= ?)", q.Now)
	default:
		and(f, "k.status = ?", string(q.Status))
	}
}
