package pass_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/apple"
)

// With a reader's key the pass gives the code of the card by NFC; without one, or when the
// card is blocked, it gives nothing.
func TestTheCodeIsGivenByNFCWhenAReaderIsConfigured(t *testing.T) {
	sh := newShop(t, engines["SQLite"](t))
	card := sh.join()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	sh.ok(err)
	public, err := x509.MarshalPKIXPublicKey(&made.PublicKey)
	sh.ok(err)
	key, err := apple.ReadNFCKey(public)
	sh.ok(err)
	with := pass.New(pass.Options{
		Identity: demo().Identity, Store: sh.store, BaseURL: "https://cards.example.org", NFCKey: key, Log: slog.New(slog.DiscardHandler),
	})
	has := func(i *pass.Issuer, want bool, when string) {
		t.Helper()
		packed, err := i.Package(t.Context(), sh.org.ID, card.Card.ID)
		sh.ok(err)
		text := document(t, packed)
		if got := strings.Contains(text, `"nfc":{"message":"`+card.Code+`","encryptionPublicKey":"`+key+`"}`); got != want || strings.Contains(text, `"nfc"`) != want {
			t.Errorf("%s: %s", when, text)
		}
	}
	has(sh.issuer, false, "without a reader")
	has(with, true, "with a reader")
	sh.ok(sh.store.RevokeCard(t.Context(), sh.org.ID, card.Card.ID, time.Now().UnixMilli()))
	has(with, false, "blocked")
}
