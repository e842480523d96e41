package store

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
)

// FollowSamsungPasses notes the changes of the cards that events since the instant tell of,
// on their passes of the kind: each gets its next version, and Samsung is to be told if it
// said how. What was noted before is not noted again, however often an event is read and
// whoever else reads it. It returns how many changed, at most customer.MaxPassBatch; with
// so many, call it again. The instant is to be taken as for ChangedSince.
func (s *Store) FollowSamsungPasses(ctx context.Context, orgID, kind string, since int64) (int, error) {
	return s.noteSamsungPasses(ctx, orgID, kind, s.cardChanged(), firstEvent(since))
}

// SweepSamsungPasses does what FollowSamsungPasses does for all passes that are behind,
// whatever tells of it: after a new brand or rule, and for events that nobody followed.
func (s *Store) SweepSamsungPasses(ctx context.Context, orgID, kind string) (int, error) {
	return s.noteSamsungPasses(ctx, orgID, kind, passOutdated+" AND p.ref > $2", "")
}

func (s *Store) noteSamsungPasses(ctx context.Context, orgID, kind, condition, since string) (int, error) {
	refs, err := s.behind(ctx, samsungPasses, orgID, "p.kind = $4 AND p.state <> '"+customer.SamsungDeleted+"' AND "+condition, since, kind)
	if err != nil || len(refs) == 0 {
		return 0, err
	}
	return len(refs), s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockSamsung(ctx, tx, orgID); err != nil {
			return err
		}
		args := []any{orgID, s.now()}
		_, err := exec(ctx, tx, "UPDATE samsung_pass SET version = version + 1, modified_at = $2, tries = 0, "+
			"due_at = CASE WHEN callback = '' THEN 0 ELSE CAST($2 AS BIGINT) END, "+samsungPasses.setPresent()+
			" WHERE org_id = $1 AND ref IN "+in(&args, refs)+" AND "+samsungPasses.outdated(), args...)
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
	waiting, err := s.anyDue(ctx, samsungPasses, orgID, now, " AND kind = $3", kind)
	if err != nil || !waiting {
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
			"CASE WHEN c.code = p.code AND (c."+usable+" OR c.leads_to <> '') THEN 0 ELSE 1 END "+
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
