package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// What was answered can be read again, whatever it was.
func TestSnapshotsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z]{3,5}_[0-9a-z]{26}`)
		number := rapid.Int64Range(-1<<53, 1<<53)
		small := rapid.IntRange(-1000, 1000)
		o := loyalty.Outcome{
			Entry: loyalty.Entry{OrgID: id.Draw(t, "org"), CardID: id.Draw(t, "card"), ProgramID: id.Draw(t, "program"), CardVersion: 3, BalanceAfter: 4},
			Card: loyalty.Card{
				CustomerID: id.Draw(t, "customer"), Status: rapid.SampledFrom([]loyalty.CardStatus{loyalty.CardActive, loyalty.CardProvisional}).Draw(t, "status"),
				Goal: small.Draw(t, "goal"), Round: small.Draw(t, "round"), Milestone: small.Draw(t, "milestone"),
				Lifetime: number.Draw(t, "lifetime"), LastStampAt: number.Draw(t, "last stamp"),
				Day: loyalty.Day(rapid.Int32().Draw(t, "day")), DayStamps: small.Draw(t, "stamps of the day"),
				WelcomedAt: number.Draw(t, "welcomed"), JoinedAt: number.Draw(t, "joined"), BlockedAt: number.Draw(t, "blocked"),
			},
		}
		for range rapid.IntRange(0, 3).Draw(t, "coupons") {
			o.Coupons = append(o.Coupons, loyalty.Coupon{
				OrgID: o.Entry.OrgID, CardID: o.Entry.CardID, ProgramID: o.Entry.ProgramID, ID: id.Draw(t, "coupon"),
				Name: loyalty.Text{"en": rapid.String().Draw(t, "name")}, Status: loyalty.CouponIssued, Cost: small.Draw(t, "cost"),
				IssuedAt: number.Draw(t, "issued"),
			})
		}
		o.Card.OrgID, o.Card.ID, o.Card.ProgramID = o.Entry.OrgID, o.Entry.CardID, o.Entry.ProgramID
		o.Card.Version, o.Card.Balance = o.Entry.CardVersion, o.Entry.BalanceAfter
		text, err := writeSnapshot(o)
		if err != nil {
			t.Fatal(err)
		}
		have, err := readSnapshot(text, o.Entry)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o, have); diff != "" {
			t.Fatalf("%q (-want +have):\n%s", text, diff)
		}
	})
}

// Outcomes of the first releases stay readable.
func TestSnapshotsOfTheFirstForm(t *testing.T) {
	have, err := readSnapshot(`{"v":1,"c":{"u":"cust_1","s":"active","g":10,"r":2,"l":27,"t":1700000000000,"d":19675,"n":1,"j":1600000000000},`+
		`"k":[{"i":"coup_1","r":"rew_1","k":"free_item","n":{"en":"Coffee"},"s":"issued","p":10,"t":1700000000000}]}`,
		loyalty.Entry{OrgID: "org_1", CardID: "card_1", ProgramID: "prog_1", CardVersion: 28, BalanceAfter: 7})
	if err != nil {
		t.Fatal(err)
	}
	want := loyalty.Outcome{
		Entry: loyalty.Entry{OrgID: "org_1", CardID: "card_1", ProgramID: "prog_1", CardVersion: 28, BalanceAfter: 7},
		Card: loyalty.Card{
			OrgID: "org_1", ID: "card_1", ProgramID: "prog_1", CustomerID: "cust_1", Status: loyalty.CardActive, Version: 28, Balance: 7, Goal: 10,
			Round: 2, Lifetime: 27, LastStampAt: 1700000000000, Day: 19675, DayStamps: 1, JoinedAt: 1600000000000,
		},
		Coupons: []loyalty.Coupon{{
			OrgID: "org_1", ID: "coup_1", CardID: "card_1", ProgramID: "prog_1", RewardID: "rew_1", Kind: "free_item",
			Name: loyalty.Text{"en": "Coffee"}, Status: loyalty.CouponIssued, Cost: 10, IssuedAt: 1700000000000,
		}},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
}

func FuzzReadSnapshot(f *testing.F) {
	for _, text := range []string{
		"", "2", "2 ", `{"v":1}`, `{"v":3}`, "2 cust_1 active 10 0 0 7 1 2 3 4 5 6", "2 cust_1 active 10 0 0 7 1 2 3 4 5 6 []",
		"2 cust_1 active 10 0 0 7 1 2 3 4 5 x", "2 cust_1 active 10 0 0 7 1 2 3 4 5 6 [{", strings.Repeat("2 ", 99),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := readSnapshot(text, loyalty.Entry{ID: "ent_1"})
		if err != nil && !strings.Contains(err.Error(), "ent_1") {
			t.Errorf("the error does not name the entry: %v", err)
		}
		if err == nil && o.Entry.ID != "ent_1" {
			t.Errorf("have %+v", o)
		}
	})
}
