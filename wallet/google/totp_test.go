package google_test

import (
	"errors"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google"
)

// TestTOTPOfTheRFC has the values of RFC 6238, appendix B, for SHA-1.
func TestTOTPOfTheRFC(t *testing.T) {
	totp := google.TOTP{Key: []byte("12345678901234567890"), Digits: 8, Period: 30 * time.Second}
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := totp.Value(time.Unix(at, 0)); got != want {
			t.Errorf("at %d it is %s, want %s", at, got, want)
		}
	}
}

func TestAPhotoOfACodeIsSoonWorthNothing(t *testing.T) {
	totp := google.TOTP{Key: []byte("12345678901234567890"), Digits: 6, Period: 30 * time.Second}
	shown := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	digits := totp.Value(shown)
	for after, want := range map[time.Duration]bool{
		0: true, 29 * time.Second: true, 30 * time.Second: true, 59 * time.Second: true,
		60 * time.Second: false, -30 * time.Second: true, -31 * time.Second: false, time.Hour: false,
	} {
		if got := totp.Matches(digits, shown.Add(after), 1); got != want {
			t.Errorf("%v later it is taken: %v, want %v", after, got, want)
		}
	}
	if totp.Matches(digits, shown.Add(10*time.Minute), 1000) {
		t.Error("a drift beyond the limit was allowed")
	}
	for _, wrong := range []string{"", digits[:5], digits + "0", "000000x"} {
		if totp.Matches(wrong, shown, 1) {
			t.Errorf("%q was taken", wrong)
		}
	}
}

func TestRotatingBarcodesWithinTheirLimits(t *testing.T) {
	sound := google.TOTP{Key: make([]byte, 20), Digits: 6, Period: 30 * time.Second}
	for name, c := range map[string]struct {
		kind   google.BarcodeType
		prefix string
		totp   google.TOTP
	}{
		"a short key":       {google.QRCode, "A.", google.TOTP{Key: make([]byte, 19), Digits: 6, Period: 30 * time.Second}},
		"a long key":        {google.QRCode, "A.", google.TOTP{Key: make([]byte, 65), Digits: 6, Period: 30 * time.Second}},
		"five digits":       {google.QRCode, "A.", google.TOTP{Key: make([]byte, 20), Digits: 5, Period: 30 * time.Second}},
		"a second":          {google.QRCode, "A.", google.TOTP{Key: make([]byte, 20), Digits: 6, Period: time.Second}},
		"half a second":     {google.QRCode, "A.", google.TOTP{Key: make([]byte, 20), Digits: 6, Period: 10*time.Second + time.Millisecond}},
		"an hour":           {google.QRCode, "A.", google.TOTP{Key: make([]byte, 20), Digits: 6, Period: time.Hour}},
		"no period":         {google.QRCode, "A.", google.TOTP{Key: make([]byte, 20), Digits: 6}},
		"Aztec":             {google.Aztec, "A.", sound},
		"a place in a code": {google.QRCode, "{totp_value_1}", sound},
	} {
		if barcode, err := google.NewRotatingBarcode(c.kind, c.prefix, "", c.totp); !errors.Is(err, google.ErrInvalid) {
			t.Errorf("%s: got %v, %v", name, barcode, err)
		}
	}
	if barcode, err := google.NewRotatingBarcode(google.PDF417, "A.", "", sound); err != nil || barcode.ValuePattern != "A.{totp_value_0}" {
		t.Errorf("a sound one: %v, %v", barcode, err)
	}
}
