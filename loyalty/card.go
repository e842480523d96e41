package loyalty

// CardStatus says what may be done with a card.
type CardStatus string

// The statuses of a card.
const (
	// CardActive is a card whose customer's contact is confirmed or was entered by
	// somebody the shop trusts.
	CardActive CardStatus = "active"
	// CardProvisional is a card from the public form whose contact nobody has
	// confirmed yet. It earns like any other; welcome rewards wait.
	CardProvisional CardStatus = "provisional"
	// CardRevoked is a card that was given up for good; to a till it does not exist.
	CardRevoked CardStatus = "revoked"
	// CardMerged is a card whose stamps moved to another card of its customer.
	CardMerged CardStatus = "merged"
)

// Usable reports whether a till may see and change the card.
func (s CardStatus) Usable() bool { return s == CardActive || s == CardProvisional }

// MilestoneBeyond is added to a Card.Milestone that does not fit on the card since it
// shrank. It must be remembered: a card whose stamps are taken back may grow again, and
// would give the milestone a second time. It is far more than cards have stamps.
const MilestoneBeyond = 1 << 20

// Card is one customer in one program: the running totals of its ledger entries
// and what is needed to judge the next command without reading them.
type Card struct {
	OrgID, ID, ProgramID, CustomerID string
	Status                           CardStatus
	// Version rises by one with every command that changes the card.
	Version int64
	// Balance is the sum of the quantities of the card's entries: the stamps on the
	// card under way. Below zero, the card owes stamps for a reward that was used
	// and whose stamps were taken back.
	Balance int
	// Goal is the size of the card under way. See CardGoal.
	Goal int
	// Round counts the cards that were filled.
	Round int
	// Milestone is the stamp of the card under way up to which milestones were given,
	// 0 if none. Above Goal it reaches into the next card: by so many stamps more than
	// Goal, milestones were used there before that card's stamps were reversed. From
	// MilestoneBeyond on, the rest tells a milestone that the card gave when it was larger
	// than Goal.
	Milestone int
	// Lifetime counts all stamps ever earned, less those reversed.
	Lifetime int64
	// LastStampAt is when the card was last stamped, in UTC milliseconds, 0 if never.
	// A stamping that was reversed does not count.
	LastStampAt int64
	// Day is the location's day of the last stamping and DayStamps the stamps given
	// on it, less those reversed.
	Day       Day
	DayStamps int
	// WelcomedAt is when welcome rewards were given, 0 if they were not.
	WelcomedAt int64
	JoinedAt   int64
	// BlockedAt is when the card's customer was blocked, UTC milliseconds, 0 if they are
	// not. Their card is still found, but it earns and pays out nothing.
	BlockedAt int64
}

// CardGoal returns the size that counts for the card now. A card that has been
// begun keeps the size it began with when the program's grows, so that no promise
// is moved away from its customer, and takes the smaller one at once when the
// program's shrinks. A card without stamps takes the program's.
func CardGoal(p Program, c Card) int {
	if c.Balance <= 0 || c.Goal == 0 {
		return p.Goal
	}
	return min(c.Goal, p.Goal)
}

// Next returns the reward that the card under way reaches next and the stamps
// that are missing to it (at least 1 for a card that Apply has settled).
func Next(p Program, c Card) (Reward, int) {
	goal := CardGoal(p, c)
	next, at := p.Main(), goal
	for _, r := range p.Rewards {
		if r.Kind == RewardMilestone && r.At > c.Milestone && r.At > c.Balance && r.At < at {
			next, at = r, r.At
		}
	}
	return next, at - c.Balance
}
