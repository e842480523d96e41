package web_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/web"
)

var madeUp = sync.OnceValue(func() *apple.DemoIdentity {
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: "pass.example.leima", Team: "ABCDE12345"}, time.Now())
	if err != nil {
		panic(err)
	}
	return made
})

// withPasses lets the pages offer passes.
func withPasses(w *world) { w.passes = true }

func (w *world) issuer() web.Passes {
	return pass.New(pass.Options{Identity: madeUp().Identity, Store: w.store, BaseURL: baseURL, Log: slog.New(slog.DiscardHandler)})
}

const (
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
	android = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
	windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)

// Somebody joins with an iPhone: the confirmation has the button, and one tap later the
// pass is there.
func TestACardIsAddedToTheWalletFromTheJoinConfirmation(t *testing.T) {
	w := newWorld(t, withPasses)
	b := w.browser("Accept-Language", "en", "User-Agent", iphone)
	card := b.follow(b.post(w.joinPath(), "first_name", "Aino", "phone", "+358401234567"))
	card.want(http.StatusOK, "This is your card", "Add to Apple Wallet")
	_, rest, _ := strings.Cut(card.Body, `class="wallet" href="`)
	address, _, _ := strings.Cut(rest, `"`)
	got := b.get(address)
	got.want(http.StatusOK, "PK\x03\x04", "pass.json", "signature")
	for header, want := range map[string]string{
		"Content-Type": pass.MediaType, "Cache-Control": "no-store", "Content-Disposition": `attachment; filename="card.pkpass"`,
	} {
		if have := got.Header.Get(header); have != want {
			t.Errorf("%s: %q, want %q", header, have, want)
		}
	}
}

// Each device is offered what it can use.
func TestTheButtonIsForDevicesThatTakePasses(t *testing.T) {
	w := newWorld(t, withPasses)
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	for _, c := range []struct{ agent, there, notThere string }{
		{iphone, "Lisää Apple Walletiin", "address.svg"},
		{windows, "address.svg", "Lisää Apple Walletiin"},
	} {
		a := w.browser("Accept-Language", "fi", "User-Agent", c.agent).get(path)
		a.want(http.StatusOK, c.there)
		a.wantNot(c.notThere)
	}
	w.browser("Accept-Language", "fi", "User-Agent", android).get(path).wantNot("Lisää Apple Walletiin", "address.svg")
	w.browser().get("/card/leimala/nobodys/pass.pkpass").want(http.StatusNotFound)
}

func TestAServerWithoutACertificateHasNoButton(t *testing.T) {
	w := newWorld(t)
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	w.browser("User-Agent", iphone).get(path).wantNot("pass.pkpass")
	w.browser().get(path + "/pass.pkpass").want(http.StatusNotFound)
}

// A customer of two programs adds both cards at once, where the device can do that.
func TestACustomerAddsAllCardsAtOnce(t *testing.T) {
	w := newWorld(t, withPasses)
	view := w.trusted("Helmi", "", "+358401234567")
	path := w.cardPath(view)
	b := w.browser("Accept-Language", "en", "User-Agent", iphone)
	b.get(path).wantNot("passes.pkpasses")
	second := w.program
	second.ID, second.Name = id("prog", 2), loyalty.Text{"en": "Coffee card", "fi": "Kahvikortti"}
	w.must(w.store.CreateProgram(t.Context(), second))
	w.program = second
	w.trusted("Helmi", "", "+358401234567")

	b.get(path).want(http.StatusOK, "Add to Apple Wallet", "Add all your cards to Apple Wallet (2)", path+"/passes.pkpasses")
	got := b.get(path + "/passes.pkpasses")
	got.want(http.StatusOK, "pass-1.pkpass", "pass-2.pkpass")
	for header, want := range map[string]string{
		"Content-Type": pass.BundleMediaType, "Cache-Control": "no-store", "Content-Disposition": `attachment; filename="cards.pkpasses"`,
	} {
		if have := got.Header.Get(header); have != want {
			t.Errorf("%s: %q, want %q", header, have, want)
		}
	}
	chrome := strings.Replace(iphone, "Version/19.0", "CriOS/142.0.0.0", 1)
	w.browser("Accept-Language", "en", "User-Agent", chrome).get(path).wantNot("passes.pkpasses")
	w.browser().get("/card/leimala/nobodys/passes.pkpasses").want(http.StatusNotFound)
}

// Inside another app a button may do nothing, so the page says where it does.
func TestInsideAnotherAppThePageSaysWhereTheButtonWorks(t *testing.T) {
	w := newWorld(t, withPasses)
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	const hint = "Eikö mitään tapahdu?"
	w.browser("Accept-Language", "fi", "User-Agent", iphone+" Instagram 334.0.0.21.96").get(path).want(http.StatusOK, "Lisää Apple Walletiin", hint)
	w.browser("Accept-Language", "fi", "User-Agent", iphone).get(path).wantNot(hint)
}
