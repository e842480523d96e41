// Package apple makes store cards for Apple Wallet and keeps them up to date: the
// pass and its signature, the web service that a phone asks for changes, and the
// push that tells it to ask.
//
// It follows the documentation of Apple's Wallet Passes
// (developer.apple.com/documentation/walletpasses). Files are made as it says and
// checked by other people's programs; whether a phone takes them can be seen on a
// phone only.
//
// # What it must not know
//
// Nothing of Leima: a card is plain values that come in, a pass is bytes that go out.
// It stores nothing. What has to be remembered, registrations and versions, stands
// behind small interfaces (Registrations, Passes, Log), and the suite in appletest
// holds an implementation to their contract.
//
// # Where to start reading
//
// identity.go: who signs, and everything that can be wrong with it. Then card.go (what
// a card is) and document.go (pass.json), package.go (the signed file), service.go (the
// web service, with its table of calls) and push.go (APNs).
//
// # Limits
//
// Everything has one, with a name: files (MaxPictureBytes, MaxPackageBytes), bundles
// (MaxBundle), caches (CacheLimits), texts (MaxTextRunes), locations (MaxLocations),
// registrations of one device (MaxRegistrations), bodies of the web service
// (MaxRegistrationBody, MaxLogBody) and attempts to push (PushOptions).
package apple
