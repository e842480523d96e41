package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A client that writes all of a request before it reads must see why it was refused,
// not a broken connection.
func TestARefusedBodyIsReadToItsEnd(t *testing.T) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	})
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newHTTPServer(refuse, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })

	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	const size = 10 << 20
	if _, err := fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", size); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(conn, bytes.NewReader(make([]byte, size))); err != nil || n != size {
		t.Fatalf("the server broke off after %d of %d bytes: %v", n, size, err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 413 ")) {
		t.Fatalf("the answer is %q, error %v", answer, err)
	}
}

// deadlines counts how often a deadline for reading was set.
type deadlines struct {
	*httptest.ResponseRecorder
	set int
}

func (d *deadlines) SetReadDeadline(time.Time) error {
	d.set++
	return nil
}

func TestABodyThatWasReadIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		read int64 // bytes
		body string
		set  int
	}{
		"all of it":      {1 << 20, "12345678", 0},
		"half of it":     {4, "12345678", 1},
		"none of it":     {0, "12345678", 1},
		"there was none": {0, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			rest := strings.NewReader(c.body)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", io.NopCloser(rest))
			r.ContentLength = int64(len(c.body))
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			drained(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.CopyN(io.Discard, r.Body, c.read)
			})).ServeHTTP(w, r)
			if w.set != c.set || rest.Len() != 0 {
				t.Errorf("a deadline was set %d times, want %d; %d bytes are left", w.set, c.set, rest.Len())
			}
		})
	}
}
