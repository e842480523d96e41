package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func isMissing(err error) bool { return errors.Is(err, loyalty.ErrNotFound) }

// FollowPasses notes the changes of the cards that events since the instant tell of, on
// the cards' passes: each gets its next version and is due to be pushed. What was noted
// before is not noted again, however often an event is read and whoever else reads it. It
// returns how many changed, at most customer.MaxPassBatch; with so many, call it again. The instant
// is to be taken as for ChangedSince.
func (s *Store) FollowPasses(ctx context.Context, orgID string, since int64) (int, error) {
	return s.notePasses(ctx, orgID, s.cardChanged(), firstEvent(since))
}

// SweepPasses does what FollowPasses does for all passes whose card changed, whatever
// tells of it: for events that nobody followed. It looks at all passes.
func (s *Store) SweepPasses(ctx context.Context, orgID string) (int, error) {
	return s.notePasses(ctx, orgID, "c.version > p.card_version AND p.serial > $2", "")
}

func (s *Store) notePasses(ctx context.Context, orgID, condition, since string) (int, error) {
	serials, err := s.behind(ctx, applePasses, orgID, condition, since)
	if err != nil || len(serials) == 0 {
		return 0, err
	}
	return len(serials), s.write(ctx, orgID, func(tx *transaction) error {
		_, err := s.noteOutdated(ctx, tx, orgID, serials, 0)
		return err
	})
}

// ChangePasses notes the changes of the cards on their passes of the type, as FollowPasses
// does, and returns those that are on devices. They are the caller's to push for the
// lease, as from ClaimPasses. At most customer.MaxPassBatch cards.
func (s *Store) ChangePasses(ctx context.Context, orgID, passType string, cardIDs []string, lease time.Duration) ([]customer.PassPush, error) {
	if len(cardIDs) > customer.MaxPassBatch {
		return nil, fmt.Errorf("change passes of %d cards: at most %d in a call", len(cardIDs), customer.MaxPassBatch)
	}
	args := []any{orgID, passType}
	serials, err := readAll(ctx, s, orgID, scan1[string], "SELECT p.serial FROM pass p JOIN card c ON c.org_id = p.org_id AND c.id = p.card_id "+
		"WHERE p.org_id = $1 AND p.pass_type = $2 AND p.card_id IN "+in(&args, cardIDs)+" AND c.version > p.card_version LIMIT "+
		strconv.Itoa(passesOfCards), args...)
	if err != nil || len(serials) == 0 {
		return nil, err
	}
	var changed []customer.PassPush
	err = s.write(ctx, orgID, func(tx *transaction) error {
		changed, err = s.noteOutdated(ctx, tx, orgID, serials, lease)
		if err != nil {
			return err
		}
		changed, err = onDevices(ctx, tx, orgID, changed)
		return err
	})
	return changed, err
}

// passesOfCards bounds the passes of customer.MaxPassBatch cards: one that was handed over
// again and again has several.
const passesOfCards = 2 * customer.MaxPassBatch

// noteOutdated gives those of the passes that are behind their next version and returns
// them. Their devices, if there are any, are due to be told after so long.
func (s *Store) noteOutdated(ctx context.Context, tx *transaction, orgID string, serials []string, after time.Duration) ([]customer.PassPush, error) {
	tag, err := one(ctx, tx, loyalty.ErrNotFound, scan1[int64], nextTag, orgID)
	if err != nil {
		return nil, err
	}
	now := s.now()
	args := []any{orgID, tag, now / passSecond * passSecond, passSecond, now + after.Milliseconds()}
	return all(ctx, tx, scanPush, "UPDATE pass SET version = version + 1, tag = $2, "+
		"modified_at = CASE WHEN modified_at >= $3 THEN modified_at + $4 ELSE $3 END, "+
		"due_at = CASE WHEN EXISTS (SELECT 1 FROM pass_registration r WHERE r.org_id = pass.org_id AND r.serial = pass.serial) THEN CAST($5 AS BIGINT) ELSE 0 END, "+
		"push_tries = 0, "+applePasses.setPresent()+" WHERE org_id = $1 AND serial IN "+in(&args, serials)+" AND "+applePasses.outdated()+" "+
		"RETURNING serial, version, push_tries", args...)
}

func scanPush(r scanner) (p customer.PassPush, err error) {
	if err = r.Scan(&p.Serial, &p.Version, &p.Tries); err != nil {
		err = fmt.Errorf("read pass to push: %w", err)
	}
	return p, err
}

// onDevices returns those of the passes that are on a device, with where it is told. The
// others are not due any more.
func onDevices(ctx context.Context, tx *transaction, orgID string, passes []customer.PassPush) ([]customer.PassPush, error) {
	if len(passes) == 0 {
		return nil, nil
	}
	if err := tokensOf(ctx, tx, orgID, passes); err != nil {
		return nil, err
	}
	var nobodys []string
	kept := passes[:0]
	for _, p := range passes {
		if len(p.Tokens) == 0 {
			nobodys = append(nobodys, p.Serial)
		} else {
			kept = append(kept, p)
		}
	}
	if len(nobodys) == 0 {
		return kept, nil
	}
	args := []any{orgID}
	_, err := exec(ctx, tx, "UPDATE pass SET due_at = 0 WHERE org_id = $1 AND due_at <> 0 AND serial IN "+in(&args, nobodys), args...)
	return kept, err
}

// ClaimPasses returns up to customer.MaxPassBatch passes of the type whose devices are to be told of a
// change now, the longest due first. They are the caller's for the lease: whoever has not
// called NotePassPushed by then leaves them to the next who asks. Passes on no device are
// not due any more.
func (s *Store) ClaimPasses(ctx context.Context, orgID, passType string, lease time.Duration) ([]customer.PassPush, error) {
	now := s.now()
	waiting, err := s.anyDue(ctx, applePasses, orgID, now, "")
	if err != nil || !waiting {
		return nil, err
	}
	var claimed []customer.PassPush
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockPasses(ctx, tx, orgID); err != nil {
			return err
		}
		var err error
		claimed, err = all(ctx, tx, scanPush, "UPDATE pass SET due_at = $3 WHERE org_id = $1 AND serial IN (SELECT serial FROM pass WHERE org_id = $1 AND due_at <> 0 "+
			"AND due_at <= $2 AND pass_type = $4 ORDER BY due_at, serial LIMIT $5) RETURNING serial, version, push_tries",
			orgID, now, now+lease.Milliseconds(), passType, customer.MaxPassBatch)
		if err != nil {
			return err
		}
		claimed, err = onDevices(ctx, tx, orgID, claimed)
		return err
	})
	return claimed, err
}

// lockPasses lets one transaction at a time write to many passes of the organization: two
// servers do not claim the same ones, and none waits for another in a circle. Whoever
// numbers a change has this lock already.
func lockPasses(ctx context.Context, tx *transaction, orgID string) error {
	if _, err := all(ctx, tx, scan1[int64], "SELECT tag FROM pass_tag WHERE org_id = $1"+tx.forUpdate, orgID); err != nil {
		return fmt.Errorf("lock passes: %w", err)
	}
	return nil
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

// NotePassesPushed keeps what became of pushes. If a version is still the newest and no
// phone has fetched it, the devices are due to be told again when p says.
func (s *Store) NotePassesPushed(ctx context.Context, orgID string, pushed []customer.PassPushed) error {
	type fate struct {
		sent    bool
		again   int64
		problem customer.WalletProblem
	}
	fates := map[fate][]customer.PassPushed{} // a few only, and a statement for each
	for _, p := range pushed {
		f := fate{p.Sent, p.Again, p.Problem}
		fates[f] = append(fates[f], p)
	}
	if len(fates) == 0 {
		return nil
	}
	return s.write(ctx, orgID, func(tx *transaction) error {
		if err := lockPasses(ctx, tx, orgID); err != nil {
			return err
		}
		for f, list := range fates {
			args := []any{orgID, s.now(), f.again, f.sent, f.problem}
			_, err := exec(ctx, tx, "UPDATE pass SET push_tries = push_tries + 1, problem = CAST($5 AS TEXT), "+
				"pushed_at = CASE WHEN CAST($4 AS BOOLEAN) THEN CAST($2 AS BIGINT) ELSE pushed_at END, "+
				"pushed_version = CASE WHEN CAST($4 AS BOOLEAN) THEN version ELSE pushed_version END, "+
				"due_at = CASE WHEN fetched_version >= version THEN 0 ELSE CAST($3 AS BIGINT) END "+
				"WHERE org_id = $1 AND (serial, version) IN "+inVersions(&args, list), args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// inVersions is in for pairs of serial and version.
func inVersions(args *[]any, list []customer.PassPushed) string {
	var b strings.Builder
	n := 1 << bits.Len(uint(len(list)-1))
	for i := range n {
		p := list[min(i, len(list)-1)]
		*args = append(*args, p.Serial, p.Version)
		fmt.Fprintf(&b, ",($%d,CAST($%d AS BIGINT))", len(*args)-1, len(*args))
	}
	return "(VALUES " + b.String()[1:] + ")"
}

// DropPushToken forgets all registrations with the token that are older than the instant,
// whatever their age if it is 0: the device is gone. It returns how many.
func (s *Store) DropPushToken(ctx context.Context, orgID, pushToken string, before int64) (int64, error) {
	var n int64
	const gone = "org_id = $1 AND push_token = $2 AND (CAST($3 AS BIGINT) = 0 OR registered_at < CAST($3 AS BIGINT))"
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		if err = lockPasses(ctx, tx, orgID); err != nil {
			return err
		}
		_, err = exec(ctx, tx, "UPDATE pass SET given_up_at = $4 WHERE org_id = $1 AND serial IN (SELECT serial FROM pass_registration WHERE "+gone+")",
			orgID, pushToken, before, s.now())
		if err != nil {
			return err
		}
		n, err = exec(ctx, tx, "DELETE FROM pass_registration WHERE "+gone, orgID, pushToken, before)
		return err
	})
	return n, err
}
