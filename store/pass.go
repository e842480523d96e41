package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const (
	passColumns = "org_id, serial, token, pass_type, card_id, code, version, modified_at, fetched_version"
	passSecond  = 1000 // milliseconds
	// nextTag numbers a change of passes. Whoever has the number has the row locked until
	// the end of the transaction, so that numbers become visible in their order: ask for it
	// before anything else is locked.
	nextTag = "INSERT INTO pass_tag (org_id, tag) VALUES ($1, 1) ON CONFLICT (org_id) DO UPDATE SET tag = pass_tag.tag + 1 RETURNING tag"
)

func scanPass(r scanner) (p customer.Pass, err error) {
	err = r.Scan(&p.OrgID, &p.Serial, &p.Token, &p.Type, &p.CardID, &p.Code, &p.Version, &p.ModifiedAt, &p.FetchedVersion)
	if err != nil {
		err = fmt.Errorf("read pass: %w", err)
	}
	return p, err
}

// IssuePass returns the pass of the card as it is now, under its present code. The first
// call keeps the serial and token given; later ones return those kept. It returns
// loyalty.ErrNotFound for a card that is not there.
func (s *Store) IssuePass(ctx context.Context, p customer.Pass) (customer.Pass, error) {
	const query = "SELECT " + passColumns + " FROM pass WHERE org_id = $1 AND card_id = $2 AND pass_type = $3 " +
		"AND code = (SELECT c.code FROM card c WHERE c.org_id = $1 AND c.id = $2)"
	found, err := readOne(ctx, s, p.OrgID, loyalty.ErrNotFound, scanPass, query, p.OrgID, p.CardID, p.Type)
	if err == nil || !isMissing(err) {
		return found, err
	}
	err = s.write(ctx, p.OrgID, func(tx *transaction) error {
		tag, err := one(ctx, tx, loyalty.ErrNotFound, scan1[int64], nextTag, p.OrgID)
		if err != nil {
			return err
		}
		now := s.now()
		_, err = exec(ctx, tx, "INSERT INTO pass (org_id, serial, pass_type, card_id, code, token, version, modified_at, tag, "+
			"card_version, program_version, org_version, pushed_version, pushed_at, push_tries, due_at, fetched_version, fetched_at, created_at) "+
			"SELECT c.org_id, CAST($2 AS TEXT), CAST($3 AS TEXT), c.id, c.code, CAST($5 AS TEXT), 1, CAST($6 AS BIGINT), CAST($7 AS BIGINT), "+
			"c.version, "+passProgramVersion+", "+passOrgVersion+", 0, 0, 0, 0, 0, 0, CAST($8 AS BIGINT) "+
			passSources+"WHERE c.org_id = $1 AND c.id = $4 ON CONFLICT (org_id, card_id, pass_type, code) DO NOTHING",
			p.OrgID, p.Serial, p.Type, p.CardID, p.Token, now/passSecond*passSecond, tag, now)
		if err != nil {
			return err
		}
		found, err = one(ctx, tx, loyalty.ErrNotFound, scanPass, query, p.OrgID, p.CardID, p.Type)
		return err
	})
	return found, err
}

// PassBySerial returns a pass, or loyalty.ErrNotFound. That of a card that is blocked is
// still there.
func (s *Store) PassBySerial(ctx context.Context, orgID, passType, serial string) (customer.Pass, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanPass,
		"SELECT "+passColumns+" FROM pass WHERE org_id = $1 AND serial = $2 AND pass_type = $3", orgID, serial, passType)
}

// PassNow returns a pass with the state of what it shows, or loyalty.ErrNotFound.
func (s *Store) PassNow(ctx context.Context, orgID, passType, serial string) (customer.PassNow, error) {
	const columns = "p.org_id, p.serial, p.token, p.pass_type, p.card_id, p.code, p.version, p.modified_at, p.fetched_version"
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (n customer.PassNow, err error) {
		p, w := &n.Pass, &n.Shown
		err = r.Scan(&p.OrgID, &p.Serial, &p.Token, &p.Type, &p.CardID, &p.Code, &p.Version, &p.ModifiedAt, &p.FetchedVersion,
			&w.Card, &w.Program, &w.Organization, &w.Code, &w.Status)
		if err != nil {
			err = fmt.Errorf("read pass: %w", err)
		}
		return n, err
	}, "SELECT "+columns+", c.version, "+passProgramVersion+", "+passOrgVersion+", c.code, c.status FROM pass p "+passJoins+
		"WHERE p.org_id = $1 AND p.serial = $2 AND p.pass_type = $3", orgID, serial, passType)
}

// NotePassFetched keeps that a phone has the version of a pass. With the newest, nobody
// needs to be told any more. That there is no such pass is no error.
func (s *Store) NotePassFetched(ctx context.Context, orgID, serial string, version int64) error {
	// Phones ask more often than passes change, and whoever writes waits for others.
	known, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT fetched_version FROM pass WHERE org_id = $1 AND serial = $2", orgID, serial)
	if isMissing(err) || err == nil && known >= version {
		return nil
	}
	if err != nil {
		return err
	}
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "UPDATE pass SET fetched_version = $3, fetched_at = $4, "+
			"due_at = CASE WHEN version <= $3 THEN 0 ELSE due_at END WHERE org_id = $1 AND serial = $2 AND fetched_version < $3",
			orgID, serial, version, s.now())
		return err
	})
}

// RegisterPass keeps that a device holds a pass. One that is known gets the push token and
// reports false. It returns loyalty.ErrNotFound for a pass that is not there and
// customer.ErrTooManyPasses. What changed since the phone got the pass, it is told soon.
func (s *Store) RegisterPass(ctx context.Context, d customer.PassDevice) (created bool, err error) {
	err = s.write(ctx, d.OrgID, func(tx *transaction) error {
		if err := tx.lockName(ctx, "pass device "+d.OrgID+" "+d.Device); err != nil {
			return err
		}
		now := s.now()
		n, err := exec(ctx, tx, "UPDATE pass SET due_at = CASE WHEN fetched_version < version THEN $4 ELSE due_at END "+
			"WHERE org_id = $1 AND serial = $2 AND pass_type = $3", d.OrgID, d.Serial, d.Type, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return loyalty.ErrNotFound
		}
		known, err := exec(ctx, tx, "UPDATE pass_registration SET push_token = $4, registered_at = $5 "+
			"WHERE org_id = $1 AND device = $2 AND serial = $3", d.OrgID, d.Device, d.Serial, d.PushToken, now)
		if created = known == 0; err != nil || !created {
			return err
		}
		held, err := one(ctx, tx, nil, scan1[int64], "SELECT COUNT(*) FROM pass_registration WHERE org_id = $1 AND device = $2", d.OrgID, d.Device)
		if err != nil {
			return err
		}
		if held >= customer.MaxPassesOfDevice {
			return customer.ErrTooManyPasses
		}
		return insert(ctx, tx, "pass_registration", "org_id, device, serial, push_token, registered_at",
			[]any{d.OrgID, d.Device, d.Serial, d.PushToken, now})
	})
	return created && err == nil, err
}

// UnregisterPass forgets that a device holds a pass; that it does not is no error.
func (s *Store) UnregisterPass(ctx context.Context, orgID, device, serial string) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		// The pass before its devices, as RegisterPass does.
		_, err := exec(ctx, tx, "UPDATE pass SET given_up_at = $4 WHERE org_id = $1 AND serial = $3 AND EXISTS "+
			"(SELECT 1 FROM pass_registration r WHERE r.org_id = $1 AND r.device = $2 AND r.serial = $3)", orgID, device, serial, s.now())
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, "DELETE FROM pass_registration WHERE org_id = $1 AND device = $2 AND serial = $3", orgID, device, serial)
		return err
	})
}

// ChangedPasses returns the passes of the type that the device holds and that changed
// after the tag, in the order of their changes, at most customer.MaxPassesOfDevice. Once a
// tag was returned, no change with a smaller one appears.
func (s *Store) ChangedPasses(ctx context.Context, orgID, passType, device string, after int64) (customer.PassChanges, error) {
	type change struct {
		serial string
		tag    int64
	}
	list, err := readAll(ctx, s, orgID, func(r scanner) (c change, err error) {
		if err = r.Scan(&c.serial, &c.tag); err != nil {
			err = fmt.Errorf("read changed pass: %w", err)
		}
		return c, err
	}, "SELECT p.serial, p.tag FROM pass_registration r JOIN pass p ON p.org_id = r.org_id AND p.serial = r.serial "+
		"WHERE r.org_id = $1 AND r.device = $2 AND p.pass_type = $3 AND p.tag > $4 ORDER BY p.tag, p.serial LIMIT $5",
		orgID, device, passType, after, customer.MaxPassesOfDevice)
	var changes customer.PassChanges
	for _, c := range list {
		changes.Serials = append(changes.Serials, c.serial)
		changes.Tag = c.tag
	}
	return changes, err
}

// PassCounts counts the passes of a type.
func (s *Store) PassCounts(ctx context.Context, orgID, passType string) (customer.PassCounts, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (c customer.PassCounts, err error) {
		if err = r.Scan(&c.Issued, &c.Installed, &c.Pushed, &c.Fetched, &c.Stale); err != nil {
			err = fmt.Errorf("read counts of passes: %w", err)
		}
		return c, err
	}, "SELECT COUNT(*), COUNT(*) FILTER (WHERE x.there), COUNT(*) FILTER (WHERE x.there AND x.pushed_version = x.version), "+
		"COUNT(*) FILTER (WHERE x.there AND x.fetched_version = x.version), COUNT(*) FILTER (WHERE x.there AND x.fetched_version < x.version) "+
		"FROM (SELECT p.version, p.pushed_version, p.fetched_version, "+appleInstalled+" AS there FROM pass p "+
		"WHERE p.org_id = $1 AND p.pass_type = $2) AS x", orgID, passType)
}
