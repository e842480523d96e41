package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/leima/leima/access"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/paging"
)

// scrape returns the lines of the metrics, without comments.
func scrape(t *testing.T, m *metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	debugHandler(m, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if w.Code != http.StatusOK {
		t.Fatalf("a scrape answers %d: %s", w.Code, w.Body)
	}
	lines := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		line = strings.TrimSpace(line)
		// A name may have spaces in its labels; a value has none.
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			lines[line[:at]] = line[at+1:]
		}
	}
	return lines
}

// must fails the test unless the metrics have the values.
func must(t *testing.T, have, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if have[name] != value {
			t.Errorf("%s is %q, want %q", name, have[name], value)
		}
	}
}

// stampAs sends a stamp under the key and returns the status.
func (h *house) stampAs(t *testing.T, token, key, cardID string, quantity int) int {
	t.Helper()
	body := fmt.Sprintf(`{"card_id":%q,"location_id":%q,"quantity":%d}`, cardID, h.plan.Locations[0].ID, quantity)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/v1/stamps", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func TestMetricsTellWhatHappened(t *testing.T) {
	m := newMetrics(build{Version: "1.2.3", Commit: "abc"})
	h := openWith(t, options{metrics: m})
	token := h.key(t, access.StampsWrite)
	cards, err := h.store.Cards(t.Context(), h.plan.Organization.ID, h.plan.Program.ID, paging.Page{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	card := cards.Items[0].Card.ID
	for _, c := range []struct {
		key          string
		quantity     int
		card         string
		wantedStatus int
	}{
		{"one", 1, card, http.StatusCreated},
		{"one", 1, card, http.StatusCreated},
		{"one", 2, card, http.StatusUnprocessableEntity},
		{"two", 1, "card_01h455vb4pex5vsknk084sn02q", http.StatusNotFound},
	} {
		if status := h.stampAs(t, token, c.key, c.card, c.quantity); status != c.wantedStatus {
			t.Fatalf("%+v: status %d", c, status)
		}
	}
	scanner := h.key(t, access.ScansWrite)
	for range 3 {
		if scanned := h.scans(t, scanner, cards.Items[0].Code); scanned.status != http.StatusOK {
			t.Fatalf("a scan: status %d", scanned.status)
		}
	}
	if scanned := h.scans(t, scanner, "ABCDEFGHJKMNPQRST"); scanned.status != http.StatusNotFound {
		t.Fatalf("a scan of no card: status %d", scanned.status)
	}
	if status, _ := fetch(t, h.base+"/v1/nowhere"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	if status, _ := fetch(t, h.base+"/nowhere/secret"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	m.selfCheck(jobs.CheckReport{Cards: 203, Ledger: 1, Projection: 2, NotProved: 3, NotSeen: 4, CellsNotSeen: 5})
	if err := eventually("the jobs have run", func() bool {
		return scrape(t, m)[`leima_job_runs_total{job="follow the epoch",result="success"}`] != "0"
	}); err != nil {
		t.Fatal(err)
	}
	epoch, err := h.store.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	have := scrape(t, m)
	must(t, have, map[string]string{
		`leima_build_info{commit="abc",version="1.2.3"}`:                           "1",
		`leima_commands_total{kind="stamp",outcome="acknowledged"}`:                "1",
		`leima_commands_total{kind="stamp",outcome="replayed"}`:                    "1",
		`leima_commands_total{kind="stamp",outcome="refused"}`:                     "2",
		`leima_commands_total{kind="stamp",outcome="unknown"}`:                     "0",
		`leima_commands_total{kind="redeem",outcome="busy"}`:                       "0",
		`leima_commands_waiting`:                                                   "0",
		`leima_batch_commands_count`:                                               "4",
		`leima_batch_commands_sum`:                                                 "4",
		`leima_commit_seconds_count`:                                               "4",
		`leima_http_requests_total{method="POST",route="/v1/stamps",status="201"}`: "2",
		`leima_http_requests_total{method="POST",route="/v1/stamps",status="404"}`: "1",
		`leima_http_request_seconds_count{method="POST",route="/v1/stamps"}`:       "4",
		`leima_hot_up{kind="in_process"}`:                                          "1",
		`leima_self_check_cards_total`:                                             "200",
		`leima_self_check_drift_total{kind="ledger"}`:                              "1",
		`leima_self_check_drift_total{kind="projection"}`:                          "2",
		`leima_self_check_not_looked_at_total{kind="ledger"}`:                      "3",
		`leima_self_check_not_looked_at_total{kind="projection"}`:                  "4",
		`leima_self_check_not_looked_at_total{kind="totals"}`:                      "5",
	})
	// The first scan reads the card from the database, unless the server has told the hot
	// state of what changed before it started; nobody but the database knows what is not there.
	hot, read := have[`leima_cards_found_total{in="hot_state"}`], have[`leima_cards_found_total{in="database"}`]
	if (hot != "2" || read != "2") && (hot != "3" || read != "1") {
		t.Errorf("%s cards were found in the hot state and %s in the database", hot, read)
	}
	if have["leima_hot_epoch"] != fmt.Sprintf("%.12e", float64(epoch)) && have["leima_hot_epoch"] != fmt.Sprintf("%g", float64(epoch)) {
		t.Errorf("the epoch is %s, want %d", have["leima_hot_epoch"], epoch)
	}
	for name := range have {
		if strings.Contains(name, "secret") {
			t.Errorf("an address that a visitor chose is kept: %s", name)
		}
	}
	if have["leima_http_requests_total{method=\"GET\",route=\"/v1/*\",status=\"404\"}"] == "" {
		t.Error("what is not there in the interface was not counted")
	}
}

// What a visitor makes up must not become a line of its own each time.
func TestMadeUpRequestsAreCountedTogether(t *testing.T) {
	m := newMetrics(build{})
	e := newEcho(settings{}, slog.New(slog.DiscardHandler), func(c echo.Context, err error) {
		var problem *echo.HTTPError
		if errors.As(err, &problem) {
			_ = c.NoContent(problem.Code)
		}
	}, m.around()...)
	e.GET("/card/:link", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	m.know(e)
	for i := range 3 {
		for _, r := range []struct{ method, path string }{
			{http.MethodGet, fmt.Sprintf("/card/link%d", i)}, {http.MethodGet, fmt.Sprintf("/made-up%d", i)}, {fmt.Sprintf("MADEUP%d", i), "/card/x"},
		} {
			e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), r.method, r.path, http.NoBody))
		}
	}
	have := scrape(t, m)
	must(t, have, map[string]string{
		`leima_http_requests_total{method="GET",route="/card/:link",status="204"}`: "3",
		`leima_http_requests_total{method="other",route="other",status="404"}`:     "3",
		`leima_http_requests_total{method="other",route="other",status="405"}`:     "3",
	})
	for name := range have {
		if strings.Contains(strings.ToLower(name), "made") {
			t.Errorf("have %s", name)
		}
	}
}

func TestAJobThatFailsAndOneThatIsStopped(t *testing.T) {
	m := newMetrics(build{})
	fault := errors.New("fault")
	list := m.periodic([]jobs.Periodic{{Name: "work", Run: func(context.Context) error { return fault }}})
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, ctx := range []context.Context{t.Context(), stopped} {
		if err := list[0].Run(ctx); !errors.Is(err, fault) {
			t.Errorf("have %v", err)
		}
	}
	must(t, scrape(t, m), map[string]string{
		`leima_job_runs_total{job="work",result="failure"}`:    "1",
		`leima_job_runs_total{job="work",result="success"}`:    "0",
		`leima_job_last_success_timestamp_seconds{job="work"}`: "0",
	})
}

// BenchmarkRequest is what counting costs a request: compare the two.
func BenchmarkRequest(b *testing.B) {
	for name, m := range map[string]*metrics{"counted": newMetrics(build{}), "uncounted": nil} {
		b.Run(name, func(b *testing.B) {
			e := echo.New()
			e.Use(m.around()...)
			e.POST("/v1/stamps", func(c echo.Context) error {
				c.Response().WriteHeader(http.StatusCreated)
				return nil
			})
			m.know(e)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				r, w := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/stamps", http.NoBody), httptest.NewRecorder()
				for pb.Next() {
					e.ServeHTTP(w, r)
				}
			})
		})
	}
}

func TestMetricsTellWhenTheCertificateForPassesEndsAndOfPushes(t *testing.T) {
	m := newMetrics(thisBuild())
	m.appleExpires(time.Unix(1_800_000_000, 0))
	pushed := m.pushes()
	pushed(jobs.PushSent)
	pushed(jobs.PushSent)
	pushed(jobs.PushGone)
	must(t, scrape(t, m), map[string]string{
		"leima_apple_certificate_expires_timestamp_seconds": "1.8e+09",
		`leima_apple_pushes_total{result="sent"}`:           "2",
		`leima_apple_pushes_total{result="gone"}`:           "1",
		`leima_apple_pushes_total{result="failed"}`:         "0",
		`leima_apple_pushes_total{result="refused"}`:        "0",
	})
	var none *metrics
	none.appleExpires(time.Now())
	if none.pushes() != nil {
		t.Error("a server that counts nothing counts pushes")
	}
}
