package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// The rival has to be right, or its speed says nothing.
func TestAStampIsCountedOnceForItsKey(t *testing.T) {
	address := os.Getenv("LEIMA_TEST_REDIS")
	if address == "" {
		t.Skip("LEIMA_TEST_REDIS is not set: run by make test")
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	card, h := rand.Text(), handler(client)
	ask := func(key string, quantity int) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/stamps",
			strings.NewReader(fmt.Sprintf(`{"card_id":%q,"quantity":%d,"location_id":"loc_1"}`, card, quantity)))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	for i, c := range []struct {
		key      string
		quantity int
		status   int
		balance  int
	}{
		{card + "1", 4, http.StatusCreated, 4},
		{card + "1", 4, http.StatusCreated, 4},
		{card + "1", 5, http.StatusUnprocessableEntity, 0},
		{card + "2", 7, http.StatusCreated, 1}, // a full card and one more
		{"", 1, http.StatusBadRequest, 0},
	} {
		status, body := ask(c.key, c.quantity)
		want := fmt.Sprintf(`{"card_id":%q,"balance":%d}`, card, c.balance)
		if c.status != http.StatusCreated {
			want = ""
		}
		if status != c.status || body != want {
			t.Errorf("%d: %d %s, want %d %s", i, status, body, c.status, want)
		}
	}
	if n, err := client.HGet(t.Context(), "card:"+card, "coupons").Int(); n != 1 || err != nil {
		t.Errorf("%d coupons, %v", n, err)
	}
}
