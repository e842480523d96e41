package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/leima/leima/api"
	"github.com/leima/leima/loyalty"
)

// sink is an answer that is counted and thrown away.
type sink struct {
	header http.Header
	status int
	bytes  int64
}

func (s *sink) Header() http.Header { return s.header }

func (s *sink) WriteHeader(status int) { s.status = status }

func (s *sink) Write(p []byte) (int, error) {
	s.bytes += int64(len(p))
	return len(p), nil
}

// TestTheLargestExportsAreMeasured fills a ledger with as many entries as one export may
// have and says what the files take. It has no limits of its own, as it takes a minute and
// other programs disturb it: LEIMA_MEASURE=exports go test ./api -run Measured -v
func TestTheLargestExportsAreMeasured(t *testing.T) {
	if os.Getenv("LEIMA_MEASURE") != "exports" {
		t.Skip("LEIMA_MEASURE is not exports")
	}
	w := newWorld(t)
	had := 20 // the shop's own entries are few
	for done := had; done < api.MaxExportRows; {
		commands := make([]loyalty.Command, min(loyalty.MaxBatch, api.MaxExportRows-done))
		for i := range commands {
			commands[i] = loyalty.Command{
				Kind: loyalty.CommandAdjust, OrgID: w.shop.org.ID, CardID: w.shop.card, Quantity: 1 - 2*((done+i)%2), Reason: "measured",
				IdempotencyKey: fmt.Sprint("m", done+i), BodyHash: "h", Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: monday, Now: monday,
			}
		}
		done += len(must(w.store.ApplyBatch(t.Context(), commands)))
	}
	for _, format := range []string{"csv", "xlsx"} {
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		peak, stop, stopped := before.HeapInuse, make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapInuse)
				}
			}
		}()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/exports/entries?format="+format, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+w.shop.token["owner"])
		to := &sink{header: http.Header{}}
		began := time.Now()
		w.echo.ServeHTTP(to, r)
		took := time.Since(began)
		close(stop)
		<-stopped
		if to.status != http.StatusOK {
			t.Fatalf("%s: status %d", format, to.status)
		}
		t.Logf("%s: about %d rows, %.1f MB in %.1f s, heap at most %.1f MB above what it was",
			format, api.MaxExportRows, float64(to.bytes)/1e6, took.Seconds(), float64(peak-before.HeapInuse)/1e6)
	}
}
