package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const samsungColumns = "org_id, ref, kind, card_id, code, version, modified_at, fetched_version, state, country, callback"

func scanSamsungPass(r scanner) (p customer.SamsungPass, err error) {
	err = r.Scan(&p.OrgID, &p.Ref, &p.Kind, &p.CardID, &p.Code, &p.Version, &p.ModifiedAt, &p.FetchedVersion, &p.State, &p.Country, &p.Callback)
	if err != nil {
		err = fmt.Errorf("read pass for Samsung: %w", err)
	}
	return p, err
}

// samsungOf finds the pass of a card under its present code.
const samsungOf = "SELECT " + samsungColumns + " FROM samsung_pass WHERE org_id = $1 AND card_id = $2 AND kind = $3 " +
	"AND code = (SELECT c.code FROM card c WHERE c.org_id = $1 AND c.id = $2)"

// IssueSamsungPass returns the pass of the card as it is now, under its present code. The
// first call keeps the name given; later ones return the one kept. It returns
// loyalty.ErrNotFound for a card that is not there.
func (s *Store) IssueSamsungPass(ctx context.Context, p customer.SamsungPass) (customer.SamsungPass, error) {
	found, err := readOne(ctx, s, p.OrgID, loyalty.ErrNotFound, scanSamsungPass, samsungOf, p.OrgID, p.CardID, p.Kind)
	if err == nil || !isMissing(err) {
		return found, err
	}
	err = s.write(ctx, p.OrgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "INSERT INTO samsung_pass (org_id, ref, kind, card_id, code, version, modified_at, card_version, program_version, org_version, "+
			"state, reported_at, request_id, country, callback, told_version, tries, due_at, fetched_version, created_at) "+
			"SELECT c.org_id, CAST($2 AS TEXT), CAST($3 AS TEXT), c.id, c.code, 1, CAST($5 AS BIGINT), c.version, "+passProgramVersion+", "+passOrgVersion+", "+
			"'', 0, '', '', '', 0, 0, 0, 0, CAST($5 AS BIGINT) "+passSources+"WHERE c.org_id = $1 AND c.id = $4 ON CONFLICT (org_id, card_id, kind, code) DO NOTHING",
			p.OrgID, p.Ref, p.Kind, p.CardID, s.now())
		if err != nil {
			return err
		}
		found, err = one(ctx, tx, loyalty.ErrNotFound, scanSamsungPass, samsungOf, p.OrgID, p.CardID, p.Kind)
		return err
	})
	return found, err
}

// SamsungPass returns a pass of the kind, or loyalty.ErrNotFound. That of a card that is
// blocked is still there.
func (s *Store) SamsungPass(ctx context.Context, orgID, kind, ref string) (customer.SamsungPass, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scanSamsungPass,
		"SELECT "+samsungColumns+" FROM samsung_pass WHERE org_id = $1 AND ref = $2 AND kind = $3", orgID, ref, kind)
}

// NoteSamsungFetched keeps that Samsung has the version of a pass. With the newest, it
// needs not be told any more. That there is no such pass is no error.
func (s *Store) NoteSamsungFetched(ctx context.Context, orgID, ref string, version int64) error {
	known, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64], "SELECT fetched_version FROM samsung_pass WHERE org_id = $1 AND ref = $2", orgID, ref)
	if isMissing(err) || err == nil && known >= version {
		return nil
	}
	if err != nil {
		return err
	}
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "UPDATE samsung_pass SET fetched_version = $3, fetched_at = $4, due_at = CASE WHEN version <= $3 THEN 0 ELSE due_at END "+
			"WHERE org_id = $1 AND ref = $2 AND fetched_version < $3", orgID, ref, version, s.now())
		return err
	})
}

// NoteSamsungReport keeps what Samsung reported of a pass of the kind, or returns
// loyalty.ErrNotFound if there is none. The same report again changes nothing. An address
// for changes is kept until another is named. Of what changed since Samsung got the card it
// is told soon.
func (s *Store) NoteSamsungReport(ctx context.Context, r customer.SamsungReport) error {
	return s.write(ctx, r.OrgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE samsung_pass SET state = $4, reported_at = $8, request_id = $5, "+
			"country = CASE WHEN CAST($7 AS TEXT) = '' THEN country ELSE CAST($6 AS TEXT) END, "+
			"callback = CASE WHEN CAST($7 AS TEXT) = '' THEN callback ELSE CAST($7 AS TEXT) END, "+
			"due_at = CASE WHEN CAST($4 AS TEXT) = '"+customer.SamsungDeleted+"' THEN 0 WHEN fetched_version < version THEN CAST($8 AS BIGINT) ELSE due_at END "+
			"WHERE org_id = $1 AND ref = $2 AND kind = $3 AND (CAST($5 AS TEXT) = '' OR request_id <> CAST($5 AS TEXT))",
			r.OrgID, r.Ref, r.Kind, r.State, r.RequestID, r.Country, r.Callback, s.now())
		if err != nil || n != 0 {
			return err
		}
		_, err = one(ctx, tx, loyalty.ErrNotFound, scan1[string], "SELECT ref FROM samsung_pass WHERE org_id = $1 AND ref = $2 AND kind = $3", r.OrgID, r.Ref, r.Kind)
		return err
	})
}

// SamsungPassCounts counts the passes of the kind. One is installed from Samsung's first
// report until the one that it is deleted.
func (s *Store) SamsungPassCounts(ctx context.Context, orgID, kind string) (customer.PassCounts, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, func(r scanner) (c customer.PassCounts, err error) {
		if err = r.Scan(&c.Issued, &c.Installed, &c.Pushed, &c.Fetched, &c.Stale); err != nil {
			err = fmt.Errorf("read counts of passes for Samsung: %w", err)
		}
		return c, err
	}, "SELECT COUNT(*), COUNT(*) FILTER (WHERE x.there), COUNT(*) FILTER (WHERE x.there AND x.told_version = x.version), "+
		"COUNT(*) FILTER (WHERE x.there AND x.fetched_version = x.version), COUNT(*) FILTER (WHERE x.there AND x.fetched_version < x.version) "+
		"FROM (SELECT p.version, p.told_version, p.fetched_version, "+samsungInstalled+" AS there FROM samsung_pass p "+
		"WHERE p.org_id = $1 AND p.kind = $2) AS x", orgID, kind)
}
