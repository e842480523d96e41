package cards

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

const (
	// MaxCards is the most cards of a deck. Their phone numbers have seven digits of
	// their own, of which the upper end is kept for others.
	MaxCards = 9_000_000
	// MaxOrganizations is the most organizations of a deck.
	MaxOrganizations = 10_000
	// joinEvery is the time between two cards of a deck, in milliseconds: five million
	// take six days.
	joinEvery = 100
	// numberStep has no divisor in common with customer.NumberSpace (2, 3 and 5), so
	// that its multiples meet every number before one comes again.
	numberStep = 618_033_989
)

// Deck is a set of cards that are known by their numbers, 0 to Cards-1. Card i belongs
// to organization i modulo Organizations.
type Deck struct {
	// Seed makes the cards of two decks differ.
	Seed  uint64 `json:"seed"`
	Cards int    `json:"cards"`
	// Organizations is how many organizations the cards are spread over.
	Organizations int `json:"organizations"`
	// Since is when the first card was made, in UTC milliseconds.
	Since int64 `json:"since"`
}

// Until returns when the last card was made, in UTC milliseconds.
func (d Deck) Until() int64 { return d.Since + int64(d.Cards)*joinEvery }

// Check returns an error that says which number is out of its bounds.
func (d Deck) Check() error {
	switch {
	case d.Cards < 1 || d.Cards > MaxCards:
		return fmt.Errorf("cards: %d is not between 1 and %d", d.Cards, MaxCards)
	case d.Organizations < 1 || d.Organizations > MaxOrganizations:
		return fmt.Errorf("organizations: %d is not between 1 and %d", d.Organizations, MaxOrganizations)
	case d.Organizations > d.Cards:
		return fmt.Errorf("organizations: %d have no card each among %d", d.Organizations, d.Cards)
	}
	return nil
}

// Organization returns the number of the organization of card i.
func (d Deck) Organization(i int) int { return i % d.Organizations }

// JoinedAt returns when card i was made, in UTC milliseconds.
func (d Deck) JoinedAt(i int) int64 { return d.Since + int64(i)*joinEvery }

// CardID returns the id of card i.
func (d Deck) CardID(i int) string { return d.id("card", i, ofCard) }

// CustomerID returns the id of the customer who has card i.
func (d Deck) CustomerID(i int) string { return d.id("cust", i, ofCustomer) }

// Code returns what a till scans of card i.
func (d Deck) Code(i int) string {
	var b [16]byte
	d.random(&b, i, ofCode)
	return loyalty.NewCode([loyalty.CodeRandomBytes]byte(b[:loyalty.CodeRandomBytes]))
}

// Link returns the secret of the page of card i: 26 characters of base32, as
// rand.Text makes them.
func (d Deck) Link(i int) string {
	var b [16]byte
	d.random(&b, i, ofLink)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// Number returns the customer number of the customer of card i.
func (d Deck) Number(i int) string {
	return customer.NewNumber((d.Seed + uint64(i)) % customer.NumberSpace * numberStep) //nolint:gosec // i is not negative
}

// Phone returns the phone number of the customer of card i.
func (d Deck) Phone(i int) string { return fmt.Sprintf("+35840%07d", i) }

// What random bits are for; each purpose has its own.
const (
	ofCard = iota + 1
	ofCustomer
	ofCode
	ofLink
	ofPass
)

// id returns a TypeID of the instant at which card i was made. Ids that follow each
// other in time keep the indexes as compact as those of a shop that grew.
func (d Deck) id(prefix string, i int, purpose uint64) string {
	var u uuid.UUID
	d.random((*[16]byte)(&u), i, purpose)
	at := uint64(d.JoinedAt(i)) //nolint:gosec // after 1970
	for k := range 6 {
		u[k] = byte(at >> (40 - 8*k)) //nolint:gosec // one byte after the other
	}
	// RFC 9562, section 5.7: version 7, variant 2.
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return typeid.From(prefix, u)
}

// random fills b with bits that depend on the seed, the card and the purpose alone.
func (d Deck) random(b *[16]byte, i int, purpose uint64) {
	state := mix(d.Seed^purpose<<56) + uint64(i) //nolint:gosec // i is not negative
	binary.BigEndian.PutUint64(b[:8], mix(state))
	binary.BigEndian.PutUint64(b[8:], mix(^state))
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, 2014): it maps 64 bits to 64 bits one to one.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
