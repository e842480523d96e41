package api

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leima/leima/api/contract"
)

// The answers of the operations that tills send all day are written here by hand,
// byte for byte as encoding/json writes them, in a fifth of the time. A member that
// the contract gets is missing here until TestAnswersByHand says so.

// appendLedgerResult appends what a write answers.
func appendLedgerResult(b []byte, r *contract.LedgerResult) []byte {
	b = appendCardState(append(b, `{"card":`...), &r.Card)
	b = appendCoupons(append(b, `,"coupons":`...), r.Coupons)
	b = appendEntry(append(b, `,"entry":`...), &r.Entry)
	return append(b, '}')
}

// appendScan appends what a till shows.
func appendScan(b []byte, s *contract.Scan) []byte {
	b = appendAllowed(append(b, `{"allowed":`...), &s.Allowed)
	b = appendCardState(append(b, `,"card":`...), &s.Card)
	b = appendCoupons(append(b, `,"coupons":`...), s.Coupons)
	b = appendMember(b, `,"display_name":`, s.DisplayName)
	b = appendInteger(b, `,"next_reward":{"missing":`, s.NextReward.Missing)
	b = appendWords(append(b, `,"name":`...), s.NextReward.Name)
	b = appendInteger(b, `},"program":{"goal":`, s.Program.Goal)
	b = appendMember(b, `,"id":`, s.Program.ID)
	b = appendWords(append(b, `,"name":`...), s.Program.Name)
	b = appendMember(b, `,"redeem_code":`, string(s.Program.RedeemCode))
	return append(b, '}', '}')
}

func appendAllowed(b []byte, a *contract.Allowed) []byte {
	b = strconv.AppendBool(append(b, `{"adjust":`...), a.Adjust)
	b = appendInteger(b, `,"max_quantity":`, a.MaxQuantity)
	b = strconv.AppendBool(append(b, `,"redeem":`...), a.Redeem)
	b = appendScanRefusal(b, `,"redeem_refusal":{"code":`, a.RedeemRefusal)
	b = appendScanRefusal(b, `,"refusal":{"code":`, a.Refusal)
	b = strconv.AppendBool(append(b, `,"reverse":`...), a.Reverse)
	b = strconv.AppendBool(append(b, `,"stamp":`...), a.Stamp)
	return append(b, '}')
}

func appendScanRefusal(b []byte, begin string, r *contract.ScanRefusal) []byte {
	if r == nil {
		return b
	}
	b = appendMember(b, begin, string(r.Code))
	return append(appendMember(b, `,"staff_message":`, r.StaffMessage), '}')
}

func appendCardState(b []byte, c *contract.CardState) []byte {
	b = appendInteger(b, `{"balance":`, c.Balance)
	b = appendInteger(b, `,"cards_filled":`, c.CardsFilled)
	b = appendPointer(b, `,"customer_id":`, c.CustomerID)
	b = appendInteger(b, `,"goal":`, c.Goal)
	b = appendMember(b, `,"id":`, c.ID)
	b = appendMember(b, `,"program_id":`, c.ProgramID)
	b = appendMember(b, `,"status":`, string(c.Status))
	return append(b, '}')
}

func appendCoupons(b []byte, all []contract.Coupon) []byte {
	if all == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range all {
		if i > 0 {
			b = append(b, ',')
		}
		c := &all[i]
		b = appendMember(b, `{"card_id":`, c.CardID)
		b = appendInstant(b, `,"closed_at":`, c.ClosedAt)
		b = appendPointer(b, `,"closed_by":`, c.ClosedBy)
		b = appendInteger(b, `,"cost":`, c.Cost)
		b = appendMember(b, `,"earned_by":`, c.EarnedBy)
		b = appendInstant(b, `,"expires_at":`, c.ExpiresAt)
		b = appendMember(b, `,"id":`, c.ID)
		b = appendInstant(b, `,"issued_at":`, &c.IssuedAt)
		b = appendMember(b, `,"kind":`, string(c.Kind))
		b = appendWords(append(b, `,"name":`...), c.Name)
		b = appendMember(b, `,"program_id":`, c.ProgramID)
		b = appendMember(b, `,"reward_id":`, c.RewardID)
		b = appendMember(b, `,"status":`, string(c.Status))
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendEntry(b []byte, e *contract.Entry) []byte {
	b = append(b, `{"actor":{`...)
	if e.Actor.ID != nil {
		b = append(appendMember(b, `"id":`, *e.Actor.ID), ',')
	}
	b = appendMember(b, `"kind":`, string(e.Actor.Kind))
	b = appendInstant(b, `},"at":`, &e.At)
	b = appendInteger(b, `,"balance_after":`, e.BalanceAfter)
	b = appendMember(b, `,"card_id":`, e.CardID)
	b = appendPointer(b, `,"coupon_id":`, e.CouponID)
	b = appendMember(b, `,"day":`, e.Day)
	b = appendPointer(b, `,"external_ref":`, e.ExternalRef)
	b = appendMember(b, `,"head_id":`, e.HeadID)
	b = appendMember(b, `,"id":`, e.ID)
	b = appendPointer(b, `,"idempotency_key":`, e.IdempotencyKey)
	b = appendMember(b, `,"kind":`, string(e.Kind))
	b = appendPointer(b, `,"location_id":`, e.LocationID)
	b = appendPointer(b, `,"other_card_id":`, e.OtherCardID)
	b = appendMember(b, `,"program_id":`, e.ProgramID)
	b = appendInteger(b, `,"quantity":`, e.Quantity)
	b = appendPointer(b, `,"reason":`, e.Reason)
	b = appendInstant(b, `,"recorded_at":`, &e.RecordedAt)
	b = appendPointer(b, `,"reverses":`, e.Reverses)
	b = appendInteger(b, `,"rule_version":`, e.RuleVersion)
	return append(b, '}')
}

// appendMember appends a member whose name is written as JSON already, with what
// stands before it.
func appendMember(b []byte, name, value string) []byte {
	return appendText(append(b, name...), value)
}

// appendOptional leaves out a member that is empty.
func appendOptional(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendMember(b, name, value)
}

// appendPointer leaves out a member that is not there.
func appendPointer(b []byte, name string, value *string) []byte {
	if value == nil {
		return b
	}
	return appendMember(b, name, *value)
}

func appendInteger[T int | int64](b []byte, name string, value T) []byte {
	return strconv.AppendInt(append(b, name...), int64(value), 10)
}

// appendInstant leaves out an instant that is not there.
func appendInstant(b []byte, name string, at *time.Time) []byte {
	if at == nil {
		return b
	}
	b = append(append(b, name...), '"')
	return append(at.AppendFormat(b, time.RFC3339Nano), '"')
}

// maxWords is how many languages are put in order here; Leima has seven.
const maxWords = 16

// appendWords appends an object of texts by locale, in the order of the locales.
func appendWords(b []byte, words map[string]string) []byte {
	if words == nil || len(words) > maxWords {
		return appendAny(b, words)
	}
	var locales [maxWords]string
	n := 0
	for l := range words {
		i := n
		for ; i > 0 && locales[i-1] > l; i-- {
			locales[i] = locales[i-1]
		}
		locales[i] = l
		n++
	}
	b = append(b, '{')
	for i, l := range locales[:n] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, l), ':')
		b = appendText(b, words[l])
	}
	return append(b, '}')
}

// appendText appends a text as encoding/json does, which does it itself where there
// is more to it than quotation marks.
func appendText(b []byte, s string) []byte {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&':
			return appendAny(b, s)
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && (!utf8.ValidString(s) || strings.Contains(s, "\u2028") || strings.Contains(s, "\u2029")) {
		return appendAny(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendAny(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("api: a text cannot be encoded: " + err.Error())
	}
	return append(b, text...)
}
