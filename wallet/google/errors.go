package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What errors.Is finds in an error of the client. An error that is none of them
// and no ErrInvalid came from the network or from Google's side and may pass.
var (
	ErrNotFound = errors.New("google wallet: not found")
	ErrExists   = errors.New("google wallet: exists already")
	// ErrNotifyQuota says that this object may not notify for now (three times in 24 hours).
	ErrNotifyQuota = errors.New("google wallet: too many notifications for this object")
	// ErrDenied says that the service account may not do this: a matter of configuration.
	ErrDenied = errors.New("google wallet: denied")
	// ErrRefused says that Google found the request itself wrong; sending it again is of no use.
	ErrRefused = errors.New("google wallet: refused")
	// ErrBusy says that Google wants to be left alone; Error.RetryAfter may say for how long.
	ErrBusy = errors.New("google wallet: busy")
	// ErrUncertain says that a request was sent and no answer came, so that it is not
	// known whether it was done.
	ErrUncertain = errors.New("google wallet: no answer")
)

// Error is what Google answered.
type Error struct {
	Status     int    // of HTTP
	Reason     string // Google's word for it, such as "rateLimitExceeded"; may be empty
	Message    string // for people, at most maxMessage characters
	RetryAfter time.Duration
}

const maxMessage = 300

func (e *Error) Error() string {
	text := fmt.Sprintf("google wallet: status %d", e.Status)
	if e.Reason != "" {
		text += " " + e.Reason
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is tells which of the errors above this is.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrExists:
		return e.Status == http.StatusConflict
	case ErrNotifyQuota:
		return e.notifyQuota()
	case ErrDenied:
		return e.Status == http.StatusUnauthorized || (e.Status == http.StatusForbidden && !e.notifyQuota())
	case ErrRefused:
		switch e.Status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict:
			return false
		}
		return e.Status >= http.StatusBadRequest && e.Status < http.StatusInternalServerError && !e.passes() && !e.notifyQuota()
	case ErrBusy:
		return e.passes()
	}
	return false
}

// notifyQuota tells Google's QuotaExceededException, which is about one object, from
// the limits on requests: those speak of a rate or of a quota in two words.
func (e *Error) notifyQuota() bool {
	said := strings.ToLower(e.Reason + " " + e.Message)
	return e.Status < http.StatusInternalServerError && strings.Contains(said, "quotaexceeded") &&
		!strings.Contains(said, "ratelimit")
}

// passes tells whether the same request may succeed later.
func (e *Error) passes() bool {
	if e.notifyQuota() {
		return false
	}
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout ||
		e.Status >= http.StatusInternalServerError || strings.Contains(strings.ToLower(e.Reason), "ratelimit")
}

// errorOf reads the answer to a request that failed.
func errorOf(status int, header http.Header, body []byte, now time.Time) *Error {
	e := &Error{Status: status, RetryAfter: retryAfter(header.Get("Retry-After"), now)}
	var said struct {
		Error json.RawMessage `json:"error"`
		// Of the token's endpoint, where error is a word.
		Description string `json:"error_description"`
	}
	var detail struct {
		Message string `json:"message"`
		Status  string `json:"status"`
		Errors  []struct {
			Reason string `json:"reason"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &said) == nil && json.Unmarshal(said.Error, &detail) == nil {
		e.Message, e.Reason = detail.Message, detail.Status
		if len(detail.Errors) > 0 && detail.Errors[0].Reason != "" {
			e.Reason = detail.Errors[0].Reason
		}
	} else if json.Unmarshal(said.Error, &e.Reason) == nil {
		e.Message = said.Description
	}
	e.Reason, e.Message = Shorten(e.Reason, MaxNameRunes), Shorten(e.Message, maxMessage)
	return e
}

// retryAfter reads the header, in seconds or as a date; 0 when there is none that
// can be read.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second)+1)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
