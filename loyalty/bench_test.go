package loyalty_test

import (
	"testing"

	"github.com/leima/leima/loyalty"
)

// sameID makes the same id every time, so that a benchmark counts no id's cost.
type sameID struct{}

func (sameID) EntryID() string  { return "ent_00001" }
func (sameID) CouponID() string { return "coup_00001" }

func benchmarkStamp(b *testing.B, p loyalty.Program, quantity, balance int) {
	b.Helper()
	l := newLedger(p)
	l.card.Balance = balance
	state := l.state(loyalty.Command{})
	command := loyalty.Command{
		Kind: loyalty.CommandStamp, Quantity: quantity, At: monday, Now: monday, Zone: helsinki, Actor: l.actor,
		IdempotencyKey: "key", LocationID: "loc_1",
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, refusal := loyalty.Apply(p, state, command, sameID{}); refusal != nil {
			b.Fatal(refusal)
		}
	}
}

// BenchmarkApplyStamp is the heart of Leima: one stamp on a card under way.
func BenchmarkApplyStamp(b *testing.B) {
	benchmarkStamp(b, cardOf(10, milestone(5)), 1, 2)
}

// BenchmarkApplyFull is the stamp that fills a card.
func BenchmarkApplyFull(b *testing.B) {
	benchmarkStamp(b, cardOf(10, milestone(5)), 1, 9)
}

// BenchmarkApplyOverflow is the most that one command may ask for: 100 stamps, ten
// full cards.
func BenchmarkApplyOverflow(b *testing.B) {
	benchmarkStamp(b, expiring("P1M"), loyalty.MaxQuantity, 3)
}

// BenchmarkApplyReverse takes a stamping back on a card with 200 unused coupons, of
// which it must find the right one.
func BenchmarkApplyReverse(b *testing.B) {
	l := newLedger(cardOf(2))
	for range 200 {
		if _, refusal := l.do(b, loyalty.Command{Kind: loyalty.CommandStamp, Quantity: 2}); refusal != nil {
			b.Fatal(refusal)
		}
	}
	command := loyalty.Command{Kind: loyalty.CommandReverse, EntryID: l.heads[100].ID, At: l.now, Now: l.now, Zone: l.zone, Actor: l.actor}
	state := l.state(command)
	b.ReportAllocs()
	for b.Loop() {
		if _, refusal := loyalty.Apply(l.program, state, command, sameID{}); refusal != nil {
			b.Fatal(refusal)
		}
	}
}

func BenchmarkParseCode(b *testing.B) {
	code := loyalty.NewCode([loyalty.CodeRandomBytes]byte{9, 8, 7, 6, 5, 4, 3, 2, 1, 0})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loyalty.ParseCode(code); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExpiryAfter(b *testing.B) {
	period := loyalty.Period{Months: 1}
	b.ReportAllocs()
	for b.Loop() {
		if period.ExpiryAfter(monday, helsinki) == 0 {
			b.Fatal("for ever")
		}
	}
}
