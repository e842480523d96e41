package loyalty

// Commit is what one transaction of the ledger changed. Those who follow the ledger
// (the hot state, live totals, open card pages) are told of it after it is durable.
type Commit struct {
	// Source names the committer, new in every process, and Seq is the number of its
	// transaction, rising from 1 and kept in the same transaction: whoever counts the
	// ledger reads there which commits the count has seen. A number may be left out,
	// where a transaction failed.
	Source string
	Seq    uint64
	// Unsure tells that nobody knows whether the transaction was committed, or still will
	// be: the database did not answer. Cards and Counts are what it would have changed,
	// and a follower has to forget what it knows of them.
	Unsure bool
	// Cards are the cards that changed, each once, as they are now.
	Cards []ChangedCard
	// Counts says what to add to live totals, each cell once.
	Counts []CellCounts
}

// ChangedCard is a card after a commit.
type ChangedCard struct {
	OrgID, ID string
	// Version is the card's after the commit; it rises with every change of what the
	// card or its owner shows.
	Version int64
	// Since is the version before the commit: what is not Whole was the same then, but
	// for the Card and the Coupons. 0 stands for Version less one.
	Since int64
	// Card is the card as it is now if Whole is not set, so that a follower who knew it
	// need not read it again.
	Card Card
	// Coupons are those of the card that were issued or got another status, as they were
	// after each command: the last of an id counts.
	Coupons []Coupon
	// Whole tells that more changed than the Card and its Coupons, such as its code or the
	// name of its owner: a follower has to read all of it again.
	Whole bool
}

// Cell names one line of the live totals: a program at a location ("" for none) on a
// day of that location.
type Cell struct {
	OrgID, ProgramID, LocationID string
	Day                          Day
}

// Counts is what a cell counts. Reversals take away, so that an addition may be
// negative.
type Counts struct{ Stamps, Coupons, Redemptions, Cards int64 }

// CellCounts is what to add to a cell, or what it holds.
type CellCounts struct {
	Cell
	Counts
}
