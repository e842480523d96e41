package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/leima/leima/loyalty"
)

const (
	// codeKeyBytes is the randomness of the key of an organization's rotating codes.
	codeKeyBytes = 32
	// cachedCodeKeys bounds the keys that are remembered. When they are full all are
	// forgotten: what is in use comes back at once.
	cachedCodeKeys = 65_536
)

// codeKeys remembers the keys of rotating codes, which do not change.
type codeKeys struct {
	mu    sync.RWMutex
	known map[string][]byte // by organization
}

func (k *codeKeys) find(orgID string) []byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.known[orgID]
}

func (k *codeKeys) remember(orgID string, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= cachedCodeKeys {
		k.known = map[string][]byte{}
	}
	k.known[orgID] = key
}

// CodeKey returns the key from which loyalty.CodeSecret makes the secrets of the
// organization's cards, 32 bytes that the caller must not change. The first call for an
// organization makes it; later ones of the process do not ask the database.
func (s *Store) CodeKey(ctx context.Context, orgID string) ([]byte, error) {
	if key := s.codeKeys.find(orgID); key != nil {
		return key, nil
	}
	text, err := s.readCodeKey(ctx, orgID)
	if errors.Is(err, loyalty.ErrNotFound) {
		if err = s.makeCodeKey(ctx, orgID); err == nil {
			// Another process may have been faster: what is there counts.
			text, err = s.readCodeKey(ctx, orgID)
		}
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != codeKeyBytes {
		return nil, fmt.Errorf("the key of rotating codes of %s is not one: want %d bytes in hexadecimal", orgID, codeKeyBytes)
	}
	s.codeKeys.remember(orgID, key)
	return key, nil
}

func (s *Store) readCodeKey(ctx context.Context, orgID string) (string, error) {
	return readOne(ctx, s, orgID, loyalty.ErrNotFound, scan1[string], "SELECT secret FROM code_key WHERE org_id = $1", orgID)
}

func (s *Store) makeCodeKey(ctx context.Context, orgID string) error {
	var key [codeKeyBytes]byte
	_, _ = rand.Read(key[:]) // documented never to fail
	return s.write(ctx, orgID, func(tx *transaction) error {
		_, err := exec(ctx, tx, "INSERT INTO code_key (org_id, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (org_id) DO NOTHING",
			orgID, hex.EncodeToString(key[:]), s.now())
		return err
	})
}
