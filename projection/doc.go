// Package projection keeps the hot state behind the database: it follows commits, and
// answers from the hot state what it knows and from the database what it does not.
//
// # What it must not know
//
// It knows the hot state and the core's values, not SQL and not HTTP: the database is
// what the interfaces in database.go ask for. It decides nothing. Whatever it says of a
// card only advises a till; the command that follows is decided by the ledger.
//
// # Where to start reading
//
// view.go says what is kept of a card. follower.go tells the hot state of commits,
// cards.go reads, and codes.go spares it a question. totals.go does the same for live
// totals. keeper.go follows the epoch, others.go notices who does not follow, and
// rebuild.go proves everything against the ledger.
//
// # What stands in Redis
//
// Of each card that was looked at in the last day (hot.ProjectionTTL): its counters, its
// code, its usable coupons, and of its owner the id, the customer number, the first and
// last name, the language and the status. Names are personal data, so Redis has to be
// looked after like the database. Phone numbers, addresses, the card's link and
// everything else of the owner are not there. A card is found by its code, its number
// or its link, of which only digests are kept as keys. Nothing outlives a day without
// being read from the database anew, and raising the epoch makes all of it unreachable
// at once.
//
// # How it stays right
//
// Follower.Committed is called after a commit and before its answer. It remembers at
// once which versions were committed here, and projects a moment later. Until that has
// happened and for a while after, readers in this process believe nothing older of these
// cards: they ask the database. So whoever was told that a stamp is given sees it,
// whatever Redis does. Other processes see it some milliseconds later.
//
// A commit tells the counters of a card, and which coupons it issued and closed. If anything
// else changed (name, code), the card becomes a marker in the hot state, and the next reader
// fills it from the database: see hot.CardState. Counters and coupons of different versions
// never mix.
package projection
