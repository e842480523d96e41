package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	scope         = "https://www.googleapis.com/auth/wallet_object.issuer"
	grantType     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	assertionLife = time.Hour // the longest that Google accepts
	// tokenMargin is how long before its end a token is no longer used: clocks differ,
	// and a request takes time.
	tokenMargin = 5 * time.Minute
	// maxTokenAnswer is the most bytes of an answer that is read.
	maxTokenAnswer = 64 << 10
)

// tokens keeps one access token until shortly before it ends.
type tokens struct {
	account *ServiceAccount
	http    *http.Client
	now     func() time.Time
	turn    chan struct{} // holds one: who has it may ask for a token
	token   string
	until   time.Time
}

func newTokens(account *ServiceAccount, client *http.Client, now func() time.Time) *tokens {
	return &tokens{account: account, http: client, now: now, turn: make(chan struct{}, 1)}
}

// get returns a token that is good for some minutes at least. Callers at the same
// time share one exchange.
func (t *tokens) get(ctx context.Context) (string, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", fmt.Errorf("google wallet: wait for an access token: %w", ctx.Err())
	}
	defer func() { <-t.turn }()
	if t.token != "" && t.now().Before(t.until) {
		return t.token, nil
	}
	token, life, err := t.exchange(ctx)
	if err != nil {
		return "", err
	}
	t.token, t.until = token, t.now().Add(life-tokenMargin)
	return token, nil
}

// drop forgets a token that Google no longer accepts. One that came since stays.
func (t *tokens) drop(token string) {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if t.token == token {
		t.token = ""
	}
}

// exchange trades a signed assertion for a token (RFC 7523).
func (t *tokens) exchange(ctx context.Context) (token string, life time.Duration, err error) {
	now := t.now()
	assertion, err := t.account.sign(jwt.MapClaims{
		"iss":   t.account.Email,
		"scope": scope,
		"aud":   t.account.TokenURL,
		"iat":   now.Unix(),
		"exp":   now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", 0, err
	}
	form := url.Values{"grant_type": {grantType}, "assertion": {assertion}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.account.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, fmt.Errorf("google wallet: ask for an access token: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := t.http.Do(request)
	if err != nil {
		return "", 0, fmt.Errorf("google wallet: ask for an access token: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer))
	if err != nil {
		return "", 0, fmt.Errorf("google wallet: read an access token: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("google wallet: no access token for %s: %w",
			t.account.Email, errorOf(response.StatusCode, response.Header, body, now))
	}
	var answer struct {
		Token     string `json:"access_token"`
		ExpiresIn int64  `json:"expires_in"` // seconds
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", 0, fmt.Errorf("google wallet: read an access token: %w", err)
	}
	if answer.Token == "" {
		return "", 0, errors.New("google wallet: the answer to an assertion holds no access token")
	}
	return answer.Token, time.Duration(answer.ExpiresIn) * time.Second, nil
}
