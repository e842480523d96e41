package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func isMissing(err error) bool { return errors.Is(err, loyalty.ErrNotFound) }

// passOutdated finds passes p that were not told of the present card c, program g or
// organization o.
const (
	passJoins = "JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id " +
		"JOIN program g ON g.org_id = c.org_id AND g.id = c.program_id JOIN organization o ON o.org_id = c.org_id "
	passOutdated = "(c.version > p.card_version OR g.version + g.design_version - 1 > p.program_version OR o.version + o.places_version > p.org_version)"
)

// FollowPasses notes the changes of the cards that events since the instant tell of, on
// the cards' passes: each gets its next version and is due to be pushed. What was noted
// before is not noted again, however often an event is read and whoever else reads it. It
// returns how many changed, at most customer.MaxPassBatch; with so many, call it again. The instant
// is to be taken as for ChangedSince.
func (s *Store) FollowPasses(ctx context.Context, orgID string, since int64) (int, error) {
	return s.notePasses(ctx, orgID, "p.card_id IN (SELECT s.value FROM event e CROSS JOIN "+s.dialect.subjects+
		" WHERE e.org_id = $1 AND e.id >= $2 AND e.kind = '"+EventCardsChanged+"') AND c.version > p.card_version", firstID("evt", since))
}

// SweepPasses does what FollowPasses does for all passes that are behind, whatever tells
// of it: after a new brand or rule, and for events that nobody followed.
func (s *Store) SweepPasses(ctx context.Context, orgID string) (int, error) {
	return s.notePasses(ctx, orgID, passOutdated+" AND p.serial > $2", "")
}

func (s *Store) notePasses(ctx context.Context, orgID, condition, since string) (int, error) {
	// Looked for apart, so that nothing is locked when there is nothing to do.
	serials, err := readAll(ctx, s, orgID, scan1[string], "SELECT p.serial FROM pass p "+passJoins+
		"WHERE p.org_id = $1 AND "+condition+" LIMIT $3", orgID, since, customer.MaxPassBatch)
	if err != nil || len(serials) == 0 {
		return 0, err
	}
	return len(serials), s.write(ctx, orgID, func(tx *transaction) error {
		tag, err := one(ctx, tx, loyalty.ErrNotFound, scan1[int64], nextTag, orgID)
		if err != nil {
			return err
		}
		now := s.now()
		args := []any{orgID, tag, now / passSecond * passSecond, passSecond, now}
		const card = "FROM card c WHERE c.org_id = pass.org_id AND c.id = pass.card_id"
		const program = "FROM card c JOIN program g ON g.org_id = c.org_id AND g.id = c.program_id WHERE c.org_id = pass.org_id AND c.id = pass.card_id"
		// Asked again under the lock of the tag: another server may have been faster.
		_, err = exec(ctx, tx, "UPDATE pass SET version = version + 1, tag = $2, "+
			"modified_at = CASE WHEN modified_at >= $3 THEN modified_at + $4 ELSE $3 END, due_at = $5, push_tries = 0, "+
			"card_version = (SELECT c.version "+card+"), program_version = (SELECT g.version + g.design_version - 1 "+program+"), "+
			"org_version = (SELECT o.version + o.places_version FROM organization o WHERE o.org_id = pass.org_id) "+
			"WHERE org_id = $1 AND serial IN "+in(&args, serials)+
			" AND EXISTS (SELECT 1 FROM pass p "+passJoins+"WHERE p.org_id = pass.org_id AND p.serial = pass.serial AND "+passOutdated+")", args...)
		return err
	})
}

// ClaimPasses returns up to customer.MaxPassBatch passes of the type whose devices are to be told of a
// change now, the longest due first. They are the caller's for the lease: whoever has not
// called NotePassPushed by then leaves them to the next who asks. Passes on no device are
// not due any more.
func (s *Store) ClaimPasses(ctx context.Context, orgID, passType string, lease time.Duration) ([]customer.PassPush, error) {
	now := s.now()
	waiting, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[int64],
		"SELECT COUNT(*) FROM (SELECT 1 FROM pass WHERE org_id = $1 AND due_at <> 0 AND due_at <= $2 LIMIT 1) AS x", orgID, now)
	if err != nil || waiting == 0 {
		return nil, err
	}
	var claimed []customer.PassPush
	err = s.write(ctx, orgID, func(tx *transaction) error {
		// One at a time, so that two servers do not take the same ones.
		if err := tx.lockName(ctx, "claim passes "+orgID); err != nil {
			return err
		}
		var err error
		claimed, err = all(ctx, tx, func(r scanner) (p customer.PassPush, err error) {
			if err = r.Scan(&p.Serial, &p.Version, &p.Tries); err != nil {
				err = fmt.Errorf("read pass to push: %w", err)
			}
			return p, err
		}, "UPDATE pass SET due_at = $3 WHERE org_id = $1 AND serial IN (SELECT serial FROM pass WHERE org_id = $1 AND due_at <> 0 "+
			"AND due_at <= $2 AND pass_type = $4 ORDER BY due_at, serial LIMIT $5) RETURNING serial, version, push_tries",
			orgID, now, now+lease.Milliseconds(), passType, customer.MaxPassBatch)
		if err != nil || len(claimed) == 0 {
			return err
		}
		if err := tokensOf(ctx, tx, orgID, claimed); err != nil {
			return err
		}
		var nobodys []string
		kept := claimed[:0]
		for _, p := range claimed {
			if len(p.Tokens) == 0 {
				nobodys = append(nobodys, p.Serial)
			} else {
				kept = append(kept, p)
			}
		}
		claimed = kept
		args := []any{orgID}
		_, err = exec(ctx, tx, "UPDATE pass SET due_at = 0 WHERE org_id = $1 AND serial IN "+in(&args, nobodys), args...)
		return err
	})
	return claimed, err
}

// maxTokensClaimed bounds the devices of all passes in one claim.
const maxTokensClaimed = 20 * customer.MaxPassBatch

func tokensOf(ctx context.Context, tx *transaction, orgID string, passes []customer.PassPush) error {
	at := make(map[string]int, len(passes))
	serials := make([]string, len(passes))
	for i, p := range passes {
		at[p.Serial], serials[i] = i, p.Serial
	}
	args := []any{orgID, maxTokensClaimed}
	type token struct{ serial, token string }
	list, err := all(ctx, tx, func(r scanner) (t token, err error) {
		if err = r.Scan(&t.serial, &t.token); err != nil {
			err = fmt.Errorf("read push token: %w", err)
		}
		return t, err
	}, "SELECT DISTINCT serial, push_token FROM pass_registration WHERE org_id = $1 AND serial IN "+in(&args, serials)+
		" ORDER BY serial, push_token LIMIT $2", args...)
	for _, t := range list {
		p := &passes[at[t.serial]]
		p.Tokens = append(p.Tokens, t.token)
	}
	return err
}

// NotePassPushed keeps what became of a push. If the version is still the newest and no
// phone has fetched it, the devices are due to be told again when p says.
func (s *Store) NotePassPushed(ctx context.Context, orgID string, p customer.PassPushed) error {
	return s.write(ctx, orgID, func(tx *transaction) error {
		now, sent := s.now(), int64(0)
		if p.Sent {
			sent = p.Version
		}
		_, err := exec(ctx, tx, "UPDATE pass SET pushed_at = CASE WHEN CAST($6 AS BIGINT) > 0 THEN $4 ELSE pushed_at END, "+
			"pushed_version = CASE WHEN pushed_version < $6 THEN $6 ELSE pushed_version END, push_tries = push_tries + 1, "+
			"due_at = CASE WHEN fetched_version >= version THEN 0 ELSE CAST($5 AS BIGINT) END "+
			"WHERE org_id = $1 AND serial = $2 AND version = $3", orgID, p.Serial, p.Version, now, p.Again, sent)
		return err
	})
}

// DropPushToken forgets all registrations with the token that are older than the instant,
// whatever their age if it is 0: the device is gone. It returns how many.
func (s *Store) DropPushToken(ctx context.Context, orgID, pushToken string, before int64) (int64, error) {
	var n int64
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		n, err = exec(ctx, tx, "DELETE FROM pass_registration WHERE org_id = $1 AND push_token = $2 AND (CAST($3 AS BIGINT) = 0 OR registered_at < CAST($3 AS BIGINT))",
			orgID, pushToken, before)
		return err
	})
	return n, err
}
