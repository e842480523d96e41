package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// samsungOutdated finds passes p that were not told of the present card c, program g or
// organization o.
const (
	samsungJoins = "JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id " +
		"JOIN program g ON g.org_id = c.org_id AND g.id = c.program_id JOIN organization o ON o.org_id = c.org_id "
	samsungOutdated = "(c.version > p.card_version OR " + passProgramVersion + " > p.program_version OR " + passOrgVersion + " > p.org_version)"
)

// FollowSamsungPasses notes the changes of the cards that events since the instant tell of,
// on their passes of the kind: each gets its next version, and Samsung is to be told if it
// said how. What was noted before is not noted again, however often an event is read and
// whoever else reads it. It returns how many changed, at most customer.MaxPassBatch; with
// so many, call it again. The instant is to be taken as for ChangedSince.
func (s *Store) FollowSamsungPasses(ctx context.Context, orgID, kind string, since int64) (int, error) {
	return s.noteSamsungPasses(ctx, orgID, kind, "p.card_id IN (SELECT s.value FROM event e CROSS JOIN "+s.dialect.subjects+
		" WHERE e.org_id = $1 AND e.id >= $3 AND e.kind = '"+EventCardsChanged+"') AND c.version > p.card_version", firstEvent(since))
}

// SweepSamsungPasses does what FollowSamsungPasses does for all passes that are behind,
// whatever tells of it: after a new brand or rule, and for events that nobody followed.
func (s *Store) SweepSamsungPasses(ctx context.Context, orgID, kind string) (int, error) {
	return s.noteSamsungPasses(ctx, orgID, kind, samsungOutdated+" AND p.ref > $3", "")
}

func (s *Store) noteSamsungPasses(ctx context.Context, orgID, kind, condition, since string) (int, error) {
	// Looked for apart, so that nothing is locked when there is nothing to do.
	refs, err := readAll(ctx, s, orgID, scan1[string], "SELECT p.ref FROM samsung_pass p "+samsungJoins+
		"WHERE p.org_id = $1 AND p.kind = $2 AND p.state <> '"+customer.SamsungDeleted+"' AND "+condition+" LIMIT $4", orgID, kind, since, customer.MaxPassBatch)
	if err != nil || len(refs) == 0 {
		return 0, err
	}
	return len(refs), s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockSamsung(ctx, tx, orgID); err != nil {
			return err
		}
		args := []any{orgID, s.now()}
		const card = "FROM card c WHERE c.org_id = samsung_pass.org_id AND c.id = samsung_pass.card_id"
		const program = "FROM card c JOIN program g ON g.org_id = c.org_id AND g.id = c.program_id WHERE c.org_id = samsung_pass.org_id AND c.id = samsung_pass.card_id"
		// Asked again under the lock: another server may have been faster.
		_, err := exec(ctx, tx, "UPDATE samsung_pass SET version = version + 1, modified_at = $2, tries = 0, "+
			"due_at = CASE WHEN callback = '' THEN 0 ELSE CAST($2 AS BIGINT) END, "+
			"card_version = (SELECT c.version "+card+"), program_version = (SELECT "+passProgramVersion+" "+program+"), "+
			"org_version = (SELECT "+passOrgVersion+" FROM organization o WHERE o.org_id = samsung_pass.org_id) "+
			"WHERE org_id = $1 AND ref IN "+in(&args, refs)+
			" AND EXISTS (SELECT 1 FROM samsung_pass p "+samsungJoins+"WHERE p.org_id = samsung_pass.org_id AND p.ref = samsung_pass.ref AND "+samsungOutdated+")", args...)
		return err
	})
}

// lockSamsung lets one transaction at a time write to many passes for Samsung of the
// organization, so that two servers neither take the same ones nor wait for each other in
// a circle.
func lockSamsung(ctx context.Context, tx *transaction, orgID string) error {
	return tx.lockName(ctx, "samsung passes "+orgID)
}

// ClaimSamsungPasses returns up to customer.MaxPassBatch passes of the kind of which
// Samsung is to be told now, the longest due first. They are the caller's for the lease:
// whoever has not called NoteSamsungTold by then leaves them to the next who asks.
func (s *Store) ClaimSamsungPasses(ctx context.Context, orgID, kind string, lease time.Duration) ([]customer.SamsungPush, error) {
	now := s.now()
	waiting, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64],
		"SELECT COUNT(*) FROM (SELECT 1 FROM samsung_pass WHERE org_id = $1 AND kind = $3 AND due_at <> 0 AND due_at <= $2 LIMIT 1) AS x", orgID, now, kind)
	if err != nil || waiting == 0 {
		return nil, err
	}
	var claimed []customer.SamsungPush
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockSamsung(ctx, tx, orgID); err != nil {
			return err
		}
		refs, err := all(ctx, tx, scan1[string], "UPDATE samsung_pass SET due_at = $3 WHERE org_id = $1 AND ref IN (SELECT ref FROM samsung_pass "+
			"WHERE org_id = $1 AND kind = $4 AND due_at <> 0 AND due_at <= $2 ORDER BY due_at, ref LIMIT $5) RETURNING ref",
			orgID, now, now+lease.Milliseconds(), kind, customer.MaxPassBatch)
		if err != nil || len(refs) == 0 {
			return err
		}
		args := []any{orgID}
		claimed, err = all(ctx, tx, scanSamsungPush, "SELECT p.ref, p.version, p.tries, p.country, p.callback, "+
			"CASE WHEN c.code = p.code AND (c.status IN ('"+string(loyalty.CardActive)+"', '"+string(loyalty.CardProvisional)+"') OR c.leads_to <> '') THEN 0 ELSE 1 END "+
			"FROM samsung_pass p JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id WHERE p.org_id = $1 AND p.ref IN "+in(&args, refs)+" ORDER BY p.ref", args...)
		return err
	})
	return claimed, err
}

func scanSamsungPush(r scanner) (p customer.SamsungPush, err error) {
	var gone int
	if err = r.Scan(&p.Ref, &p.Version, &p.Tries, &p.Country, &p.Callback, &gone); err != nil {
		err = fmt.Errorf("read pass to tell Samsung of: %w", err)
	}
	p.Gone = gone != 0
	return p, err
}

// NoteSamsungTold keeps what became of a SamsungPush. If the version is still the newest and
// Samsung has not asked for it, it is due to be told again when t says. A pass that Samsung
// took for gone is in no wallet any more.
func (s *Store) NoteSamsungTold(ctx context.Context, orgID string, t customer.SamsungTold) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		told, state := int64(0), ""
		if t.Sent {
			told = t.Version
		}
		if t.Gone {
			state, t.Again = customer.SamsungDeleted, 0
		}
		_, err := exec(ctx, tx, "UPDATE samsung_pass SET told_version = CASE WHEN told_version < $4 THEN $4 ELSE told_version END, tries = tries + 1, problem = $8, "+
			"told_at = CASE WHEN told_version < $4 THEN $7 ELSE told_at END, "+
			"state = CASE WHEN CAST($6 AS TEXT) = '' THEN state ELSE CAST($6 AS TEXT) END, "+
			"reported_at = CASE WHEN CAST($6 AS TEXT) = '' THEN reported_at ELSE $7 END, "+
			"due_at = CASE WHEN fetched_version >= version THEN 0 ELSE CAST($5 AS BIGINT) END WHERE org_id = $1 AND ref = $2 AND version = $3",
			orgID, t.Ref, t.Version, told, t.Again, state, s.now(), t.Problem)
		return err
	})
}
