package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// NoteSamsungPass keeps what Samsung reported of a pass of the type, or returns
// loyalty.ErrNotFound if there is no such pass. The same report again changes nothing. An
// address for changes is kept until another is named. What changed since the wallet got
// the card, Samsung is told soon.
func (s *Store) NoteSamsungPass(ctx context.Context, p customer.SamsungPass) error {
	return s.write(ctx, p.OrgID, func(tx *transaction) error {
		if err := tx.lockName(ctx, "samsung pass "+p.OrgID+" "+p.Serial); err != nil {
			return err
		}
		now := s.now()
		there, err := exec(ctx, tx, "UPDATE pass SET due_at = CASE WHEN $5 <> '"+customer.SamsungDeleted+"' AND fetched_version < version THEN $4 ELSE due_at END "+
			"WHERE org_id = $1 AND serial = $2 AND pass_type = $3", p.OrgID, p.Serial, p.Type, now, p.State)
		if err != nil {
			return err
		}
		if there == 0 {
			return loyalty.ErrNotFound
		}
		_, err = exec(ctx, tx, "INSERT INTO samsung_pass (org_id, serial, state, reported_at, request_id, country, callback) VALUES ($1, $2, $3, $4, $5, $6, $7) "+
			"ON CONFLICT (org_id, serial) DO UPDATE SET state = excluded.state, reported_at = excluded.reported_at, request_id = excluded.request_id, "+
			"country = CASE WHEN excluded.callback = '' THEN samsung_pass.country ELSE excluded.country END, "+
			"callback = CASE WHEN excluded.callback = '' THEN samsung_pass.callback ELSE excluded.callback END "+
			"WHERE excluded.request_id = '' OR excluded.request_id <> samsung_pass.request_id",
			p.OrgID, p.Serial, p.State, now, p.RequestID, p.Country, p.Callback)
		return err
	})
}

// SamsungPass returns what Samsung reported of a pass, or loyalty.ErrNotFound if it
// reported nothing.
func (s *Store) SamsungPass(ctx context.Context, orgID, serial string) (customer.SamsungPass, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (p customer.SamsungPass, err error) {
		if err = r.Scan(&p.OrgID, &p.Type, &p.Serial, &p.State, &p.RequestID, &p.Country, &p.Callback); err != nil {
			err = fmt.Errorf("read pass for Samsung: %w", err)
		}
		return p, err
	}, "SELECT p.org_id, p.pass_type, p.serial, x.state, x.request_id, x.country, x.callback "+
		"FROM samsung_pass x JOIN pass p ON p.org_id = x.org_id AND p.serial = x.serial WHERE x.org_id = $1 AND x.serial = $2", orgID, serial)
}

// ClaimSamsungPasses returns up to customer.MaxPassBatch passes of the type of which
// Samsung is to be told now, the longest due first. They are the caller's for the lease:
// whoever has not called NotePassPushed by then leaves them to the next who asks. Passes
// in no wallet, and those for which no address is known, are not due any more.
func (s *Store) ClaimSamsungPasses(ctx context.Context, orgID, passType string, lease time.Duration) ([]customer.SamsungPush, error) {
	now := s.now()
	waiting, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64],
		"SELECT COUNT(*) FROM (SELECT 1 FROM pass WHERE org_id = $1 AND pass_type = $3 AND due_at <> 0 AND due_at <= $2 LIMIT 1) AS x", orgID, now, passType)
	if err != nil || waiting == 0 {
		return nil, err
	}
	var claimed []customer.SamsungPush
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := tx.lockName(ctx, "claim samsung passes "+orgID); err != nil {
			return err
		}
		due, err := all(ctx, tx, scan1[string], "UPDATE pass SET due_at = $3 WHERE org_id = $1 AND serial IN (SELECT serial FROM pass WHERE org_id = $1 AND due_at <> 0 "+
			"AND due_at <= $2 AND pass_type = $4 ORDER BY due_at, serial LIMIT $5) RETURNING serial",
			orgID, now, now+lease.Milliseconds(), passType, customer.MaxPassBatch)
		if err != nil || len(due) == 0 {
			return err
		}
		args := []any{orgID}
		claimed, err = all(ctx, tx, scanSamsungPush, "SELECT p.serial, p.version, p.push_tries, x.country, x.callback, "+
			"CASE WHEN c.code = p.code AND c.status IN ('"+string(loyalty.CardActive)+"', '"+string(loyalty.CardProvisional)+"') THEN 0 ELSE 1 END "+
			"FROM pass p JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id JOIN samsung_pass x ON x.org_id = p.org_id AND x.serial = p.serial "+
			"WHERE p.org_id = $1 AND x.state <> '"+customer.SamsungDeleted+"' AND x.callback <> '' AND p.serial IN "+in(&args, due), args...)
		if err != nil {
			return err
		}
		args = []any{orgID}
		_, err = exec(ctx, tx, "UPDATE pass SET due_at = 0 WHERE org_id = $1 AND serial IN "+in(&args, nobodys(due, claimed)), args...)
		return err
	})
	return claimed, err
}

func scanSamsungPush(r scanner) (p customer.SamsungPush, err error) {
	var gone int
	if err = r.Scan(&p.Serial, &p.Version, &p.Tries, &p.Country, &p.Callback, &gone); err != nil {
		err = fmt.Errorf("read pass to tell Samsung of: %w", err)
	}
	p.Gone = gone != 0
	return p, err
}

// nobodys returns the serials of those due that were not claimed.
func nobodys(due []string, claimed []customer.SamsungPush) []string {
	kept := make(map[string]bool, len(claimed))
	for _, p := range claimed {
		kept[p.Serial] = true
	}
	var rest []string
	for _, serial := range due {
		if !kept[serial] {
			rest = append(rest, serial)
		}
	}
	return rest
}

// SamsungPassCounts counts the passes of the type.
func (s *Store) SamsungPassCounts(ctx context.Context, orgID, passType string) (customer.PassCounts, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (c customer.PassCounts, err error) {
		if err = r.Scan(&c.Issued, &c.Installed, &c.Pushed, &c.Fetched, &c.Stale); err != nil {
			err = fmt.Errorf("read counts of passes for Samsung: %w", err)
		}
		return c, err
	}, "SELECT COUNT(*), COUNT(x.serial), COUNT(x.serial) FILTER (WHERE p.pushed_version = p.version), "+
		"COUNT(x.serial) FILTER (WHERE p.fetched_version = p.version), COUNT(x.serial) FILTER (WHERE p.fetched_version < p.version) "+
		"FROM pass p LEFT JOIN samsung_pass x ON x.org_id = p.org_id AND x.serial = p.serial AND x.state <> '"+customer.SamsungDeleted+"' "+
		"WHERE p.org_id = $1 AND p.pass_type = $2", orgID, passType)
}
