//go:build linux

package traffic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/bench/cards"
)

func job(address string) Job {
	return Job{
		Address: strings.TrimPrefix(address, "http://"), Kind: Stamps, Run: "abcdefgh", Connections: 9, Threads: 2,
		Warmup: 50 * time.Millisecond, Duration: 200 * time.Millisecond,
		Deck: cards.Deck{Seed: 1, Cards: 100, Organizations: 2, Since: 1772323200000},
		Shops: []cards.Shop{
			{LocationID: "loc_1", Token: "lk_one_A"}, {LocationID: "loc_2", Token: "lk_two_B"},
		},
	}
}

// till is a server that keeps what it was asked.
type till struct {
	mu     sync.Mutex
	keys   map[string]bool
	cards  map[string]string // to the token it came with
	twice  int
	answer func(w http.ResponseWriter, n int)
}

func (s *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		CardID     string `json:"card_id"`
		Code       string `json:"code"`
		LocationID string `json:"location_id"`
	}
	text, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(text, &body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if s.keys[key] {
		s.twice++
	}
	s.keys[key] = true
	s.cards[body.CardID+body.Code] = r.Header.Get("Authorization") + " " + body.LocationID
	s.answer(w, len(s.keys))
}

func open(t *testing.T, answer func(w http.ResponseWriter, n int)) (*till, string) {
	t.Helper()
	s := &till{keys: map[string]bool{}, cards: map[string]string{}, answer: answer}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func created(w http.ResponseWriter, _ int) {
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"balance":1}`)
}

func TestEveryStampHasAKeyOfItsOwnAndGoesToACardOfItsShop(t *testing.T) {
	s, address := open(t, created)
	j := job(address)
	var marks []Mark
	r, err := Run(t.Context(), j, func(m Mark) { marks = append(marks, m) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Mark{Begun, Ended}, marks); diff != "" {
		t.Error(diff)
	}
	if r.Answers == 0 || r.Answers > r.AllAnswers || r.AllAnswers != int64(len(s.keys)) || s.twice > 0 || r.Unknown > 0 || len(r.Refused) > 0 {
		t.Errorf("%d keys, %d twice; %+v", len(s.keys), s.twice, r)
	}
	if r.P50 <= 0 || r.P50 > r.P99 || r.P99 > r.Max || r.CPU <= 0 || r.Rate() <= 0 {
		t.Errorf("figures: %+v", r)
	}
	want := map[string]string{}
	for i := range j.Deck.Cards {
		shop := j.Shops[i%2]
		want[j.Deck.CardID(i)] = "Bearer " + shop.Token + " " + shop.LocationID
	}
	for id, by := range s.cards {
		if want[id] != by {
			t.Errorf("card %s was stamped by %q, want %q", id, by, want[id])
		}
	}
	if len(s.cards) < j.Deck.Cards/2 {
		t.Errorf("only %d cards were stamped", len(s.cards))
	}
}

func TestScansNameCodesAndAHotCardIsAlone(t *testing.T) {
	s, address := open(t, created)
	j := job(address)
	j.Kind, j.Hot = Scans, true
	if _, err := Run(t.Context(), j, func(Mark) {}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{j.Deck.Code(0): "Bearer lk_one_A loc_1"}
	if diff := cmp.Diff(want, s.cards); diff != "" {
		t.Errorf("scanned (-want +got):\n%s", diff)
	}
}

func TestRefusalsAreCountedApart(t *testing.T) {
	_, address := open(t, func(w http.ResponseWriter, n int) {
		if n%3 == 0 {
			http.Error(w, "come back later", http.StatusServiceUnavailable)
			return
		}
		created(w, n)
	})
	r, err := Run(t.Context(), job(address), func(Mark) {})
	if err != nil {
		t.Fatal(err)
	}
	if r.Answers == 0 || r.Refused[http.StatusServiceUnavailable] == 0 || !strings.Contains(r.FirstRefusal, "come back later") {
		t.Errorf("%+v", r)
	}
}

// A server that closes connections in the middle leaves requests of unknown outcome,
// and the rest goes on over new connections.
func TestBrokenConnectionsAreOpenedAgain(t *testing.T) {
	s, address := open(t, func(w http.ResponseWriter, n int) {
		if n == 20 || n == 30 {
			panic(http.ErrAbortHandler)
		}
		created(w, n)
	})
	r, err := Run(t.Context(), job(address), func(Mark) {})
	if err != nil {
		t.Fatal(err)
	}
	if r.Broken != 2 || r.Unknown != 2 || r.AllAnswers != int64(len(s.keys))-2 || len(s.keys) < 50 {
		t.Errorf("%d requests came: %+v", len(s.keys), r)
	}
}

func TestAServerThatIsNotThereIsAnError(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if r, err := Run(t.Context(), job(server.URL), func(Mark) {}); err == nil {
		t.Errorf("have %+v", r)
	}
}

func TestAWrongJobIsRefusedByField(t *testing.T) {
	for field, spoil := range map[string]func(*Job){
		"deck":        func(j *Job) { j.Deck.Cards = 0 },
		"kind":        func(j *Job) { j.Kind = "coffee" },
		"run":         func(j *Job) { j.Run = "" },
		"threads":     func(j *Job) { j.Threads = 0 },
		"connections": func(j *Job) { j.Connections = 1 },
		"duration":    func(j *Job) { j.Duration = time.Hour },
		"shops":       func(j *Job) { j.Shops = nil },
		"address":     func(j *Job) { j.Address = "" },
	} {
		j := job("127.0.0.1:1")
		spoil(&j)
		if err := j.Check(); err == nil || !strings.HasPrefix(err.Error(), field+":") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// What net/http writes, in one piece or cut anywhere, is read back.
func TestAnswersAreReadHoweverTheyAreCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "body")
		response := http.Response{
			StatusCode: rapid.IntRange(200, 599).Filter(func(n int) bool { return n != 204 && n != 304 }).Draw(t, "status"),
			ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"X-Request-Id": {"1"}}, Body: io.NopCloser(bytes.NewReader(body)),
			ContentLength: int64(len(body)),
		}
		if rapid.Bool().Draw(t, "chunked") {
			response.ContentLength, response.TransferEncoding = -1, []string{"chunked"}
		}
		text, err := httputil.DumpResponse(&response, true)
		if err != nil {
			t.Fatal(err)
		}
		cut := rapid.IntRange(0, len(text)-1).Draw(t, "cut")
		if _, length, err := readAnswer(text[:cut]); length != 0 || err != nil {
			t.Fatalf("a part of %d of %d bytes is taken for an answer of %d, %v", cut, len(text), length, err)
		}
		status, length, err := readAnswer(append(slices.Clone(text), "next"...))
		if status != response.StatusCode || length != len(text) || err != nil {
			t.Fatalf("status %d, length %d, %v; want %d, %d of %q", status, length, err, response.StatusCode, len(text), text)
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 201 \r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 2", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		status, length, err := readAnswer(b)
		if length < 0 || length > len(b) || status < 0 || status > 999 || err != nil && length != 0 {
			t.Errorf("status %d, length %d of %d, %v", status, length, len(b), err)
		}
	})
}

func TestTimesAreKnownToWithinOnePartIn64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		largest := rapid.Int64Range(1, 1<<40).Draw(t, "largest")
		random := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		var h, other histogram
		var times []int64
		for i := range n {
			times = append(times, random.Int64N(largest))
			if i%2 == 0 {
				h.add(times[i])
			} else {
				other.add(times[i])
			}
		}
		h.merge(&other)
		slices.Sort(times)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			want := times[min(n-1, int64Rank(q, n))]
			if have := h.quantile(q); have < want || have-want > want/64+1 {
				t.Fatalf("quantile %g of %v is %d, want %d", q, times, have, want)
			}
		}
	})
}

func int64Rank(q float64, n int) int { return int(q * float64(n)) }
