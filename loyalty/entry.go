package loyalty

// EntryKind is what a ledger entry records.
type EntryKind string

// The kinds of ledger entries.
const (
	// EntryStamp adds earned stamps.
	EntryStamp EntryKind = "stamp"
	// EntryWelcome adds the welcome stamps.
	EntryWelcome EntryKind = "welcome"
	// EntryReward takes the price of a coupon from the balance: the whole card for a
	// full one, nothing for a milestone or a welcome reward.
	EntryReward EntryKind = "reward"
	// EntryRedeem records that a coupon was used. It moves no stamps.
	EntryRedeem EntryKind = "redeem"
	// EntryExpire records that a coupon ran out. It moves no stamps.
	EntryExpire EntryKind = "expire"
	// EntryAdjust is a correction by staff, with a reason.
	EntryAdjust EntryKind = "adjust"
	// EntryReversal undoes another entry, which it names.
	EntryReversal EntryKind = "reversal"
	// EntryMerge moves stamps between two cards of one customer.
	EntryMerge EntryKind = "merge"
	// EntryUnmerge gives the stamps back to the card that a merge emptied; the other card
	// gets an EntryReversal.
	EntryUnmerge EntryKind = "unmerge"
)

// Entry is one line of the ledger. It is never changed; a correction is a new
// entry that names the old.
type Entry struct {
	OrgID, ID, CardID, ProgramID string
	Kind                         EntryKind
	// Quantity is the change of the balance. The balance of a card is the sum of the
	// quantities of its entries.
	Quantity int
	// BalanceAfter is the card's balance when the whole command that wrote the entry
	// was done; entries of one command share it.
	BalanceAfter int
	// CardVersion is the card's version after that command.
	CardVersion int64
	// RuleVersion is the version of the program that it was decided by.
	RuleVersion int64
	// At is when it happened, RecordedAt when Leima learnt of it: UTC milliseconds.
	At, RecordedAt int64
	// Day is the location's calendar day of At.
	Day        Day
	LocationID string
	Actor      Actor
	// CouponID is the coupon that a reward, redeem, expire or reversal entry is about.
	CouponID string
	// Reverses is the entry that a reversal or unmerge takes back, or, on the reward entry
	// of a coupon that an unmerge opened again, the one that took the coupon back.
	Reverses string
	// HeadID is the first entry of the command; it is the entry's own id on that one.
	HeadID string
	// IdempotencyKey, ExternalRef and Reason stand on the head entry only.
	IdempotencyKey, ExternalRef, Reason string
	// OtherCardID is the other card of a merge.
	OtherCardID string
}

// ActorKind is the kind of credential that gave a command.
type ActorKind string

// The kinds of actors.
const (
	ActorStaff  ActorKind = "staff"
	ActorAPIKey ActorKind = "api_key"
	ActorSystem ActorKind = "system"
	ActorImport ActorKind = "import"
)

// Actor is who gave a command: a member of staff, an integration, an import or
// Leima itself.
type Actor struct {
	Kind ActorKind
	// ID is the staff member's, key's or import's id; empty for the system.
	ID string
}

// EntryTopics are all that Entry.Topic returns.
var EntryTopics = []string{
	string(EntryStamp), string(EntryWelcome), string(EntryReward), string(EntryRedeem), string(EntryExpire), string(EntryAdjust),
	string(EntryMerge), topicMergeOut, string(EntryUnmerge), string(EntryReversal), topicReversalReward, topicReversalRedeem,
}

const (
	topicMergeOut       = "merge_out"
	topicReversalReward = "reversal_reward"
	topicReversalRedeem = "reversal_redeem"
)

// Topic names what the entry tells the customer: its kind, and of kinds with two sides
// which one: merge or merge_out, reversal, reversal_reward or reversal_redeem. Texts go
// by it.
func (e Entry) Topic() string {
	switch {
	case e.Kind == EntryMerge && e.Quantity < 0:
		return topicMergeOut
	case e.Kind != EntryReversal || e.CouponID == "":
		return string(e.Kind)
	case e.HeadID == e.ID: // a reversal of its own about a coupon undoes its use
		return topicReversalRedeem
	}
	return topicReversalReward
}
