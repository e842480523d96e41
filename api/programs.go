package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// ProgramStore keeps programs. What is not there or is another organization's is
// loyalty.ErrNotFound.
type ProgramStore interface {
	Programs(ctx context.Context, orgID string, p paging.Page) (paging.List[loyalty.Program], error)
	Program(ctx context.Context, orgID, id string) (loyalty.Program, error)
	CreateProgram(ctx context.Context, p loyalty.Program) error
	// UpdateProgram returns organization.ErrVersion unless version is the current one.
	UpdateProgram(ctx context.Context, p loyalty.Program, version int64) (loyalty.Program, error)
	Stats(ctx context.Context, orgID, programID string, now int64) (customer.Stats, error)
}

type programHandlers struct {
	store ProgramStore
	now   func() int64
}

// ListPrograms implements the contract.
func (h programHandlers) ListPrograms(ctx context.Context, r contract.ListProgramsRequestObject) (contract.ListProgramsResponseObject, error) {
	list, err := h.store.Programs(ctx, requestOf(ctx).principal.OrgID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list programs: %w", err)
	}
	return contract.ListPrograms200JSONResponse{Data: each(list.Items, programView), NextCursor: optional(list.NextCursor)}, nil
}

// CreateProgram implements the contract.
func (h programHandlers) CreateProgram(ctx context.Context, r contract.CreateProgramRequestObject) (contract.CreateProgramResponseObject, error) {
	p := loyalty.Program{
		OrgID: requestOf(ctx).principal.OrgID, ID: typeid.New("prog"), Version: 1, CreatedAt: h.now(),
		Name: r.Body.Name, Status: loyalty.ProgramDraft, Goal: r.Body.Goal, WelcomeStamps: given(r.Body.WelcomeStamps),
		StartsAt: optionalMillis(r.Body.StartsAt), EndsAt: optionalMillis(r.Body.EndsAt),
	}
	if r.Body.Status != nil {
		p.Status = loyalty.ProgramStatus(*r.Body.Status)
	}
	setLimits(&p.Limits, r.Body.Limits)
	p.RedeemCode = loyalty.RedeemCode(given(r.Body.RedeemCode))
	var err error
	if p.Rewards, err = parseRewards(r.Body.Rewards, nil); err != nil {
		return nil, err
	}
	if err := checkProgram(p); err != nil {
		return nil, err
	}
	if err := h.store.CreateProgram(ctx, p); err != nil {
		return nil, fmt.Errorf("create program: %w", err)
	}
	return contract.CreateProgram201JSONResponse{
		Body: programView(p), Headers: contract.CreateProgram201ResponseHeaders{ETag: etag(p.Version)},
	}, nil
}

// GetProgram implements the contract.
func (h programHandlers) GetProgram(ctx context.Context, r contract.GetProgramRequestObject) (contract.GetProgramResponseObject, error) {
	p, err := h.store.Program(ctx, requestOf(ctx).principal.OrgID, r.ProgramID)
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	return contract.GetProgram200JSONResponse{
		Body: programView(p), Headers: contract.GetProgram200ResponseHeaders{ETag: etag(p.Version)},
	}, nil
}

// UpdateProgram implements the contract.
func (h programHandlers) UpdateProgram(ctx context.Context, r contract.UpdateProgramRequestObject) (contract.UpdateProgramResponseObject, error) {
	p, err := h.store.Program(ctx, requestOf(ctx).principal.OrgID, r.ProgramID)
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	if p, err = changeProgram(p, *r.Body); err != nil {
		return nil, err
	}
	if err := checkProgram(p); err != nil {
		return nil, err
	}
	p, err = h.store.UpdateProgram(ctx, p, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	return contract.UpdateProgram200JSONResponse{
		Body: programView(p), Headers: contract.UpdateProgram200ResponseHeaders{ETag: etag(p.Version)},
	}, nil
}

func changeProgram(p loyalty.Program, c contract.ProgramChange) (loyalty.Program, error) {
	if c.Name != nil {
		p.Name = loyalty.Text(*c.Name)
	}
	if c.Status != nil {
		p.Status = loyalty.ProgramStatus(*c.Status)
	}
	set(&p.Goal, c.Goal)
	set(&p.WelcomeStamps, c.WelcomeStamps)
	setLimits(&p.Limits, c.Limits)
	if c.RedeemCode != nil {
		p.RedeemCode = loyalty.RedeemCode(*c.RedeemCode)
	}
	if c.StartsAt.Given {
		p.StartsAt = clearableMillis(c.StartsAt)
	}
	if c.EndsAt.Given {
		p.EndsAt = clearableMillis(c.EndsAt)
	}
	if c.Rewards != nil {
		rewards, err := parseRewards(c.Rewards, p.Rewards)
		if err != nil {
			return p, err
		}
		p.Rewards = rewards
	}
	return p, nil
}

// parseRewards returns the rewards, of which those with an id must be among the old
// ones: an id stands on coupons and cannot be made up.
func parseRewards(settings []contract.RewardSetting, old []loyalty.Reward) ([]loyalty.Reward, error) {
	rewards := make([]loyalty.Reward, len(settings))
	used := map[string]bool{}
	for i, s := range settings {
		field := func(name string) string { return fmt.Sprintf("rewards[%d].%s", i, name) }
		period, err := loyalty.ParsePeriod(given(s.ValidFor))
		if err != nil {
			return nil, because(contract.ProblemReasonPeriod, map[string]string{
				"months": strconv.Itoa(loyalty.MaxPeriodMonths), "days": strconv.Itoa(loyalty.MaxPeriodDays),
			}, field("valid_for"), "must be at most %d months and %d days, such as P6M or P30D",
				loyalty.MaxPeriodMonths, loyalty.MaxPeriodDays)
		}
		id := given(s.ID)
		switch {
		case id == "":
			id = typeid.New("rew")
		case used[id]:
			return nil, because(contract.ProblemReasonTwice, nil, field("id"), "is there twice")
		case !slices.ContainsFunc(old, func(r loyalty.Reward) bool { return r.ID == id }):
			return nil, invalid(field("id"), "is not a reward of this program")
		}
		used[id] = true
		if s.At != nil && s.Kind != contract.RewardKindMilestone {
			return nil, invalid(field("at"), "is for milestones only")
		}
		rewards[i] = loyalty.Reward{
			ID: id, Kind: loyalty.RewardKind(s.Kind), Name: s.Name, At: given(s.At), ValidFor: period,
		}
	}
	return rewards, nil
}

// checkProgram checks the rules and, which the core leaves to its callers, that the
// names are lines that can be shown.
func checkProgram(p loyalty.Program) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if err := checkText("name", p.Name, loyalty.MaxNameLen); err != nil {
		return err
	}
	for i, r := range p.Rewards {
		if err := checkText(fmt.Sprintf("rewards[%d].name", i), r.Name, loyalty.MaxNameLen); err != nil {
			return err
		}
	}
	return nil
}

// checkText checks the words of every language in the order of their locales.
func checkText(field string, t loyalty.Text, limit int) error {
	for _, l := range organization.Locales {
		if words, ok := t[l]; ok {
			if err := organization.CheckLine(field+"."+l, words, limit, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func setLimits(to *loyalty.Limits, from *contract.LimitsSetting) {
	if from == nil {
		return
	}
	set(&to.MaxPerScan, from.MaxPerScan)
	set(&to.MaxPerCardDay, from.MaxPerCardDay)
	set(&to.MaxPerStaffDay, from.MaxPerStaffDay)
	set(&to.RedeemOffline, from.RedeemOffline)
	if from.CoolDownSeconds != nil {
		to.CoolDown = time.Duration(*from.CoolDownSeconds) * time.Second
	}
}

func optionalMillis(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixMilli()
}

func clearableMillis(c contract.Clearable[time.Time]) int64 {
	if c.Null {
		return 0
	}
	return c.Value.UnixMilli()
}

// GetProgramStats implements the contract.
func (h programHandlers) GetProgramStats(ctx context.Context, r contract.GetProgramStatsRequestObject) (contract.GetProgramStatsResponseObject, error) {
	s, err := h.store.Stats(ctx, requestOf(ctx).principal.OrgID, r.ProgramID, h.now())
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	return contract.GetProgramStats200JSONResponse(statsView(s)), nil
}
