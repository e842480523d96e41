package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

const (
	// walkedPasses is how many passes one step of a spread looks at: those that are told
	// already cost little, but not nothing.
	walkedPasses = 2000
	// spreadPassChanged finds passes p that show an earlier program g or organization o.
	spreadPassChanged = "(" + passProgramVersion + " > p.program_version OR " + passOrgVersion + " > p.org_version)"
)

// errSpreadMoved tells that another server took the step.
var errSpreadMoved = errors.New("the spread is further by now")

// spread is a row of pass_spread beside what there is to be told now.
type spread struct {
	customer.PassSpread
	orgVersion, programsVersion int64 // of the row; 0 if there is none
	nowOrg, nowPrograms         int64
	beganTag, nextAt            int64
	after                       string
}

// current reports whether the row is about the newest brand and rules.
func (p spread) current() bool {
	return p.orgVersion == p.nowOrg && p.programsVersion == p.nowPrograms
}

const spreadQuery = "SELECT " + passOrgVersion + ", " + passProgramsVersion + ", " +
	"COALESCE(s.org_version, 0), COALESCE(s.programs_version, 0), COALESCE(s.began_tag, 0), COALESCE(s.after_serial, ''), COALESCE(s.total, 0), " +
	"COALESCE(s.told, 0), COALESCE(s.next_at, 0), COALESCE(s.started_at, 0), COALESCE(s.finished_at, 0) " +
	"FROM organization o LEFT JOIN pass_spread s ON s.org_id = o.org_id AND s.pass_type = $2 WHERE o.org_id = $1"

func scanSpread(r scanner) (p spread, err error) {
	err = r.Scan(&p.nowOrg, &p.nowPrograms, &p.orgVersion, &p.programsVersion, &p.beganTag, &p.after, &p.Total,
		&p.Told, &p.nextAt, &p.StartedAt, &p.FinishedAt)
	if err != nil {
		err = fmt.Errorf("read spread of passes: %w", err)
	}
	p.Told = min(p.Told, p.Total)
	return p, err
}

// PassSpread returns how far phones were told of the last change of the brand or of rules
// that concerned passes of the type.
func (s *Store) PassSpread(ctx context.Context, orgID, passType string) (customer.PassSpread, error) {
	p, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scanSpread, spreadQuery, orgID, passType)
	return p.PassSpread, err
}

// SpreadPasses takes one step in telling all passes of the type of a new brand or of new
// rules: up to limit passes, at most customer.MaxPassBatch, get their next version, and
// those that are on devices are the caller's to push for the lease, as from ClaimPasses.
// Steps are as far apart as perSecond passes in a second allow, whoever takes them. How far
// it came is kept in the transaction of the step. A change that comes while one is told
// begins it again; passes that have both are not told twice.
func (s *Store) SpreadPasses(ctx context.Context, orgID, passType string, limit, perSecond int, lease time.Duration) (customer.PassSpreadStep, error) {
	var step customer.PassSpreadStep
	p, err := readOne(ctx, s, orgID, loyalty.ErrNotFound, scanSpread, spreadQuery, orgID, passType)
	if err != nil {
		return step, err
	}
	if !p.current() {
		if p, err = s.beginSpread(ctx, orgID, passType); err != nil {
			return step, err
		}
	}
	switch now := s.now(); {
	case p.FinishedAt != 0:
		return step, nil
	case now < p.nextAt:
		return customer.PassSpreadStep{NextAt: p.nextAt}, nil
	}
	w, err := s.walkPasses(ctx, orgID, passType, p, min(max(limit, 1), customer.MaxPassBatch))
	if err != nil {
		return step, err
	}
	err = s.write(ctx, orgID, func(tx *transaction) (err error) {
		step, err = s.takeStep(ctx, tx, orgID, passType, p, w, max(perSecond, 1), lease)
		return err
	})
	if errors.Is(err, errSpreadMoved) {
		return customer.PassSpreadStep{NextAt: s.now()}, nil
	}
	return step, err
}

// beginSpread notes what there is to be told, and to how many passes.
func (s *Store) beginSpread(ctx context.Context, orgID, passType string) (p spread, err error) {
	err = s.write(ctx, orgID, func(tx *transaction) error {
		if err := tx.lockName(ctx, "spread passes "+orgID); err != nil {
			return err
		}
		if p, err = one(ctx, tx, loyalty.ErrNotFound, scanSpread, spreadQuery, orgID, passType); err != nil || p.current() {
			return err
		}
		left, err := one(ctx, tx, nil, scan1[int64], "SELECT COUNT(*) FROM pass p "+passJoins+"WHERE p.org_id = $1 AND p.pass_type = $2 AND "+
			spreadPassChanged, orgID, passType)
		if err != nil {
			return err
		}
		if p.beganTag, err = one(ctx, tx, nil, scan1[int64], "SELECT COALESCE(MAX(tag), 0) FROM pass_tag WHERE org_id = $1", orgID); err != nil {
			return err
		}
		p = p.begun(left, s.now())
		_, err = exec(ctx, tx, "INSERT INTO pass_spread (org_id, pass_type, org_version, programs_version, began_tag, after_serial, total, told, next_at, "+
			"started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, pass_type) DO UPDATE SET "+
			"org_version = excluded.org_version, programs_version = excluded.programs_version, began_tag = excluded.began_tag, "+
			"after_serial = excluded.after_serial, total = excluded.total, told = excluded.told, next_at = excluded.next_at, "+
			"started_at = excluded.started_at, finished_at = excluded.finished_at",
			orgID, passType, p.orgVersion, p.programsVersion, p.beganTag, p.after, p.Total, p.Told, p.nextAt, p.StartedAt, p.FinishedAt)
		return err
	})
	return p, err
}

// begun is the spread to so many passes that are behind. One that was under way goes on
// with what is left of both.
func (p spread) begun(left, now int64) spread {
	p.orgVersion, p.programsVersion, p.after, p.nextAt = p.nowOrg, p.nowPrograms, "", now
	underWay := p.FinishedAt == 0
	switch {
	case left == 0 && underWay:
		p.Told, p.FinishedAt = p.Total, now
	case left == 0: // a program that is new, say: the last change that concerned passes stays in view
	case underWay && left < p.Total:
		p.Told = p.Total - left
	default:
		p.PassSpread = customer.PassSpread{Total: left, StartedAt: now}
	}
	return p
}

// walked is what one step of a spread looked at.
type walked struct {
	behind []string // serials to be told
	told   int64    // those that were told since it began, by a stamp perhaps
	last   string
	end    bool
}

// walkPasses looks at the passes that come next, up to the limit of those to be told.
func (s *Store) walkPasses(ctx context.Context, orgID, passType string, p spread, limit int) (walked, error) {
	type row struct {
		serial       string
		behind, told bool
	}
	rows, err := readAll(ctx, s, orgID, func(r scanner) (w row, err error) {
		if err = r.Scan(&w.serial, &w.behind, &w.told); err != nil {
			err = fmt.Errorf("read pass to tell: %w", err)
		}
		return w, err
	}, "SELECT p.serial, "+spreadPassChanged+", p.tag > $4 AND p.created_at < $5 FROM (SELECT org_id, serial, card_id, program_version, org_version, tag, created_at "+
		"FROM pass WHERE org_id = $1 AND pass_type = $2 AND serial > $3 ORDER BY serial LIMIT $6) AS p "+passJoins+"ORDER BY p.serial",
		orgID, passType, p.after, p.beganTag, p.StartedAt, walkedPasses)
	w := walked{last: p.after, end: len(rows) < walkedPasses}
	for _, r := range rows {
		if r.behind && len(w.behind) == limit {
			w.end = false
			break
		}
		w.last = r.serial
		switch {
		case r.behind:
			w.behind = append(w.behind, r.serial)
		case r.told:
			w.told++
		}
	}
	return w, err
}

// takeStep tells the passes and keeps where the next step goes on.
func (s *Store) takeStep(ctx context.Context, tx *transaction, orgID, passType string, p spread, w walked, perSecond int, lease time.Duration) (customer.PassSpreadStep, error) {
	var step customer.PassSpreadStep
	if err := tx.lockName(ctx, "spread passes "+orgID); err != nil {
		return step, err
	}
	now := s.now()
	step.NextAt = now + int64(len(w.behind))*time.Second.Milliseconds()/int64(perSecond)
	finished := int64(0)
	if w.end {
		step.NextAt, finished = 0, now
	}
	n, err := exec(ctx, tx, "UPDATE pass_spread SET after_serial = $3, told = CASE WHEN CAST($4 AS BIGINT) > 0 THEN total ELSE told + $5 END, "+
		"finished_at = CAST($4 AS BIGINT), next_at = $6 WHERE org_id = $1 AND pass_type = $2 AND after_serial = $7 AND org_version = $8 "+
		"AND programs_version = $9 AND finished_at = 0",
		orgID, passType, w.last, finished, int64(len(w.behind))+w.told, step.NextAt, p.after, p.orgVersion, p.programsVersion)
	if err != nil {
		return step, err
	}
	if n == 0 {
		return step, errSpreadMoved
	}
	if len(w.behind) == 0 {
		return step, nil
	}
	changed, err := s.noteOutdated(ctx, tx, orgID, w.behind, lease)
	if err != nil {
		return step, err
	}
	step.Pushes, err = onDevices(ctx, tx, orgID, changed)
	return step, err
}
