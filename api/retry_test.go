package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/api"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
)

// stamp is a request to stamp the tenant's card under the key.
func (x *tenant) stamp(key, body string) call {
	return call{"POST", "/v1/stamps", x.token["till key"], x.fill(body), map[string]string{"Idempotency-Key": key}}
}

const oneStamp = `{"card_id":"{card_id}","quantity":1,"location_id":"{location_id}"}`

// ledgerOf returns the card's entries, the oldest first.
func (w *world) ledgerOf(x *tenant) []loyalty.Entry {
	w.t.Helper()
	const maxPages = 1000
	var all []loyalty.Entry
	p := paging.Page{Limit: paging.MaxLimit}
	for range maxPages {
		list := must(w.store.Entries(w.t.Context(), x.org.ID, x.card, p))
		all = append(all, list.Items...)
		if p.Cursor = list.NextCursor; p.Cursor == "" {
			slices.Reverse(all)
			return all
		}
	}
	w.t.Fatalf("the ledger has more than %d pages", maxPages)
	return nil
}

func TestKeysOfEveryLength(t *testing.T) {
	w := newWorld(t)
	for length, status := range map[int]int{1: 201, 2: 201, 254: 201, 255: 201, 256: 400, 300: 400, 10_000: 400} {
		a := w.do(w.shop.stamp(strings.Repeat("k", length), oneStamp))
		if a.status != status || status == 400 && a.text("field") != "Idempotency-Key" {
			t.Errorf("a key of %d characters: %d %.300s", length, a.status, a.body)
		}
	}
	for _, key := range []string{"k", strings.Repeat("k", 255)} {
		a := w.want(w.do(w.shop.stamp(key, oneStamp)), 201)
		if a.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("a key of %d characters is not known again: %s", len(key), a.body)
		}
	}
	if stamped := len(w.ledgerOf(w.shop)) - 2; stamped != 4 {
		t.Errorf("%d entries for 4 keys", stamped)
	}
}

func TestAKeyIsItsOrganizationsOwn(t *testing.T) {
	w := newWorld(t)
	ours := w.want(w.do(w.shop.stamp("receipt 1", oneStamp)), 201)
	theirs := w.want(w.do(w.other.stamp("receipt 1", strings.Replace(oneStamp, `:1,`, `:2,`, 1))), 201)
	if theirs.header.Get("Idempotency-Replayed") != "" || theirs.text("card.id") != w.other.card || theirs.get("entry.quantity") != 2.0 {
		t.Errorf("the other organization got %v %s", theirs.header, theirs.body)
	}
	for x, first := range map[*tenant]answer{w.shop: ours, w.other: theirs} {
		body := oneStamp
		if x == w.other {
			body = strings.Replace(oneStamp, `:1,`, `:2,`, 1)
		}
		again := w.want(w.do(x.stamp("receipt 1", body)), 201)
		if again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s got %s, and now %s", x.org.Slug, first.body, again.body)
		}
	}
}

// TestOneMeaningHasOneAnswer writes the same request down in other ways.
func TestOneMeaningHasOneAnswer(t *testing.T) {
	w := newWorld(t)
	const body = `{"code":"{code}","quantity":2,"location_id":"{location_id}","external_ref":"receipt \u20ac 7","at":"2026-03-02T06:59:00Z"}`
	first := w.want(w.do(w.shop.stamp("one", body)), 201)
	code := w.shop.code
	for name, other := range map[string]string{
		"another order":         `{"at":"2026-03-02T06:59:00Z","external_ref":"receipt \u20ac 7","location_id":"{location_id}","quantity":2,"code":"{code}"}`,
		"other white space":     "\n{ \"code\"\t: \"{code}\" , \"quantity\":2,\r\n\"location_id\":\"{location_id}\",\"external_ref\":\"receipt \\u20ac 7\",\"at\":\"2026-03-02T06:59:00Z\" } ",
		"no escapes":            strings.Replace(body, `\u20ac`, "€", 1),
		"more escapes":          strings.Replace(body, `"quantity"`, `"\u0071uantity"`, 1),
		"another zone":          strings.Replace(body, "06:59:00Z", "08:59:00.000+02:00", 1),
		"a code in small":       strings.Replace(body, "{code}", strings.ToLower(code), 1),
		"a code with hyphens":   strings.Replace(body, "{code}", code[:4]+"-"+code[4:9]+" "+code[9:], 1),
		"a mistaken zero":       strings.Replace(body, "{code}", strings.ReplaceAll(code[:16], "0", "O")+code[16:], 1),
		"a media type in words": body,
	} {
		c := w.shop.stamp("one", other)
		if name == "a media type in words" {
			c.header["Content-Type"] = `Application/JSON; charset="UTF-8"`
		}
		a := w.do(c)
		if a.status != 201 || a.body != first.body || a.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %d %s, want %s again", name, a.status, a.body, first.body)
		}
	}
	for name, other := range map[string]string{
		"another quantity":  strings.Replace(body, `"quantity":2`, `"quantity":3`, 1),
		"another receipt":   strings.Replace(body, " 7", " 8", 1),
		"another branch":    strings.Replace(body, "{location_id}", w.shop.branch, 1),
		"another instant":   strings.Replace(body, "06:59:00Z", "06:59:01Z", 1),
		"without a receipt": strings.Replace(body, `,"external_ref":"receipt \u20ac 7"`, "", 1),
	} {
		if a := w.do(w.shop.stamp("one", other)); a.status != 422 || a.text("code") != "idempotency_key_reused" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if stamped := len(w.ledgerOf(w.shop)) - 2; stamped != 1 {
		t.Errorf("%d entries for one key", stamped)
	}
}

// TestTenThousandRequestsOfOneTill sends them all at once, and then again what was not
// acknowledged.
func TestTenThousandRequestsOfOneTill(t *testing.T) {
	requests := 10_000
	if testing.Short() {
		requests = 1_000
	}
	var group *ledger.GroupCommit
	w := newWorld(t, func(d *api.Dependencies) {
		batches, ok := d.Ledger.(loyalty.BatchLedger)
		if !ok {
			t.Fatal("the store takes no batches")
		}
		group = ledger.NewGroupCommit(batches, ledger.Config{Committers: 1, MaxWaitingPerOrg: requests / 2})
		d.Ledger = group
	})
	defer func() { w.check(group.Close(context.WithoutCancel(t.Context()))) }()
	body := w.shop.fill(oneStamp)
	// Every tenth key is sent twice at the same time.
	keys := make([]string, requests)
	for i := range keys {
		keys[i] = fmt.Sprintf("receipt %d", i-i%10/9)
	}
	send := func(key string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/stamps", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+w.shop.token["till key"])
		r.Header.Set("Idempotency-Key", key)
		recorder := httptest.NewRecorder()
		w.echo.ServeHTTP(recorder, r)
		return recorder
	}
	var mu sync.Mutex
	acknowledged, statuses := map[string]string{}, map[int]int{}
	sendAll := func(keys []string) {
		var all sync.WaitGroup
		for _, key := range keys {
			all.Go(func() {
				a := send(key)
				mu.Lock()
				defer mu.Unlock()
				statuses[a.Code]++
				switch {
				case a.Code == 201:
					if first, ok := acknowledged[key]; ok && first != a.Body.String() {
						t.Errorf("%s was answered %s, and then %s", key, first, a.Body)
					}
					acknowledged[key] = a.Body.String()
				case a.Code != 409 && a.Code != 503 || a.Header().Get("Retry-After") == "":
					t.Errorf("%s: %d %v %s", key, a.Code, a.Header(), a.Body)
				}
			})
		}
		all.Wait()
	}
	sendAll(keys)
	t.Logf("first attempts, by status: %v, with %d processors", statuses, runtime.GOMAXPROCS(0))
	w.holds(acknowledged)
	const maxAttempts = 20
	different := len(slices.Compact(slices.Clone(keys)))
	for range maxAttempts {
		left := slices.DeleteFunc(slices.Compact(slices.Clone(keys)), func(key string) bool { return acknowledged[key] != "" })
		if len(left) == 0 {
			break
		}
		sendAll(left)
	}
	if len(acknowledged) != different {
		t.Errorf("%d of %d were acknowledged after %d attempts: %v", len(acknowledged), different, maxAttempts, statuses)
	}
	w.holds(acknowledged)
}

// holds fails unless the ledger holds one stamp for each of the acknowledged keys and
// no other, besides the preparation's.
func (w *world) holds(acknowledged map[string]string) {
	w.t.Helper()
	found, sum := map[string]bool{}, 0
	for _, e := range w.ledgerOf(w.shop) {
		sum += e.Quantity
		if e.Kind != loyalty.EntryStamp || e.IdempotencyKey == "preparation" {
			continue
		}
		if acknowledged[e.IdempotencyKey] == "" || found[e.IdempotencyKey] {
			w.t.Errorf("the ledger holds %s, which was not acknowledged or is there twice", e.IdempotencyKey)
		}
		found[e.IdempotencyKey] = true
	}
	if len(found) != len(acknowledged) {
		w.t.Errorf("the ledger holds %d stamps, %d were acknowledged", len(found), len(acknowledged))
	}
	card := must(w.store.Card(w.t.Context(), w.shop.org.ID, w.shop.card)).Card
	if earned := 13 + len(acknowledged); card.Balance != sum || card.Balance != earned%10 || card.Round != earned/10 {
		w.t.Errorf("the card has %d after %d rounds, the ledger sums up to %d", card.Balance, card.Round, sum)
	}
}

// counting is a store that counts what it is asked.
type counting struct {
	api.Store
	asked []string
}

func (c *counting) Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error) {
	kind := "by code"
	switch {
	case h.Number != "":
		kind = "by number"
	case h.Phone != "":
		kind = "by phone"
	}
	c.asked = append(c.asked, kind)
	return c.Store.Identify(ctx, orgID, h, programID)
}

func (c *counting) Card(ctx context.Context, orgID, cardID string) (customer.View, error) {
	c.asked = append(c.asked, "card")
	return c.Store.Card(ctx, orgID, cardID)
}

func (c *counting) Program(ctx context.Context, orgID, id string) (loyalty.Program, error) {
	c.asked = append(c.asked, "program")
	return c.Store.Program(ctx, orgID, id)
}

func (c *counting) Apply(ctx context.Context, command loyalty.Command) (loyalty.Outcome, error) {
	c.asked = append(c.asked, "ledger")
	l, _ := c.Store.(loyalty.Ledger)
	return l.Apply(ctx, command)
}

// TestWhatIsNotThereCostsTheSame counts what is asked of the store for codes that lead
// to no card. Nobody must be able to tell by the time which of them exist.
func TestWhatIsNotThereCostsTheSame(t *testing.T) {
	asked := &counting{}
	w := newWorld(t, func(d *api.Dependencies) {
		asked.Store = d.Store
		d.Store, d.Ledger = asked, asked
	})
	shop := w.shop
	revoked := must(w.store.Join(t.Context(), customer.Join{
		OrgID: shop.org.ID, ProgramID: shop.program, FirstName: "Aino", Phone: "+358407654321", Trusted: true,
		Source: customer.SourceStaff, Zone: time.UTC, Now: monday, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
	})).View
	w.check(w.store.RevokeCard(t.Context(), shop.org.ID, revoked.Card.ID, monday))
	wrong := []byte(shop.code)
	wrong[16] = "0123456789"[(shop.code[16]+1)%10]
	session := w.want(w.do(call{"POST", "/v1/till-sessions", shop.token["till"], shop.fill(`{"staff_id":"{staff_id}","pin":"482915"}`), nil}), 201).text("token")

	numbers := map[string]string{"a foreign number": w.other.number, "a revoked card's number": revoked.Customer.Number, "an unknown number": customer.NewNumber(87654321)}
	codes := map[string]string{
		"an unknown code": loyalty.NewCode([10]byte{1}), "a wrong check character": string(wrong), "a revoked card's code": revoked.Code,
		"a foreign code": w.other.code, "nonsense": "' OR 1=1", "one character": "x", "64 characters": strings.Repeat("x", 64),
	}
	for _, credential := range []string{shop.token["till key"], session} {
		same := func(path, body string, inputs map[string]string) {
			t.Helper()
			var want []string
			text := ""
			for name, input := range inputs {
				asked.asked = nil
				a := w.want(w.do(call{
					"POST", path, credential, shop.fill(fmt.Sprintf(body, input)),
					map[string]string{"Idempotency-Key": "for " + name, "X-Request-Id": "one"},
				}), 404)
				// What looks like a phone number is looked up as one, too, at a till where
				// somebody has signed in. That depends on what was typed alone.
				if _, invalid := customer.ParsePhone("code", input, "FI"); invalid == nil {
					asked.asked = slices.DeleteFunc(asked.asked, func(kind string) bool { return kind == "by phone" })
				}
				if want == nil {
					want, text = asked.asked, a.body
				}
				if !slices.Equal(asked.asked, want) || a.body != text {
					t.Errorf("%s %s asks %q and gets %s, others ask %q and get %s", path, name, asked.asked, a.body, want, text)
				}
			}
			if len(want) == 0 {
				t.Errorf("%s asks nothing", path)
			}
		}
		same("/v1/scans", `{"code":%q}`, codes)
		same("/v1/stamps", `{"code":%q,"quantity":1,"location_id":"{location_id}"}`, codes)
		same("/v1/scans", `{"code":%q}`, numbers)
		same("/v1/stamps", `{"code":%q,"quantity":1,"location_id":"{location_id}"}`, numbers)
	}
}
