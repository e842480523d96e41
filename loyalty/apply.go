package loyalty

import "cmp"

// Apply decides the command: it returns what the card and its coupons become and
// the entries to write, or the reason why nothing may change. It is pure: equal
// arguments (and ids) give equal results, and the arguments are not changed.
//
// The caller has checked that the state belongs to the command: the card is the
// command's, the coupon and the original entry are the card's.
//
// Cost: one Result with one entry for a plain stamp; at most about
// MaxQuantity/MinGoal coupons.
func Apply(p Program, s State, c Command, ids IDs) (Result, *Refusal) {
	ch := change{program: p, state: s, command: c, ids: ids, card: s.Card, day: DayOf(c.At, c.Zone)}
	ch.card.Milestone, ch.beyond = roomFor(s.Card.Milestone, s.Card.Goal)
	if refusal := ch.decide(); refusal != nil {
		return Result{}, refusal
	}
	return ch.close(), nil
}

// change is one command under way: the card as it becomes and what is written.
type change struct {
	program Program
	state   State
	command Command
	ids     IDs
	day     Day

	card    Card
	entries []Entry
	issued  []Coupon
	changed []Coupon
	// beyond is the milestone that the card under way gave when it was larger, 0 if it has
	// room for all it gave; card.Milestone then is the last stamp before the card is full.
	beyond int
	// usedStep is that of a rotating code.
	usedStep int64
}

func (ch *change) decide() *Refusal {
	if !ch.card.Status.Usable() && !asksNoStatus(ch.command.Kind) {
		return &Refusal{Code: RefusedCardNotUsable}
	}
	if ch.card.BlockedAt != 0 && gives(ch.command) {
		return &Refusal{Code: RefusedBlocked}
	}
	switch ch.command.Kind {
	case CommandStamp:
		return ch.stamp()
	case CommandRedeem:
		return ch.redeem()
	case CommandReverse:
		return ch.reverse()
	case CommandAdjust:
		return ch.adjust()
	case CommandExpire:
		return ch.expire()
	case CommandWelcome:
		return ch.welcome()
	case CommandMergeOut:
		return ch.mergeOut()
	case CommandMergeIn:
		return ch.mergeIn()
	case CommandUndoMergeOut:
		return ch.undoMergeOut()
	case CommandUndoMergeIn:
		return ch.undoMergeIn()
	}
	return &Refusal{Code: refusedUnknownCommand}
}

// asksNoStatus reports whether the command is also for cards that are not usable. A merge
// empties a card that is being erased or has been replaced, and is taken back on the card
// that it emptied.
func asksNoStatus(k CommandKind) bool {
	return k == CommandExpire || k == CommandMergeOut || k == CommandUndoMergeOut || k == CommandUndoMergeIn
}

// gives reports whether the command is to the customer's advantage, which a block keeps
// from them. What was given wrongly can still be taken back, coupons run out, and what
// is there can move.
func gives(c Command) bool {
	switch c.Kind {
	case CommandStamp, CommandRedeem, CommandWelcome:
		return true
	case CommandAdjust:
		return c.Quantity > 0
	case CommandReverse, CommandExpire, CommandMergeOut, CommandMergeIn, CommandUndoMergeOut, CommandUndoMergeIn:
	}
	return false
}

// enter writes one entry and moves the balance by its quantity. The first entry
// of a command is its head: it alone carries the caller's key, reference and words.
func (ch *change) enter(kind EntryKind, quantity int) *Entry {
	e := Entry{
		OrgID: ch.card.OrgID, ID: ch.ids.EntryID(), CardID: ch.card.ID, ProgramID: ch.card.ProgramID,
		Kind: kind, Quantity: quantity, RuleVersion: ch.program.Version,
		At: ch.command.At, RecordedAt: ch.command.Now, Day: ch.day,
		LocationID: ch.command.LocationID, Actor: ch.command.Actor,
	}
	if len(ch.entries) == 0 {
		e.HeadID = e.ID
		e.IdempotencyKey = ch.command.IdempotencyKey
		e.ExternalRef = ch.command.ExternalRef
		e.Reason = ch.command.Reason
		e.OtherCardID = ch.command.OtherCardID
	} else {
		e.HeadID = ch.entries[0].ID
	}
	ch.card.Balance += quantity
	ch.entries = append(ch.entries, e)
	return &ch.entries[len(ch.entries)-1]
}

// earn adds stamps under an entry of the kind and issues what they reach.
func (ch *change) earn(kind EntryKind, quantity int) {
	ch.resize(CardGoal(ch.program, ch.card))
	head := ch.enter(kind, quantity).ID
	ch.card.Lifetime += int64(quantity)
	ch.settle(head)
}

// settle issues the milestones that the balance has reached and, as long as the
// card is full, its main reward; what is over begins the next card. earnedBy is
// the entry that brought the stamps.
//
// Each turn of the loop takes at least MinGoal off the balance, so it ends.
func (ch *change) settle(earnedBy string) {
	for {
		for _, r := range ch.program.Rewards {
			if r.Kind == RewardMilestone && r.At > ch.card.Milestone && r.At <= ch.card.Balance && r.At < ch.card.Goal {
				ch.issue(r, r.At, 0, earnedBy)
			}
		}
		ch.card.Milestone = max(ch.card.Milestone, ch.program.milestoneBelow(min(ch.card.Balance+1, ch.card.Goal)))
		if ch.card.Balance < ch.card.Goal {
			return
		}
		ch.issue(ch.program.Main(), ch.card.Goal, ch.card.Goal, earnedBy)
		ch.card.Round++
		ch.card.Milestone = max(ch.card.Milestone-ch.card.Goal, 0)
		ch.card.Goal, ch.beyond = ch.program.Goal, 0
	}
}

// given returns what Card.Milestone has to tell of the card under way.
func (ch *change) given() int {
	if ch.beyond > 0 {
		return MilestoneBeyond + ch.beyond
	}
	return ch.card.Milestone
}

// roomFor parts what a Card.Milestone tells into what a card of the size has room for
// and what it gave beyond that.
func roomFor(milestone, goal int) (within, beyond int) {
	if milestone >= MilestoneBeyond {
		return goal - 1, milestone - MilestoneBeyond
	}
	return milestone, 0
}

// resize gives the card under way another size. What Card.Milestone says of this
// card stays within it, and what it says of the next keeps its distance. What has no
// room is kept in beyond, for a card that grows again.
func (ch *change) resize(goal int) {
	if over := ch.card.Milestone - ch.card.Goal; over > 0 {
		ch.card.Milestone = goal + over
	} else {
		given := max(ch.card.Milestone, ch.beyond)
		ch.card.Milestone, ch.beyond = min(given, goal-1), 0
		if given >= goal {
			ch.beyond = given
		}
	}
	ch.card.Goal = goal
}

// issue creates a coupon and the reward entry that takes its price.
func (ch *change) issue(r Reward, at, cost int, earnedBy string) {
	milestone := ch.card.Milestone
	switch r.Kind {
	case RewardMain:
		milestone = ch.given()
	case RewardMilestone: // those below are given by the same command, if they were not before
		milestone = max(milestone, ch.program.milestoneBelow(at))
	case RewardWelcome:
	}
	id := ch.ids.CouponID()
	e := ch.enter(EntryReward, -cost)
	e.CouponID = id
	ch.issued = append(ch.issued, Coupon{
		OrgID: ch.card.OrgID, ID: id, CardID: ch.card.ID, ProgramID: ch.card.ProgramID, RewardID: r.ID,
		Kind: r.Kind, Name: r.Name, Status: CouponIssued,
		Cost: cost, At: at, Round: ch.card.Round, Milestone: milestone,
		IssuedAt: ch.command.At, ExpiresAt: r.ValidFor.ExpiryAfter(ch.command.At, ch.command.Zone),
		EarnedBy: earnedBy, EntryID: e.ID,
	})
}

// close stamps the outcome on the card and its entries.
func (ch *change) close() Result {
	ch.card.Version++
	ch.card.Milestone = ch.given()
	for i := range ch.entries {
		ch.entries[i].BalanceAfter = ch.card.Balance
		ch.entries[i].CardVersion = ch.card.Version
	}
	return Result{Card: ch.card, Entries: ch.entries, Issued: ch.issued, Changed: ch.changed, UsedStep: ch.usedStep}
}

// byPosition orders coupons from the latest stamp of a card back to the first.
func byPosition(a, b Coupon) int {
	if c := cmp.Compare(b.Round, a.Round); c != 0 {
		return c
	}
	if c := cmp.Compare(b.At, a.At); c != 0 {
		return c
	}
	return cmp.Compare(b.ID, a.ID)
}
