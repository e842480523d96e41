package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

const (
	// DefaultBaseURL is where Google's servers are.
	DefaultBaseURL = "https://walletobjects.googleapis.com"
	// RequestsPerSecond is Google's limit for an issuer; a batch counts as what it holds.
	RequestsPerSecond = 20
	// MaxAttempts is how often a request is sent at most.
	MaxAttempts = 5

	apiPath       = "/walletobjects/v1/"
	classPath     = apiPath + "loyaltyClass"
	objectPath    = apiPath + "loyaltyObject"
	addMessageOf  = "/addMessage"
	firstPause    = 500 * time.Millisecond // before the second attempt; doubles
	maxPause      = 20 * time.Second
	maxRetryAfter = time.Minute // a longer wait is the caller's: jobs come back
	maxAnswer     = 8 << 20     // bytes of an answer
	// requestTimeout is for one attempt, when the caller's http.Client has none.
	requestTimeout = 30 * time.Second
)

// Options are what a Client needs. Account is required; the rest has defaults.
type Options struct {
	Account *ServiceAccount
	Budget  Budget       // counts notifications; without one every update asks for its notification
	BaseURL string       // DefaultBaseURL
	HTTP    *http.Client // one with a timeout of 30 seconds
	// Now is the clock, Wait waits between attempts; both are for tests.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
}

// Client speaks with the REST interface of Google Wallet. It can be used by many
// goroutines; all of one issuer should share it, because it holds the limit of
// requests per second.
type Client struct {
	base   string
	http   *http.Client
	tokens *tokens
	budget Budget
	pace   pace
	now    func() time.Time
	wait   func(context.Context, time.Duration) error
}

// New returns a client. It returns an error without an account or with a base
// address that is none; it sends nothing yet.
func New(o Options) (*Client, error) {
	if o.Account == nil {
		return nil, errNoAccount
	}
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if address, err := url.Parse(o.BaseURL); err != nil || address.Host == "" {
		return nil, &FieldError{Field: "baseURL", Reason: "is not an address"}
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: requestTimeout}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = pause
	}
	if o.Budget == nil {
		o.Budget = unlimited{}
	}
	return &Client{
		base:   o.BaseURL,
		http:   o.HTTP,
		tokens: newTokens(o.Account, o.HTTP, o.Now),
		budget: o.Budget,
		now:    o.Now,
		wait:   o.Wait,
	}, nil
}

// request is one call. Sent more than once it must do no harm, or be once.
type request struct {
	method      string
	path        string
	body        []byte
	contentType string // application/json when empty
	cost        int    // of the limit per second; 0 counts as 1
	// once forbids sending again what may have been done.
	once bool
}

// do sends a request until it is answered, MaxAttempts times at most, and returns
// the answer's body and header. It refreshes the access token once, pauses longer
// each time, and longer still when Google says so.
func (c *Client) do(ctx context.Context, r request) ([]byte, http.Header, error) {
	refreshed := false
	for attempt := 1; ; attempt++ {
		body, header, token, err := c.send(ctx, r)
		if err == nil {
			return body, header, nil
		}
		var answer *Error
		answered := errors.As(err, &answer)
		if answered && answer.Status == http.StatusUnauthorized && token != "" && !refreshed {
			refreshed = true
			c.tokens.drop(token)
			continue
		}
		again := !answered || answer.passes()
		if r.once && uncertain(err) {
			again = false
			err = errors.Join(ErrUncertain, err)
		}
		if !again || attempt == MaxAttempts || ctx.Err() != nil || errors.Is(err, ErrInvalid) {
			return nil, nil, err
		}
		pause := c.pauseBefore(attempt)
		if answered && answer.RetryAfter > pause {
			if answer.RetryAfter > maxRetryAfter {
				return nil, nil, err
			}
			pause = answer.RetryAfter
		}
		if err := c.wait(ctx, pause); err != nil {
			return nil, nil, fmt.Errorf("google wallet: wait to send again: %w", err)
		}
	}
}

// uncertain tells whether a request may have been done although it failed: nothing
// came back, or an answer from somebody on the way.
func uncertain(err error) bool {
	if errors.Is(err, errNotSent) {
		return false
	}
	var answer *Error
	if !errors.As(err, &answer) {
		return true
	}
	return answer.Status >= http.StatusInternalServerError && answer.Status != http.StatusServiceUnavailable
}

// errNotSent marks failures before anything of the request itself went out.
var errNotSent = errors.New("not sent")

// pauseBefore returns how long to wait after so many attempts: twice as long each
// time, and up to a half off at random so that servers do not come back together.
func (c *Client) pauseBefore(attempt int) time.Duration {
	pause := min(firstPause<<(attempt-1), maxPause)
	return pause - rand.N(pause/2) //nolint:gosec // spreading load needs no secret randomness
}

// send makes one attempt. The token is what it was sent with.
func (c *Client) send(ctx context.Context, r request) (body []byte, header http.Header, token string, err error) {
	if turn := c.pace.reserve(max(r.cost, 1), c.now()); turn > 0 {
		if err := c.wait(ctx, turn); err != nil {
			return nil, nil, "", fmt.Errorf("google wallet: wait for the limit of requests: %w", errors.Join(errNotSent, err))
		}
	}
	token, err = c.tokens.get(ctx)
	if err != nil {
		return nil, nil, "", errors.Join(errNotSent, err)
	}
	outgoing, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, nil, token, &FieldError{Field: "baseURL", Reason: "makes no address with " + r.path}
	}
	outgoing.Header.Set("Authorization", "Bearer "+token)
	if r.contentType == "" {
		r.contentType = "application/json"
	}
	if len(r.body) > 0 {
		outgoing.Header.Set("Content-Type", r.contentType)
	}
	response, err := c.http.Do(outgoing)
	if err != nil {
		return nil, nil, token, fmt.Errorf("google wallet: %s %s: %w", r.method, r.path, err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, token, fmt.Errorf("google wallet: read the answer to %s %s: %w", r.method, r.path, err)
	case len(body) > maxAnswer:
		return nil, nil, token, fmt.Errorf("google wallet: the answer to %s %s has more than %d bytes", r.method, r.path, maxAnswer)
	case response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusMultipleChoices:
		return nil, nil, token, errorOf(response.StatusCode, response.Header, body, c.now())
	}
	return body, response.Header, token, nil
}

// call sends a request and reads the answer as JSON into answer, which may be nil.
func (c *Client) call(ctx context.Context, r request, answer any) error {
	body, _, err := c.do(ctx, r)
	if err != nil || answer == nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("google wallet: read the answer to %s %s: %w", r.method, r.path, err)
	}
	return nil
}

// pause waits, or returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // do says what was waited for
	}
}

func one(path, id string) string { return path + "/" + url.PathEscape(id) }
