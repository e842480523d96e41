package loyalty

import "errors"

// ErrReviewDecided says that the review is not open, or not dismissed where one is to be
// opened again: somebody decided it in the meantime.
var ErrReviewDecided = errors.New("the review was decided")

// ReviewStatus says what became of a review.
type ReviewStatus string

// The life of a review. A dismissed one can be opened again; an entered one stands in
// the ledger and is corrected there.
const (
	ReviewOpen      ReviewStatus = "open"
	ReviewEntered   ReviewStatus = "entered"
	ReviewDismissed ReviewStatus = "dismissed"
)

// Review is a command that a till took in without network, and told the customer so,
// and that was refused when it was sent. A person decides what becomes of it.
type Review struct {
	OrgID, ID string
	// Key is the command's own idempotency key. What is decided is entered under it, so
	// that the ledger holds the command at most once, whoever tries again. BodyHash tells
	// whether what is handed in again is the same.
	Key, BodyHash string
	// Kind is CommandStamp, CommandRedeem or CommandReverse.
	Kind CommandKind
	// CardID is the card, "" if nothing is known but Code, what was scanned or typed.
	CardID, Code string
	// CouponID is the coupon of a redemption, EntryID what a reversal takes back.
	CouponID, EntryID string
	Quantity          int
	// At is when it happened, RecordedAt when it was handed in: UTC milliseconds. Day is
	// the location's day of At.
	At, RecordedAt int64
	Day            Day
	// Where it was, at which till, and who gave it: "" for what is not known.
	LocationID, TillID, StaffID string
	// DeviceCount is the device's own count of its commands; a gap is a loss.
	DeviceCount int64
	// Words are the cashier's, Refusal is the code of the problem that it was refused with.
	Words, Refusal string

	Status ReviewStatus
	// DecidedAt, DecidedBy and Reason are of the last decision; LedgerEntryID is what it
	// became in the ledger, "" unless it was entered.
	DecidedAt     int64
	DecidedBy     Actor
	Reason        string
	LedgerEntryID string
}

// Again returns the command as it was recorded, for the rules to judge once more. Who
// gives it, where days are counted, why and the hash are the caller's to add.
func (r Review) Again(now int64) Command {
	return Command{
		Kind: r.Kind, OrgID: r.OrgID, CardID: r.CardID, CouponID: r.CouponID, EntryID: r.EntryID, Quantity: r.stamps(),
		LocationID: r.LocationID, IdempotencyKey: r.Key, At: r.At, Now: now, Past: PastReviewed,
	}
}

// Adjustment returns a correction by hand in place of the command, of as many stamps
// (which may be fewer than none) on a card. It happens now.
func (r Review) Adjustment(cardID string, quantity int, now int64) Command {
	return Command{
		Kind: CommandAdjust, OrgID: r.OrgID, CardID: cardID, Quantity: quantity, LocationID: r.LocationID, IdempotencyKey: r.Key, At: now, Now: now,
	}
}

func (r Review) stamps() int {
	if r.Kind == CommandStamp {
		return r.Quantity
	}
	return 0
}

// ReviewQuery says which reviews are wanted. What is empty or 0 asks for all.
type ReviewQuery struct {
	// State is "open", "decided" or "".
	State              string
	LocationID, TillID string
	// From is the first day, To the day after the last.
	From, To Day
}
