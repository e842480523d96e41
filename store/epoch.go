package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// noOrganization is named by transactions that look at no organization's rows.
const noOrganization = ""

// hotEpoch is the only row of its table.
type hotEpoch struct {
	epoch       int64
	incarnation string
}

func scanHotEpoch(r scanner) (e hotEpoch, err error) {
	if err = r.Scan(&e.epoch, &e.incarnation); err != nil {
		err = fmt.Errorf("read epoch: %w", err)
	}
	return e, err
}

// Epoch returns the epoch of the hot state. In a database that has none yet it begins
// at the clock, so that two databases that share a Redis one after the other do not
// meet in one epoch.
func (s *Store) Epoch(ctx context.Context) (int64, error) {
	e, err := s.hotEpoch(ctx)
	if !errors.Is(err, sql.ErrNoRows) {
		return e.epoch, err
	}
	err = s.write(ctx, noOrganization, func(tx *transaction) error {
		_, err := exec(ctx, tx, "INSERT INTO hot_epoch (id, epoch, incarnation) VALUES (1, $1, '') ON CONFLICT (id) DO NOTHING", s.now())
		return err
	})
	if err != nil {
		return 0, err
	}
	// Another process may have been first.
	e, err = s.hotEpoch(ctx)
	return e.epoch, err
}

func (s *Store) hotEpoch(ctx context.Context) (hotEpoch, error) {
	return readOne(ctx, s, noOrganization, sql.ErrNoRows, scanHotEpoch, "SELECT epoch, incarnation FROM hot_epoch WHERE id = 1")
}

// RaiseEpoch makes the hot state forget everything and returns the new epoch: now, in
// UTC milliseconds, or one more than before if that is later. So it is one that no
// backup can have held, and it never goes back, whatever the clock does.
func (s *Store) RaiseEpoch(ctx context.Context, now int64) (int64, error) {
	var e hotEpoch
	err := s.write(ctx, noOrganization, func(tx *transaction) (err error) {
		e, err = raiseEpoch(ctx, tx, now)
		return err
	})
	return e.epoch, err
}

func raiseEpoch(ctx context.Context, tx *transaction, now int64) (hotEpoch, error) {
	return one(ctx, tx, sql.ErrNoRows, scanHotEpoch, "INSERT INTO hot_epoch (id, epoch, incarnation) VALUES (1, $1, '') "+
		"ON CONFLICT (id) DO UPDATE SET epoch = CASE WHEN hot_epoch.epoch >= excluded.epoch THEN hot_epoch.epoch + 1 ELSE excluded.epoch END "+
		"RETURNING epoch, incarnation", now)
}

// NoteIncarnation is told who the servers of the hot state are, and returns the epoch.
// If they are others than those that were noted last, what they hold may be older than
// what was written, and the epoch is raised in the same transaction: the first process
// that notices does it for all, also if it happened while none was running.
func (s *Store) NoteIncarnation(ctx context.Context, incarnation string, now int64) (epoch int64, raised bool, err error) {
	e, err := s.hotEpoch(ctx)
	if err == nil && e.incarnation == incarnation {
		return e.epoch, false, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, err
	}
	err = s.write(ctx, noOrganization, func(tx *transaction) error {
		raised = false
		if err := tx.lockName(ctx, "hot_epoch"); err != nil {
			return err
		}
		e, err := one(ctx, tx, sql.ErrNoRows, scanHotEpoch, "SELECT epoch, incarnation FROM hot_epoch WHERE id = 1")
		if err == nil && e.incarnation == incarnation {
			epoch = e.epoch
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if e, err = raiseEpoch(ctx, tx, now); err != nil {
			return err
		}
		epoch, raised = e.epoch, true
		_, err = exec(ctx, tx, "UPDATE hot_epoch SET incarnation = $1 WHERE id = 1", incarnation)
		return err
	})
	return epoch, raised, err
}
