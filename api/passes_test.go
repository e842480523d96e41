package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/pass"
	"github.com/leima/leima/store"
	"github.com/leima/leima/wallet/apple"
)

// madeUp is an identity that no phone accepts; making one takes its time.
var madeUp = sync.OnceValue(func() *apple.DemoIdentity {
	return must(apple.NewDemoIdentity(apple.Expected{PassType: "pass.example.leima", Team: "ABCDE12345"}, time.Now()))
})

// passes are those of a server with the made-up certificate.
type passes struct{ *pass.Issuer }

func (p passes) State() api.PassesState {
	return api.PassesState{PassType: p.Identity.PassType, Expires: p.Identity.Expires(), Updated: p.Updates()}
}

func issuer(s *store.Store, log *slog.Logger) api.Passes {
	return passes{pass.New(pass.Options{Identity: madeUp().Identity, Store: s, BaseURL: "https://cards.example", Log: log})}
}

// passText returns what pass.json of a pass says.
func passText(t *testing.T, packed string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader([]byte(packed)), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open("pass.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	var b bytes.Buffer
	if _, err := b.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestACardIsDownloadedAsAPass(t *testing.T) {
	w := newWorld(t)
	address := "/v1/cards/" + w.shop.card + "/pass.pkpass"
	first := w.want(w.do(call{"GET", address, w.shop.token["till key"], "", nil}), 200)
	if got := first.header.Get("Content-Type"); got != "application/vnd.apple.pkpass" {
		t.Errorf("a file of the type %q", got)
	}
	if text := passText(t, first.body); !strings.Contains(text, w.shop.code) || !strings.Contains(text, "3/10") || !strings.Contains(text, "Helmi Korhonen") {
		t.Errorf("the pass does not show the card: %s", text)
	}
	if again := w.want(w.do(call{"GET", address, w.shop.token["cashier"], "", nil}), 200); again.body != first.body {
		t.Error("the pass of a card that did not change is another one")
	}
	stats := w.want(w.do(call{"GET", "/v1/passes/stats", w.shop.token["owner"], "", nil}), 200)
	for path, want := range map[string]any{
		"offered": true, "pass_type": "pass.example.leima", "trusted": false, "updated": true, "issued": 1.0, "installed": 0.0, "stale": 0.0,
	} {
		if got := stats.get(path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	if got := stats.get("spread"); got != nil {
		t.Errorf("nothing changed, and there is %v", got)
	}
	w.want(w.do(call{"GET", address, w.shop.token["join key"], "", nil}), 403)
	w.want(w.do(call{"GET", address, w.other.token["owner"], "", nil}), 404)

	w.want(w.do(call{"POST", "/v1/cards/" + w.shop.card + "/revocation", w.shop.token["owner"], "", nil}), 204)
	void := passText(t, w.want(w.do(call{"GET", address, w.shop.token["owner"], "", nil}), 200).body)
	if !strings.Contains(void, `"voided":true`) || strings.Contains(void, w.shop.code) || strings.Contains(void, "Helmi") {
		t.Errorf("the pass of a blocked card is not void: %s", void)
	}
}

func TestAServerWithoutACertificateOffersNoPasses(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Passes = nil })
	a := w.want(w.do(call{"GET", "/v1/cards/" + w.shop.card + "/pass.pkpass", w.shop.token["owner"], "", nil}), 404)
	if got := w.want(w.do(call{"GET", "/v1/passes/stats", w.shop.token["owner"], "", nil}), 200).get("offered"); got != false {
		t.Errorf("offered: %v", got)
	}
	if a.text("code") != "passes_not_offered" {
		t.Errorf("code %q", a.text("code"))
	}
}

// spreading are passes of which a brand is told.
type spreading struct {
	api.Passes
	at customer.PassSpread
}

func (s *spreading) Spread(context.Context, string) (customer.PassSpread, error) { return s.at, nil }

func TestTheStatsSayHowFarANewBrandIs(t *testing.T) {
	told := &spreading{}
	var now int64
	w := newWorld(t, func(d *api.Dependencies) { told.Passes, d.Passes, now = d.Passes, told, d.Now() })
	for name, c := range map[string]struct {
		spread customer.PassSpread
		want   map[string]any
	}{
		"begun":   {customer.PassSpread{Total: 100, StartedAt: now}, map[string]any{"spread.told": 0.0, "spread.ends_at": nil, "spread.finished_at": nil}},
		"halfway": {customer.PassSpread{Total: 100, Told: 50, StartedAt: now - 60_000}, map[string]any{"spread.told": 50.0, "spread.ends_at": rfc3339(now + 60_000)}},
		"at the end": {
			customer.PassSpread{Total: 100, Told: 100, StartedAt: now - 60_000, FinishedAt: now - 1000},
			map[string]any{"spread.total": 100.0, "spread.ends_at": nil, "spread.finished_at": rfc3339(now - 1000)},
		},
	} {
		told.at = c.spread
		stats := w.want(w.do(call{"GET", "/v1/passes/stats", w.shop.token["owner"], "", nil}), 200)
		for path, want := range c.want {
			if got := stats.get(path); got != want {
				t.Errorf("%s: %s = %v, want %v", name, path, got, want)
			}
		}
	}
}

func rfc3339(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }

func TestACardsPassesAreListed(t *testing.T) {
	w := newWorld(t)
	address := "/v1/cards/" + w.shop.card
	list := func() answer {
		return w.want(w.do(call{"GET", address + "/passes", w.shop.token["cashier"], "", nil}), 200)
	}
	if got := list().body; strings.TrimSpace(got) != `{"data":[]}` {
		t.Errorf("a card without passes: %s", got)
	}
	w.want(w.do(call{"GET", address + "/pass.pkpass", w.shop.token["owner"], "", nil}), 200)
	made := list()
	for path, want := range map[string]any{
		"data.0.wallet": "apple", "data.0.state": "waiting", "data.0.devices": 0.0, "data.0.desired.version": 1.0,
		"data.0.pushed.version": 0.0, "data.0.pushed.at": nil, "data.0.fetched.version": 1.0, "data.0.problem": "", "data.0.removed_at": nil,
	} {
		if got := made.get(path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	w.want(w.do(call{"GET", address + "/passes", w.shop.token["join key"], "", nil}), 403)
	w.want(w.do(call{"GET", address + "/passes", w.other.token["owner"], "", nil}), 404)
}
