package pass_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/store"
	"github.com/leima/leima/store/storetest"
)

// BenchmarkACachedPassOverHTTP fetches a pass that did not change, as a second device of a
// customer does, and for comparison the same bytes from a handler that does nothing else.
// They take turns in one run.
func BenchmarkACachedPassOverHTTP(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		fetchCachedPass(b, openStore(b, "sqlite://"+filepath.Join(b.TempDir(), "leima.db")))
	})
	b.Run("postgres", func(b *testing.B) { fetchCachedPass(b, openStore(b, storetest.NewDatabase(b))) })
}

func fetchCachedPass(b *testing.B, s *store.Store) {
	b.Helper()
	sh := newShop(b, s)
	view := sh.joinAs(customer.Join{ProgramID: sh.program.ID, FirstName: "Aino", Email: "aino@example.org", Trusted: true, Source: customer.SourceStaff})
	packed, err := sh.issuer.Package(b.Context(), sh.org.ID, view.Card.ID)
	sh.ok(err)
	p, err := sh.store.IssuePass(b.Context(), customer.Pass{OrgID: sh.org.ID, CardID: view.Card.ID, Type: passType})
	sh.ok(err)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.apple.pkpass")
		_, _ = w.Write(packed) // the reader may be gone
	}))
	b.Cleanup(bare.Close)
	full := httptest.NewServer(sh.issuer)
	b.Cleanup(full.Close)
	const together, each = 8, 50
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: together}}
	fetch := func(address string) time.Duration {
		began := time.Now()
		var all sync.WaitGroup
		for range together {
			all.Go(func() {
				for range each {
					r, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, address, http.NoBody)
					r.Header.Set("Authorization", "ApplePass "+p.Token)
					answer, err := client.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					n, err := io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close() // it was read
					if err != nil || n != int64(len(packed)) || answer.StatusCode != http.StatusOK {
						b.Errorf("%d bytes, status %d, %v", n, answer.StatusCode, err)
					}
				}
			})
		}
		all.Wait()
		return time.Since(began)
	}
	address := full.URL + "/apple/" + sh.org.Slug + "/v1/passes/" + passType + "/" + p.Serial
	var spentBare, spentFull time.Duration
	for b.Loop() {
		spentBare += fetch(bare.URL)
		spentFull += fetch(address)
	}
	b.ReportMetric(float64(b.N*together*each)/spentBare.Seconds(), "bare/s")
	b.ReportMetric(float64(b.N*together*each)/spentFull.Seconds(), "passes/s")
	b.ReportMetric(spentBare.Seconds()/spentFull.Seconds(), "of-bare")
}
