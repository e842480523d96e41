package web_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/pass"
	"github.com/leima/leima/wallet/google/googletest"
	"github.com/leima/leima/web"
)

// withGoogle lets the pages offer Google Wallet.
func withGoogle(w *world) { w.google = googletest.New(w.t, nil) }

func (w *world) googlePasses() web.GooglePasses {
	w.t.Helper()
	g, err := pass.NewGoogle(pass.GoogleOptions{
		IssuerID: googletest.Issuer, Account: w.google.Account(), Server: w.google.URL, KeysURL: w.google.KeysURL(), Store: w.store,
		BaseURL: baseURL, Origins: []string{baseURL}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	w.must(err)
	return g
}

// Somebody joins with an Android phone: the confirmation has the button, and one tap leads
// to Google, which has the card by then.
func TestACardIsAddedToGoogleWalletFromTheJoinConfirmation(t *testing.T) {
	w := newWorld(t, withPasses, withGoogle)
	b := w.browser("Accept-Language", "en", "User-Agent", android)
	card := b.follow(b.post(w.joinPath(), "first_name", "Aino", "phone", "+358401234567"))
	card.want(http.StatusOK, "This is your card", "Add to Google Wallet")
	card.wantNot("Add to Apple Wallet")
	if got := w.google.Requests(); len(got) != 0 {
		t.Fatalf("Google is told of a card that nobody wants there: %v", got)
	}
	_, rest, _ := strings.Cut(card.Body, `class="wallet" href="`)
	address, _, _ := strings.Cut(rest, `"`)
	got := b.get(address)
	got.want(http.StatusSeeOther)
	if got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the link may be kept: %q", got.Header.Get("Cache-Control"))
	}
	ids, err := w.google.OpenSaveLink(got.Header.Get("Location"))
	if err != nil || len(ids) != 1 || w.google.Object(ids[0])["accountName"] != "Aino" {
		t.Errorf("the link offers %v: %v", ids, err)
	}
}

func TestGoogleIsAwayAndThePageSaysSo(t *testing.T) {
	w := newWorld(t, withGoogle)
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	w.google.Fail(googletest.Fault{Path: "loyaltyClass", Times: 1, Status: http.StatusForbidden, Reason: "permissionDenied"})
	b := w.browser("Accept-Language", "fi", "User-Agent", android)
	b.follow(b.get(path+"/google-pass")).want(http.StatusOK, "Lompakko ei juuri nyt ota korttia vastaan")
	b.get("/card/leimala/nobodys/google-pass").want(http.StatusNotFound)
}

func TestAServerWithoutAnAccountHasNoGoogleButton(t *testing.T) {
	w := newWorld(t, withPasses)
	path := w.cardPath(w.trusted("Helmi", "", "+358401234567"))
	w.browser("User-Agent", android).get(path).wantNot("google-pass")
	w.browser().get(path + "/google-pass").want(http.StatusNotFound)
}
