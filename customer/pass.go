package customer

import "errors"

// MaxPassBatch bounds the passes that a store works on in one call.
const MaxPassBatch = 500

// MaxPassesOfDevice is how many passes of an organization one device may hold: people have
// a few, and the limit keeps somebody who made up a device from filling the database.
const MaxPassesOfDevice = 500

// ErrTooManyPasses is returned for a device that holds MaxPassesOfDevice.
var ErrTooManyPasses = errors.New("too many passes on one device")

// Pass is a card in the wallet of a phone.
type Pass struct {
	OrgID string
	// Serial names the pass, Token is the secret by which a phone proves to have it. Neither
	// ever changes.
	Serial, Token string
	// Type is what the certificate is for that signs the pass.
	Type   string
	CardID string
	// Code is that of the card when the pass was made. A card with another code is somebody
	// else's by now.
	Code string
	// Version rises with every change that phones hear of, and so does ModifiedAt: UTC
	// milliseconds, in whole seconds.
	Version, ModifiedAt int64
	// FetchedVersion is the last that a phone has, 0 if none.
	FetchedVersion int64
}

// PassNow is a pass and what it shows, as they are now.
type PassNow struct {
	Pass
	// Shown changes whenever anything that the pass shows does.
	Shown PassShown
}

// PassShown names a state of what a pass shows: of the card, with the code that it has now,
// of its program with its design, and of the organization with its places. Two states that
// are the same look the same, but for coupons that ended since.
type PassShown struct {
	Card, Program, Organization int64 // versions
	Code, Status                string
}

// PassDevice says that a device holds a pass, and where it is told of changes.
type PassDevice struct {
	OrgID, Type, Serial string
	// Device is a name that the phone made up and keeps secret.
	Device    string
	PushToken string
}

// PassChanges are passes of a device that changed, in the order of their changes. Tag is
// the number of the last of these, 0 if there are none.
type PassChanges struct {
	Serials []string
	Tag     int64
}

// PassPush is a pass whose devices are to be told that it changed.
type PassPush struct {
	Serial  string
	Version int64
	// Tries is how often they were told of this version.
	Tries int
	// Tokens are where the devices are told, each once.
	Tokens []string
}

// PassPushed is what became of a PassPush.
type PassPushed struct {
	Serial  string
	Version int64
	// Sent tells that the devices were told. If not, it is tried again, and Problem says why.
	Sent    bool
	Problem WalletProblem
	// Again is when the devices are to be told again (UTC milliseconds) if no phone has
	// fetched the version by then; 0 is never.
	Again int64
}

// PassCounts are how many passes an organization has.
type PassCounts struct {
	// Issued were made, Installed are on a device now.
	Issued, Installed int64
	// Pushed are those installed whose devices were told of the last change, Fetched those
	// that were fetched as they are now. Stale are installed and were not fetched yet.
	Pushed, Fetched, Stale int64
}

// PassSpread is how far phones were told of a change that concerns all passes at once: a
// new brand, or new rules of a program.
type PassSpread struct {
	// Total is how many passes the change concerns, Told how many of them have it. They
	// are 0 if there was none yet.
	Total, Told int64
	// StartedAt and FinishedAt are UTC milliseconds; FinishedAt is 0 while it goes on.
	StartedAt, FinishedAt int64
}

// PassSpreadStep is what one step of a spread came to.
type PassSpreadStep struct {
	// Pushes are the passes whose devices are to be told now.
	Pushes []PassPush
	// NextAt is when the next step may be taken (UTC milliseconds); 0 if there is nothing
	// left to do.
	NextAt int64
}
