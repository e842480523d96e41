package main

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
)

// secretKeys are attributes whose values never reach a log: credentials, what
// opens a card, and what tells who somebody is.
var secretKeys = map[string]bool{
	"token": true, "authorization": true, "password": true, "pin": true, "secret": true, "cookie": true,
	"code": true, "link": true, "number": true, "phone": true, "email": true, "to": true, "name": true,
}

// secretWords are tokens (access.NewToken) and passwords in addresses, wherever in a
// text they stand.
var secretWords = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`\b(l[ktsic])_([a-z0-9-]+)_[A-Z2-7]{10,}`), "${1}_${2}_[redacted]"},
	// A password may hold an @ or a slash that should have been escaped.
	{regexp.MustCompile(`://([^:/@\s]*):\S*@`), "://$1:[redacted]@"},
}

// logger writes to standard error: standard output belongs to results. What is logged
// is written at once.
func (sh *shell) logger() (*slog.Logger, error) { return sh.loggerTo(sh.err, func() {}) }

// serverLogger is the logger of a process that logs every request. It writes lines
// together, at most logDelay late; warnings and errors at once, with all before them.
// flush writes what is left.
func (sh *shell) serverLogger() (log *slog.Logger, flush func(), err error) {
	lines := &lineBuffer{to: sh.err}
	log, err = sh.loggerTo(lines, lines.flush)
	return log, lines.flush, err
}

func (sh *shell) loggerTo(w io.Writer, flush func()) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(sh.settings.LogLevel)); err != nil {
		return nil, usagef("--log-level: %w", err)
	}
	options := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewJSONHandler(w, options)
	if sh.settings.LogFormat == "text" || sh.settings.LogFormat == "auto" && isTerminal(sh.err) {
		h = slog.NewTextHandler(w, options)
	}
	return slog.New(redacting{h, flush}), nil
}

// redacting is in front of every handler of Leima and keeps secrets from it. Most
// records hold none and go on as they are: a slog.HandlerOptions.ReplaceAttr would
// cost three times the record itself.
type redacting struct {
	slog.Handler
	// flush makes the handler write what it holds back.
	flush func()
}

// Handle implements slog.Handler.
func (h redacting) Handle(ctx context.Context, r slog.Record) error {
	if holdsSecret(&r) {
		clean := slog.NewRecord(r.Time, r.Level, redactText(r.Message), r.PC)
		r.Attrs(func(a slog.Attr) bool {
			clean.AddAttrs(redact(a))
			return true
		})
		r = clean
	}
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		h.flush()
	}
	return err //nolint:wrapcheck // slog drops it
}

// WithAttrs implements slog.Handler.
func (h redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = redact(a)
	}
	return redacting{h.Handler.WithAttrs(clean), h.flush}
}

// WithGroup implements slog.Handler.
func (h redacting) WithGroup(name string) slog.Handler {
	return redacting{h.Handler.WithGroup(name), h.flush}
}

// holdsSecret reports whether redact may change something of the record.
func holdsSecret(r *slog.Record) bool {
	found := mayHoldSecret(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		switch {
		case secretKeys[a.Key]:
			found = true
		case a.Value.Kind() == slog.KindString:
			found = found || mayHoldSecret(a.Value.String())
		case a.Value.Kind() == slog.KindAny || a.Value.Kind() == slog.KindGroup || a.Value.Kind() == slog.KindLogValuer:
			found = true
		}
		return !found
	})
	return found
}

// redact returns the attribute as it may be logged.
func redact(a slog.Attr) slog.Attr {
	if secretKeys[a.Key] {
		return slog.String(a.Key, "[redacted]")
	}
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, redactText(a.Value.String()))
	case slog.KindGroup:
		clean := make([]slog.Attr, len(a.Value.Group()))
		for i, inner := range a.Value.Group() {
			clean[i] = redact(inner)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			return slog.String(a.Key, redactText(err.Error()))
		}
	default: // numbers, instants and the like
	}
	return a
}

func redactText(s string) string {
	if !mayHoldSecret(s) {
		return s
	}
	for _, w := range secretWords {
		s = w.pattern.ReplaceAllString(s, w.with)
	}
	return s
}

// mayHoldSecret reports whether one of the secretWords may stand in s: there is the
// beginning of a token, or of a password in an address. Never false where one does.
func mayHoldSecret(s string) bool {
	if strings.Contains(s, "://") {
		return true
	}
	for from := 0; ; {
		at := strings.IndexByte(s[from:], '_')
		if at < 0 {
			return false
		}
		if at += from; at >= 2 && s[at-2] == 'l' && strings.IndexByte("ktsic", s[at-1]) >= 0 {
			return true
		}
		from = at + 1
	}
}

// Limits of what of the log is held back.
const (
	maxLines = 64 << 10 // bytes
	logDelay = 100 * time.Millisecond
)

// lineBuffer writes many small writes as one: a line for each request would cost a
// call of the system each.
type lineBuffer struct {
	to io.Writer

	mu      sync.Mutex
	pending []byte
	// due flushes what is pending; it is stopped while nothing is.
	due *time.Timer
}

// Write implements io.Writer. An error of the writing itself comes to nobody, as with
// any line of a log.
func (b *lineBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending)+len(p) > maxLines {
		b.write()
	}
	if len(b.pending) == 0 {
		if b.due == nil {
			b.due = time.AfterFunc(logDelay, b.flush)
		} else {
			b.due.Reset(logDelay)
		}
	}
	b.pending = append(b.pending, p...)
	return len(p), nil
}

// flush writes what is pending.
func (b *lineBuffer) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write()
}

func (b *lineBuffer) write() {
	if len(b.pending) == 0 {
		return
	}
	_, _ = b.to.Write(b.pending) // where would one log it?
	b.pending = b.pending[:0]
}
