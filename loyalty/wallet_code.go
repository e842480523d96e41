package loyalty

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the only digest that Google Wallet makes codes with; HMAC does not rest on collisions
	"encoding/binary"
	"fmt"
	"strings"
)

// Google Wallet shows rotating codes by itself, without a network: what it can make are
// the decimal digits of RFC 6238 with SHA-1 behind a text that stays. So a wallet code is
// the card code, a mark and eight digits, in the steps of rotating codes. A card code in
// front has its check character; the digits have none, because nobody types them and a QR
// code corrects itself. Its length tells it from a rotating code.
const (
	// WalletCodeDigits is how many digits change; eight carry 26 bits.
	WalletCodeDigits = 8
	// WalletCodeLen is the length of a wallet code.
	WalletCodeLen = CodeLen + len(walletCodeMark) + WalletCodeDigits
	// WalletKeyLen is the length of the key of wallet codes in bytes, that of a digest of
	// SHA-1, as RFC 4226, section 4, wants it.
	WalletKeyLen = sha1.Size

	// walletCodeMark is a letter: keyboard-wedge scanners scramble other signs.
	walletCodeMark = "G"
	// walletCodeModulus is ten to the power of WalletCodeDigits.
	walletCodeModulus = 100_000_000
)

// WalletKey returns the key from which a wallet makes the codes of the card with the
// secret. It does not lead to the secret: what a wallet gives away ends no rotating code
// of the customer's page.
func WalletKey(secret [CodeSecretLen]byte) [WalletKeyLen]byte {
	mac := hmac.New(sha1.New, secret[:])
	mac.Write([]byte("leima wallet code 1"))
	return [WalletKeyLen]byte(mac.Sum(nil))
}

// WalletCodePrefix returns what stands before the digits of all wallet codes of the card
// with the code.
func WalletCodePrefix(code string) string { return code + walletCodeMark }

// WalletCode returns what a wallet shows of the card with the code in the step.
func WalletCode(key [WalletKeyLen]byte, code string, step int64) string {
	mac := hmac.New(sha1.New, key[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step))) //nolint:gosec // instants are after 1970
	sum := mac.Sum(nil)
	// RFC 4226, section 5.3: the last four bits tell which 31 bits are taken.
	const offsetMask, signMask = 0x0f, 0x7fffffff
	offset := sum[len(sum)-1] & offsetMask
	number := binary.BigEndian.Uint32(sum[offset:]) & signMask
	return WalletCodePrefix(code) + fmt.Sprintf("%0*d", WalletCodeDigits, number%walletCodeModulus)
}

// parseWalletCode forgives what ParseCode does in the card code, and lower case, spaces
// and hyphens in the rest.
func parseWalletCode(s string) (ShownCode, error) {
	plain := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	if len(plain) != WalletCodeLen || plain[CodeLen:CodeLen+len(walletCodeMark)] != walletCodeMark {
		return ShownCode{}, ErrCodeMalformed
	}
	digits := plain[CodeLen+len(walletCodeMark):]
	if strings.Trim(digits, "0123456789") != "" {
		return ShownCode{}, ErrCodeMalformed
	}
	code, err := ParseCode(plain[:CodeLen])
	if err != nil {
		return ShownCode{}, err
	}
	return ShownCode{Code: code, text: WalletCodePrefix(code) + digits}, nil
}

// walletStep returns the step in which a wallet showed the code. It looks no further than
// codes are taken: with every step that it tries, guessing gets easier.
func (c ShownCode) walletStep(secret [CodeSecretLen]byte, now int64) (step int64, ok bool) {
	key := WalletKey(secret)
	for distance := range int64(RotatingSlack + 1) {
		for _, at := range []int64{RotatingStep(now) - distance, RotatingStep(now) + distance} {
			if at > 0 && hmac.Equal([]byte(WalletCode(key, c.Code, at)), []byte(c.text)) {
				return at, true
			}
		}
	}
	return 0, false
}
