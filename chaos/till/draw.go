package till

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leima/leima/chaos/record"
)

const (
	// remembered is how many coupons, entries and commands of a shop its tills know.
	remembered = 256
	// hotShare is the share of commands, in hundredths, that go to the first card of the
	// first shop.
	hotShare = 30
	// maxStamps is the most stamps that a till gives at once.
	maxStamps = 4
	// lateDays is how long ago a stamp may be that is sent late; the cards are older.
	lateDays = 3
	// longKey is the length of the longest key that Leima takes.
	longKey = 255
)

// command is one key with what was asked under it.
type command struct {
	record.Name
	request  record.Request
	attempts atomic.Int32
}

// memory is what the tills of a shop know from their answers.
type memory struct {
	mu                sync.Mutex
	coupons, entries  []string
	commands          []*command
	coupon, entry, at int // where the next is put
}

// keep puts the newest in the place of the oldest.
func keep[T any](list *[]T, at *int, value T) {
	if len(*list) < remembered {
		*list = append(*list, value)
		return
	}
	(*list)[*at%remembered] = value
	*at++
}

func pick[T any](r *rand.Rand, list []T) (value T, ok bool) {
	if len(list) == 0 {
		return value, false
	}
	return list[r.IntN(len(list))], true
}

// learn takes what an acknowledgement tells: coupons to redeem and entries to undo.
func (m *memory) learn(answer string) {
	var result struct {
		Entry   struct{ ID, Kind string }
		Coupons []struct{ ID, Status string }
	}
	if json.Unmarshal([]byte(answer), &result) != nil {
		return // the proof reads the answer again and complains
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if result.Entry.Kind != "reversal" {
		keep(&m.entries, &m.entry, result.Entry.ID)
	}
	for _, k := range result.Coupons {
		if k.Status == "issued" {
			keep(&m.coupons, &m.coupon, k.ID)
		}
	}
}

func (m *memory) sent(c *command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keep(&m.commands, &m.at, c)
}

// again draws a command that was sent before.
func (m *memory) again(r *rand.Rand) (*command, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pick(r, m.commands)
}

// draw returns what a till asks for next.
func (m *memory) draw(r *rand.Rand, shop Shop, hot bool, now time.Time) record.Request {
	card := shop.Cards[r.IntN(len(shop.Cards))]
	if hot && r.IntN(100) < hotShare {
		card = shop.Cards[0]
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch n := r.IntN(100); {
	case n < 18:
		if coupon, ok := pick(r, m.coupons); ok {
			return record.Request{
				Kind: "redeem", Target: coupon, Path: "/v1/coupons/" + coupon + "/redemption",
				Body: body(map[string]any{"location_id": shop.LocationID}),
			}
		}
	case n < 30:
		if entry, ok := pick(r, m.entries); ok {
			return record.Request{
				Kind: "reverse", Target: entry, Path: "/v1/entries/" + entry + "/reversal",
				Body: body(map[string]any{"reason": "Wrong card", "location_id": shop.LocationID}),
			}
		}
	case n < 38:
		quantity := []int{-2, -1, 1, 2, 3}[r.IntN(5)]
		return record.Request{
			Kind: "adjust", Target: card.ID, Quantity: quantity, Path: "/v1/cards/" + card.ID + "/adjustments",
			Body: body(map[string]any{"quantity": quantity, "reason": "Till was down", "location_id": shop.LocationID}),
		}
	}
	return stamp(r, shop, card, now)
}

func stamp(r *rand.Rand, shop Shop, card Card, now time.Time) record.Request {
	quantity := 1 + r.IntN(maxStamps)
	members := map[string]any{"quantity": quantity, "location_id": shop.LocationID}
	if r.IntN(2) == 0 {
		members["code"] = card.Code
	} else {
		members["card_id"] = card.ID
	}
	if r.IntN(10) == 0 {
		members["at"] = now.Add(-time.Duration(r.Int64N(int64(lateDays * 24 * time.Hour)))).UTC().Format(time.RFC3339)
	}
	if r.IntN(10) == 0 {
		members["external_ref"] = fmt.Sprintf("receipt %d", r.Uint64())
	}
	return record.Request{Kind: "stamp", Target: card.ID, Quantity: quantity, Path: "/v1/stamps", Body: body(members)}
}

// keyOf makes the key of a till's command: now and then as long as may be.
func keyOf(till, number int) string {
	key := fmt.Sprintf("till-%d:%d", till, number)
	const rarely = 64
	if number%rarely == rarely-1 {
		key += strings.Repeat("~", longKey-len(key))
	}
	return key
}

// rewritten returns the body with its members in the other order and other white space,
// which means the same.
func rewritten(text string) string {
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return text
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for i, name := range names {
		if i > 0 {
			b.WriteString(" ,\n")
		}
		fmt.Fprintf(&b, "  %q : %s", name, members[name])
	}
	b.WriteString("\n}")
	return b.String()
}
