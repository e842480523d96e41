package customer

import (
	"errors"
	"slices"
	"time"

	"github.com/leima/leima/loyalty"
)

const (
	// UndoMergeFor is for how long a merge can be taken back.
	UndoMergeFor = 30 * 24 * time.Hour
	// MaxMerges is the most merges of one customer that are listed.
	MaxMerges = 100
)

// Errors of merges, besides ErrNotFound, ErrMerged and ErrContactTaken.
var (
	// ErrBlocked: one of the two is blocked, and a merge would be a way around it.
	ErrBlocked = errors.New("the customer is blocked")
	// ErrNotConfirmed: the one who would stay has no confirmed contact, so that whoever
	// typed it into the form would get the other's stamps.
	ErrNotConfirmed = errors.New("the customer has not confirmed a contact")
	// ErrSameCustomer: a customer cannot be merged into themselves.
	ErrSameCustomer = errors.New("the two are one customer")
	// ErrMergeUndone: the merge was taken back before.
	ErrMergeUndone = errors.New("the merge was undone before")
	// ErrMergeTooOld: more than UndoMergeFor has passed.
	ErrMergeTooOld = errors.New("the merge is too long ago to be undone")
)

// Taken is something that the customer who stays had not and got from the other one.
type Taken string

// What a merge can give to the customer who stays.
const (
	TakenName  Taken = "name"
	TakenPhone Taken = "phone"
	TakenEmail Taken = "email"
)

// Merge is a merge of two customers: what the other one had is the kept one's now.
type Merge struct {
	OrgID, ID        string
	KeptID, MergedID string
	// MergedAt and UndoneAt are UTC milliseconds; UndoneAt is 0 unless the merge was taken
	// back.
	MergedAt, UndoneAt int64
	MergedBy, UndoneBy loyalty.Actor
	// Taken is what the kept customer got besides the cards.
	Taken []Taken
	// MergedStatus, MergedPhone and MergedEmail are the merged customer's, as they were.
	MergedStatus             Status
	MergedPhone, MergedEmail string
	Cards                    []MergedCard
}

// UndoUntil returns the instant, UTC milliseconds, from which on the merge stays.
func (m Merge) UndoUntil() int64 { return m.MergedAt + UndoMergeFor.Milliseconds() }

// MergedCard is one card that a merge emptied.
type MergedCard struct {
	ProgramID, FromCardID, ToCardID string
	// Moved are the stamps that went to the other card, those in unused coupons too. Below
	// zero, a debt moved.
	Moved int
	// Opened tells that the kept customer had no card in the program and got one.
	Opened bool
}

// MergeRequest asks to merge two customers.
type MergeRequest struct {
	OrgID, KeptID, OtherID string
	// IdempotencyKey and BodyHash make the request safe to send again.
	IdempotencyKey, BodyHash string
	Actor                    loyalty.Actor
	Now                      int64
}

// MergePreview is what a merge would do now.
type MergePreview struct {
	// Kept and Other are the customers as they are, After is the one who stays.
	Kept, Other, After Customer
	Taken              []Taken
	Cards              []MergePreviewCard
	Consents           []MergedConsent
}

// MergePreviewCard is a card of the other customer and what becomes of it. To is the kept
// customer's card in the program, with an empty ID if one would be opened; After is that
// card after the merge. The coupons are those that can be used.
type MergePreviewCard struct {
	Program                              loyalty.Program
	From, To, After                      loyalty.Card
	FromCoupons, ToCoupons, AfterCoupons []loyalty.Coupon
	Moved                                int
}

// MergedConsent is a text that is asked now and what the two decided about its purpose
// and channel.
type MergedConsent struct {
	Text        ConsentText
	Kept, Other ConsentState
	// After tells whether the customer who stays agrees.
	After bool
}

// MergeConsent returns whether the customer who stays agrees after a merge: only if they
// agreed themselves, and the other one did not say no. They are one person, and of two
// answers of one person the more careful one counts.
func MergeConsent(kept, other ConsentState) bool {
	return kept.Granted && (other.Granted || other.At == 0)
}

// PlanMerge returns the two customers as a merge at the instant now makes them, and what
// the kept one takes over: a name, phone number or address only where they had none. What
// the other one typed and never confirmed is dropped. Versions rise by one.
func PlanMerge(kept, other Customer) (after, merged Customer, taken []Taken, err error) {
	switch {
	case kept.ID == other.ID:
		return kept, other, nil, ErrSameCustomer
	case kept.Status == StatusMerged || other.Status == StatusMerged:
		return kept, other, nil, ErrMerged
	case kept.BlockedAt != 0 || other.BlockedAt != 0:
		return kept, other, nil, ErrBlocked
	case kept.Status != StatusActive:
		return kept, other, nil, ErrNotConfirmed
	}
	after, merged = kept, other
	if kept.FirstName == "" && kept.LastName == "" && other.FirstName+other.LastName != "" {
		after.FirstName, after.LastName = other.FirstName, other.LastName
		taken = append(taken, TakenName)
	}
	if kept.Phone == "" && other.Phone != "" {
		after.Phone, taken = other.Phone, append(taken, TakenPhone)
	}
	if kept.Email == "" && other.Email != "" {
		after.Email, taken = other.Email, append(taken, TakenEmail)
	}
	merged.Phone, merged.Email, merged.Status, merged.MergedInto = "", "", StatusMerged, kept.ID
	after.Version++
	merged.Version++
	return after, merged, taken, nil
}

// PlanUndoMerge returns the two customers as taking the merge back makes them. The kept
// one gives back what they took over, unless it was changed since. It returns ErrMerged if
// the kept one was merged into somebody else since: that merge has to go first.
func PlanUndoMerge(m Merge, kept, merged Customer) (after, restored Customer, err error) {
	if kept.Status == StatusMerged || merged.MergedInto != kept.ID {
		return kept, merged, ErrMerged
	}
	after, restored = kept, merged
	if slices.Contains(m.Taken, TakenName) && kept.FirstName == merged.FirstName && kept.LastName == merged.LastName {
		after.FirstName, after.LastName = "", ""
	}
	if slices.Contains(m.Taken, TakenPhone) && kept.Phone == m.MergedPhone {
		after.Phone = ""
	}
	if slices.Contains(m.Taken, TakenEmail) && kept.Email == m.MergedEmail {
		after.Email = ""
	}
	restored.Phone, restored.Email, restored.Status, restored.MergedInto = m.MergedPhone, m.MergedEmail, m.MergedStatus, ""
	after.Version++
	restored.Version++
	return after, restored, nil
}
