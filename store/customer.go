package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/paging"
)

const (
	customerColumns = "org_id, id, number, first_name, last_name, phone, email, pending_phone, pending_email, locale, status, " +
		"merged_into, external_ref, search_name, version, created_at, confirmed_at, blocked_at"
	// maxQueryLen bounds what is searched for, in bytes.
	maxQueryLen = 200
)

// customerSelect returns the columns that scanCustomer reads, of the table or alias.
func customerSelect(t string) string {
	return t + ".org_id, " + t + ".id, " + t + ".number, " + t + ".first_name, " + t + ".last_name, " + t + ".phone, " + t + ".email, " +
		t + ".pending_phone, " + t + ".pending_email, " + t + ".locale, " + t + ".status, COALESCE(" + t + ".merged_into, ''), " +
		t + ".external_ref, " + t + ".version, " + t + ".created_at, " + t + ".confirmed_at, " + t + ".blocked_at"
}

func customerTargets(c *customer.Customer) []any {
	return []any{
		&c.OrgID, &c.ID, &c.Number, &c.FirstName, &c.LastName, &c.Phone, &c.Email, &c.PendingPhone, &c.PendingEmail, &c.Locale,
		&c.Status, &c.MergedInto, &c.ExternalRef, &c.Version, &c.CreatedAt, &c.ConfirmedAt, &c.BlockedAt,
	}
}

func scanCustomer(r scanner) (c customer.Customer, err error) {
	if err = r.Scan(customerTargets(&c)...); err != nil {
		err = fmt.Errorf("read customer: %w", err)
	}
	return c, err
}

func customerRow(c customer.Customer) []any {
	return []any{
		c.OrgID, c.ID, c.Number, c.FirstName, c.LastName, c.Phone, c.Email, c.PendingPhone, c.PendingEmail, c.Locale, string(c.Status),
		orNull(c.MergedInto), c.ExternalRef, searchName(c), max(c.Version, 1), c.CreatedAt, c.ConfirmedAt, c.BlockedAt,
	}
}

func searchName(c customer.Customer) string {
	return strings.ToLower(strings.TrimSpace(c.FirstName + " " + c.LastName))
}

// randomNumber returns a customer number that nobody can foresee.
func randomNumber() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return customer.NewNumber(binary.BigEndian.Uint64(b[:]))
}

// Customer returns a customer, merged ones too, or customer.ErrNotFound.
func (s *Store) Customer(ctx context.Context, orgID, id string) (customer.Customer, error) {
	var c customer.Customer
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		c, err = customerBy(ctx, tx, orgID, "id", id)
		return err
	})
	return c, err
}

// customerBy returns the customer whose column has the value, or customer.ErrNotFound.
func customerBy(ctx context.Context, tx *transaction, orgID, column, value string) (customer.Customer, error) {
	return one(ctx, tx, customer.ErrNotFound, scanCustomer,
		"SELECT "+customerSelect("customer")+" FROM customer WHERE org_id = $1 AND "+column+" = $2", orgID, value)
}

// byContact returns the customer with the confirmed phone number or address, nil if
// there is none or value is "". Its condition names what the index of the column leaves
// out, or the index would not be used.
func byContact(ctx context.Context, tx *transaction, orgID, column, value string) (*customer.Customer, error) {
	if value == "" {
		return nil, nil
	}
	c, err := customerBy(ctx, tx, orgID, column+" <> '' AND "+column, value)
	if errors.Is(err, customer.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// Customers returns a page of customers, newest first, without those merged into
// others. A query finds those of whose name it is a part, whose phone number holds its
// digits or whose number or address begins with it; "" finds all.
func (s *Store) Customers(ctx context.Context, orgID, query string, p paging.Page) (paging.List[customer.Customer], error) {
	at, id, err := beforeCursor(p.Cursor)
	if err != nil {
		return paging.List[customer.Customer]{}, err
	}
	args := []any{orgID, at, id, p.Size() + 1}
	where, args := searchCondition(query, args)
	list, err := readAll(ctx, s, orgID, scanCustomer, "SELECT "+customerSelect("customer")+" FROM customer "+
		"WHERE org_id = $1 AND status <> 'merged' AND (created_at, id) < ($2, $3)"+where+
		" ORDER BY created_at DESC, id DESC LIMIT $4", args...)
	return paging.Cut(p, list, func(c customer.Customer) []string { return []string{strconv.FormatInt(c.CreatedAt, 10), c.ID} }), err
}

// searchCondition returns the condition for what was typed into a search field, and
// args with its values added.
func searchCondition(query string, args []any) (string, []any) {
	query = strings.ToLower(strings.Join(strings.Fields(query), " "))
	if query == "" {
		return "", args
	}
	if len(query) > maxQueryLen || !utf8.ValidString(query) || strings.Contains(query, "\x00") {
		return " AND FALSE", args
	}
	text := likeEscaper.Replace(query)
	args = append(args, "%"+text+"%", text+"%")
	n := len(args)
	condition := fmt.Sprintf("search_name LIKE $%d ESCAPE '!' OR email LIKE $%d ESCAPE '!' OR pending_email LIKE $%d ESCAPE '!'", n-1, n, n)
	if digits := onlyDigits(query); digits != "" {
		args = append(args, digits+"%", "%"+strings.TrimLeft(digits, "0")+"%")
		condition += fmt.Sprintf(" OR number LIKE $%d OR phone LIKE $%d OR pending_phone LIKE $%d", n+1, n+2, n+2)
	}
	return " AND (" + condition + ")", args
}

// likeEscaper keeps what people type from being a pattern.
var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// onlyDigits returns the digits of a phone or customer number as people type it, ""
// for anything else. Leading zeroes are not part of a number in E.164 form.
func onlyDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune("+ -()./", r):
			return ""
		}
	}
	return b.String()
}

// UpdateCustomer changes name, contact, locale and external reference of the customer
// that was read with version ver and returns the new state. The customer's cards get
// the next version with it. Contact must be in the form
// of customer.ParsePhone and ParseEmail, and comes from somebody trusted. It returns
// customer.ErrVersion, ErrNotFound, or ErrContactTaken if another customer has the
// phone number, address or reference.
func (s *Store) UpdateCustomer(ctx context.Context, c customer.Customer, ver int64) (customer.Customer, error) {
	var changed customer.Customer
	err := s.writeTold(ctx, c.OrgID, func(tx *transaction, n *news) error {
		before, err := customerBy(ctx, tx, c.OrgID, "id", c.ID)
		if err != nil {
			return err
		}
		changed, err = one(ctx, tx, customer.ErrVersion, scanCustomer,
			"UPDATE customer SET first_name = $4, last_name = $5, search_name = $6, phone = $7, email = $8, locale = $9, "+
				"external_ref = $10, version = version + 1 WHERE org_id = $1 AND id = $2 AND version = $3 AND status <> 'merged' "+
				"RETURNING "+customerSelect("customer"),
			c.OrgID, c.ID, ver, c.FirstName, c.LastName, searchName(c), c.Phone, c.Email, c.Locale, c.ExternalRef)
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, c.OrgID, access.CustomerChanged, c.ID, customerFacts(before), customerFacts(changed)); err != nil {
			return err
		}
		cards, err := lockCardsOf(ctx, tx, c.OrgID, c.ID)
		if err != nil {
			return err
		}
		return raiseVersions(ctx, tx, n, cards, s.now())
	})
	if isUnique(err) {
		return changed, customer.ErrContactTaken
	}
	return changed, err
}
