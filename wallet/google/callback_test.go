package google_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

// vector returns the callback in testdata, which openssl signed, and a verifier that
// knows its root key.
func vector(t testing.TB) ([]byte, *google.Verifier) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "callback.json"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(filepath.Join("testdata", "root-keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	published := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys) }))
	t.Cleanup(published.Close)
	now := newClock().Now
	return body, &google.Verifier{IssuerID: googletest.Issuer, Keys: google.NewFetchedKeys(published.URL, nil, now), Now: now}
}

var vectorEvent = google.Event{
	Type: google.Saved, ClassID: classID, ObjectID: objectID,
	Nonce: "1f0c9a52-7c11-4b44-a8f0-2f0f1c9a7e31", Expires: time.UnixMilli(4102444800000),
}

func TestACallbackThatOpenSSLSigned(t *testing.T) {
	body, verifier := vector(t)
	event, err := verifier.Verify(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(vectorEvent, event); diff != "" {
		t.Error(diff)
	}
}

// TestEveryBitCounts flips each bit of the callback, and then of the strings in it that
// are signed or are signatures. A flip outside of them may be harmless, such as that of
// a space, but may never change what is believed.
func TestEveryBitCounts(t *testing.T) {
	body, verifier := vector(t)
	for i := range len(body) * 8 {
		flipped := bytes.Clone(body)
		flipped[i/8] ^= 1 << (i % 8)
		event, err := verifier.Verify(t.Context(), flipped)
		if err == nil && event != vectorEvent {
			t.Fatalf("with bit %d flipped it says %+v", i, event)
		}
	}
	type inner struct {
		SignedKey  string   `json:"signedKey"`
		Signatures []string `json:"signatures"`
	}
	var callback struct {
		Protocol  string `json:"protocolVersion"`
		Signature string `json:"signature"`
		Key       inner  `json:"intermediateSigningKey"`
		Message   string `json:"signedMessage"`
	}
	if err := json.Unmarshal(body, &callback); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]*string{
		"message": &callback.Message, "key": &callback.Key.SignedKey,
		"signature": &callback.Signature, "key's signature": &callback.Key.Signatures[0],
	} {
		sound := *text
		for i := range len(sound) * 7 {
			flipped := []byte(sound)
			flipped[i/7] ^= 1 << (i % 7)
			*text = string(flipped)
			forged, err := json.Marshal(callback)
			if err != nil {
				t.Fatal(err)
			}
			if event, err := verifier.Verify(t.Context(), forged); err == nil {
				t.Fatalf("with bit %d of the %s flipped it says %+v", i, name, event)
			}
		}
		*text = sound
	}
}

// listener is a handler with what it took in.
type listener struct {
	*googletest.Server

	clock   *clock
	handler http.Handler
	events  []google.Event
	fails   error
	reports []error
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{clock: newClock()}
	l.Server = googletest.New(t, l.clock.Now)
	verifier := &google.Verifier{
		IssuerID: googletest.Issuer, Keys: google.NewFetchedKeys(l.KeysURL(), nil, l.clock.Now), Now: l.clock.Now,
	}
	l.handler = google.CallbackHandler(verifier, google.NewMemoryNonces(l.clock.Now), func(_ context.Context, e google.Event) error {
		if l.fails == nil {
			l.events = append(l.events, e)
		}
		return l.fails
	}, func(_ context.Context, err error) { l.reports = append(l.reports, err) })
	return l
}

func (l *listener) post(t *testing.T, body []byte) int {
	t.Helper()
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/wallet/google", bytes.NewReader(body)))
	return w.Code
}

func saved(nonce string) googletest.Callback {
	return googletest.Callback{ClassID: classID, ObjectID: objectID, Nonce: nonce}
}

func TestACardIsSavedAndDeleted(t *testing.T) {
	l := listen(t)
	if status := l.post(t, l.Google.Sign(saved("1"))); status != http.StatusOK {
		t.Fatal(status, l.reports)
	}
	deleted := saved("2")
	deleted.EventType = "del"
	if status := l.post(t, l.Google.Sign(deleted)); status != http.StatusOK {
		t.Fatal(status, l.reports)
	}
	if len(l.events) != 2 || l.events[0].Type != google.Saved || l.events[1].Type != google.Deleted || l.events[1].ObjectID != objectID {
		t.Errorf("it took in %+v", l.events)
	}
	if l.Google.KeysFetched() != 1 {
		t.Errorf("the keys were fetched %d times", l.Google.KeysFetched())
	}
}

func TestAnEventCountsOnceHoweverOftenItComes(t *testing.T) {
	l := listen(t)
	body := l.Google.Sign(saved("1"))
	again := l.Google.Sign(saved("1")) // signed anew, as a retry may be
	for _, delivery := range [][]byte{body, body, again} {
		if status := l.post(t, delivery); status != http.StatusOK {
			t.Fatal(status, l.reports)
		}
	}
	if len(l.events) != 1 {
		t.Errorf("it took in %+v", l.events)
	}
}

func TestWhatCouldNotBeTakenInComesAgain(t *testing.T) {
	l := listen(t)
	body := l.Google.Sign(saved("1"))
	l.fails = errors.New("the database is away")
	if status := l.post(t, body); status != http.StatusServiceUnavailable {
		t.Fatal(status)
	}
	l.fails = nil
	if status := l.post(t, body); status != http.StatusOK || len(l.events) != 1 {
		t.Errorf("the second time: %d, %v", status, l.events)
	}
}

func TestCallbacksThatAreNotBelieved(t *testing.T) {
	l := listen(t)
	stranger := googletest.NewSigner(l.clock.Now)
	swap := func(body []byte, old, replacement string) []byte {
		swapped := bytes.ReplaceAll(body, []byte(old), []byte(replacement))
		if bytes.Equal(swapped, body) {
			t.Fatalf("%s is not in %s", old, body)
		}
		return swapped
	}
	change := func(f func(*googletest.Callback)) []byte {
		c := saved("1")
		f(&c)
		return l.Google.Sign(c)
	}
	sound := l.Google.Sign(saved("1"))
	for name, c := range map[string]struct {
		body []byte
		want int
	}{
		"signed by a stranger":     {stranger.Sign(saved("1")), http.StatusUnauthorized},
		"another card put in":      {swap(sound, "card_1", "card_2"), http.StatusUnauthorized},
		"for another issuer":       {change(func(c *googletest.Callback) { c.Recipient = "3388000000099999999" }), http.StatusUnauthorized},
		"about another's class":    {change(func(c *googletest.Callback) { c.ClassID = "3388000000099999999.a" }), http.StatusUnauthorized},
		"about another's object":   {change(func(c *googletest.Callback) { c.ObjectID = googletest.Issuer + "9.card_1" }), http.StatusUnauthorized},
		"expired":                  {change(func(c *googletest.Callback) { c.Expires = l.clock.Now() }), http.StatusUnauthorized},
		"with a key that ended":    {change(func(c *googletest.Callback) { c.KeyEnds = l.clock.Now() }), http.StatusUnauthorized},
		"without a nonce":          {change(func(c *googletest.Callback) { c.Nonce = "" }), http.StatusBadRequest},
		"with a long nonce":        {change(func(c *googletest.Callback) { c.Nonce = strings.Repeat("1", 257) }), http.StatusBadRequest},
		"with an id that is none":  {change(func(c *googletest.Callback) { c.ObjectID += "/../x" }), http.StatusBadRequest},
		"of another protocol":      {swap(sound, `"protocolVersion":"ECv2SigningOnly"`, `"protocolVersion":"ECv1"`), http.StatusBadRequest},
		"no JSON":                  {[]byte("save"), http.StatusBadRequest},
		"nothing":                  {nil, http.StatusBadRequest},
		"an empty object":          {[]byte("{}"), http.StatusBadRequest},
		"a list":                   {[]byte("[]"), http.StatusBadRequest},
		"signatures of no base 64": {swap(sound, `"signatures":["`, `"signatures":["!`), http.StatusBadRequest},
		"no signatures":            {[]byte(`{"protocolVersion":"ECv2SigningOnly","signedMessage":"a","intermediateSigningKey":{"signedKey":"a"}}`), http.StatusBadRequest},
		"100 MB":                   {bytes.Repeat([]byte("x"), 100<<20), http.StatusRequestEntityTooLarge},
		"about something else":     {change(func(c *googletest.Callback) { c.EventType = "activate" }), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			if status := l.post(t, c.body); status != c.want {
				t.Errorf("status %d, want %d", status, c.want)
			}
			if len(l.events) != 0 {
				t.Errorf("it was believed: %+v", l.events)
			}
		})
	}
	if len(l.reports) == 0 {
		t.Error("nobody was told")
	}
}

func TestARecordedCallbackIsWorthNothingLater(t *testing.T) {
	l := listen(t)
	body := l.Google.Sign(saved("1"))
	l.clock.Move(2 * time.Hour)
	if status := l.post(t, body); status != http.StatusUnauthorized || len(l.events) != 0 {
		t.Errorf("status %d, %v", status, l.events)
	}
}

func TestOnlyPostIsAnswered(t *testing.T) {
	l := listen(t)
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/wallet/google", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
		t.Errorf("status %d", w.Code)
	}
}

// TestGoogleTakesANewRootKey, and forged callbacks do not make us ask for keys all the time.
func TestGoogleTakesANewRootKey(t *testing.T) {
	l := listen(t)
	if status := l.post(t, l.Google.Sign(saved("1"))); status != http.StatusOK {
		t.Fatal(status)
	}
	l.Google.RotateRoot()
	l.clock.Move(2 * time.Minute)
	if status := l.post(t, l.Google.Sign(saved("2"))); status != http.StatusOK {
		t.Errorf("with the new key: %d, %v", status, l.reports)
	}
	fetched := l.Google.KeysFetched()
	stranger := googletest.NewSigner(l.clock.Now)
	for range 50 {
		l.post(t, stranger.Sign(saved("3")))
	}
	if l.Google.KeysFetched() != fetched {
		t.Errorf("forged callbacks made us fetch keys %d times", l.Google.KeysFetched()-fetched)
	}
}

func TestKeysThatCannotBeHad(t *testing.T) {
	l := listen(t)
	l.Fail(googletest.Fault{Path: "/keys", Times: 1, Status: http.StatusInternalServerError})
	for range 20 { // and not each of them asks Google
		if status := l.post(t, l.Google.Sign(saved("1"))); status != http.StatusServiceUnavailable {
			t.Errorf("without any keys: %d", status)
		}
	}
	l.clock.Move(time.Minute)
	if status := l.post(t, l.Google.Sign(saved("1"))); status != http.StatusOK {
		t.Errorf("when they are back: %d, %v", status, l.reports)
	}
	l.Fail(googletest.Fault{Path: "/keys", Times: 1, Status: http.StatusInternalServerError})
	l.clock.Move(7 * time.Hour)
	if status := l.post(t, l.Google.Sign(saved("2"))); status != http.StatusOK {
		t.Errorf("with the keys from before: %d, %v", status, l.reports)
	}
}

// keyring are keys that a fuzz test has in memory.
type keyring []*ecdsa.PublicKey

func (k keyring) RootKeys(context.Context, bool) ([]*ecdsa.PublicKey, error) { return k, nil }

func FuzzVerify(f *testing.F) {
	body, sound := vector(f)
	keys, err := sound.Keys.RootKeys(f.Context(), false)
	if err != nil {
		f.Fatal(err)
	}
	verifier := &google.Verifier{IssuerID: googletest.Issuer, Keys: keyring(keys), Now: sound.Now}
	f.Add(body)
	f.Add([]byte(`{"protocolVersion":"ECv2SigningOnly","signedMessage":"{}","signature":"","intermediateSigningKey":{"signedKey":"{}","signatures":[""]}}`))
	f.Add(bytes.ReplaceAll(body, []byte("card_1"), []byte("card_2")))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := verifier.Verify(t.Context(), body)
		if err == nil && event != vectorEvent {
			t.Fatalf("it was made to believe %+v", event)
		}
		if err != nil && !errors.Is(err, google.ErrMalformed) && !errors.Is(err, google.ErrForged) && !errors.Is(err, google.ErrOtherEvent) {
			t.Fatalf("an error of another kind: %v", err)
		}
	})
}
