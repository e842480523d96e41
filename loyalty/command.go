package loyalty

import "time"

// CommandKind is what a command asks for.
type CommandKind string

// The commands that move value.
const (
	CommandStamp    CommandKind = "stamp"
	CommandRedeem   CommandKind = "redeem"
	CommandReverse  CommandKind = "reverse"
	CommandAdjust   CommandKind = "adjust"
	CommandExpire   CommandKind = "expire"
	CommandWelcome  CommandKind = "welcome"
	CommandMergeOut CommandKind = "merge_out"
	CommandMergeIn  CommandKind = "merge_in"
	// These two take a merge back, on the card that it emptied and on the one that got
	// the stamps.
	CommandUndoMergeOut CommandKind = "undo_merge_out"
	CommandUndoMergeIn  CommandKind = "undo_merge_in"
)

// FutureTolerance is how far ahead of Leima's clock a till's may be.
const FutureTolerance = 5 * time.Minute

// How far back a stamp may lie; see Past.
const (
	// PastTolerance is how far behind Leima's clock a till's may be, where what happened
	// is held against an instant of Leima's own.
	PastTolerance = FutureTolerance
	// LateTolerance is how long after it was given a stamp may be told of without anybody
	// looking at it. What a till keeps without network is sent when the network is back, a
	// tablet that was put away for the summer holidays at the latest then; a batch of a
	// till's back office comes once a month. Every day more is a day on which somebody who
	// has a till's credential could fill cards behind the limits per day.
	LateTolerance = 31 * 24 * time.Hour
)

// Past says how far back the instant of a stamp command may lie. Each one allows what
// the one before it does, and more. None goes back behind Program.StartsAt.
type Past int8

// The reaches into the past.
const (
	// PastOfCard is for a card that was named by what is its own: not before it was
	// joined, less PastTolerance, not more than LateTolerance ago, and not before the
	// program was there. It is the zero value.
	PastOfCard Past = iota
	// PastOfCustomer is for a card that was found by what is older than itself, such as the
	// number of a card from before or the code of a card that was merged into it: also
	// before it was joined.
	PastOfCustomer
	// PastReviewed is for what a person has looked at and enters: also more than
	// LateTolerance ago.
	PastReviewed
	// PastRecorded is for imports of receipts, trials and what stands in the ledger: also
	// before a program without StartsAt was created.
	PastRecorded
)

// ReservedKeyPrefix begins the idempotency keys that Leima makes itself, for imports
// say. Whoever takes keys from outside refuses it, so that nobody can take a key
// before the import that would use it.
const ReservedKeyPrefix = "leima:"

// Command asks for one change of one card.
type Command struct {
	Kind          CommandKind
	OrgID, CardID string
	// Quantity is the number of stamps of a stamp, adjust or merge_in command. Only
	// adjust and merge_in take a negative one.
	Quantity int
	// CouponID names the coupon of a redeem or expire command.
	CouponID string
	// Shown is the rotating code that was scanned for a redeem command.
	Shown Shown
	// EntryID names the entry that a reverse command takes back, or the merge entry that
	// undo_merge_out and undo_merge_in do.
	EntryID string
	// OtherCardID names the other card of a merge.
	OtherCardID string
	Actor       Actor
	// LocationID is where it happened and Zone that location's time zone, by which
	// days are counted.
	LocationID string
	Zone       *time.Location
	// IdempotencyKey makes the command safe to send again; BodyHash tells whether
	// what was sent again is the same. Both are for Ledger; Apply only copies the key.
	IdempotencyKey string
	BodyHash       string
	// ExternalRef is the caller's own name for the event, such as a receipt number;
	// unique by location and kind.
	ExternalRef string
	// Reason is the staff's words for an adjustment or a late reversal.
	Reason string
	// At is when it happened, Now when Leima learnt of it: UTC milliseconds. Past says how
	// far back At of a stamp command may lie.
	At, Now int64
	Past    Past
}

// State is what Apply needs to know to decide a command.
type State struct {
	Card Card
	// Coupon is the coupon of a redeem or expire command.
	Coupon Coupon
	// UsedStep is the step of the last rotating code with which a coupon of the card was
	// redeemed, 0 if none was. Only a redeem command with a shown code needs it.
	UsedStep int64
	// Original is the entry that the command's EntryID names, and Reversed tells that it
	// was taken back before. OriginalCoupon is the coupon that it redeemed.
	Original       Entry
	OriginalCoupon Coupon
	Reversed       bool
	// Coupons are the card's coupons with status issued, in any order. Commands that
	// may take stamps away (reverse of anything, merge_out, undo_merge_in, and adjust and
	// merge_in of a negative quantity) need them; others leave them alone.
	Coupons []Coupon
	// Before is the card as it was when the merge of an undo_merge_out or undo_merge_in
	// began. Of Before, undo_merge_out reads Status, Goal, Round and Milestone,
	// undo_merge_in the Balance.
	Before Card
	// Merged are, for undo_merge_out, the coupons that the merge took back and, for
	// undo_merge_in, those that it earned; in any order.
	Merged []Coupon
	// Tally holds counts that the card does not carry.
	Tally Tally
}

// Tally holds the counts for limits that the card itself does not carry.
type Tally struct {
	// CardDay are the stamps the card got on the command's day. It is read only when
	// that day is not Card.Day and the program has a limit per card and day.
	CardDay int
	// StaffDay are the stamps the actor gave on the command's day. It is read only
	// when the actor is staff and the program has a limit per cashier and day.
	StaffDay int
	// NearStampAt is the instant of the card's stamping that is nearest to the
	// command's, LastStampAt that of the latest one but for the one that the command
	// takes back: UTC milliseconds, 0 if there is none; stampings that were taken back
	// do not count. NearStampAt is read only by a stamp command that is earlier than
	// Card.LastStampAt when the program has a cool-down, LastStampAt only when the
	// card's last stamping is taken back.
	NearStampAt, LastStampAt int64
}

// NearStamp tells the tally of a stamping of the card besides those it was told of:
// NearStampAt becomes the one nearest to the command's instant.
func (t *Tally) NearStamp(stampAt, commandAt int64) {
	distance := func(at int64) int64 { return max(at-commandAt, commandAt-at) }
	if t.NearStampAt == 0 || distance(stampAt) < distance(t.NearStampAt) {
		t.NearStampAt = stampAt
	}
}

// IDs makes the ids of what Apply creates. It is the only thing through which
// two runs of Apply on equal arguments can differ.
type IDs interface {
	EntryID() string
	CouponID() string
}

// Result is what a command that was not refused makes of a card.
type Result struct {
	Card Card
	// Entries are the ledger entries to add; the first is the command's own.
	Entries []Entry
	// Issued are coupons to add, Changed are known coupons with a new status. A
	// coupon that is issued and taken back by one command is in neither.
	Issued, Changed []Coupon
	// UsedStep is the step of the rotating code that the command used up, 0 if none.
	UsedStep int64
}
