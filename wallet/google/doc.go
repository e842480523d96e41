// Package google shows cards in Google Wallet: it describes loyalty classes and
// objects, makes the link that saves one, keeps Google's copies up to date over
// REST, verifies what Google calls back, and compares the two sides.
//
// # What it must not know
//
// It knows nothing of Leima: plain values come in, bytes go out. What a card is
// worth, who may see it and where things are stored is the caller's business and
// comes in through small interfaces (Budget, Nonces, Books). It keeps no state
// but an access token and Google's public keys, both of which may be lost.
//
// # Where to start reading
//
// object.go says what Google is told about a card, client.go how, update.go what
// happens when a card changes. link.go makes the link behind the button, callback.go
// reads what Google says when somebody saved or deleted a card, reconcile.go finds
// out at night what callbacks have lost. googletest is a stand-in for Google that
// checks what it receives.
//
// # What to remember about Google
//
//   - An object is made over REST first; the link then holds its id only. So neither
//     names nor keys of rotating codes travel through a browser, and the link stays
//     short.
//   - Objects cannot be deleted. What is gone becomes INACTIVE or EXPIRED.
//   - At most three notifications reach a phone in 24 hours per object; more are an
//     error. They are counted (Budget) and what is beyond them goes out silently.
//   - An image is fetched once per URL, so the URL of a hero image names what it
//     shows (HeroURL).
//   - Callbacks are best effort.
//
// Formats and limits are those of https://developers.google.com/wallet/retail/loyalty-cards
// and of the discovery document of walletobjects v1; prooftest, a module of its own,
// decodes everything that is sent here into the types that Google generates from it.
package google
