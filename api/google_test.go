package api_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/api"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/store"
	"github.com/leima/leima/wallet/google/googletest"
)

// standIns are those for Google of the worlds of each test.
var standIns sync.Map

// googlePasses are those of a server whose Google is a stand-in.
func googlePasses(t *testing.T, s *store.Store, log *slog.Logger) api.GooglePasses {
	t.Helper()
	standIn := googletest.New(t, nil)
	standIns.Store(s, standIn)
	return must(pass.NewGoogle(pass.GoogleOptions{
		IssuerID: googletest.Issuer, Account: standIn.Account(), Server: standIn.URL, KeysURL: standIn.KeysURL(), Store: s,
		BaseURL: "https://cards.example", Now: time.Now, Log: log,
	}))
}

func (w *world) standIn() *googletest.Server {
	w.t.Helper()
	found, _ := standIns.Load(w.store)
	standIn, ok := found.(*googletest.Server)
	if !ok {
		w.t.Fatal("this world has no stand-in for Google")
	}
	return standIn
}

func TestACardIsSavedToGoogleWallet(t *testing.T) {
	w := newWorld(t)
	address := "/v1/cards/" + w.shop.card + "/google-pass"
	link := w.want(w.do(call{"GET", address, w.shop.token["till key"], "", nil}), 200).text("save_url")
	ids, err := w.standIn().OpenSaveLink(link)
	if err != nil || len(ids) != 1 {
		t.Fatalf("the link offers %v: %v", ids, err)
	}
	if got := w.standIn().Object(ids[0]); got["accountName"] != "Helmi Korhonen" {
		t.Errorf("Google has %v", got)
	}
	if strings.Contains(link, "Helmi") || strings.Contains(link, w.shop.code) {
		t.Errorf("the link tells of the card: %s", link)
	}
	stats := w.want(w.do(call{"GET", "/v1/passes/stats", w.shop.token["owner"], "", nil}), 200)
	for path, want := range map[string]any{
		"google.issuer_id": googletest.Issuer, "google.issued": 1.0, "google.saved": 0.0, "google.failed": 0.0,
	} {
		if got := stats.get(path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	w.want(w.do(call{"GET", address, w.shop.token["join key"], "", nil}), 403)
	w.want(w.do(call{"GET", address, w.other.token["owner"], "", nil}), 404)
}

func TestGoogleDoesNotTakeACard(t *testing.T) {
	w := newWorld(t)
	w.standIn().Fail(googletest.Fault{Path: "loyaltyObject", Times: 1, Status: http.StatusForbidden, Reason: "permissionDenied", Message: "not this issuer"})
	address := "/v1/cards/" + w.shop.card + "/google-pass"
	away := w.want(w.do(call{"GET", address, w.shop.token["till key"], "", nil}), 503)
	if away.text("code") != "wallet_away" || strings.Contains(away.body, "issuer") {
		t.Errorf("the answer is %s", away.body)
	}
	w.want(w.do(call{"GET", address, w.shop.token["till key"], "", nil}), 200)
}

func TestAServerWithoutAnAccountOffersNoGoogleWallet(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Google, d.Passes = nil, nil })
	a := w.want(w.do(call{"GET", "/v1/cards/" + w.shop.card + "/google-pass", w.shop.token["till key"], "", nil}), 404)
	if a.text("code") != "passes_not_offered" {
		t.Errorf("the code is %q", a.text("code"))
	}
	stats := w.want(w.do(call{"GET", "/v1/passes/stats", w.shop.token["owner"], "", nil}), 200)
	if stats.get("offered") != false || strings.Contains(stats.body, "google") {
		t.Errorf("the state of passes is %s", stats.body)
	}
}
