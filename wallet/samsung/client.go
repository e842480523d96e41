package samsung

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxAttempts is how often a notification is sent at most.
	MaxAttempts    = 4
	firstPause     = 500 * time.Millisecond // before the second attempt; doubles
	maxRetryAfter  = time.Minute            // a longer wait is the caller's
	requestTimeout = 15 * time.Second
	maxAnswer      = 64 << 10
	requestIDBytes = 16 // 32 characters, Samsung's limit
)

// samsungHosts are where callbacks may lead.
var samsungHosts = []string{".walletsvc.samsung.com", ".mpay.samsung.com"}

// Error is what Samsung answered.
type Error struct {
	Status     int
	RetryAfter time.Duration
}

func (e *Error) Error() string { return fmt.Sprintf("samsung wallet: status %d", e.Status) }

// passes tells whether the same request may succeed later.
func (e *Error) passes() bool {
	return e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError
}

// Refused reports whether an error of Client.Changed is one that the same notification
// would get again: Samsung does not take it, or it cannot be sent.
func Refused(err error) bool {
	var answer *Error
	return errors.Is(err, ErrInvalid) || errors.As(err, &answer) && !answer.passes()
}

// Client tells Samsung that cards changed. It can be used by many goroutines.
type Client struct {
	partner *Partner
	http    *http.Client
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	check   func(callback string) error
}

// Options are what a Client needs. Partner is required; the rest has defaults.
type Options struct {
	Partner *Partner
	HTTP    *http.Client
	// Now is the clock, Wait waits between attempts, Check holds callbacks; they are
	// for tests. By default callbacks are https addresses of Samsung's hosts.
	Now   func() time.Time
	Wait  func(context.Context, time.Duration) error
	Check func(callback string) error
}

// New returns a client. It returns an error without a partner and sends nothing yet.
func New(o Options) (*Client, error) {
	if o.Partner == nil {
		return nil, errors.New("samsung wallet: no partner")
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{
			Timeout: requestTimeout,
			// Whoever is at Samsung's address may not send us, and a token, elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = pause
	}
	if o.Check == nil {
		o.Check = checkCallback
	}
	return &Client{partner: o.Partner, http: o.HTTP, now: o.Now, wait: o.Wait, check: o.Check}, nil
}

// Changed tells Samsung that a card changed or is gone, as the state says that was kept
// when it was added: Samsung then asks for the card (see Handler). The event is Updated
// or Deleted. It can be repeated.
//
// It returns a FieldError without a callback or a country, and an Error for what Samsung
// says in the end.
func (c *Client) Changed(ctx context.Context, added State, event Event) error {
	if err := c.check(added.Callback); err != nil {
		return err
	}
	switch {
	case event != Updated && event != Deleted:
		return &FieldError{Field: "state", Reason: "is neither UPDATED nor DELETED"}
	case !countryShape.MatchString(added.Country):
		return &FieldError{Field: "cc2", Reason: "is not two letters"}
	case !refShape.MatchString(added.RefID):
		return &FieldError{Field: "refId", Reason: "is not of 1 to 32 letters, digits, underscores and hyphens"}
	}
	body, err := json.Marshal(map[string]any{"card": map[string]any{
		"type": cardType, "data": []map[string]string{{"refId": added.RefID, "state": string(event)}},
	}})
	if err != nil {
		return fmt.Errorf("samsung wallet: encode notification: %w", err)
	}
	path := "/" + added.Country + "/wltex/cards/" + c.partner.CardID + "/updates"
	for attempt := 1; ; attempt++ {
		err := c.send(ctx, added, path, body)
		var answer *Error
		again := err != nil && (!errors.As(err, &answer) || answer.passes())
		if !again || attempt == MaxAttempts || ctx.Err() != nil {
			return err
		}
		pause := firstPause << (attempt - 1)
		if answer != nil && answer.RetryAfter > pause {
			if pause = answer.RetryAfter; pause > maxRetryAfter {
				return err
			}
		}
		if err := c.wait(ctx, pause); err != nil {
			return fmt.Errorf("samsung wallet: wait to send again: %w", err)
		}
	}
}

func (c *Client) send(ctx context.Context, added State, path string, body []byte) error {
	authorization, err := c.partner.authorization(http.MethodPost, path, added.RefID, c.now())
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(added.Callback, "/")+path, bytes.NewReader(body))
	if err != nil {
		return &FieldError{Field: "callback", Reason: "is not an address"}
	}
	id := make([]byte, requestIDBytes)
	if _, err := rand.Read(id); err != nil {
		return fmt.Errorf("samsung wallet: make a request id: %w", err)
	}
	request.Header.Set("Authorization", authorization)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Smcs-Partner-Id", c.partner.PartnerID)
	request.Header.Set("X-Request-Id", hex.EncodeToString(id))
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("samsung wallet: notify: %w", err)
	}
	defer response.Body.Close()
	// Read, so that the connection can be used again; what it says is of no use.
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer)); err != nil {
		return fmt.Errorf("samsung wallet: notify: %w", err)
	}
	if response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusMultipleChoices {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return &Error{Status: response.StatusCode, RetryAfter: time.Duration(min(max(seconds, 0), int(time.Hour/time.Second))) * time.Second}
	}
	return nil
}

// checkCallback holds an https address of one of Samsung's hosts, without a path: what
// else is called, with a token, is an attack.
func checkCallback(callback string) error {
	wrong := &FieldError{Field: "callback", Reason: "is not an https address of Samsung"}
	parsed, err := url.Parse(callback)
	if err != nil || parsed.Scheme != "https" || parsed.User != nil || parsed.Port() != "" ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" || len(callback) > MaxURL {
		return wrong
	}
	for _, host := range samsungHosts {
		if strings.HasSuffix(strings.ToLower(parsed.Hostname()), host) {
			return nil
		}
	}
	return wrong
}

// pause waits, or returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // Changed says what was waited for
	}
}
