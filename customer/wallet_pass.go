package customer

// MaxPassesOfCard bounds the passes of one card that are shown: a card has one for each
// wallet, and new ones when it gets another code.
const MaxPassesOfCard = 50

// MaxStalePasses bounds the passes in a list of those that are behind.
const MaxStalePasses = 100

// Wallet is an app of phones that cards are kept in.
type Wallet string

// The wallets.
const (
	AppleWallet   Wallet = "apple"
	GoogleWallet  Wallet = "google"
	SamsungWallet Wallet = "samsung"
)

// WalletProblem is why a wallet was not told of a change, "" if it was.
type WalletProblem string

// The problems: nobody answered, or not now, and it is tried again; or the wallet does not
// take it, which trying again does not change.
const (
	WalletUnreachable WalletProblem = "unreachable"
	WalletRefused     WalletProblem = "refused"
)

// WalletPass is a card in one of the wallets, as owners see it.
type WalletPass struct {
	Wallet Wallet
	// Serial is what the wallet knows it by.
	Serial string
	// Void tells that the card is blocked, was given up, was merged without leading to another
	// card, or has another code now: the pass shows nothing of it.
	Void bool
	// Installed tells that it is in a wallet, as far as is known.
	Installed bool
	// Devices is how many hold it, -1 where the wallet does not tell.
	Devices int64
	// Desired is the version that wallets should have, Pushed the last that they were told
	// of, Fetched the last that they have. With Google the two are one.
	Desired, Pushed, Fetched PassVersion
	// Problem is what came between when a wallet was last told.
	Problem WalletProblem
	// CreatedAt is when the pass was made, RemovedAt when the last device that had it gave
	// it up, 0 if none did. UTC milliseconds.
	CreatedAt, RemovedAt int64
}

// HeldPass is a pass with whose it is.
type HeldPass struct {
	Pass     WalletPass
	CardID   string
	Customer Customer
}

// PassVersion is a version of a pass, 0 for none, and since when (UTC milliseconds), 0
// where nobody noted it.
type PassVersion struct{ Version, At int64 }

// PassState is how a pass is, in a word.
type PassState string

// The states. PassWaiting was made, and nothing tells that it is in a wallet; PassInstalled
// is in one, as it is now; PassStale is in one that has not the last version.
const (
	PassWaiting   PassState = "waiting"
	PassInstalled PassState = "installed"
	PassStale     PassState = "stale"
	PassRemoved   PassState = "removed"
	PassVoid      PassState = "void"
)

// State returns how the pass is.
func (p WalletPass) State() PassState {
	switch {
	case p.Void:
		return PassVoid
	case p.Installed && p.Fetched.Version < p.Desired.Version:
		return PassStale
	case p.Installed:
		return PassInstalled
	case p.RemovedAt != 0:
		return PassRemoved
	}
	return PassWaiting
}
