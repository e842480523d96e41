package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/loyalty"
)

// Fault is what is wrong with a command, a card or a view.
type Fault string

// The faults. The first three are what the project promises never to do.
const (
	// Lost: acknowledged and not in the ledger.
	Lost Fault = "lost"
	// Doubled: in the ledger more than once.
	Doubled Fault = "doubled"
	// Invented: in the ledger though nobody asked for it, or though who asked was told
	// that nothing was done.
	Invented Fault = "invented"
	// Differs: in the ledger otherwise than it was asked for or acknowledged.
	Differs Fault = "differs"
	// Unsound: a card or coupon is not what its ledger leads to.
	Unsound Fault = "unsound"
	// Stale: a replica shows something else than the database.
	Stale Fault = "stale"
)

// Violation is one thing that must not be.
type Violation struct {
	Fault Fault
	// Subject is the command or card that it is about.
	Subject, What string
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Fault, v.Subject, v.What) }

// Compare returns how the ledger differs from what the tills know. The ledger was read
// after the last answer.
func Compare(h *record.History, l *Ledger) []Violation {
	var found []Violation
	for _, c := range h.Commands {
		found = append(found, command(c, l.heads[c.Name])...)
	}
	invented := func(e loyalty.Entry, what string) {
		found = append(found, Violation{Invented, fmt.Sprintf("entry %s key %q", e.ID, e.IdempotencyKey), what})
	}
	for name, heads := range l.heads {
		if h.Command(name) == nil {
			for _, e := range heads {
				invented(e, "no till sent this key")
			}
		}
	}
	for _, e := range l.keyless {
		invented(e, "it has no key, and tills send none without")
	}
	slices.SortFunc(found, func(a, b Violation) int { return strings.Compare(a.String(), b.String()) })
	return found
}

// command compares one command with the entries that have its key.
func command(c *record.Command, heads []loyalty.Entry) (found []Violation) {
	wrong := func(f Fault, format string, a ...any) {
		found = append(found, Violation{f, c.String(), fmt.Sprintf(format, a...)})
	}
	state := c.State()
	switch {
	case len(heads) > 1:
		wrong(Doubled, "carried out %d times", len(heads))
	case len(heads) == 0 && state == record.Acknowledged:
		wrong(Lost, "acknowledged with %d answers, and not in the ledger", len(c.Answers))
	case len(heads) == 1 && state == record.Refused:
		wrong(Invented, "carried out, though each of %d answers said that nothing was done", c.Refusals)
	}
	for _, e := range heads {
		if what := otherThanAsked(c.Request, e); what != "" {
			wrong(Differs, "entry %s: %s", e.ID, what)
		}
	}
	first := 0
	for _, a := range c.Answers {
		if !a.Replayed {
			first++
		}
		if a.Body != c.Answers[0].Body {
			wrong(Differs, "two answers to one key:\n%s%s", c.Answers[0].Body, a.Body)
			break
		}
	}
	if first > 1 {
		wrong(Doubled, "%d answers say that they are the first", first)
	}
	if len(c.Answers) > 0 && len(heads) == 1 {
		if err := otherThanAnswered(c.Answers[0].Body, heads[0]); err != nil {
			wrong(Differs, "%v", err)
		}
	}
	return found
}

// otherThanAsked says how the entry differs from the request, "" if it does not.
func otherThanAsked(q record.Request, e loyalty.Entry) string {
	kind, target := loyalty.EntryKind(q.Kind), e.CardID
	switch q.Kind {
	case "reverse":
		kind, target = loyalty.EntryReversal, e.Reverses
	case "redeem":
		target = e.CouponID
	}
	switch {
	case e.Kind != kind:
		return fmt.Sprintf("it is a %s, but a %s was asked for", e.Kind, kind)
	case target != q.Target:
		return fmt.Sprintf("it is about %s, but %s was asked for", target, q.Target)
	case q.Quantity != 0 && e.Quantity != q.Quantity:
		return fmt.Sprintf("it is of %d, but %d was asked for", e.Quantity, q.Quantity)
	}
	return ""
}

// otherThanAnswered returns how the entry differs from the answer.
func otherThanAnswered(answer string, e loyalty.Entry) error {
	var a struct {
		Entry struct {
			ID             string
			CardID         string `json:"card_id"`
			Kind           loyalty.EntryKind
			Quantity       int
			BalanceAfter   int    `json:"balance_after"`
			IdempotencyKey string `json:"idempotency_key"`
			Reverses       string
			CouponID       string `json:"coupon_id"`
		}
		Card struct {
			ID      string
			Balance int
		}
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	got := a.Entry
	if got.ID != e.ID || got.CardID != e.CardID || got.Kind != e.Kind || got.Quantity != e.Quantity || got.BalanceAfter != e.BalanceAfter ||
		got.IdempotencyKey != e.IdempotencyKey || got.Reverses != e.Reverses || got.CouponID != e.CouponID ||
		a.Card.ID != e.CardID || a.Card.Balance != e.BalanceAfter {
		return fmt.Errorf("the answer was %s, but the ledger has %+v", strings.TrimSpace(answer), e)
	}
	return nil
}

// Programs tells what a program said at a version.
type Programs func(programID string, version int64) (loyalty.Program, bool)

// Sound returns where cards and coupons are not what their ledgers lead to.
func Sound(l *Ledger, programs Programs) []Violation {
	var found []Violation
	for _, c := range l.Cards {
		if err := sound(c, programs); err != nil {
			found = append(found, Violation{Unsound, "card " + c.ID, err.Error()})
		}
	}
	return found
}

func sound(c Card, programs Programs) error {
	sum := 0
	for _, e := range c.Entries {
		sum += e.Quantity
	}
	if sum != c.Balance {
		return fmt.Errorf("its balance is %d, but its entries sum up to %d", c.Balance, sum)
	}
	version := func(v int64) (loyalty.Program, bool) { return programs(c.ProgramID, v) }
	card, coupons, err := loyalty.Replay(version, c.Card, c.Coupons, c.Entries)
	if err != nil {
		return fmt.Errorf("replayed from zero: %w", err)
	}
	if card != c.Card {
		return fmt.Errorf("it is\n%+v, but replayed from zero\n%+v", c.Card, card)
	}
	return sameCoupons(c.Coupons, coupons)
}

// sameCoupons returns how the coupons that are kept differ from those of the replay.
func sameCoupons(kept, replayed []loyalty.Coupon) error {
	if len(kept) != len(replayed) {
		return fmt.Errorf("it has %d coupons, but replayed from zero %d", len(kept), len(replayed))
	}
	right := make(map[string]loyalty.Coupon, len(replayed))
	for _, k := range replayed {
		right[k.ID] = k
	}
	var errs []error
	for _, k := range kept {
		if !reflect.DeepEqual(k, right[k.ID]) {
			errs = append(errs, fmt.Errorf("coupon %s is\n%+v, but replayed from zero\n%+v", k.ID, k, right[k.ID]))
		}
	}
	return errors.Join(errs...)
}
