package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leima/leima/bench/rival"
)

func TestAStampIsParsedAndAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		status int
		answer string
	}{
		"a stamp": {`{"card_id":"card_1","quantity":2,"location_id":"loc_1"}`, http.StatusCreated, `{"card_id":"card_1","balance":2}`},
		"no JSON": {`card_1`, http.StatusBadRequest, "message"},
		"too much": {
			`{"card_id":"` + strings.Repeat("x", rival.MaxBody) + `"}`, http.StatusBadRequest, "message",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/stamps", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler().ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.answer) {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, c.status, c.answer)
			}
		})
	}
}
