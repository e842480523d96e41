package loyalty_test

import (
	"fmt"
	"time"

	"github.com/leima/leima/loyalty"
)

// A card of ten with nine stamps gets two more.
func ExampleApply() {
	program := loyalty.Program{
		ID: "prog_1", Status: loyalty.ProgramActive, Version: 1, Goal: 10,
		Name:    loyalty.Text{"en": "Hand cream card"},
		Rewards: []loyalty.Reward{{ID: "rew_1", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "A hand cream"}}},
	}
	card := loyalty.Card{ID: "card_1", ProgramID: "prog_1", Status: loyalty.CardActive, Balance: 9, Goal: 10}
	at := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC).UnixMilli()

	result, refusal := loyalty.Apply(program, loyalty.State{Card: card}, loyalty.Command{
		Kind: loyalty.CommandStamp, CardID: "card_1", Quantity: 2, At: at, Now: at,
	}, &counter{})
	if refusal != nil {
		fmt.Println(refusal.StaffMessage())
		return
	}
	for _, e := range result.Entries {
		fmt.Printf("%s %+d\n", e.Kind, e.Quantity)
	}
	fmt.Printf("%d of %d stamps\n", result.Card.Balance, result.Card.Goal)
	fmt.Println("won:", result.Issued[0].Name.In("en", ""))
	// Output:
	// stamp +2
	// reward -10
	// 1 of 10 stamps
	// won: A hand cream
}

// A coupon of 31 January that is valid for a month can be used until the end of
// February, by the clock of the shop.
func ExamplePeriod_ExpiryAfter() {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		fmt.Println(err)
		return
	}
	period, err := loyalty.ParsePeriod("P1M")
	if err != nil {
		fmt.Println(err)
		return
	}
	issued := time.Date(2026, time.January, 31, 15, 30, 0, 0, helsinki)
	end := period.ExpiryAfter(issued.UnixMilli(), helsinki)
	fmt.Println("too late from", time.UnixMilli(end).In(helsinki))
	// Output: too late from 2026-03-01 00:00:00 +0200 EET
}

// A code is made of random bytes and read back as people type it.
func ExampleNewCode() {
	code := loyalty.NewCode([loyalty.CodeRandomBytes]byte{0x4a, 0xc3, 0x0f, 0x77, 0x01, 0x9e, 0xd2, 0x58, 0xb6, 0x3c})
	fmt.Println(code)

	typed, err := loyalty.ParseCode("9b1g-yxr1-kv95-hdhw-" + code[16:])
	fmt.Println(typed == code, err)

	_, err = loyalty.ParseCode("9b1g-yxr1-kv95-hdhx-" + code[16:])
	fmt.Println(err)
	// Output:
	// 9B1GYXR1KV95HDHW6
	// true <nil>
	// not a card code
}

func ExampleNext() {
	program := loyalty.Program{Goal: 10, Rewards: []loyalty.Reward{
		{Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "a hand cream"}},
		{Kind: loyalty.RewardMilestone, At: 5, Name: loyalty.Text{"en": "a sample"}},
	}}
	reward, missing := loyalty.Next(program, loyalty.Card{Balance: 3, Goal: 10})
	fmt.Printf("%d to %s\n", missing, reward.Name.In("en", ""))
	// Output: 2 to a sample
}
