package till

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/leima/leima/chaos/record"
)

const (
	// maxAnswer bounds what is read of one answer, in bytes.
	maxAnswer = 1 << 20
	// maxConnections bounds the connections to one replica.
	maxConnections = 256
)

// Shop is what tills know of an organization.
type Shop struct {
	LocationID, Token string
	Cards             []Card
}

// Card is a card by its id and by what is scanned of it.
type Card struct{ ID, Code string }

// Client sends requests to replicas. A request may be sent once only: whether to ask
// again is for the till to decide and to record, not for the connection.
type Client struct {
	http *http.Client
	// deadline is how long an answer is waited for.
	deadline time.Duration
}

// NewClient returns a client that waits for so long for an answer.
func NewClient(deadline time.Duration) *Client {
	return &Client{
		http: &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: maxConnections, MaxConnsPerHost: maxConnections,
			// Nothing stands between us and the servers but our own links.
			Proxy: nil, DisableCompression: true,
		}},
		deadline: deadline,
	}
}

// Forget closes the connections that are not in use.
func (c *Client) Forget() { c.http.CloseIdleConnections() }

// Answer is what came back.
type Answer struct {
	Status   int
	Body     string
	Replayed bool
}

// Send sends the request under the key to the replica. The error means that there is no
// whole answer.
func (c *Client) Send(ctx context.Context, url, token, key string, q record.Request) (Answer, error) {
	return c.do(ctx, http.MethodPost, url+q.Path, token, key, q.Body)
}

// Get reads what stands at the path.
func (c *Client) Get(ctx context.Context, url, token, path string) (Answer, error) {
	return c.do(ctx, http.MethodGet, url+path, token, "", "")
}

// Scan looks a card up as a till does.
func (c *Client) Scan(ctx context.Context, url, token, code, locationID string) (Answer, error) {
	return c.do(ctx, http.MethodPost, url+"/v1/scans", token, "",
		body(map[string]any{"code": code, "location_id": locationID}))
}

func (c *Client) do(ctx context.Context, method, url, token, key, text string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(text))
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	// Without it the transport cannot send the body a second time by itself, which it
	// would under an idempotency key.
	request.GetBody = nil
	request.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if text != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("ask: %w", err)
	}
	return Answer{
		Status: answer.StatusCode, Body: string(got), Replayed: answer.Header.Get("Idempotency-Replayed") == "true",
	}, nil
}

// body returns the JSON of members, by their names.
func body(members map[string]any) string {
	text, err := json.Marshal(members)
	if err != nil {
		panic("till: words and numbers cannot be encoded: " + err.Error())
	}
	return string(text)
}

// State tells what the answer says of the request, and its problem code.
func (a Answer) State() (state record.State, why string) {
	const success, clientsFault, serversFault = 200, 400, 500
	if a.Status >= success && a.Status < 300 {
		return record.Acknowledged, ""
	}
	var problem struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal([]byte(a.Body), &problem) // what is no problem has no code
	why = fmt.Sprintf("%d %s", a.Status, problem.Code)
	switch {
	case problem.Code == "":
		return record.Unknown, why // not from Leima
	case problem.Code == "idempotency_key_in_flight":
		return record.Unknown, why // tells of another attempt
	case a.Status >= clientsFault && a.Status < serversFault, problem.Code == "busy":
		return record.Refused, why // nothing was done
	}
	return record.Unknown, why
}
