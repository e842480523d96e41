package google

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// DefaultKeysURL is where Google publishes the root keys of callbacks.
	DefaultKeysURL = "https://pay.google.com/gp/m/issuer/keys"
	// keysLife is how long fetched keys are used; Google asks for hours, not days.
	keysLife = 6 * time.Hour
	// keysLeastAge is how long ago we must have tried before a callback makes us fetch
	// again: forged ones must not make us knock at Google's door.
	keysLeastAge = time.Minute
	maxKeys      = 20
	maxKeysBytes = 64 << 10
	// keysTimeout is for fetching, while a callback waits.
	keysTimeout = 10 * time.Second
)

// FetchedKeys are Keys that come from Google and are kept for some hours. When Google
// cannot be reached, the ones from before are used as long as they are valid.
type FetchedKeys struct {
	url  string
	http *http.Client
	now  func() time.Time

	mu      sync.Mutex
	keys    []rootKey
	fetched time.Time
	tried   time.Time // the last attempt, and what came of it
	err     error
}

var errNoKeys = errors.New("google wallet: there are no valid root keys")

type rootKey struct {
	key     *ecdsa.PublicKey
	expires time.Time
}

// NewFetchedKeys returns keys from an address, DefaultKeysURL if it is empty. The
// client and the clock have defaults, too. Nothing is fetched yet.
func NewFetchedKeys(address string, client *http.Client, now func() time.Time) *FetchedKeys {
	if address == "" {
		address = DefaultKeysURL
	}
	if client == nil {
		client = &http.Client{Timeout: keysTimeout}
	}
	if now == nil {
		now = time.Now
	}
	return &FetchedKeys{url: address, http: client, now: now}
}

// RootKeys implements Keys. One caller fetches, the others wait for it.
func (f *FetchedKeys) RootKeys(ctx context.Context, fresh bool) ([]*ecdsa.PublicKey, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := fresh || len(f.valid()) == 0 || f.now().Sub(f.fetched) >= keysLife
	if wanted && f.now().Sub(f.tried) >= keysLeastAge {
		keys, err := f.fetch(ctx)
		f.tried, f.err = f.now(), err
		if err == nil {
			f.keys, f.fetched = keys, f.tried
		}
	}
	valid := f.valid()
	if len(valid) == 0 {
		return nil, errors.Join(errNoKeys, f.err)
	}
	return valid, nil
}

func (f *FetchedKeys) valid() []*ecdsa.PublicKey {
	var valid []*ecdsa.PublicKey
	for _, root := range f.keys {
		if f.now().Before(root.expires) {
			valid = append(valid, root.key)
		}
	}
	return valid
}

func (f *FetchedKeys) fetch(ctx context.Context) ([]rootKey, error) {
	// Whoever sends a callback and hangs up must not keep others from having keys.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url, nil) //nolint:gosec // the address is the operator's
	if err != nil {
		return nil, fmt.Errorf("google wallet: fetch root keys: %w", err)
	}
	response, err := f.http.Do(request) //nolint:gosec // as above
	if err != nil {
		return nil, fmt.Errorf("google wallet: fetch root keys: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeysBytes))
	if err != nil {
		return nil, fmt.Errorf("google wallet: fetch root keys: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, errorOf(response.StatusCode, response.Header, body, f.now())
	}
	return parseRootKeys(body)
}

// parseRootKeys reads the published list and keeps the keys of our protocol.
func parseRootKeys(body []byte) ([]rootKey, error) {
	var list struct {
		Keys []struct {
			KeyValue        string `json:"keyValue"`
			ProtocolVersion string `json:"protocolVersion"`
			KeyExpiration   millis `json:"keyExpiration"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("google wallet: read root keys: %w", err)
	}
	var roots []rootKey
	for _, entry := range list.Keys[:min(len(list.Keys), maxKeys)] {
		if entry.ProtocolVersion != protocol {
			continue
		}
		key, err := parseKey(entry.KeyValue)
		if err != nil {
			return nil, err
		}
		roots = append(roots, rootKey{key: key, expires: entry.KeyExpiration.time()})
	}
	if len(roots) == 0 {
		return nil, errors.New("google wallet: there is no root key for " + protocol)
	}
	return roots, nil
}
