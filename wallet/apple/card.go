package apple

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrCard is in errors about a card that no pass can be made of. The message names the
// field.
var ErrCard = errors.New("card for Apple Wallet")

// Limits of a card.
const (
	// MinTokenBytes is Apple's, for the authentication token.
	MinTokenBytes = 16
	// MaxNFCBytes is Apple's, for what a reader receives.
	MaxNFCBytes = 64
	// MaxBarcodeBytes keeps a QR code at a size that scanners read from a phone.
	MaxBarcodeBytes = 300
	// MaxEntries bounds the list of what happened lately.
	MaxEntries = 20
	// maxIDBytes bounds serials and tokens.
	maxIDBytes = 128
)

// Card is what one pass shows, beside what its design says. Texts are shortened where they
// are too long.
type Card struct {
	// Serial names the pass in its pass type, and Token is what the phone proves with that
	// it has it. Neither may ever change.
	Serial string
	Token  string
	// Version rises with every change of what is shown.
	Version int64

	// Stamps is how many places of the strip are stamped.
	Stamps int
	// Balance stands in the header, seen also where passes lie on each other and on a
	// watch.
	Balance Text
	// Rewards are those that the customer has, NextGoal what comes next; empty texts leave
	// the field out.
	Rewards  Text
	NextGoal Text
	// Holder is the customer's name, as they typed it; may be empty.
	Holder string
	// Entries are what happened lately, the latest first.
	Entries []Text

	// Code is what the barcode holds, and Number how a person reads it out.
	Code   string
	Number string
	// NFC is what a reader at the till receives, if the design has a key for it.
	NFC string

	// Near is where the customer is at home: if set, the nearest locations are chosen.
	Near *Coordinates
	// Expires is when the pass is no longer valid; zero if never.
	Expires time.Time
	// Voided is set when the card is blocked or its owner erased: the pass turns pale and
	// has no code any more.
	Voided bool
}

// Coordinates are degrees in WGS 84, north and east positive.
type Coordinates struct{ Latitude, Longitude float64 }

// valid reports whether there is such a place.
func (c Coordinates) valid() bool {
	return c.Latitude >= -90 && c.Latitude <= 90 && c.Longitude >= -180 && c.Longitude <= 180
}

// check returns an error in ErrCard that names the field and the reason.
func (c Card) check(d Design) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %w", ErrCard, fmt.Errorf(format, args...))
	}
	switch {
	case c.Serial == "" || len(c.Serial) > maxIDBytes:
		return bad("serial of %d bytes: want 1 to %d", len(c.Serial), maxIDBytes)
	case len(c.Token) < MinTokenBytes || len(c.Token) > maxIDBytes:
		return bad("token of %d bytes: want %d to %d", len(c.Token), MinTokenBytes, maxIDBytes)
	case c.Stamps < 0:
		return bad("%d stamps", c.Stamps)
	case c.Balance.IsZero():
		return bad("balance is empty")
	case len(c.Entries) > MaxEntries:
		return bad("%d entries: want at most %d", len(c.Entries), MaxEntries)
	case len(c.NFC) > MaxNFCBytes:
		return bad("NFC message of %d bytes: want at most %d", len(c.NFC), MaxNFCBytes)
	case c.Near != nil && !c.Near.valid():
		return bad("no such place as %v", *c.Near)
	case c.Voided:
		return nil // has no code
	}
	if err := d.Barcode.check(c.Code); err != nil {
		return bad("code: %w", err)
	}
	return nil
}

// cleaned returns the card with its texts as they may be shown.
func (c Card) cleaned() Card {
	for _, t := range []*Text{&c.Balance, &c.Rewards, &c.NextGoal} {
		*t = t.clean(MaxTextRunes, false)
	}
	c.Holder, c.Number = cleaned(c.Holder, MaxTextRunes, false), cleaned(c.Number, MaxTextRunes, false)
	c.Entries = slices.Clone(c.Entries)
	for i := range c.Entries {
		c.Entries[i] = c.Entries[i].clean(MaxTextRunes, false)
	}
	return c
}

// literals are the texts of the card that a phone must show as they are.
func (c Card) literals() []string {
	out := []string{c.Holder, c.Number}
	for _, t := range []Text{c.Balance, c.Rewards, c.NextGoal, joinLines(c.Entries)} {
		if len(t.Translations) == 0 {
			out = append(out, t.Plain)
		}
	}
	return out
}

// BarcodeFormat is a kind of code that phones show.
type BarcodeFormat string

// The kinds that all phones show. Newer ones (Code 39, EAN-13 and others) are left out:
// a phone that does not know one shows no code at all.
const (
	QR      BarcodeFormat = "PKBarcodeFormatQR"
	Aztec   BarcodeFormat = "PKBarcodeFormatAztec"
	PDF417  BarcodeFormat = "PKBarcodeFormatPDF417"
	Code128 BarcodeFormat = "PKBarcodeFormatCode128"
)

// check returns why the content cannot be shown as such a code.
func (f BarcodeFormat) check(content string) error {
	switch {
	case content == "":
		return errors.New("nothing to show")
	case len(content) > MaxBarcodeBytes:
		return fmt.Errorf("%d bytes: want at most %d", len(content), MaxBarcodeBytes)
	case !utf8.ValidString(content):
		return errors.New("not valid UTF-8")
	case strings.ContainsFunc(content, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("holds control characters")
	case f == Code128 && strings.ContainsFunc(content, func(r rune) bool { return r > '~' }):
		return errors.New("not in ASCII, and a Code 128 holds nothing else")
	}
	return nil
}

// encodingOf returns the name of the character set in which a phone writes the content
// into the code: the one that every scanner reads, if it has all the characters.
func encodingOf(content string) string {
	const lastOfLatin1 = 0xff
	for _, r := range content {
		if r > lastOfLatin1 {
			return "utf-8"
		}
	}
	return "iso-8859-1"
}
