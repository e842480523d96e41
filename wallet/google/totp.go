package google

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // TOTP_SHA1 is the only algorithm that Google offers; HMAC does not rest on collisions
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

const (
	// totpPlace is where the changing digits stand in a code.
	totpPlace     = "{totp_value_0}"
	totpAlgorithm = "TOTP_SHA1"
	// MinTOTPKey is the least number of bytes of a key, that of a SHA-1 digest (RFC 4226, section 4).
	MinTOTPKey = 20
	// MaxTOTPKey is the most, one block of SHA-1.
	MaxTOTPKey = 64
	// MinTOTPDigits is the least number of digits made of a key (RFC 4226, section 5.3).
	MinTOTPDigits = 6
	// MaxTOTPDigits is the most.
	MaxTOTPDigits = 8
	// MinTOTPPeriod is how long a value stays at least: a shorter one would change while
	// it is scanned.
	MinTOTPPeriod = 10 * time.Second
	// MaxTOTPPeriod is how long it stays at most: a longer one would let a photo be used.
	MaxTOTPPeriod = 5 * time.Minute
	// MaxTOTPDrift bounds how many periods a phone's clock may be wrong.
	MaxTOTPDrift = 2
)

// TOTP works out codes that change with time: RFC 6238 with SHA-1, counted from 1970.
type TOTP struct {
	Key    []byte        // secret, MinTOTPKey to MaxTOTPKey bytes
	Digits int           // MinTOTPDigits to MaxTOTPDigits
	Period time.Duration // MinTOTPPeriod to MaxTOTPPeriod, whole seconds
}

// Check returns a FieldError when a part is outside of its limits.
func (t TOTP) Check() error {
	switch {
	case len(t.Key) < MinTOTPKey || len(t.Key) > MaxTOTPKey:
		return &FieldError{Field: "rotatingBarcode.key", Reason: fmt.Sprintf("is not of %d to %d bytes", MinTOTPKey, MaxTOTPKey)}
	case t.Digits < MinTOTPDigits || t.Digits > MaxTOTPDigits:
		return &FieldError{Field: "rotatingBarcode.digits", Reason: fmt.Sprintf("are not %d to %d", MinTOTPDigits, MaxTOTPDigits)}
	case t.Period < MinTOTPPeriod || t.Period > MaxTOTPPeriod || t.Period%time.Second != 0:
		return &FieldError{
			Field:  "rotatingBarcode.period",
			Reason: fmt.Sprintf("is not of whole seconds between %v and %v", MinTOTPPeriod, MaxTOTPPeriod),
		}
	}
	return nil
}

// Value returns the digits that are shown at an instant, with leading zeros.
func (t TOTP) Value(at time.Time) string { return t.value(at.Unix() / int64(t.Period/time.Second)) }

func (t TOTP) value(counter int64) string {
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], uint64(counter)) //nolint:gosec // two's complement is what the RFC counts in; instants are after 1970
	mac := hmac.New(sha1.New, t.Key)
	mac.Write(message[:])
	sum := mac.Sum(nil)
	const (
		offsetMask = 0x0f
		signMask   = 0x7fffffff
	)
	offset := sum[len(sum)-1] & offsetMask
	code := binary.BigEndian.Uint32(sum[offset:offset+4]) & signMask
	modulus := uint32(1)
	for range t.Digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", t.Digits, code%modulus)
}

// Matches tells whether digits were shown around an instant, drift periods before
// or after (at most MaxTOTPDrift). It takes the same time whatever the digits.
func (t TOTP) Matches(digits string, at time.Time, drift int) bool {
	counter := at.Unix() / int64(t.Period/time.Second)
	found := 0
	for step := -min(drift, MaxTOTPDrift); step <= min(drift, MaxTOTPDrift); step++ {
		found |= subtle.ConstantTimeCompare([]byte(digits), []byte(t.value(counter+int64(step))))
	}
	return found == 1
}

// NewRotatingBarcode returns a code that begins with prefix, such as the code of a
// card with a separator, and ends with digits that change. The type is QRCode or PDF417.
//
// It returns a FieldError when a part is outside of its limits.
func NewRotatingBarcode(kind BarcodeType, prefix, alternateText string, totp TOTP) (*RotatingBarcode, error) {
	if err := totp.Check(); err != nil {
		return nil, err
	}
	if strings.ContainsAny(prefix, "{}") {
		return nil, &FieldError{Field: "rotatingBarcode.valuePattern", Reason: "may not hold braces: they are places to fill"}
	}
	barcode := &RotatingBarcode{
		Type:          kind,
		ValuePattern:  prefix + totpPlace,
		AlternateText: alternateText,
		TOTPDetails: TOTPDetails{
			Algorithm:    totpAlgorithm,
			PeriodMillis: totp.Period.Milliseconds(),
			Parameters:   []TOTPParameter{{Key: strings.ToUpper(hex.EncodeToString(totp.Key)), ValueLength: int64(totp.Digits)}},
		},
	}
	return barcode, barcode.check()
}

func (b *RotatingBarcode) check() error {
	switch {
	case b.Type != QRCode && b.Type != PDF417:
		return &FieldError{Field: "rotatingBarcode.type", Reason: "is neither QR_CODE nor PDF_417"}
	case len(b.ValuePattern) > MaxBarcodeBytes || !strings.Contains(b.ValuePattern, totpPlace):
		return &FieldError{Field: "rotatingBarcode.valuePattern", Reason: "has no " + totpPlace + " or is too long"}
	case b.TOTPDetails.Algorithm != totpAlgorithm || len(b.TOTPDetails.Parameters) != 1:
		return &FieldError{Field: "rotatingBarcode.totpDetails", Reason: "is not TOTP_SHA1 with one key"}
	}
	return nil
}
