package loyalty_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/loyalty"
)

// RFC 6238, appendix B, for SHA-1: instants in seconds.
func TestWalletCodesAreThoseOfTheStandard(t *testing.T) {
	key := [loyalty.WalletKeyLen]byte([]byte("12345678901234567890"))
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := loyalty.WalletCode(key, aCode, loyalty.RotatingStep(at*1000)); got != aCode+"G"+want || len(got) != loyalty.WalletCodeLen {
			t.Errorf("after %d s the code is %s, want the digits %s", at, got, want)
		}
	}
}

func TestAWalletCodeIsTakenInItsWindow(t *testing.T) {
	p := cardOf(10)
	p.RedeemCode = loyalty.RedeemRotating
	key := loyalty.WalletKey(aSecret)
	for distance, want := range map[int64]loyalty.RefusalCode{
		-1000: loyalty.RefusedCodeExpired, -2: loyalty.RefusedCodeExpired, -1: "", 0: "", 1: "", 2: loyalty.RefusedCodeExpired, 32: loyalty.RefusedCodeExpired,
	} {
		for _, within := range []int64{0, loyalty.RotatingStepMS - 1} {
			now := loyalty.RotatingStep(monday)*loyalty.RotatingStepMS + within
			step := loyalty.RotatingStep(now) + distance
			read, err := loyalty.ParseRotatingCode(loyalty.WalletCode(key, aCode, step))
			if err != nil || read.Code != aCode {
				t.Fatalf("it is read as %+v, %v", read, err)
			}
			found, ok := read.Step(aSecret, now)
			if ok != (want == "") || ok && found != step {
				t.Errorf("the step %d away is found as %d, %v", distance, found-loyalty.RotatingStep(now), ok)
			}
			var got loyalty.RefusalCode
			if r := loyalty.RefuseShown(p, "card_1", loyalty.Shown{CardID: "card_1", Step: found}, now); r != nil {
				got = r.Code
			}
			if got != want {
				t.Errorf("a code of %d steps away, %d ms into the step: refused with %q, want %q", distance, within, got, want)
			}
		}
	}
}

// TestAWalletCodeIsKnownHoweverItIsTyped: as a card code, and no slip in the card code or
// the mark goes unseen. Other digits are not those of the moment.
func TestAWalletCodeIsKnownHoweverItIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		secret := loyalty.CodeSecret(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"), code)
		now := rapid.Int64Range(1<<40, 1<<42).Draw(t, "now")
		text := loyalty.WalletCode(loyalty.WalletKey(secret), code, loyalty.RotatingStep(now))

		typed := strings.ReplaceAll(strings.ToLower(text[:16]), "1", "l") + "-" + text[16:20] + " " + text[20:]
		read, err := loyalty.ParseRotatingCode(typed)
		if err != nil || read.Code != code {
			t.Fatalf("%q is read as %+v, %v", typed, read, err)
		}
		if _, ok := read.Step(secret, now); !ok {
			t.Errorf("%s is not genuine", text)
		}
		if _, ok := read.Step(loyalty.CodeSecret([]byte("another key"), code), now); ok {
			t.Error("a code is genuine to another shop")
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		other := rapid.SampledFrom([]byte(checkCharacters)).Draw(t, "other")
		again, err := loyalty.ParseRotatingCode(text[:at] + string(other) + text[at+1:])
		if err != nil || again == read {
			return
		}
		if again.Code != code {
			t.Errorf("%q in place %d of %s leads to another card", other, at, text)
		}
		if step, ok := again.Step(secret, now); ok && step == loyalty.RotatingStep(now) {
			t.Errorf("%q in place %d of %s is genuine", other, at, text)
		}
	})
}

func TestWhatIsNoWalletCode(t *testing.T) {
	good := loyalty.WalletCode([loyalty.WalletKeyLen]byte{1}, aCode, 1)
	for _, wrong := range []string{
		aCode, good[:len(good)-1], good + "0", aCode + "H" + good[18:], good[:len(good)-1] + "A", strings.Repeat("0", loyalty.WalletCodeLen), "Ä" + good[2:],
	} {
		if read, err := loyalty.ParseRotatingCode(wrong); !errors.Is(err, loyalty.ErrCodeMalformed) {
			t.Errorf("%q is read as %+v, %v", wrong, read, err)
		}
	}
	if _, ok := must1(loyalty.ParseRotatingCode(loyalty.WalletCode(loyalty.WalletKey(aSecret), aCode, 0))).Step(aSecret, 0); ok {
		t.Error("the step 0, which stands for none, counts")
	}
}
