package projection

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
)

// drawView returns a card as the database may have it.
func drawView(t *rapid.T) customer.View {
	text := rapid.StringN(0, 12, 60)
	number := rapid.IntRange(-1<<31, 1<<31-1)
	at := rapid.Int64()
	v := customer.View{Code: text.Draw(t, "code"), Link: "a secret link"}
	v.Card = loyalty.Card{
		OrgID: "org_1", ID: "card_1", ProgramID: text.Draw(t, "program"), CustomerID: text.Draw(t, "customer"),
		Status: rapid.SampledFrom(statuses).Draw(t, "status"), Version: rapid.Int64Range(1, 1<<62).Draw(t, "version"),
		Balance: number.Draw(t, "balance"), Goal: number.Draw(t, "goal"), Round: number.Draw(t, "round"), Milestone: number.Draw(t, "milestone"),
		Lifetime: at.Draw(t, "lifetime"), LastStampAt: at.Draw(t, "last stamp"), Day: loyalty.Day(number.Draw(t, "day")),
		DayStamps: number.Draw(t, "day stamps"), WelcomedAt: at.Draw(t, "welcomed"), JoinedAt: at.Draw(t, "joined"), BlockedAt: at.Draw(t, "blocked"),
	}
	v.Customer = customer.Customer{
		OrgID: "org_1", ID: v.Card.CustomerID, Number: "1000000007", FirstName: text.Draw(t, "first name"), LastName: text.Draw(t, "last name"),
		Phone: "+358401234567", Email: "veera@example.org", PendingPhone: "+358407654321", PendingEmail: "other@example.org",
		Locale: text.Draw(t, "locale"), Status: customer.Status(text.Draw(t, "customer status")), Version: at.Draw(t, "customer version"),
		ExternalRef: "external", CreatedAt: 1, ConfirmedAt: 2,
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "coupons") {
		v.Coupons = append(v.Coupons, loyalty.Coupon{
			OrgID: "org_1", ID: text.Draw(t, "coupon") + strconv.Itoa(i), CardID: "card_1", ProgramID: v.Card.ProgramID, RewardID: text.Draw(t, "reward"),
			Kind: loyalty.RewardKind(text.Draw(t, "kind")), Name: rapid.MapOfN(text, text, 0, 3).Draw(t, "name"), Status: loyalty.CouponIssued,
			Cost: number.Draw(t, "cost"), At: number.Draw(t, "at"), Round: number.Draw(t, "of round"), Milestone: number.Draw(t, "of milestone"),
			IssuedAt: at.Draw(t, "issued"), ExpiresAt: at.Draw(t, "expires"), EarnedBy: text.Draw(t, "earned by"), EntryID: text.Draw(t, "entry"),
		})
	}
	slices.SortFunc(v.Coupons, loyalty.OldestFirst)
	return v
}

func TestAViewIsKeptWithoutWhatNobodyShows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := drawView(rt)
		state := stateOf(v)
		if state.KeepRest {
			rt.Fatalf("not kept: %+v", v)
		}
		got, err := viewOf(state)
		if diff := cmp.Diff(shown(v), got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			rt.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		for _, secret := range []string{
			v.Link, v.Customer.Phone, v.Customer.Email, v.Customer.PendingPhone, v.Customer.PendingEmail, v.Customer.ExternalRef,
		} {
			if bytes.Contains(slices.Concat(state.Payload, state.Rest), []byte(secret)) {
				rt.Errorf("%q is kept", secret)
			}
		}
		counters, ok := countersOf(&v.Card)
		if !ok || !bytes.Equal(counters, state.Payload) {
			rt.Errorf("a commit tells %x, a reading %x", counters, state.Payload)
		}
	})
}

func TestAliasesOfACard(t *testing.T) {
	v := customer.View{Code: "CODE", Link: "link", Customer: customer.Customer{Number: "1000000007"}}
	v.Card = loyalty.Card{OrgID: "org", ID: "card", ProgramID: "prog", Version: 1}
	for status, want := range map[loyalty.CardStatus][]string{
		loyalty.CardActive:      {"c:CODE", "n:1000000007:prog", "l:link"},
		loyalty.CardProvisional: {"c:CODE", "n:1000000007:prog"},
		loyalty.CardRevoked:     nil,
		loyalty.CardMerged:      nil,
	} {
		v.Card.Status = status
		if diff := cmp.Diff(want, stateOf(v).Aliases); diff != "" {
			t.Errorf("%s (-want +got):\n%s", status, diff)
		}
	}
}

func TestWhatCannotBeKeptIsAMarker(t *testing.T) {
	coupon := loyalty.Coupon{OrgID: "org", CardID: "card", Status: loyalty.CouponIssued}
	good := customer.View{Card: loyalty.Card{OrgID: "org", ID: "card", Status: loyalty.CardActive, Version: 7}, Coupons: []loyalty.Coupon{coupon}}
	if stateOf(good).KeepRest {
		t.Fatal("a plain card is not kept")
	}
	for name, spoil := range map[string]func(*customer.View){
		"as many coupons as a view can hold": func(v *customer.View) { v.Coupons = slices.Repeat(v.Coupons, customer.MaxOpenCoupons) },
		"a coupon that was used":             func(v *customer.View) { v.Coupons[0].Status = loyalty.CouponRedeemed },
		"a coupon of another card":           func(v *customer.View) { v.Coupons[0].CardID = "other" },
		"very long words":                    func(v *customer.View) { v.Coupons[0].Name = loyalty.Text{"en": strings.Repeat("x", hot.MaxPayload)} },
		"a status of a later release":        func(v *customer.View) { v.Card.Status = "sleeping" },
		"a number of more than 32 bits":      func(v *customer.View) { v.Card.Balance = 1 << 31 },
	} {
		v := good
		v.Coupons = []loyalty.Coupon{coupon}
		spoil(&v)
		if diff := cmp.Diff(hot.Changed(hot.CardRef{Org: "org", Card: "card"}, 7), stateOf(v)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever stands in Redis, reading it does not panic, and what can be read is written
// the same way again but for the order of names.
func FuzzReadView(f *testing.F) {
	v := customer.View{
		Code: "CODE", Customer: customer.Customer{Number: "1000000007", FirstName: "Veera"},
		Card:    loyalty.Card{OrgID: "org", ID: "card", ProgramID: "prog", Status: loyalty.CardActive, Version: 1, Balance: 3},
		Coupons: []loyalty.Coupon{{OrgID: "org", CardID: "card", ProgramID: "prog", ID: "coup", Name: loyalty.Text{"fi": "Kahvi"}, Status: loyalty.CouponIssued}},
	}
	state := stateOf(v)
	f.Add(state.Payload, state.Rest)
	f.Add([]byte{}, []byte{formRest, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{2}, []byte{2})
	f.Fuzz(func(t *testing.T, payload, rest []byte) {
		got, err := viewOf(hot.CardState{CardRef: hot.CardRef{Org: "org", Card: "card"}, Version: 1, Payload: payload, Rest: rest})
		if err != nil {
			return
		}
		counters, ok := countersOf(&got.Card)
		if !ok || !bytes.Equal(counters, payload) {
			t.Errorf("read %x, written again %x", payload, counters)
		}
		again, ok := restOf(got)
		second, err := readRest(again, hot.CardRef{Org: "org", Card: "card"})
		second.Card = got.Card
		if diff := cmp.Diff(got, second, cmpopts.EquateEmpty()); ok && (err != nil || diff != "") {
			t.Errorf("%v, written again (-first +second):\n%s", err, diff)
		}
	})
}
