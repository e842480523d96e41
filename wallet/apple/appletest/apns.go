package appletest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Reply is what the stand-in answers a push with.
type Reply struct {
	Status     int // 200 if 0
	Reason     string
	Timestamp  time.Time
	RetryAfter string
	// Cut breaks the stream off, Slow keeps the answer back until the sender gives up.
	Cut, Slow bool
}

// APNs stands in for Apple's server. It looks at everything that Apple's documentation
// asks of a push, and answers as it is told.
type APNs struct {
	URL string
	// Roots are what a client has to trust.
	Roots *x509.CertPool

	mu      sync.Mutex
	replies map[string][]Reply // by token; the last one stays
	pushes  []string
	pushed  chan struct{} // closed with the next push
	faults  []string
	now     int // pushes that are being answered
	most    int
}

// uidOf is the attribute of a certificate that names the pass type.
const uidOf = "0.9.2342.19200300.100.1.1"

// NewAPNs starts the stand-in; it stops with the test.
func NewAPNs(t testing.TB) *APNs {
	t.Helper()
	a := &APNs{replies: map[string][]Reply{}, pushed: make(chan struct{})}
	server := httptest.NewUnstartedServer(http.HandlerFunc(a.serve))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	a.URL, a.Roots = server.URL, x509.NewCertPool()
	a.Roots.AddCert(server.Certificate())
	return a
}

// Answer sets how pushes to a token are answered, one after the other; the last reply
// stays.
func (a *APNs) Answer(token string, replies ...Reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.replies[token] = replies
}

// Pushes returns the tokens that were pushed to, in order.
func (a *APNs) Pushes() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.pushes)
}

// Await waits until the pushes that came so far are as wanted, in any way that enough
// describes. It returns the context's error if that ends first.
func (a *APNs) Await(ctx context.Context, enough func(pushes []string) bool) error {
	for {
		a.mu.Lock()
		pushes, next := slices.Clone(a.pushes), a.pushed
		a.mu.Unlock()
		if enough(pushes) {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return fmt.Errorf("wait for pushes: %w", ctx.Err())
		}
	}
}

// MostAtOnce returns how many pushes were being answered at the same time.
func (a *APNs) MostAtOnce() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.most
}

// Faults returns what was wrong with what came.
func (a *APNs) Faults() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.faults)
}

func (a *APNs) serve(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.URL.Path, "/3/device/")
	faults := inspect(r)
	a.mu.Lock()
	a.now++
	a.most = max(a.most, a.now)
	a.pushes = append(a.pushes, token)
	close(a.pushed)
	a.pushed = make(chan struct{})
	a.faults = append(a.faults, faults...)
	var reply Reply
	if queue := a.replies[token]; len(queue) > 0 {
		reply = queue[0]
		if len(queue) > 1 {
			a.replies[token] = queue[1:]
		}
	}
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.now--
	}()
	switch {
	case reply.Cut:
		panic(http.ErrAbortHandler)
	case reply.Slow:
		<-r.Context().Done()
		return
	case reply.Status == 0 || reply.Status == http.StatusOK:
		w.WriteHeader(http.StatusOK)
		return
	}
	if reply.RetryAfter != "" {
		w.Header().Set("Retry-After", reply.RetryAfter)
	}
	w.WriteHeader(reply.Status)
	body := map[string]any{"reason": reply.Reason}
	if !reply.Timestamp.IsZero() {
		body["timestamp"] = reply.Timestamp.UnixMilli()
	}
	_ = json.NewEncoder(w).Encode(body) // the sender may be gone
}

// inspect returns what is wrong with a push.
func inspect(r *http.Request) []string {
	var faults []string
	want := func(right bool, format string, args ...any) {
		if !right {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	const maxBody = 4096 // Apple's, for a payload
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	want(err == nil, "body: %v", err)
	want(string(body) == "{}", "body is %q, want {}", body)
	want(r.ProtoMajor == 2, "protocol is %s", r.Proto)
	want(r.Method == http.MethodPost, "method is %s", r.Method)
	token, found := strings.CutPrefix(r.URL.Path, "/3/device/")
	want(found && token != "" && strings.Trim(token, "0123456789abcdefABCDEF") == "", "path is %s", r.URL.Path)
	if len(r.TLS.PeerCertificates) == 0 {
		return append(faults, "there is no certificate")
	}
	topic := r.Header.Get("Apns-Topic")
	for _, name := range r.TLS.PeerCertificates[0].Subject.Names {
		if name.Type.String() == uidOf {
			want(name.Value == topic, "topic is %q, the certificate is for %v", topic, name.Value)
			return faults
		}
	}
	return append(faults, "the certificate names no pass type")
}
