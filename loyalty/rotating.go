package loyalty

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// RedeemCode says which code a till has to scan before a coupon is redeemed.
type RedeemCode string

// The two ways to prove for a redemption that the customer is there.
const (
	// RedeemStatic asks for nothing beyond the coupon: any code of the card will do.
	RedeemStatic RedeemCode = "static"
	// RedeemRotating asks for the code that the customer's page shows at this moment.
	// The card's own code, which may be on paper or on somebody else's photograph,
	// still identifies and earns.
	RedeemRotating RedeemCode = "rotating"
)

// Rotating codes follow the idea of RFC 6238: a keyed digest of the number of a step
// of time. One is 25 upper-case letters and digits: the 16 random characters of the
// card's code, one that tells the step, seven of the digest and a check character as
// in a card code. So it says whose it is, fits into a QR code of 25 modules in the
// alphanumeric mode, and comes through a keyboard-wedge scanner like a card code.
const (
	// RotatingStepMS is how long a code is shown, in milliseconds.
	RotatingStepMS = 30_000
	// RotatingSlack is how many steps before and after the present one are taken, for
	// clocks that differ and cashiers who take their time.
	RotatingSlack = 1
	// RotatingCodeLen is the length of a rotating code with its check character.
	RotatingCodeLen = CodeLen - 1 + 1 + rotatingDigestLen + 1
	// CodeSecretLen is the length of the secret of a card, in bytes.
	CodeSecretLen = sha256.Size

	// rotatingDigestLen characters carry 35 bits. Guessing needs the till of the shop,
	// and misses.
	rotatingDigestLen = 7
	// rotatingCycle is after how many steps the character of the step is the same again.
	rotatingCycle = 32
)

// CodeSecret returns the secret from which the rotating codes of the card with the
// code are made. The key is the organization's; without it nothing that a code shows
// leads to the secret, and a card that gets another code gets another secret.
func CodeSecret(key []byte, code string) [CodeSecretLen]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("leima rotating code 1 " + code))
	return [CodeSecretLen]byte(mac.Sum(nil))
}

// RotatingStep returns the number of the step that the instant, UTC milliseconds, is in.
func RotatingStep(at int64) int64 { return at / RotatingStepMS }

// RotatingCode returns the rotating code of the card with the code in the step.
func RotatingCode(secret [CodeSecretLen]byte, code string, step int64) string {
	b := make([]byte, 0, RotatingCodeLen)
	b = append(b, code[:CodeLen-1]...)
	b = append(b, codeAlphabet[step%rotatingCycle])
	b = appendRotatingDigest(b, secret, step)
	return string(append(b, checkCharacter(b)))
}

// appendRotatingDigest appends the first 35 bits of the keyed digest of the step, in
// eight octets as RFC 4226 writes its counter.
func appendRotatingDigest(b []byte, secret [CodeSecretLen]byte, step int64) []byte {
	mac := hmac.New(sha256.New, secret[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step))) //nolint:gosec // instants are after 1970
	sum := binary.BigEndian.Uint64(mac.Sum(nil))
	for i := range rotatingDigestLen {
		b = append(b, codeAlphabet[sum>>(64-5*(i+1))&31])
	}
	return b
}

// ShownCode is a rotating code or a wallet code as it was read.
type ShownCode struct {
	// Code is the card's own code.
	Code string
	text string
}

// ParseRotatingCode reads a rotating code, or a wallet code, with the forgiveness of
// ParseCode. It returns ErrCodeMalformed for anything else; whether the code is genuine, Step tells.
func ParseRotatingCode(s string) (ShownCode, error) {
	if len(s) < RotatingCodeLen || len(s) > maxTypedCodeLen {
		return ShownCode{}, ErrCodeMalformed
	}
	var b [RotatingCodeLen]byte
	if !readCharacters(b[:], s) {
		return parseWalletCode(s)
	}
	body := string(b[:CodeLen-1])
	return ShownCode{Code: body + string(checkCharacter(b[:CodeLen-1])), text: string(b[:])}, nil
}

// Step returns the step in which the code was shown, or false for a code that was not
// made with the secret in a step near the instant now, UTC milliseconds. It looks half a
// cycle back and ahead, further than any code is taken, so that an old code is known for
// what it is; of a wallet code only as far as it is taken.
func (c ShownCode) Step(secret [CodeSecretLen]byte, now int64) (step int64, ok bool) {
	if c.text == "" {
		return 0, false
	}
	if len(c.text) == WalletCodeLen {
		return c.walletStep(secret, now)
	}
	at := int64(strings.IndexByte(codeAlphabet, c.text[CodeLen-1]))
	// The nearest step whose number ends like that.
	earliest := RotatingStep(now) - rotatingCycle/2
	step = earliest + ((at-earliest)%rotatingCycle+rotatingCycle)%rotatingCycle
	if step <= 0 {
		return 0, false
	}
	return step, hmac.Equal([]byte(RotatingCode(secret, c.Code, step)), []byte(c.text))
}

// Shown is what a till scanned for a redemption, after the code was looked into.
type Shown struct {
	// CardID is the card that the code names, "" if no rotating code was scanned.
	CardID string
	// Step is the step in which a genuine code was shown, 0 for one that is not genuine.
	Step int64
}

// RefuseShown returns why the coupons of the card cannot be redeemed with what was
// shown, nil if they can as far as the code is concerned. now is Leima's clock, UTC
// milliseconds. Whether the code was used before it cannot know.
func RefuseShown(p Program, cardID string, shown Shown, now int64) *Refusal {
	if p.RedeemCode != RedeemRotating {
		return nil
	}
	if shown.CardID == "" {
		return &Refusal{Code: RefusedCodeRequired}
	}
	distance := RotatingStep(now) - shown.Step
	if shown.CardID != cardID || shown.Step == 0 || max(distance, -distance) > RotatingSlack {
		return &Refusal{Code: RefusedCodeExpired}
	}
	return nil
}
