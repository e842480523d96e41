package customer

// SamsungPass is a card in Samsung Wallet, or on its way there.
type SamsungPass struct {
	OrgID string
	// Ref is the name that Samsung knows it by, Kind which card of Samsung's portal it was
	// made from. Neither ever changes.
	Ref, Kind string
	CardID    string
	// Code is that of the card when the pass was made. A card with another code is somebody
	// else's by now.
	Code string
	// Version rises with every change that Samsung hears of; ModifiedAt is when it last did
	// (UTC milliseconds).
	Version, ModifiedAt int64
	// FetchedVersion is the last that Samsung has, 0 if none.
	FetchedVersion int64
	// State is the last report, empty if there was none.
	State string
	// Country and Callback say whom to tell of changes; Callback is empty if nobody.
	Country, Callback string
}

// SamsungReport is what Samsung says of a pass.
type SamsungReport struct {
	OrgID, Ref, Kind string
	// State is ADDED, UPDATED, PROVISIONED or DELETED.
	State string
	// RequestID is the same when a report is repeated; it may be empty.
	RequestID string
	// Country and Callback say whom to tell of changes. Callback may be empty.
	Country, Callback string
}

// SamsungDeleted is the state of a pass that is in no wallet any more.
const SamsungDeleted = "DELETED"

// SamsungPush is a pass of which Samsung is to be told that it changed.
type SamsungPush struct {
	Ref               string
	Version           int64
	Country, Callback string
	// Tries is how often Samsung was told of this version.
	Tries int
	// Gone tells that the card is not its any more: given up, merged without leading to
	// another card, or under another code.
	Gone bool
}

// SamsungTold is what became of a SamsungPush.
type SamsungTold struct {
	Ref     string
	Version int64
	// Sent tells that Samsung took it. If not, it is tried again, and Problem says why.
	Sent    bool
	Problem WalletProblem
	// Gone tells that Samsung took it that the card is gone: nothing more is to be said.
	Gone bool
	// Again is when Samsung is to be told again (UTC milliseconds) if it has not asked for
	// the version by then; 0 is never.
	Again int64
}
