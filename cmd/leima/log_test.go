package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func redactingLog(w io.Writer) *slog.Logger {
	return slog.New(redacting{slog.NewJSONHandler(w, nil), func() {}})
}

func TestTheLogRedacts(t *testing.T) {
	var b strings.Builder
	failure := errors.New("no session ls_leimala_ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	redactingLog(&b).With("email", "s3cret@example.org", "kept", "as it is").Info("till lt_leimala_ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"token", "s3cret", "phone", "+46701740605", "link", "s3cret", "error", failure, "url", "postgres://leima:s3cret@db/leima",
		slog.Group("inside", "pin", "s3cret", "deeper", slog.GroupValue(slog.Any("cause", failure))), "route", "/card/:slug/:link", "status", 201)
	got := b.String()
	for _, secret := range []string{"s3cret", "ABCDEFGHIJ", "+4670"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q stands in %s", secret, got)
		}
	}
	for _, kept := range []string{
		"ls_leimala_[redacted]", "lt_leimala_[redacted]", "/card/:slug/:link", "leima:[redacted]@db", `"kept":"as it is"`, `"status":201`, `"pin":"[redacted]"`,
	} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q does not stand in %s", kept, got)
		}
	}
}

// What looks for secrets quickly must find every one that the patterns find.
func TestNoSecretIsOverlooked(t *testing.T) {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{"lk_", "lt_leimala_", "ls_a-b_", "li_x_ABCDEFGHIJ", "_", "l", "k_", "://", "leima:secret@db", ":", "@", " ", "é"}),
		rapid.StringMatching(`l[ktsicx]_[a-z0-9-]{1,3}_[A-Z2-7]{9,11}`), rapid.StringMatching(`[a-z]{0,3}://[a-z]{0,2}:[a-z]{0,2}@`), rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "parts"), "")
		want := s
		for _, w := range secretWords {
			want = w.pattern.ReplaceAllString(want, w.with)
		}
		if got := redactText(s); got != want {
			t.Fatalf("%q is logged as %q, want %q", s, got, want)
		}
	})
}

func TestLinesAreWrittenTogetherAndNoneIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		lines := &lineBuffer{to: &out}
		log := slog.New(redacting{slog.NewTextHandler(lines, nil), lines.flush})
		logged := func(want int) {
			t.Helper()
			lines.mu.Lock()
			defer lines.mu.Unlock()
			if got := bytes.Count(out.Bytes(), []byte("\n")); got != want {
				t.Fatalf("%d lines are written, want %d", got, want)
			}
		}
		log.Info("one")
		log.Info("two")
		logged(0)
		<-time.After(logDelay)
		synctest.Wait()
		logged(2)
		log.Info("three")
		log.Error("four")
		logged(4)
		log.Info("five")
		lines.flush()
		logged(5)
		long := strings.Repeat("x", maxLines/4)
		for range 4 {
			log.Info(long)
		}
		logged(8) // three of them fit
		log.Info(strings.Repeat("x", 2*maxLines))
		lines.flush()
		logged(10)
	})
}

// BenchmarkAccessLog measures what the line of a request costs the request.
func BenchmarkAccessLog(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	lines := &lineBuffer{to: f}
	b.Cleanup(lines.flush)
	for _, to := range []struct {
		name string
		w    io.Writer
	}{{"at once", f}, {"together", lines}} {
		log := redactingLog(to.w)
		b.Run(to.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.LogAttrs(context.Background(), slog.LevelInfo, "request",
					slog.String("method", "POST"), slog.String("route", "/v1/stamps"), slog.Int("status", 201), slog.Int64("duration_ms", 3),
					slog.String("problem", ""), slog.String("request_id", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
					slog.String("org_id", "org_01k3sa0z2efcrstmhzda61w2t5"), slog.String("principal", "api_key"))
			}
		})
	}
}
