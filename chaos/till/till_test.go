package till

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leima/leima/chaos/record"
)

// What an answer says decides what the proof may take for done or not done.
func TestAnswersAreUnderstood(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   record.State
	}{
		"done":                            {201, `{}`, record.Acknowledged},
		"the rules say no":                {409, `{"code":"coupon_redeemed"}`, record.Refused},
		"too many wait, nothing was done": {503, `{"code":"busy"}`, record.Refused},
		"another attempt is under way":    {409, `{"code":"idempotency_key_in_flight"}`, record.Unknown},
		"not known":                       {503, `{"code":"outcome_unknown"}`, record.Unknown},
		"in time or not":                  {503, `{"code":"unavailable"}`, record.Unknown},
		"a fault":                         {500, `{"code":"internal"}`, record.Unknown},
		"somebody else's answer":          {404, `<html>`, record.Unknown},
		"a gateway's":                     {502, ``, record.Unknown},
	} {
		if got, why := (Answer{Status: c.status, Body: c.body}).State(); got != c.want {
			t.Errorf("%s is %s (%s), want %s", name, got, why, c.want)
		}
	}
}

// A request whose answer is cut must not be sent again behind the till's back, as
// transports do under an idempotency key on a connection that was used before.
func TestARequestIsSentOnce(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Idempotency-Key") == "cut" {
			asked.Add(1)
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusCreated)
	}))
	defer server.Close()
	c := NewClient(time.Minute)
	for range 2 { // the second finds a connection
		if _, err := c.Send(t.Context(), server.URL, "token", "key", record.Request{Path: "/", Body: "{}"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Send(t.Context(), server.URL, "token", "cut", record.Request{Path: "/", Body: "{}"}); err == nil {
		t.Error("an answer that was cut was taken for one")
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}

func TestARewrittenBodyMeansTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shop := Shop{LocationID: "loc_1", Cards: []Card{{ID: "card_1", Code: "CODE"}}}
	changed := false
	for range 20 {
		q := stamp(r, shop, shop.Cards[0], time.Unix(1_800_000_000, 0))
		other := rewritten(q.Body)
		var a, b map[string]any
		if json.Unmarshal([]byte(q.Body), &a) != nil || json.Unmarshal([]byte(other), &b) != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%s became %s", q.Body, other)
		}
		changed = changed || other != q.Body
	}
	if !changed {
		t.Error("nothing was rewritten")
	}
}

func TestKeysAreAsLongAsMayBeNowAndThen(t *testing.T) {
	long := 0
	seen := map[string]bool{}
	for till := range 3 {
		for number := range 200 {
			key := keyOf(till, number)
			if len(key) > longKey || seen[key] {
				t.Fatalf("key %q of %d bytes, seen %t", key, len(key), seen[key])
			}
			seen[key] = true
			if len(key) == longKey {
				long++
			}
		}
	}
	if long == 0 {
		t.Error("no key is as long as may be")
	}
}

// TestTillsWriteDownBeforeTheyAsk looks at the record from inside the server: whatever
// arrives there has been written down.
func TestTillsWriteDownBeforeTheyAsk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	file, err := record.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	const requests = 200
	var asked atomic.Int32
	var enough func()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == requests {
			enough()
		}
		h, err := record.Read(path)
		// Reading while others write may meet half a line, which is of somebody else.
		if err != nil && !strings.Contains(err.Error(), "line") {
			t.Error(err)
		}
		if key := r.Header.Get("Idempotency-Key"); err == nil &&
			h.Command(record.Name{Org: 0, Key: key}) == nil && h.Command(record.Name{Org: 1, Key: key}) == nil {
			t.Errorf("key %s arrived before it was written down", key)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"entry":{"id":"ent_1","kind":"stamp"},"coupons":[{"id":"coup_1","status":"issued"}]}`))
	}))
	defer server.Close()
	shop := Shop{LocationID: "loc_1", Cards: []Card{{ID: "card_1", Code: "CODE"}}}
	l := &Load{
		Shops: []Shop{shop, shop}, Replicas: []string{server.URL, server.URL}, Record: file, Client: NewClient(time.Minute),
		Seed: 1, Tills: 4, Rate: 100_000,
	}
	l.Prepare()
	working, goHome := context.WithCancel(t.Context())
	defer goHome()
	enough = goHome
	if err := l.Run(working, 1); err != nil {
		t.Fatal(err)
	}
	h, err := record.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	kinds, again := map[string]int{}, 0
	var names []record.Name
	for _, c := range h.Commands {
		kinds[c.Request.Kind]++
		again += c.Attempts - 1
		names = append(names, c.Name)
		if c.State() != record.Acknowledged || len(c.Answers) != c.Attempts {
			t.Errorf("%s is %s after %d answers to %d attempts", c, c.State(), len(c.Answers), c.Attempts)
		}
	}
	if len(kinds) != 4 || again == 0 {
		t.Errorf("the tills asked for %v, %d times again", kinds, again)
	}
	answers, err := l.Ask(t.Context(), names[:10], 2)
	if err != nil || len(answers) != 10 {
		t.Errorf("asked about ten keys there were %d answers, %v", len(answers), err)
	}
	if _, err := l.Ask(t.Context(), []record.Name{{Org: 0, Key: "nobody's"}}, 2); err == nil {
		t.Error("a key that was never sent was asked about")
	}
}
