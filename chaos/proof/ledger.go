package proof

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
	_ "modernc.org/sqlite"             // the driver named sqlite

	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/loyalty"
)

// Ledger is the part of a database that the proof is about, at one instant.
type Ledger struct {
	Cards []Card
	// heads are the first entries of commands that have a key, by their names.
	heads map[record.Name][]loyalty.Entry
	// keyless are heads of commands without a key.
	keyless []loyalty.Entry
}

// Card is one card with all that its ledger tells.
type Card struct {
	loyalty.Card
	Org int
	// JoinedLocation and JoinedDay are where and on which day there it was opened.
	JoinedLocation string
	JoinedDay      loyalty.Day
	// Entries are by card version and, within a command, as they were written.
	Entries []loyalty.Entry
	// Coupons are by the time of their issue.
	Coupons []loyalty.Coupon
}

// Head returns the entry of the command that was carried out under the key, if exactly
// one is.
func (l *Ledger) Head(n record.Name) (loyalty.Entry, bool) {
	if heads := l.heads[n]; len(heads) == 1 {
		return heads[0], true
	}
	return loyalty.Entry{}, false
}

// Entries returns how many entries the ledger has.
func (l *Ledger) Entries() int {
	n := 0
	for _, c := range l.Cards {
		n += len(c.Entries)
	}
	return n
}

// Coupons returns how many coupons were issued.
func (l *Ledger) Coupons() int {
	n := 0
	for _, c := range l.Cards {
		n += len(c.Coupons)
	}
	return n
}

// Read reads the ledgers of the organizations, which the record knows by their place in
// the list. All of it is of one instant.
func Read(ctx context.Context, databaseURL string, orgIDs []string) (*Ledger, error) {
	l, err := readAll(ctx, databaseURL, orgIDs)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}

func readAll(ctx context.Context, databaseURL string, orgIDs []string) (*Ledger, error) {
	db, err := open(databaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // it was only read
	options := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if strings.HasPrefix(databaseURL, "sqlite:") {
		options = nil // a transaction reads one state; the file was opened for reading only
	}
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // nothing was changed
	r := reader{ctx: ctx, tx: tx, orgs: map[string]int{}, cards: map[string]int{}, ledger: &Ledger{heads: map[record.Name][]loyalty.Entry{}}}
	for i, id := range orgIDs {
		r.orgs[id] = i
	}
	for _, step := range []func() error{r.readCards, r.readCoupons, r.readEntries} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r.ledger, nil
}

func open(databaseURL string) (*sql.DB, error) {
	driver, source := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite://"); ok {
		name, err := url.PathUnescape(path)
		if err != nil {
			return nil, fmt.Errorf("read the database's address: %w", err)
		}
		driver, source = "sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?mode=ro&_busy_timeout=10000"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

type reader struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one Read
	tx     *sql.Tx
	orgs   map[string]int
	cards  map[string]int
	ledger *Ledger
}

// rows gives each row of the query to scan.
func (r *reader) rows(scan func(*sql.Rows) error, query string) error {
	rows, err := r.tx.QueryContext(r.ctx, query)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

func (r *reader) readCards() error {
	return r.rows(func(rows *sql.Rows) error {
		var c Card
		if err := rows.Scan(&c.OrgID, &c.ID, &c.ProgramID, &c.CustomerID, &c.Status, &c.Version, &c.Balance, &c.Goal, &c.Round,
			&c.Milestone, &c.Lifetime, &c.LastStampAt, &c.Day, &c.DayStamps, &c.WelcomedAt, &c.JoinedAt,
			&c.JoinedLocation, &c.JoinedDay); err != nil {
			return fmt.Errorf("read a card: %w", err)
		}
		org, ours := r.orgs[c.OrgID]
		if !ours {
			return fmt.Errorf("card %s is of an organization that nobody opened", c.ID)
		}
		c.Org = org
		r.cards[c.ID] = len(r.ledger.Cards)
		r.ledger.Cards = append(r.ledger.Cards, c)
		return nil
	}, "SELECT org_id, id, program_id, customer_id, status, version, balance, goal, round, milestone, lifetime, last_stamp_at, "+
		"day, day_stamps, welcomed_at, joined_at, joined_location, joined_day FROM card ORDER BY org_id, id")
}

func (r *reader) readCoupons() error {
	return r.rows(func(rows *sql.Rows) error {
		var k loyalty.Coupon
		var name string
		if err := rows.Scan(&k.OrgID, &k.ID, &k.CardID, &k.ProgramID, &k.RewardID, &k.Kind, &name, &k.Status, &k.Cost, &k.At,
			&k.Round, &k.Milestone, &k.IssuedAt, &k.ExpiresAt, &k.ClosedAt, &k.EarnedBy, &k.EntryID, &k.ClosedBy); err != nil {
			return fmt.Errorf("read a coupon: %w", err)
		}
		if err := json.Unmarshal([]byte(name), &k.Name); err != nil {
			return fmt.Errorf("read the name of coupon %s: %w", k.ID, err)
		}
		at, found := r.cards[k.CardID]
		if !found {
			return fmt.Errorf("coupon %s is of card %s, which is not there", k.ID, k.CardID)
		}
		c := &r.ledger.Cards[at]
		c.Coupons = append(c.Coupons, k)
		return nil
	}, "SELECT org_id, id, card_id, program_id, reward_id, kind, name, status, cost, stamp_no, round, milestone, issued_at, "+
		"expires_at, closed_at, earned_by, entry_id, closed_by FROM coupon ORDER BY org_id, card_id, issued_at, id")
}

func (r *reader) readEntries() error {
	return r.rows(func(rows *sql.Rows) error {
		var e loyalty.Entry
		if err := rows.Scan(&e.OrgID, &e.ID, &e.CardID, &e.ProgramID, &e.Kind, &e.Quantity, &e.BalanceAfter, &e.CardVersion,
			&e.RuleVersion, &e.At, &e.RecordedAt, &e.Day, &e.LocationID, &e.Actor.Kind, &e.Actor.ID, &e.CouponID, &e.Reverses,
			&e.HeadID, &e.IdempotencyKey, &e.ExternalRef, &e.Reason, &e.OtherCardID); err != nil {
			return fmt.Errorf("read an entry: %w", err)
		}
		at, found := r.cards[e.CardID]
		if !found {
			return fmt.Errorf("entry %s is of card %s, which is not there", e.ID, e.CardID)
		}
		c := &r.ledger.Cards[at]
		c.Entries = append(c.Entries, e)
		switch name := (record.Name{Org: c.Org, Key: e.IdempotencyKey}); {
		case e.IdempotencyKey != "":
			r.ledger.heads[name] = append(r.ledger.heads[name], e)
		case e.HeadID == e.ID:
			r.ledger.keyless = append(r.ledger.keyless, e)
		}
		return nil
	}, "SELECT org_id, id, card_id, program_id, kind, quantity, balance_after, card_version, rule_version, happened_at, recorded_at, "+
		"day, COALESCE(location_id, ''), actor_kind, actor_id, COALESCE(coupon_id, ''), COALESCE(reverses, ''), head_id, "+
		"idempotency_key, external_ref, reason, COALESCE(other_card_id, '') FROM entry ORDER BY org_id, card_id, card_version, id")
}
