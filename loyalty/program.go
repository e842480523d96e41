package loyalty

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of what a program may be set to.
const (
	// MinGoal and MaxGoal bound the size of a card, in stamps.
	MinGoal = 2
	MaxGoal = 200
	// MaxRewards bounds the rewards of one program.
	MaxRewards = 20
	// MaxQuantity is the most stamps that one command may ask for, whatever the
	// program's own limit per scan says.
	MaxQuantity = 100
	// MaxNameLen bounds the name of a program or reward, in bytes and language.
	MaxNameLen = 200
)

// ProgramStatus says whether a program may be joined and earned on.
type ProgramStatus string

// The life of a program. Coupons of an ended program can be redeemed until they
// expire.
const (
	ProgramDraft  ProgramStatus = "draft"
	ProgramActive ProgramStatus = "active"
	ProgramEnded  ProgramStatus = "ended"
)

// Program is the promise of a shop to its customers: collect so many stamps,
// get these rewards. It is a value; changing a program makes a new Version.
type Program struct {
	OrgID, ID string
	Name      Text
	Status    ProgramStatus
	// Version rises with every change and stands on every ledger entry, so that
	// an entry can be judged by the rules it was made under.
	Version int64
	// Goal is the size of a card in stamps.
	Goal int
	// Rewards holds exactly one RewardMain and any number of milestones.
	Rewards []Reward
	// WelcomeStamps are given once, when the customer's contact is confirmed.
	WelcomeStamps int
	Limits        Limits
	// RedeemCode is what has to be scanned for a redemption; "" is RedeemStatic.
	RedeemCode RedeemCode
	// StartsAt and EndsAt bound the instants at which stamps can be earned, in
	// UTC milliseconds: StartsAt inclusive, EndsAt exclusive, 0 for no bound.
	StartsAt, EndsAt int64
	CreatedAt        int64
}

// Limits are the guards against mistakes and fraud. Zero means no limit, and no
// redeeming without network.
type Limits struct {
	// MaxPerScan is the most stamps in one command.
	MaxPerScan int
	// MaxPerCardDay is the most stamps one card gets on one day of the location.
	MaxPerCardDay int
	// CoolDown is the least time between two stampings of one card.
	CoolDown time.Duration
	// MaxPerStaffDay is the most stamps one cashier gives on one day of the
	// location.
	MaxPerStaffDay int
	// RedeemOffline lets tills redeem coupons without network. Apply does not ask: a
	// coupon that is redeemed twice is refused the second time, whoever sent it when.
	RedeemOffline bool
}

// RewardKind says when a reward is given.
type RewardKind string

// The three occasions for a reward.
const (
	// RewardMain is given when the card is full; its price is the whole card.
	RewardMain RewardKind = "main"
	// RewardMilestone is given on the way, when the balance reaches At, once a
	// card; it costs nothing.
	RewardMilestone RewardKind = "milestone"
	// RewardWelcome is given once, when the customer's contact is confirmed.
	RewardWelcome RewardKind = "welcome"
)

// Reward is the definition of something that a customer can win. An issued
// reward is a Coupon.
type Reward struct {
	ID   string
	Kind RewardKind
	Name Text
	// At is the number of stamps at which a milestone is given, between 1 and the
	// program's goal less one. Other kinds have none.
	At int
	// ValidFor is how long the coupon can be used; the zero Period is for ever.
	ValidFor Period
}

// InvalidProgramError tells which field of a program is wrong, and why.
type InvalidProgramError struct {
	Field string
	// Code is the stable name of the reason, Params are the values that a sentence about
	// it needs, by name, and Reason says it in English.
	Code   string
	Params map[string]string
	Reason string
}

func (e *InvalidProgramError) Error() string { return e.Field + ": " + e.Reason }

// Validate returns nil for a program that Apply can work with, and otherwise an
// *InvalidProgramError that names the first wrong field.
func (p Program) Validate() error {
	if code, params, reason := checkName(p.Name); code != "" {
		return &InvalidProgramError{"name", code, params, reason}
	}
	l := p.Limits
	switch {
	case p.Goal < MinGoal || p.Goal > MaxGoal:
		return outside("goal", MinGoal, MaxGoal)
	case len(p.Rewards) > MaxRewards:
		return &InvalidProgramError{"rewards", "too_many", numbers("max", MaxRewards), fmt.Sprintf("must hold at most %d rewards", MaxRewards)}
	case p.RedeemCode != "" && p.RedeemCode != RedeemStatic && p.RedeemCode != RedeemRotating:
		return &InvalidProgramError{"redeem_code", "one_of", nil, "must be static or rotating"}
	case p.WelcomeStamps < 0 || p.WelcomeStamps > p.Goal:
		return &InvalidProgramError{"welcome_stamps", "range", numbers("min", 0, "max", p.Goal), "must be between 0 and the goal"}
	case l.MaxPerScan < 0 || l.MaxPerScan > MaxQuantity:
		return outside("limits.max_per_scan", 0, MaxQuantity)
	case l.MaxPerCardDay < 0:
		return negative("limits.max_per_card_day")
	case l.CoolDown < 0:
		return negative("limits.cool_down_seconds")
	case l.MaxPerStaffDay < 0:
		return negative("limits.max_per_staff_day")
	case p.StartsAt != 0 && p.EndsAt != 0 && p.EndsAt <= p.StartsAt:
		return &InvalidProgramError{"ends_at", "before_start", nil, "must be after starts_at"}
	}
	return p.validateRewards()
}

func outside(field string, least, most int) error {
	return &InvalidProgramError{field, "range", numbers("min", least, "max", most), fmt.Sprintf("must be between %d and %d", least, most)}
}

func negative(field string) error {
	return &InvalidProgramError{field, "minimum", numbers("min", 0), "must not be negative"}
}

// numbers makes the params of an error of pairs of a name and a number.
func numbers(pairs ...any) map[string]string {
	params := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return params
}

func (p Program) validateRewards() error {
	mains := 0
	steps := map[int]bool{}
	for i, r := range p.Rewards {
		field := func(name string) string { return fmt.Sprintf("rewards[%d].%s", i, name) }
		if code, params, reason := checkName(r.Name); code != "" {
			return &InvalidProgramError{field("name"), code, params, reason}
		}
		if v := r.ValidFor; v.Months < 0 || v.Months > MaxPeriodMonths || v.Days < 0 || v.Days > MaxPeriodDays {
			return &InvalidProgramError{
				field("valid_for"), "period", numbers("months", MaxPeriodMonths, "days", MaxPeriodDays),
				fmt.Sprintf("must be at most %d months and %d days, and not negative", MaxPeriodMonths, MaxPeriodDays),
			}
		}
		switch r.Kind {
		case RewardMain:
			mains++
		case RewardMilestone:
			if r.At < 1 || r.At >= p.Goal {
				return &InvalidProgramError{field("at"), "range", numbers("min", 1, "max", p.Goal-1), "must be at least 1 and below the goal"}
			}
			if steps[r.At] {
				return &InvalidProgramError{field("at"), "twice", nil, "two milestones stand at the same stamp"}
			}
			steps[r.At] = true
		case RewardWelcome:
		default:
			return &InvalidProgramError{field("kind"), "one_of", nil, "must be main, milestone or welcome"}
		}
	}
	if mains != 1 {
		return &InvalidProgramError{"rewards", "one_main_reward", nil, "must hold exactly one main reward"}
	}
	return nil
}

// checkName returns what is wrong with the name of a program or reward, "" if
// nothing is.
func checkName(name Text) (code string, params map[string]string, reason string) {
	if len(name) == 0 {
		return "required", nil, "must hold a name in at least one language"
	}
	for _, words := range name {
		switch {
		case strings.TrimSpace(words) == "":
			return "required", nil, "must not be empty in any language"
		case len(words) > MaxNameLen:
			return "too_long", numbers("max", MaxNameLen), fmt.Sprintf("must have at most %d bytes in each language", MaxNameLen)
		}
	}
	return "", nil, ""
}

// Main returns the reward of a full card. The program must be valid.
func (p Program) Main() Reward {
	i := slices.IndexFunc(p.Rewards, func(r Reward) bool { return r.Kind == RewardMain })
	return p.Rewards[i]
}

// milestoneBelow returns the highest milestone that stands below at, 0 if none.
func (p Program) milestoneBelow(at int) int {
	highest := 0
	for _, r := range p.Rewards {
		if r.Kind == RewardMilestone && r.At < at {
			highest = max(highest, r.At)
		}
	}
	return highest
}
