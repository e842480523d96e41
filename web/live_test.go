package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/web"
)

// patience is how long a story waits for what should happen at once.
const patience = 10 * time.Second

// viewer is a page that listens to its card.
type viewer struct {
	t      *testing.T
	status int
	lines  chan string
	leave  context.CancelFunc
}

// event is one server-sent event, with its data if it has any.
type event struct{ name, data string }

func (w *world) serve() *httptest.Server {
	server := httptest.NewServer(w.echo)
	w.t.Cleanup(func() {
		w.web.Close()
		server.Close()
	})
	return server
}

func watch(t *testing.T, server *httptest.Server, path string) *viewer {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "en")
	res, err := server.Client().Do(req) //nolint:bodyclose // whoever reads it closes it
	if err != nil {
		t.Fatal(err)
	}
	v := &viewer{t: t, status: res.StatusCode, lines: make(chan string, 100), leave: leave}
	if res.StatusCode == http.StatusOK && res.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("content type %q", res.Header.Get("Content-Type"))
	}
	go func() {
		defer func() { _ = res.Body.Close() }()
		defer close(v.lines)
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			v.lines <- lines.Text()
		}
	}()
	return v
}

// next waits for the next event; comments and settings are none.
func (v *viewer) next() event {
	v.t.Helper()
	name := ""
	for {
		line, open := v.line()
		if !open {
			return event{name: "closed"}
		}
		if n, ok := strings.CutPrefix(line, "event: "); ok {
			name = n
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			return event{name, data}
		}
	}
}

func (v *viewer) line() (string, bool) {
	v.t.Helper()
	select {
	case line, open := <-v.lines:
		return line, open
	case <-time.After(patience):
		v.t.Fatal("nothing came")
		return "", false
	}
}

// face reads what an event of a changed card shows.
func (e event) face(t *testing.T) (state, html string) {
	t.Helper()
	var f struct{ State, HTML string }
	if err := json.Unmarshal([]byte(e.data), &f); e.name != "card" || err != nil {
		t.Fatalf("event %q: %v", e.name, err)
	}
	return f.State, f.HTML
}

func TestACardPageHearsOfAStampAtOnce(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(time.Hour, time.Hour) // only being told can be the reason
	card := w.trusted("Helmi", "", "+358401234567")
	v := watch(t, w.serve(), w.cardPath(card)+"/events?state=another")
	state, html := v.next().face(t)
	if !strings.Contains(html, "1 of 10 stamps") {
		t.Errorf("the first look does not show the card: %s", html)
	}
	w.give(card, 3)
	after, html := v.next().face(t)
	for _, text := range []string{`id="face"`, `id="history"`, "4 of 10 stamps, 6 to go", `data-filled="4"`} {
		if !strings.Contains(html, text) {
			t.Errorf("the event does not hold %q", text)
		}
	}
	if after == state {
		t.Error("the state did not change")
	}
}

func TestACardPageFindsOutWhatNobodyTold(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(5*time.Millisecond, time.Hour)
	w.deaf.Store(true)
	card := w.trusted("Helmi", "", "+358401234567")
	v := watch(t, w.serve(), w.cardPath(card)+"/events")
	v.next().face(t)
	w.give(card, 1)
	if _, html := v.next().face(t); !strings.Contains(html, "2 of 10 stamps") {
		t.Errorf("it shows %s", html)
	}
}

func TestAPageThatIsUpToDateIsLeftInPeaceButKeptOpen(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(5*time.Millisecond, 20*time.Millisecond)
	card := w.trusted("Helmi", "", "+358401234567")
	server := w.serve()
	state, _ := watch(t, server, w.cardPath(card)+"/events").next().face(t)
	v := watch(t, server, w.cardPath(card)+"/events?state="+state)
	for beats := 0; beats < 3; {
		line, open := v.line()
		switch {
		case !open:
			t.Fatal("the stream ended")
		case strings.HasPrefix(line, "event:"):
			t.Fatalf("it was told of a change: %s", line)
		case strings.HasPrefix(line, ":"):
			beats++
		}
	}
}

func TestAPageIsToldThatItsCardIsGone(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(5*time.Millisecond, time.Hour)
	card := w.joinAs(customer.Join{Phone: "+358401234567", Source: customer.SourceForm})
	v := watch(t, w.serve(), w.cardPath(card)+"/events")
	v.next().face(t)
	w.must(w.store.RevokeCard(t.Context(), w.org.ID, card.Card.ID, w.clock.Load()))
	if e := v.next(); e.name != "gone" {
		t.Errorf("event %q", e.name)
	}
	if e := v.next(); e.name != "closed" {
		t.Errorf("after it: %q", e.name)
	}
}

func TestStreamsAreBoundedAndTheirPlacesComeFree(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(5*time.Millisecond, 5*time.Millisecond)
	card, other := w.trusted("Helmi", "", "+358401234567"), w.trusted("Toini", "", "+358409876543")
	server := w.serve()
	var viewers []*viewer
	for range web.MaxStreams {
		viewers = append(viewers, watch(t, server, w.cardPath(card)+"/events"))
	}
	if v := watch(t, server, w.cardPath(card)+"/events"); v.status != http.StatusServiceUnavailable {
		t.Errorf("one too many: status %d", v.status)
	}
	if v := watch(t, server, w.cardPath(other)+"/events"); v.status != http.StatusOK {
		t.Errorf("another card: status %d", v.status)
	}
	viewers[0].leave()
	deadline := time.Now().Add(patience)
	for watch(t, server, w.cardPath(card)+"/events").status != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatal("the place did not come free")
		}
	}
}

func TestClosingEndsStreams(t *testing.T) {
	w := newWorld(t)
	w.web.Hurry(time.Hour, time.Hour)
	card := w.trusted("Helmi", "", "+358401234567")
	v := watch(t, w.serve(), w.cardPath(card)+"/events")
	v.next().face(t)
	w.web.Close()
	if e := v.next(); e.name != "closed" {
		t.Errorf("event %q", e.name)
	}
	// Pages are answered all the same.
	w.browser().get(w.cardPath(card)).want(http.StatusOK)
}
