package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/web"
)

// log is a buffer that several goroutines write to.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// house is the whole server with the demo pharmacy, in this process.
type house struct {
	*server
	store *store.Store
	plan  demo.Plan
	base  string
	// address is where it listens, whatever its public address.
	address string
	log     *log
	stop    context.CancelFunc
	ended   chan error
}

// open starts the server; add may give it more routes first.
func open(t *testing.T, add func(e *echo.Echo)) *house {
	t.Helper()
	return openWith(t, options{add: add})
}

// options say how a house differs from the usual one.
type options struct {
	add     func(e *echo.Echo)
	metrics *metrics
	wallet  *wallet
	google  *googleAccount
	galaxy  *galaxy
	// settings may change them.
	settings func(*settings)
}

func openWith(t *testing.T, o options) *house {
	t.Helper()
	h := &house{log: &log{}, ended: make(chan error, 1)}
	sh := &shell{out: h.log, err: h.log, now: time.Now}
	sh.settings = settings{Data: t.TempDir(), LogLevel: "debug", LogFormat: "json"}
	if o.settings != nil {
		o.settings(&sh.settings)
	}
	logger, err := sh.logger()
	if err != nil {
		t.Fatal(err)
	}
	var state *hotState
	if h.store, state, err = sh.openLive(t.Context(), logger); err != nil {
		t.Fatal(err)
	}
	s := seeder{store: h.store, now: time.Now, progress: func(int, int) {}}
	if h.plan, _, err = s.seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sh.settings.Addr = l.Addr().String()
	h.base, h.address = sh.links().base, "http://"+l.Addr().String()
	if h.server, err = wire(parts{
		sh: sh, log: logger, links: sh.links(), store: h.store, hot: state, wallet: o.wallet, google: o.google, galaxy: o.galaxy, metrics: o.metrics,
	}); err != nil {
		t.Fatal(err)
	}
	if o.add != nil {
		o.add(h.echo)
	}
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	ready := make(chan struct{})
	go func() {
		h.ended <- h.run(ctx, l, h.store, logger, func() error {
			close(ready)
			return nil
		})
	}()
	<-ready
	t.Cleanup(func() {
		stop()
		if err := errors.Join(state.Close(), h.store.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// gone waits for the end of the server.
func (h *house) gone(t *testing.T) error {
	t.Helper()
	select {
	case err := <-h.ended:
		return err
	case <-time.After(patience):
		t.Fatal("the server did not stop")
		return nil
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func nothingMore(*echo.Echo) {}

// A request under way when the server is told to stop gets its answer.
func TestStoppingLetsRequestsFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	h := open(t, func(e *echo.Echo) {
		e.GET("/slow", func(c echo.Context) error {
			close(entered)
			<-release
			return c.String(http.StatusOK, "done")
		})
	})
	answered := make(chan string)
	go func() {
		_, body := fetch(t, h.base+"/slow")
		answered <- body
	}()
	<-entered
	h.stop()
	if err := eventually("the log says that it stops", func() bool { return strings.Contains(h.log.String(), "stopping") }); err != nil {
		t.Fatal(err)
	}
	close(release)
	if body := <-answered; body != "done" {
		t.Errorf("the request under way got %q", body)
	}
	if err := h.gone(t); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// Whoever watches a card at one server hears of a stamp that another one gives.
func TestServersOfOneRedisHearOfEachOther(t *testing.T) {
	redis := os.Getenv("LEIMA_TEST_REDIS")
	if redis == "" {
		t.Skip("Redis is not tested: LEIMA_TEST_REDIS is not set to the URL of a server")
	}
	shared := options{settings: func(s *settings) { s.Redis = redis }}
	here, there := openWith(t, shared), openWith(t, shared)
	cards, err := here.store.Cards(t.Context(), here.plan.Organization.ID, here.plan.Program.ID, paging.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	card := cards.Items[0].Card.ID
	// Connecting takes a moment, in which nothing is heard.
	if err := eventually("the servers hear each other", func() bool {
		return here.hot.Health(t.Context()).OK && there.hot.Health(t.Context()).OK
	}); err != nil {
		t.Fatal(err)
	}
	heard := there.hot.Subscribe(t.Context(), web.CardTopic(here.plan.Organization.ID, card))
	if status := here.stampAs(t, here.key(t, access.StampsWrite), "one", card, 1); status != http.StatusCreated {
		t.Fatalf("the stamp answers %d", status)
	}
	select {
	case <-heard:
	case <-time.After(patience):
		t.Error("the other server does not hear of the stamp")
	}
	if status, body := fetch(t, there.base+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"hot":"redis"`) {
		t.Errorf("%d %s", status, body)
	}
}

// An open card page does not keep the server from stopping.
func TestStoppingEndsStreams(t *testing.T) {
	h := open(t, nothingMore)
	cards, err := h.store.Cards(t.Context(), h.plan.Organization.ID, h.plan.Program.ID, paging.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	page := links{h.base}.card(h.plan.Organization.Slug, cards.Items[0].Link)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page+"/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %s", response.Status)
	}
	stream := bufio.NewReader(response.Body)
	if _, err := stream.ReadString('\n'); err != nil {
		t.Fatalf("the stream says nothing: %v", err)
	}
	began := time.Now()
	h.stop()
	if err := h.gone(t); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if took := time.Since(began); took >= drainTimeout {
		t.Errorf("stopping took %s: the stream was waited for", took)
	}
}

// The log tells what happened and no secret: not in addresses, not in panics.
func TestTheLogHasNoSecrets(t *testing.T) {
	h := open(t, func(e *echo.Echo) {
		e.GET("/broken/:link", func(c echo.Context) error { panic("a fault near " + c.Param("link")) })
	})
	cards, err := h.store.Cards(t.Context(), h.plan.Organization.ID, h.plan.Program.ID, paging.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	link := cards.Items[0].Link
	if status, _ := fetch(t, links{h.base}.card(h.plan.Organization.Slug, link)); status != http.StatusOK {
		t.Errorf("the card page answers %d", status)
	}
	status, body := fetch(t, h.base+"/broken/"+link)
	if status != http.StatusInternalServerError || !strings.Contains(body, "<html") || strings.Contains(body, "fault near") {
		t.Errorf("a panic answers %d with %q, want a page that tells nothing", status, body)
	}
	text := h.log.String()
	for _, want := range []string{`"route":"/card/:slug/:link"`, `"status":200`, `"msg":"panic"`, `"route":"/broken/:link"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not have %s", want)
		}
	}
	if strings.Contains(text, link) {
		t.Errorf("the link of a card stands in the log:\n%s", text)
	}
}

// moodyState is a hot state that is as well as the test wants it to be.
type moodyState struct {
	health  hot.Health
	divided bool
}

func (s *moodyState) Health(context.Context) hot.Health { return s.health }
func (s *moodyState) Kind() string                      { return hotInRedis }
func (s *moodyState) Divided() bool                     { return s.divided }

func TestReadinessFollowsTheDatabaseAndTellsOfTheHotState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leima.db")
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite://" + path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	var stopping atomic.Bool
	redis := &moodyState{health: hot.Health{OK: true}}
	registerHealth(e, st, redis, &stopping)
	ask := func(path string) (int, readiness) {
		r := httptest.NewRecorder()
		e.ServeHTTP(r, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		var answer readiness
		if err := json.Unmarshal(r.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return r.Code, answer
	}
	must := func(when, path string, code int, status string) {
		t.Helper()
		c, answer := ask(path)
		if c != code || answer.Status != status || answer.Degraded != (status == "degraded") {
			t.Errorf("%s: %s answers %d %+v, want %d %q", when, path, c, answer, code, status)
		}
		if path == "/readyz" && (answer.Database != "sqlite" || answer.Hot != "redis") {
			t.Errorf("%s: what it works with is told as %+v", when, answer)
		}
	}
	must("open", "/readyz", http.StatusOK, "ready")
	redis.health = hot.Health{Detail: "dial tcp 10.1.2.3:6379: connection refused"}
	must("without Redis", "/readyz", http.StatusOK, "degraded")
	if _, answer := ask("/readyz"); !strings.Contains(answer.Detail, "Redis") || strings.Contains(answer.Detail, "10.1.2.3") {
		t.Errorf("anybody is told %q", answer.Detail)
	}
	redis.health, redis.divided = hot.Health{OK: true}, true
	must("with a Redis of its own", "/readyz", http.StatusOK, "degraded")
	if _, answer := ask("/readyz"); !strings.Contains(answer.Detail, "share one Redis") {
		t.Errorf("told %q", answer.Detail)
	}
	stopping.Store(true)
	must("stopping", "/readyz", http.StatusServiceUnavailable, "stopping")
	must("stopping", "/healthz", http.StatusOK, "ok")
	stopping.Store(false)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	must("without its database", "/readyz", http.StatusServiceUnavailable, "unavailable")
	if _, answer := ask("/readyz"); !strings.Contains(answer.Detail, "database does not answer") {
		t.Errorf("told %q", answer.Detail)
	}
	must("without its database", "/healthz", http.StatusOK, "ok")
}

// A visitor cannot choose the address that guesses are counted by.
func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	for _, c := range []struct{ trusted, peer, forwarded, want string }{
		{"", "192.0.2.7:1234", "", "192.0.2.7"},
		{"", "192.0.2.7:1234", "198.51.100.1", "192.0.2.7"},
		{"", "127.0.0.1:1234", "198.51.100.1", "127.0.0.1"},
		{"10.0.0.0/8", "10.1.2.3:1234", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.0/8", "192.0.2.7:1234", "198.51.100.1", "192.0.2.7"},
		// What the visitor wrote itself stands to the left of what the proxy added.
		{"10.0.0.0/8", "10.1.2.3:1234", "203.0.113.9, 198.51.100.1", "198.51.100.1"},
	} {
		s := settings{}
		if c.trusted != "" {
			s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(c.trusted)}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set(echo.HeaderXForwardedFor, c.forwarded)
		}
		if got := ipExtractor(s)(r); got != c.want {
			t.Errorf("%+v: the visitor is %s", c, got)
		}
	}
}
