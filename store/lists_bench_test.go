package store_test

import (
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
)

const (
	// listedEntries are about as many as one export may have.
	listedEntries = 200_000
	listedDays    = 400
)

// BenchmarkEntryLists reads the first page of the list of all entries, by the filters that
// the console has, where there are 200,000 of 400 days.
func BenchmarkEntryLists(b *testing.B) {
	for name, open := range map[string]func(testing.TB, store.Config) *store.Store{"sqlite": openSQLite, "postgres": openPostgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b, store.Config{})
			cards := seedCards(b, s, benchmarkCards)
			fillDays(b, s, cards)
			if err := s.Analyze(b.Context()); err != nil {
				b.Fatal(err)
			}
			view, err := s.Card(b.Context(), cards[0].OrgID, cards[0].ID)
			if err != nil {
				b.Fatal(err)
			}
			first, last := int64(now), now+(listedDays-1)*24*time.Hour.Milliseconds()
			day := 24 * time.Hour.Milliseconds()
			for what, q := range map[string]customer.ListQuery{
				"all":           {},
				"a kind":        {EntryKind: loyalty.EntryReward},
				"a rare kind":   {EntryKind: loyalty.EntryExpire},
				"a customer":    {CustomerID: view.Customer.ID},
				"the last day":  {From: last, To: last + day},
				"the first day": {From: first, To: first + day},
				"a week":        {From: last - 200*day, To: last - 193*day},
				"a kind, a day": {From: last - 200*day, To: last - 199*day, EntryKind: loyalty.EntryReward, ProgramID: cards[0].ProgramID},
			} {
				b.Run(what, func(b *testing.B) {
					for b.Loop() {
						if _, err := s.HeldEntries(b.Context(), cards[0].OrgID, q, paging.Page{Limit: 50}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			b.Run("counting all", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.CountListed(b.Context(), cards[0].OrgID, customer.ListEntries, customer.ListQuery{}, listedEntries+1); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// fillDays gives stamps until there are listedEntries, as many on each day.
func fillDays(b *testing.B, s *store.Store, cards []loyalty.Card) {
	b.Helper()
	const perDay = listedEntries / listedDays
	for d := range listedDays {
		at := now + int64(d)*24*time.Hour.Milliseconds()
		commands := make([]loyalty.Command, perDay)
		for i := range commands {
			commands[i] = stamp(cards[(d*perDay+i)*stride%len(cards)])
			commands[i].At, commands[i].Now = at+int64(i), at+int64(i)
		}
		if _, err := s.ApplyBatch(b.Context(), commands); err != nil {
			b.Fatal(err)
		}
	}
}
