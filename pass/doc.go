// Package pass puts cards into the wallets of phones: it translates what the core knows of
// a card into what a library in wallet draws and signs, and lets phones ask for changes.
//
// It must not know SQL, nor who asks for a pass: what is kept comes in through Store, and
// api, web and jobs have small interfaces of their own in front of what they need of it.
//
// Start with Issuer (issuer.go), which hands passes out. design.go and card.go are the
// translation, service.go is what phones ask. Google (google.go) is the same for Google
// Wallet, which keeps copies of cards and is told when they change.
//
// # A pass belongs to a code
//
// A pass is of one card under the secret code that the card had when the pass was made. A
// card that is blocked, merged or handed to somebody else leaves its pass void: pale,
// without a code, and without anything that the card shows now.
package pass
