//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/leima/leima/access"
	"github.com/leima/leima/deploy/servers"
	"github.com/leima/leima/paging"
)

// PostgreSQL is stopped as by pg_ctl stop -m immediate, and started again. Who asks
// meanwhile is told to come back, and that nothing was done; the log says it once.
func TestPostgresGoesAwayAndComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server of its own: not in a short run")
	}
	programs, missing := servers.LookUp()
	if len(missing) > 0 {
		t.Skipf("without %v", missing)
	}
	// The server ends with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	private, err := servers.MakeFolder("leima-away-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = private.Remove() })
	postgres, err := servers.StartPostgres(t.Context(), programs, private, "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = postgres.Kill() })

	h := openWith(t, options{settings: func(s *settings) { s.DB = postgres.URL }})
	cards, err := h.store.Cards(t.Context(), h.plan.Organization.ID, h.plan.Program.ID, paging.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	card, token := cards.Items[0], h.key(t, access.StampsWrite)
	page := links{h.base}.card(h.plan.Organization.Slug, card.Link)
	if status := h.stampAs(t, token, "before", card.Card.ID, 1); status != http.StatusCreated {
		t.Fatalf("before: %d", status)
	}

	if err := postgres.StopImmediately(t.Context()); err != nil {
		t.Fatal(err)
	}
	const tries = 20
	for i := range tries {
		h.isAway(t, http.MethodPost, h.base+"/v1/stamps", token, fmt.Sprintf("meanwhile %d", i),
			fmt.Sprintf(`{"card_id":%q,"quantity":1,"location_id":%q}`, card.Card.ID, h.plan.Locations[0].ID), `"code":"unavailable"`, "can be sent again")
		h.isAway(t, http.MethodGet, page, "", "", "", "<html")
		h.isAway(t, http.MethodGet, h.base+"/join/"+h.plan.Organization.Slug, "", "", "", "<html")
	}
	if log := h.log.String(); strings.Count(log, "the database is away") != 1 || strings.Contains(log, "request failed") ||
		strings.Contains(log, "page failed") || strings.Contains(log, "the database is back") {
		t.Errorf("the log of an outage:\n%s", log)
	}

	if err := postgres.StartAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status := h.stampAs(t, token, "after", card.Card.ID, 1); status != http.StatusCreated {
		t.Errorf("after: %d", status)
	}
	// It is told that it is over when nothing has failed for a moment.
	told := eventually("the end to be told", func() bool {
		_, err := h.store.Card(t.Context(), h.plan.Organization.ID, card.Card.ID)
		return err == nil && strings.Contains(h.log.String(), "the database is back")
	})
	if told != nil {
		t.Error(told)
	}
	log := h.log.String()
	if strings.Count(log, "the database is away") != 1 || strings.Count(log, "the database is back") != 1 || !strings.Contains(log, `"failed":`) {
		t.Errorf("the log after it:\n%s", log)
	}
	v, err := h.store.Card(t.Context(), h.plan.Organization.ID, card.Card.ID)
	if err != nil || v.Card.Lifetime != card.Card.Lifetime+2 {
		t.Errorf("%d stamps before and %d after, want two more; %v", card.Card.Lifetime, v.Card.Lifetime, err)
	}
}

// isAway asks, and wants to be told to come back, in words that hold all of these.
func (h *house) isAway(t *testing.T, method, url, token, key, body string, words ...string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", key)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s: %d, Retry-After %q: %s", method, url, answer.StatusCode, answer.Header.Get("Retry-After"), text)
	}
	for _, w := range words {
		if !strings.Contains(string(text), w) {
			t.Errorf("%s %s does not say %q: %s", method, url, w, text)
		}
	}
}
