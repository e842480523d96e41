package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func TestAddressesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		method, path string
		status       int
		allow        string
	}{
		"the root of the API":           {"GET", "/v1", 404, ""},
		"the root with a slash":         {"GET", "/v1/", 404, ""},
		"a resource that is not one":    {"GET", "/v1/nonsense", 404, ""},
		"deeper":                        {"POST", "/v1/stamps/x/y", 404, ""},
		"a slash behind":                {"GET", "/v1/programs/", 404, ""},
		"dots":                          {"GET", "/v1/../v1/me", 404, ""},
		"another method":                {"GET", "/v1/stamps", 405, "POST"},
		"another method of a template":  {"PUT", "/v1/programs/" + w.shop.program, 405, "GET, PATCH"},
		"a method that nobody has":      {"TRACE", "/v1/me", 405, "GET"},
		"a preflight of another origin": {"OPTIONS", "/v1/stamps", 405, "POST"},
		"only the header":               {"HEAD", "/v1/me", 405, "GET"},
		"a method made up":              {"STAMP", "/v1/nonsense", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			a := w.want(w.do(call{c.method, c.path, w.shop.token["owner"], "", nil}), c.status)
			if a.header.Get("Allow") != c.allow {
				t.Errorf("Allow: %q, want %q", a.header.Get("Allow"), c.allow)
			}
		})
	}
}

func TestTheCallersRequestIDIsKept(t *testing.T) {
	w := newWorld(t)
	a := w.do(call{"GET", "/v1/me", "", "", map[string]string{"X-Request-Id": "till-7.42"}})
	if a.header.Get("X-Request-Id") != "till-7.42" || a.text("request_id") != "till-7.42" {
		t.Errorf("answer %v %s", a.header, a.body)
	}
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func TestABodyWithoutLengthIsCutOff(t *testing.T) {
	w := newWorld(t)
	body := &endless{}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/stamps", io.NopCloser(body))
	r.ContentLength = -1
	r.Header.Set("Authorization", "Bearer "+w.shop.token["till key"])
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "k")
	recorder := httptest.NewRecorder()
	w.echo.ServeHTTP(recorder, r)
	if recorder.Code != http.StatusRequestEntityTooLarge || body.read > 2*api.MaxBody {
		t.Errorf("status %d after %d bytes: %s", recorder.Code, body.read, recorder.Body)
	}
}

// faulty is a store in which reading a card goes wrong.
type faulty struct {
	api.Store
	fault func() error
}

func (f faulty) Card(context.Context, string, string) (customer.View, error) {
	return customer.View{}, f.fault()
}

func TestFaultsAreOursAndStayInTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		fault  func() error
		status int
		code   string
	}{
		"an error":        {func() error { return errors.New("disk of +358401234567 is full") }, 500, "internal"},
		"a panic":         {func() error { panic("index of +358401234567 out of range") }, 500, "internal"},
		"too late":        {func() error { return fmt.Errorf("read: %w", context.DeadlineExceeded) }, 503, "unavailable"},
		"the caller left": {func() error { return fmt.Errorf("read: %w", context.Canceled) }, 503, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(d *api.Dependencies) { d.Store = faulty{d.Store, c.fault} })
			a := w.want(w.do(call{"GET", "/v1/cards/" + w.shop.card, w.shop.token["owner"], "", nil}), c.status)
			if a.text("code") != c.code || a.get("retryable") != true || strings.Contains(a.body, "358") {
				t.Errorf("answer %s", a.body)
			}
			logged := strings.Contains(w.log.String(), `"level":"ERROR"`) && strings.Contains(w.log.String(), a.text("request_id"))
			if want := name != "the caller left"; logged != want {
				t.Errorf("logged as an error: %v, want %v:\n%s", logged, want, w.log)
			}
		})
	}
}

// spoken are Sentences that tell in which language they were asked for.
type spoken struct{}

func (spoken) Refusal(locale string, r *loyalty.Refusal) string {
	return locale + ": " + string(r.Code)
}

func (spoken) ImportReason(locale, code string, params map[string]string) string {
	return fmt.Sprint(locale, ": ", code, " ", params)
}

func TestStaffReadTheirLanguage(t *testing.T) {
	w := newWorld(t, func(d *api.Dependencies) { d.Sentences = spoken{} })
	redeem := func(key, language string) answer {
		return w.do(call{
			"POST", "/v1/coupons/" + w.shop.coupon + "/redemption", w.shop.token["till key"], "",
			map[string]string{"Idempotency-Key": key, "Accept-Language": language},
		})
	}
	w.want(redeem("first", ""), 201)
	for header, want := range map[string]string{
		"sv": "sv", "de-CH, fr;q=0.5": "de", "ja, pl;q=0.2": "pl", "": "fi", "ja": "fi", "%%%": "fi", "fr;q=0, en": "en",
	} {
		a := w.want(redeem("again "+header[:min(2, len(header))], header), 409)
		if got := a.text("staff_message"); got != want+": coupon_redeemed" {
			t.Errorf("Accept-Language %q: %q, want it in %s", header, got, want)
		}
	}
}

func TestManyAttemptsWithOneKeyAreOneStamp(t *testing.T) {
	w := newWorld(t)
	const attempts = 50
	bodies := make([]string, attempts)
	var group sync.WaitGroup
	for i := range attempts {
		group.Go(func() {
			bodies[i] = w.do(call{
				"POST", "/v1/stamps", w.shop.token["till key"], w.shop.fill(`{"card_id":"{card_id}","quantity":1,"location_id":"{location_id}"}`),
				map[string]string{"Idempotency-Key": "one"},
			}).body
		})
	}
	group.Wait()
	for _, b := range bodies {
		if b != bodies[0] {
			t.Fatalf("the answers differ:\n%s\n%s", bodies[0], b)
		}
	}
	card := w.want(w.do(call{"GET", "/v1/cards/" + w.shop.card, w.shop.token["till key"], "", nil}), 200)
	if card.get("balance") != 4.0 {
		t.Errorf("3 stamps and one more: %s", card.body)
	}
}

func TestAnAPIWithoutItsPartsIsNotMade(t *testing.T) {
	_, err := api.New(api.Dependencies{})
	for _, part := range []string{"Store", "Ledger", "Imports", "CardURL", "Now", "Log"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error %v does not name %s", err, part)
		}
	}
}
