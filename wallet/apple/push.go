package apple

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// ErrPush is in errors about pushes that did not go out. The push may be sent again later.
var ErrPush = errors.New("push to Apple")

// ErrPushRefused is in errors about pushes that Apple refuses for a reason that lies with
// us: a certificate that ran out, another topic. All others will be refused, too, until
// somebody mends it. The token is good: it must not be deleted.
var ErrPushRefused = errors.New("push refused by Apple")

// PushServer is where pushes for passes go. There is none for development: passes are
// always in production.
const PushServer = "https://api.push.apple.com"

// Defaults and limits of PushOptions.
const (
	defaultAttempts   = 4
	defaultFirstWait  = time.Second
	defaultLongest    = 30 * time.Second
	defaultTimeout    = 10 * time.Second
	defaultInFlight   = 100 // of the streams that APNs allows on one connection
	maxAttempts       = 10
	maxPushReply      = 4 << 10 // bytes
	pingAfter         = time.Minute
	connectionIdleFor = 10 * time.Minute
)

// PushOptions say how pushes are sent. Zero values take the defaults.
type PushOptions struct {
	// Server is PushServer but in tests, where Roots are the authorities that vouch for it.
	Server string
	Roots  *x509.CertPool
	// Attempts bounds how often one push is tried; after the first, FirstWait passes, then
	// twice that, up to LongestWait, each shortened by chance.
	Attempts               int
	FirstWait, LongestWait time.Duration
	// Timeout bounds one attempt.
	Timeout time.Duration
	// InFlight bounds the pushes that are on their way at once; others wait.
	InFlight int
	// Type and Priority are sent if set (apns-push-type, apns-priority).
	Type     string
	Priority int
	// Wait waits between attempts. Only tests set it.
	Wait func(ctx context.Context, d time.Duration) error
}

// Pushed tells what became of a push.
type Pushed struct {
	// Gone is set when the device no longer has the token: every registration with it that
	// is older than Since is to be deleted. If Since is zero, whatever its age.
	Gone  bool
	Since time.Time
	// Attempts is how often it was tried.
	Attempts int
}

// Pusher tells phones that passes of one pass type changed. It may be used by many
// goroutines; they share a connection. A push says nothing of what changed: the phone
// asks the web service. Several pushes may become one, and one that was taken may never
// arrive: whoever wants to be sure pushes again what is not fetched.
type Pusher struct {
	topic   string
	options PushOptions
	client  *http.Client
	slots   chan struct{}
}

// NewPusher returns a pusher that Apple knows by the identity's certificate.
func NewPusher(identity *Identity, o PushOptions) *Pusher {
	o.Server = orDefault(o.Server, PushServer)
	o.Attempts = min(orDefault(o.Attempts, defaultAttempts), maxAttempts)
	o.FirstWait, o.LongestWait = orDefault(o.FirstWait, defaultFirstWait), orDefault(o.LongestWait, defaultLongest)
	o.Timeout, o.InFlight = orDefault(o.Timeout, defaultTimeout), orDefault(o.InFlight, defaultInFlight)
	if o.Wait == nil {
		o.Wait = wait
	}
	var onlyHTTP2 http.Protocols
	onlyHTTP2.SetHTTP2(true)
	return &Pusher{
		topic: identity.PassType, options: o, slots: make(chan struct{}, o.InFlight),
		client: &http.Client{
			Transport: &http.Transport{
				Proxy: http.ProxyFromEnvironment,
				TLSClientConfig: &tls.Config{
					MinVersion: tls.VersionTLS12, RootCAs: o.Roots,
					Certificates: []tls.Certificate{identity.TLSCertificate()},
				},
				Protocols: &onlyHTTP2,
				// A connection that died without a word is noticed before the next push waits on it.
				HTTP2:           &http.HTTP2Config{SendPingTimeout: pingAfter},
				IdleConnTimeout: connectionIdleFor,
			},
			// Apple does not redirect; whoever does is not Apple.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait to push again: %w", ctx.Err())
	case <-timer.C:
		return nil
	}
}

// Push tells the device with the token that a pass of the pusher's type changed. It
// returns when Apple has answered for good or the attempts are used up. Errors are in
// ErrPush, those that are ours to mend in ErrPushRefused as well. That a device is gone
// is no error.
func (p *Pusher) Push(ctx context.Context, token string) (Pushed, error) {
	if !validPushToken(token) {
		return Pushed{Gone: true}, nil // no device can have it
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Pushed{}, fmt.Errorf("%w: %w", ErrPush, ctx.Err())
	}
	var pushed Pushed
	pause := p.options.FirstWait
	for {
		pushed.Attempts++
		verdict, err := p.attempt(ctx, token)
		pushed.Gone, pushed.Since = verdict.gone, verdict.since
		if err == nil {
			return pushed, nil
		}
		if !verdict.again || pushed.Attempts >= p.options.Attempts || ctx.Err() != nil {
			return pushed, fmt.Errorf("%w: %w", ErrPush, err)
		}
		// Shortened by chance, so that what failed together does not come again together.
		const half = 2
		d := max(verdict.after, pause/half+rand.N(pause/half+1)) //nolint:gosec // not a secret
		if waitErr := p.options.Wait(ctx, min(d, p.options.LongestWait)); waitErr != nil {
			return pushed, fmt.Errorf("%w: %w", ErrPush, errors.Join(err, waitErr))
		}
		pause = min(2*pause, p.options.LongestWait)
	}
}

// verdict is what an answer means.
type verdict struct {
	gone  bool
	since time.Time
	again bool // a later attempt may succeed
	after time.Duration
}

// attempt sends the push once.
func (p *Pusher) attempt(ctx context.Context, token string) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	// The body is always the same: for a pass it carries nothing.
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.options.Server+"/3/device/"+token, bytes.NewReader([]byte("{}")))
	if err != nil {
		return verdict{}, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Apns-Topic", p.topic)
	request.Header.Set("Content-Type", "application/json")
	if p.options.Type != "" {
		request.Header.Set("Apns-Push-Type", p.options.Type)
	}
	if p.options.Priority != 0 {
		request.Header.Set("Apns-Priority", strconv.Itoa(p.options.Priority))
	}
	response, err := p.client.Do(request)
	if err != nil {
		return verdict{again: true}, fmt.Errorf("send: %w", withoutToken(err))
	}
	defer response.Body.Close()
	var reply struct {
		Reason    string `json:"reason"`
		Timestamp int64  `json:"timestamp"` // milliseconds
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxPushReply))
	if err != nil && response.StatusCode != http.StatusOK {
		return verdict{again: true}, fmt.Errorf("read answer: %w", withoutToken(err))
	}
	_ = json.Unmarshal(data, &reply) // an answer without a reason is judged by its status
	return judge(response, reply.Reason, reply.Timestamp)
}

// withoutToken takes the address, which holds the token, out of an error of net/http.
func withoutToken(err error) error {
	var withAddress interface{ Unwrap() error }
	if errors.As(err, &withAddress) {
		if inner := withAddress.Unwrap(); inner != nil {
			return inner
		}
	}
	return err
}

// judge says what an answer means (developer.apple.com/documentation/usernotifications/
// handling-notification-responses-from-apns). Only two answers mean that the device is
// gone. DeviceTokenNotForTopic is not one of them: it comes when our certificate is for
// another pass type, and deleting what it names would delete every good token.
func judge(response *http.Response, reason string, timestamp int64) (verdict, error) {
	status := response.StatusCode
	described := fmt.Errorf("answer %d %s", status, reason)
	switch {
	case status == http.StatusOK:
		return verdict{}, nil
	case status == http.StatusGone:
		v := verdict{gone: true}
		if timestamp > 0 {
			v.since = time.UnixMilli(timestamp).UTC()
		}
		return v, nil
	case status == http.StatusBadRequest && reason == "BadDeviceToken":
		return verdict{gone: true}, nil
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError,
		status == http.StatusBadRequest && reason == "IdleTimeout":
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // 0 if it is not there
		return verdict{again: true, after: time.Duration(max(seconds, 0)) * time.Second}, described
	}
	return verdict{}, fmt.Errorf("%w: %w", ErrPushRefused, described)
}

// Close lets go of the connection.
func (p *Pusher) Close() { p.client.CloseIdleConnections() }
