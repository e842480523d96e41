package hot

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// sayAgain is after how long the log hears once more of a refusal that goes on.
	sayAgain = time.Hour
	// maxRefusals bounds the refusals that are remembered.
	maxRefusals = 64
	// refusedFor is for how long Health tells of a refusal.
	refusedFor = 10 * time.Second
)

// What Redis and Valkey say of rights for keys and channels; anything else is about a
// command.
var (
	keyRefused     = regexp.MustCompile(`(?i)\bkeys?\b`)
	channelRefused = regexp.MustCompile(`(?i)\bchannels?\b`)
)

// refusal reports whether Redis says that the account may not do something: a mistake of
// whoever set it up, which does not heal by itself.
func refusal(err error) bool {
	// Redis 7.0 says it in other words within a script.
	return redis.HasErrorPrefix(err, "NOPERM") || redis.HasErrorPrefix(err, "ERR The user executing the script can't")
}

// reasonOf returns what Redis answered, which is the same each time, or else the error's
// text.
func reasonOf(err error) string {
	var answered redis.Error
	if errors.As(err, &answered) {
		return answered.Error()
	}
	return err.Error()
}

// refusals remember what Redis does not allow, so that the log hears of each once and not
// whenever it is tried again.
type refusals struct {
	mu   sync.Mutex
	said map[string]time.Time
	last string
	at   time.Time
}

// note remembers the error if it is a refusal, and returns whether it is a new one.
func (f *refusals) note(err error) (refused, isNew bool) {
	if err == nil || !refusal(err) {
		return false, false
	}
	reason, now := reasonOf(err), time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last, f.at = reason, now
	if said, ok := f.said[reason]; ok && now.Sub(said) < sayAgain {
		return true, false
	}
	if f.said == nil || len(f.said) >= maxRefusals {
		f.said = map[string]time.Time{}
	}
	f.said[reason] = now
	return true, true
}

// lately returns the last refusal, or nothing if it was long ago.
func (f *refusals) lately() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.at) > refusedFor {
		return ""
	}
	return f.last
}

// refused tells the log of an error that is a refusal, once.
func (r *Redis) refused(err error) {
	if _, isNew := r.refusals.note(err); isNew {
		r.options.Log.LogAttrs(context.Background(), slog.LevelWarn,
			"the account of Redis lacks a right: see which with leima doctor", slog.String("detail", reasonOf(err)))
	}
}
