package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

const programColumns = "org_id, id, status, version, rules, created_at"

func scanProgram(r scanner) (p loyalty.Program, err error) {
	var rules string
	if err = r.Scan(&p.OrgID, &p.ID, &p.Status, &p.Version, &rules, &p.CreatedAt); err != nil {
		return p, fmt.Errorf("read program: %w", err)
	}
	err = readRules(&p, rules)
	return p, err
}

// storedRules is the form in which a program's rules are kept as JSON. Its names are
// part of the schema: fields may be added, not renamed.
type storedRules struct {
	Name          loyalty.Text   `json:"name"`
	Goal          int            `json:"goal"`
	Rewards       []storedReward `json:"rewards"`
	WelcomeStamps int            `json:"welcome_stamps,omitempty"`
	MaxPerScan    int            `json:"max_per_scan,omitempty"`
	MaxPerCardDay int            `json:"max_per_card_day,omitempty"`
	CoolDownMS    int64          `json:"cool_down_ms,omitempty"`
	MaxStaffDay   int            `json:"max_per_staff_day,omitempty"`
	RedeemOffline bool           `json:"redeem_offline,omitempty"`
	StartsAt      int64          `json:"starts_at,omitempty"`
	EndsAt        int64          `json:"ends_at,omitempty"`
	// RedeemCode is left out where it is loyalty.RedeemStatic.
	RedeemCode loyalty.RedeemCode `json:"redeem_code,omitempty"`
}

type storedReward struct {
	ID       string             `json:"id"`
	Kind     loyalty.RewardKind `json:"kind"`
	Name     loyalty.Text       `json:"name"`
	At       int                `json:"at,omitempty"`
	ValidFor string             `json:"valid_for,omitempty"`
}

func writeRules(p loyalty.Program) (string, error) {
	r := storedRules{
		Name: p.Name, Goal: p.Goal, WelcomeStamps: p.WelcomeStamps,
		MaxPerScan: p.Limits.MaxPerScan, MaxPerCardDay: p.Limits.MaxPerCardDay,
		CoolDownMS: p.Limits.CoolDown.Milliseconds(), MaxStaffDay: p.Limits.MaxPerStaffDay, RedeemOffline: p.Limits.RedeemOffline,
		StartsAt: p.StartsAt, EndsAt: p.EndsAt,
	}
	if p.RedeemCode != loyalty.RedeemStatic {
		r.RedeemCode = p.RedeemCode
	}
	for _, x := range p.Rewards {
		r.Rewards = append(r.Rewards, storedReward{x.ID, x.Kind, x.Name, x.At, x.ValidFor.String()})
	}
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write program rules: %w", err)
	}
	return string(b), nil
}

func readRules(p *loyalty.Program, text string) error {
	var r storedRules
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("read rules of program %s: %w", p.ID, err)
	}
	p.Name, p.Goal, p.WelcomeStamps, p.StartsAt, p.EndsAt = r.Name, r.Goal, r.WelcomeStamps, r.StartsAt, r.EndsAt
	p.RedeemCode = r.RedeemCode
	p.Limits = loyalty.Limits{
		MaxPerScan: r.MaxPerScan, MaxPerCardDay: r.MaxPerCardDay,
		CoolDown: time.Duration(r.CoolDownMS) * time.Millisecond, MaxPerStaffDay: r.MaxStaffDay,
		RedeemOffline: r.RedeemOffline,
	}
	for _, x := range r.Rewards {
		valid, err := loyalty.ParsePeriod(x.ValidFor)
		if err != nil {
			return fmt.Errorf("read rules of program %s: %w", p.ID, err)
		}
		p.Rewards = append(p.Rewards, loyalty.Reward{ID: x.ID, Kind: x.Kind, Name: x.Name, At: x.At, ValidFor: valid})
	}
	return nil
}

// Programs returns a page of the organization's programs, the oldest first.
func (s *Store) Programs(ctx context.Context, orgID string, p paging.Page) (paging.List[loyalty.Program], error) {
	return pageByID(ctx, s, orgID, p, scanProgram, func(x loyalty.Program) string { return x.ID },
		"SELECT "+programColumns+" FROM program WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3")
}

// Program returns a program, or loyalty.ErrNotFound.
func (s *Store) Program(ctx context.Context, orgID, id string) (loyalty.Program, error) {
	var p loyalty.Program
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		p, err = programIn(ctx, tx, orgID, id)
		return err
	})
	return p, err
}

func programIn(ctx context.Context, tx *transaction, orgID, id string) (loyalty.Program, error) {
	return one(ctx, tx, loyalty.ErrNotFound, scanProgram,
		"SELECT "+programColumns+" FROM program WHERE org_id = $1 AND id = $2", orgID, id)
}

// CreateProgram adds a valid program, with version 1 if it has none.
func (s *Store) CreateProgram(ctx context.Context, p loyalty.Program) error {
	p.Version = max(p.Version, 1)
	rules, err := writeRules(p)
	if err != nil {
		return err
	}
	return taken(s.write(ctx, p.OrgID, func(tx *transaction) error {
		if err := insert(ctx, tx, "program", programColumns,
			[]any{p.OrgID, p.ID, p.Status, p.Version, rules, p.CreatedAt}); err != nil {
			return err
		}
		if err := keepVersion(ctx, tx, p, rules); err != nil {
			return err
		}
		return s.note(ctx, tx, p.OrgID, access.ProgramAdded, p.ID, nil, programFacts(p))
	}))
}

// keepVersion keeps what the program says now, because ledger entries name the
// version that they were decided by.
func keepVersion(ctx context.Context, tx *transaction, p loyalty.Program, rules string) error {
	return insert(ctx, tx, "program_version", "org_id, program_id, version, status, rules",
		[]any{p.OrgID, p.ID, p.Version, p.Status, rules})
}

// UpdateProgram changes the program that was read with version ver and returns its new
// state with the next version, or organization.ErrVersion or loyalty.ErrNotFound. The
// program must be valid.
func (s *Store) UpdateProgram(ctx context.Context, p loyalty.Program, ver int64) (loyalty.Program, error) {
	rules, err := writeRules(p)
	if err != nil {
		return p, err
	}
	var changed loyalty.Program
	err = s.write(ctx, p.OrgID, func(tx *transaction) error {
		before, err := programIn(ctx, tx, p.OrgID, p.ID)
		if err != nil {
			return err
		}
		changed, err = one(ctx, tx, organization.ErrVersion, scanProgram,
			"UPDATE program SET status = $4, rules = $5, version = version + 1 "+
				"WHERE org_id = $1 AND id = $2 AND version = $3 RETURNING "+programColumns,
			p.OrgID, p.ID, ver, p.Status, rules)
		if err != nil {
			return err
		}
		if err := keepVersion(ctx, tx, changed, rules); err != nil {
			return err
		}
		return s.note(ctx, tx, p.OrgID, access.ProgramChanged, p.ID, programFacts(before), programFacts(changed))
	})
	return changed, err
}
