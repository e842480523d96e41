package main

import (
	"log/slog"
	"regexp"
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
	{regexp.MustCompile(`://([^:/@\s]*):[^@/\s]+@`), "://$1:[redacted]@"},
}

// logger writes to standard error: standard output belongs to results.
func (sh *shell) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(sh.settings.LogLevel)); err != nil {
		return nil, usagef("--log-level: %w", err)
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: redact}
	if sh.settings.LogFormat == "text" || sh.settings.LogFormat == "auto" && isTerminal(sh.err) {
		return slog.New(slog.NewTextHandler(sh.err, options)), nil
	}
	return slog.New(slog.NewJSONHandler(sh.err, options)), nil
}

// redact is the slog.HandlerOptions.ReplaceAttr of every log of Leima.
func redact(_ []string, a slog.Attr) slog.Attr {
	if secretKeys[a.Key] {
		return slog.String(a.Key, "[redacted]")
	}
	switch v := a.Value.Any().(type) {
	case string:
		return slog.String(a.Key, redactText(v))
	case error:
		return slog.String(a.Key, redactText(v.Error()))
	}
	return a
}

func redactText(s string) string {
	for _, w := range secretWords {
		s = w.pattern.ReplaceAllString(s, w.with)
	}
	return s
}
