// Package samsung shows cards in Samsung Wallet: it makes the link that adds one, answers
// when Samsung asks what a card looks like now, takes in what happened to it, and tells
// Samsung that it changed.
//
// # What it must not know
//
// It knows nothing of Leima: plain values come in, bytes go out. Where cards are kept
// comes in through Cards. It is of use only to who has a contract with Samsung: without
// a Partner there is nothing to switch on.
//
// # Where to start reading
//
// partner.go is what Samsung's portal hands out, card.go what a card is, token.go how
// both sides sign and encrypt, handler.go what Samsung calls, client.go what we call.
// samsungtest is a stand-in for Samsung that checks what it receives.
//
// # What to remember about Samsung
//
//   - The data of a card is encrypted for Samsung and signed by the partner, and good for
//     half a minute: it is made when the button is pressed, not when the page is.
//   - Whom we call is what Samsung told when the card was added (State.Callback). Only
//     hosts of Samsung are accepted.
//   - The padding of RSA1_5 is Samsung's choice. We only encrypt with it; nothing here
//     decrypts what others sent.
//
// Formats are those of https://developer.samsung.com/wallet (Wallet Cards, Security, API
// Guidelines), version 3 of tokens. Nothing was tried on a phone.
package samsung
