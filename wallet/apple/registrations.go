package apple

import (
	"context"
	"errors"
	"time"
)

// Errors of what stands behind the web service. Anything else is a fault (500).
var (
	// ErrNoPass is returned for a pass that does not exist, or no longer.
	ErrNoPass = errors.New("no such pass")
	// ErrTooMany is returned when a device has MaxRegistrations.
	ErrTooMany = errors.New("too many registrations of one device")
)

// MaxRegistrations is how many passes one device may have. People have a few; the limit
// keeps somebody who made up a device from filling the database.
const MaxRegistrations = 500

// Key names a pass.
type Key struct{ PassType, Serial string }

// Registration says that a device holds a pass and wants to hear of changes.
type Registration struct {
	// Device is a name that the phone made up for this server and keeps secret: who knows
	// it may ask which passes changed.
	Device string
	Key    Key
	// PushToken is where pushes for the device go. It is the same for all of its passes,
	// and changes.
	PushToken string
}

// Registrations remember which device holds which pass. An implementation is held to this
// contract by appletest.TestRegistrations.
type Registrations interface {
	// Register keeps a registration. It is idempotent: one that is there gets the push
	// token and reports false. A new one of a device with MaxRegistrations is ErrTooMany.
	Register(ctx context.Context, r Registration) (created bool, err error)
	// Unregister forgets a registration; that there is none is no error.
	Unregister(ctx context.Context, device string, key Key) error
	// Changed returns the passes of a pass type that the device holds and that have
	// changed after the tag; after 0, all of them. Serials come in the order of their tags,
	// at most MaxRegistrations. Tag is the largest among them, 0 if there are none.
	//
	// Tags belong to changes, are above 0 and rise in the order in which changes become
	// visible: once a tag has been returned, no change with a smaller one may appear. A
	// sequence of a database does not do that by itself, as a transaction with a smaller
	// number may end later.
	Changed(ctx context.Context, device, passType string, after int64) (Changes, error)
}

// Changes are the passes of a device that have changed.
type Changes struct {
	Serials []string
	Tag     int64
}

// PassState is what the web service has to know of a pass without making it.
type PassState struct {
	// Token is the authentication token of the pass.
	Token string
	// Modified is when it last changed, in whole seconds. It rises with every change, even
	// with two in a second: NextModified does that.
	Modified time.Time
	// Version is that of the card; together with Modified it names the file.
	Version int64
}

// Passes are the passes that phones may fetch. An implementation is held to this contract
// by appletest.TestPasses.
type Passes interface {
	// State returns what is known of a pass, or ErrNoPass. A pass of a card that is blocked
	// is still there: the phone has to learn that it is void.
	State(ctx context.Context, key Key) (PassState, error)
	// Package returns the pass, signed, with the state that it shows, or ErrNoPass.
	Package(ctx context.Context, key Key) (PassState, []byte, error)
	// Fetched is told that a phone was given the pass of a version, or knows it already.
	// Pushes that were not followed by this may be sent again. It may be told twice.
	Fetched(ctx context.Context, key Key, version int64) error
}

// Log receives what phones complain about.
type Log interface {
	// Complaint is called with one message, of at most MaxComplaintRunes characters in one
	// line. Anybody may have sent it.
	Complaint(ctx context.Context, text string)
}

// NextModified returns when a pass changed that was changed now, after it had changed
// before: dates in HTTP have whole seconds, and a second change in one would be taken for
// the first. Where changes come faster, the date runs ahead of the clock.
func NextModified(before, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if least := before.UTC().Truncate(time.Second).Add(time.Second); !before.IsZero() && now.Before(least) {
		return least
	}
	return now
}
