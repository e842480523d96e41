package customer

import "errors"

// MaxGooglePassBatch bounds the passes for Google Wallet that a store works on in one
// call: Google takes twenty requests in a second, so more would only wait.
const MaxGooglePassBatch = 100

// GooglePass is a card in Google Wallet: an object at Google that this server keeps as
// the card is.
type GooglePass struct {
	OrgID string
	// Serial names the pass within the organization; it never changes.
	Serial string
	// IssuerID is the account at Google that the object belongs to.
	IssuerID          string
	CardID, ProgramID string
	// Code is that of the card when the pass was made. A card with another code is somebody
	// else's by now.
	Code string
	// Version rises with every change that Google is to hear of, SentVersion is the one
	// that it has, 0 if none.
	Version, SentVersion int64
	// Notify tells that the card changed since, and not only what it looks like.
	Notify bool
	// Tries is how often sending this version failed.
	Tries int
	// Saved tells that somebody has it in the wallet, as far as is known.
	Saved bool
}

// GooglePassSent is what became of sending a version.
type GooglePassSent struct {
	Serial  string
	Version int64
	// Sent tells that Google has it. If not, Problem says why, and it is due again at Again
	// (UTC milliseconds), with 0 not before the pass changes.
	Sent    bool
	Problem WalletProblem
	Again   int64
}

// GoogleEvent is that somebody put a pass into the wallet or took it out.
type GoogleEvent struct {
	Serial string
	// Nonce is the same for every delivery of the event, ExpiresAt when none is taken any
	// more.
	Nonce     string
	ExpiresAt int64
	Saved     bool
}

// GooglePassFound is a pass that a comparison found at Google.
type GooglePassFound struct {
	Serial string
	Saved  bool
}

// GoogleComparison is a comparison of a program's passes with what Google has, under way.
type GoogleComparison struct {
	ProgramID string
	// Began is when it did, UTC milliseconds.
	Began int64
	// Progress is what whoever compares wants to know when it goes on; "" at first.
	Progress string
}

// GooglePassCounts are how many passes for Google Wallet an organization has.
type GooglePassCounts struct {
	// Issued were made, Saved are in somebody's wallet as far as Google told.
	Issued, Saved int64
	// Sent are those saved that Google has as they are now, Stale those that it has not.
	Sent, Stale int64
	// Failed are those, saved or not, that Google did not take when they were last sent.
	Failed int64
}

// ErrWalletAway is returned when the servers of a wallet did not take a card: they are
// away, or refuse. Nothing is lost by trying again later.
var ErrWalletAway = errors.New("the wallet's servers did not take the card")
