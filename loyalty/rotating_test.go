package loyalty_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

var (
	aCode   = loyalty.NewCode([loyalty.CodeRandomBytes]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	aSecret = loyalty.CodeSecret([]byte("the key of the shop"), aCode)
)

// TestACodeIsTakenInItsWindow shows a code of each step around the present one to a
// program that asks for it.
func TestACodeIsTakenInItsWindow(t *testing.T) {
	p := cardOf(10)
	p.RedeemCode = loyalty.RedeemRotating
	for distance, want := range map[int64]loyalty.RefusalCode{
		-1000: loyalty.RefusedCodeExpired,
		-16:   loyalty.RefusedCodeExpired,
		-2:    loyalty.RefusedCodeExpired,
		-1:    "",
		0:     "",
		1:     "",
		2:     loyalty.RefusedCodeExpired,
		15:    loyalty.RefusedCodeExpired,
		1000:  loyalty.RefusedCodeExpired,
	} {
		for _, within := range []int64{0, loyalty.RotatingStepMS / 2, loyalty.RotatingStepMS - 1} {
			now := loyalty.RotatingStep(monday)*loyalty.RotatingStepMS + within
			text := loyalty.RotatingCode(aSecret, aCode, loyalty.RotatingStep(now)+distance)
			read, err := loyalty.ParseRotatingCode(text)
			if err != nil || read.Code != aCode {
				t.Fatalf("%s is read as %+v, %v", text, read, err)
			}
			shown := loyalty.Shown{CardID: "card_1"}
			if step, ok := read.Step(aSecret, now); ok {
				shown.Step = step
			}
			var got loyalty.RefusalCode
			if r := loyalty.RefuseShown(p, "card_1", shown, now); r != nil {
				got = r.Code
			}
			if got != want {
				t.Errorf("a code of %d steps away, %d ms into the step: refused with %q, want %q", distance, within, got, want)
			}
		}
	}
}

func TestARotatingCodeIsMadeForScanners(t *testing.T) {
	// Worked out with another implementation of HMAC; web/assets/code.js makes the same.
	const step = 59075328
	got := loyalty.RotatingCode(loyalty.CodeSecret([]byte("key"), "041061050R3GG28A2"), "041061050R3GG28A2", step)
	if want := "041061050R3GG28A09QW1ZVSN"; got != want || len(got) != loyalty.RotatingCodeLen {
		t.Errorf("the code is %s, want %s", got, want)
	}
	if _, err := loyalty.ParseCode(got); !errors.Is(err, loyalty.ErrCodeMalformed) {
		t.Errorf("a rotating code is read as a card code: %v", err)
	}
	if _, err := loyalty.ParseRotatingCode("041061050R3GG28A2"); !errors.Is(err, loyalty.ErrCodeMalformed) {
		t.Errorf("a card code is read as a rotating code: %v", err)
	}
}

// TestARotatingCodeIsKnownHoweverItIsTyped: small letters, spaces and letters that look
// like digits do not matter, and any wrong character does.
func TestARotatingCodeIsKnownHoweverItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		secret := loyalty.CodeSecret(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"), code)
		now := rapid.Int64Range(1<<40, 1<<42).Draw(t, "now")
		step := loyalty.RotatingStep(now) + rapid.Int64Range(-15, 15).Draw(t, "away")
		text := loyalty.RotatingCode(secret, code, step)

		typed := strings.ToLower(text[:4]) + " " + strings.ReplaceAll(text[4:loyalty.RotatingCodeLen-1], "1", "l") + "-" + text[loyalty.RotatingCodeLen-1:]
		read, err := loyalty.ParseRotatingCode(typed)
		if err != nil || read.Code != code {
			t.Fatalf("%q is read as %+v, %v", typed, read, err)
		}
		if got, ok := read.Step(secret, now); !ok || got != step {
			t.Errorf("the step of %s is %d, %v, want %d", text, got, ok, step)
		}
		if _, ok := read.Step(loyalty.CodeSecret([]byte("another key"), code), now); ok {
			t.Error("a code is genuine to another shop")
		}
		at := rapid.IntRange(0, loyalty.RotatingCodeLen-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte(checkCharacters)).Draw(t, "other")
		wrong := text[:at] + string(other) + text[at+1:]
		if again, err := loyalty.ParseRotatingCode(wrong); err == nil && again != read {
			t.Errorf("%s is read although it is %s with a slip", wrong, text)
		}
	})
}

// TestNobodyMakesACodeWithoutTheSecret: who has seen codes of other steps, and changes
// the step, the digest or both, is found out.
func TestNobodyMakesACodeWithoutTheSecret(t *testing.T) {
	now := monday
	for _, forged := range []string{
		loyalty.RotatingCode([loyalty.CodeSecretLen]byte{}, aCode, loyalty.RotatingStep(now)),
		loyalty.RotatingCode(loyalty.CodeSecret(nil, aCode), aCode, loyalty.RotatingStep(now)),
		loyalty.RotatingCode(loyalty.CodeSecret([]byte(aCode), aCode), aCode, loyalty.RotatingStep(now)),
		loyalty.RotatingCode(aSecret, aCode, loyalty.RotatingStep(now)-32), // bears the step of now
	} {
		read, err := loyalty.ParseRotatingCode(forged)
		if err != nil {
			t.Fatal(err)
		}
		if step, ok := read.Step(aSecret, now); ok {
			t.Errorf("%s counts as the code of step %d", forged, step)
		}
	}
	if _, ok := (loyalty.ShownCode{}).Step(aSecret, now); ok {
		t.Error("nothing counts as a code")
	}
	if _, ok := must1(loyalty.ParseRotatingCode(loyalty.RotatingCode(aSecret, aCode, 0))).Step(aSecret, 0); ok {
		t.Error("the step 0, which stands for none, counts")
	}
}

func must1(c loyalty.ShownCode, err error) loyalty.ShownCode {
	if err != nil {
		panic(err)
	}
	return c
}

// showing is a step that redeems with the code of a step of time.
func showing(coupon int, card string, away int64) func(l *ledger) loyalty.Command {
	return func(l *ledger) loyalty.Command {
		return loyalty.Command{
			Kind: loyalty.CommandRedeem, CouponID: l.coupons[coupon].ID,
			Shown: loyalty.Shown{CardID: card, Step: loyalty.RotatingStep(l.now) + away},
		}
	}
}

func TestAProgramThatAsksForARotatingCode(t *testing.T) {
	p := cardOf(10)
	p.RedeemCode = loyalty.RedeemRotating
	forged := func(l *ledger) loyalty.Command {
		return loyalty.Command{Kind: loyalty.CommandRedeem, CouponID: l.coupons[0].ID, Shown: loyalty.Shown{CardID: "card_1"}}
	}
	const aStep = loyalty.RotatingStepMS * time.Millisecond
	tell(t, []story{
		{"the card's own code earns and does not redeem", p, []step{stamp(10), noUse(0, loyalty.RefusedCodeRequired)}, "0/10, main issued"},
		{"the code of this moment redeems", p, []step{stamp(10), must(showing(0, "card_1", 0))}, "0/10, main redeemed"},
		{"the code of another card does not", p, []step{stamp(10), refused(loyalty.RefusedCodeExpired, showing(0, "card_2", 0))}, "0/10, main issued"},
		{"a forged one does not", p, []step{stamp(10), refused(loyalty.RefusedCodeExpired, forged)}, "0/10, main issued"},
		{"nor one of two steps ago", p, []step{stamp(10), refused(loyalty.RefusedCodeExpired, showing(0, "card_1", -2))}, "0/10, main issued"},
		{"nor one of two steps ahead", p, []step{stamp(10), refused(loyalty.RefusedCodeExpired, showing(0, "card_1", 2))}, "0/10, main issued"},
		{"each code redeems one coupon", p, []step{
			stamp(20), must(showing(0, "card_1", 0)), refused(loyalty.RefusedCodeUsed, showing(1, "card_1", 0)),
			refused(loyalty.RefusedCodeUsed, showing(1, "card_1", -1)), later(aStep), must(showing(1, "card_1", 0)),
		}, "0/10, main redeemed, main redeemed"},
		{"and not the same coupon once more after an undo", p, []step{
			stamp(10), must(showing(0, "card_1", 0)), undo(1), refused(loyalty.RefusedCodeUsed, showing(0, "card_1", 0)), later(aStep), must(showing(0, "card_1", 0)),
		}, "0/10, main redeemed"},
		{"a used coupon is the first thing to be said", p, []step{
			stamp(10), must(showing(0, "card_1", 0)), noUse(0, loyalty.RefusedCouponRedeemed),
		}, "0/10, main redeemed"},
		{"another program does not ask", cardOf(10), []step{stamp(10), must(forged)}, "0/10, main redeemed"},
	})
}

func FuzzParseRotatingCode(f *testing.F) {
	f.Add(loyalty.RotatingCode(aSecret, aCode, 1))
	f.Add(loyalty.WalletCode(loyalty.WalletKey(aSecret), aCode, 1))
	f.Add(aCode)
	f.Add(strings.Repeat("-", 60))
	f.Fuzz(func(t *testing.T, s string) {
		read, err := loyalty.ParseRotatingCode(s)
		if err != nil {
			return
		}
		if code, err := loyalty.ParseCode(read.Code); err != nil || code != read.Code {
			t.Errorf("%q leads to %q, which is no card code", s, read.Code)
		}
		if _, err := loyalty.ParseCode(s); err == nil {
			t.Errorf("%q is two kinds of code", s)
		}
	})
}
