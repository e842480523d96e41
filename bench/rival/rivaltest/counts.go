// Package rivaltest says what every yardstick that keeps stamps has to do: it has to be
// right, or its speed says nothing.
package rivaltest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// CountsOnce stamps a new card by way of the handler and returns its id: each key counts
// once, whatever is sent again.
func CountsOnce(t *testing.T, h http.Handler) (card string) {
	t.Helper()
	card = rand.Text()
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
	return card
}
