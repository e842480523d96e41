package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// hashText is the form in which the hash of a secret is kept.
func hashText(h [32]byte) string { return hex.EncodeToString(h[:]) }

const apiKeyColumns = "org_id, id, name, scopes, COALESCE(location_id, ''), hint, created_at, last_used_at, revoked_at"

func scanAPIKey(r scanner) (k access.APIKey, err error) {
	var scopes string
	if err = r.Scan(&k.OrgID, &k.ID, &k.Name, &scopes, &k.LocationID, &k.Hint, &k.CreatedAt, &k.LastUsedAt, &k.RevokedAt); err != nil {
		return k, fmt.Errorf("read API key: %w", err)
	}
	k.Scopes, err = scopesFrom(scopes)
	return k, err
}

// scopesFrom reads the names of scopes. One that a later release knew is left out.
func scopesFrom(text string) (access.Set, error) {
	var names []access.Permission
	if err := json.Unmarshal([]byte(text), &names); err != nil {
		return 0, fmt.Errorf("read scopes: %w", err)
	}
	return access.SetOf(names...), nil
}

// CreateAPIKey keeps a key by the hash of its token. It returns
// organization.ErrNotFound if there is no such location, and an
// *organization.InvalidFieldError if access.MaxKeys are in use.
func (s *Store) CreateAPIKey(ctx context.Context, k access.APIKey, tokenHash [32]byte) error {
	scopes, err := json.Marshal(k.Scopes.Names())
	if err != nil {
		return fmt.Errorf("write scopes: %w", err)
	}
	err = s.write(ctx, k.OrgID, func(tx *transaction) error {
		inUse, err := one(ctx, tx, nil, scan1[int], "SELECT COUNT(*) FROM api_key WHERE org_id = $1 AND revoked_at = 0", k.OrgID)
		if err != nil {
			return err
		}
		if inUse >= access.MaxKeys {
			return &organization.InvalidFieldError{
				Field: "name", Reason: fmt.Sprintf("would be one key too many: %d are in use, revoke one first", inUse),
			}
		}
		err = insert(ctx, tx, "api_key",
			"org_id, id, name, scopes, location_id, hint, token_hash, created_at, last_used_at, revoked_at",
			[]any{k.OrgID, k.ID, k.Name, string(scopes), orNull(k.LocationID), k.Hint, hashText(tokenHash), k.CreatedAt, 0, 0})
		if err != nil {
			return err
		}
		return s.note(ctx, tx, k.OrgID, access.KeyMade, k.ID, nil, keyFacts(k))
	})
	return noSuchReference(taken(err))
}

// APIKeys returns a page of the organization's keys, revoked ones too, the oldest
// first.
func (s *Store) APIKeys(ctx context.Context, orgID string, p paging.Page) (paging.List[access.APIKey], error) {
	return pageByID(ctx, s, orgID, p, scanAPIKey, func(k access.APIKey) string { return k.ID },
		"SELECT "+apiKeyColumns+" FROM api_key WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3")
}

// RevokeAPIKey ends a key's life at once. Revoking it again changes nothing. It
// returns organization.ErrNotFound for a key that is not there.
func (s *Store) RevokeAPIKey(ctx context.Context, orgID, id string, now int64) error {
	return s.revoke(ctx, "api_key", access.KeyRevoked, orgID, id, now)
}

func (s *Store) revoke(ctx context.Context, table string, action access.Action, orgID, id string, now int64) error {
	defer s.recognized.forget()
	return s.write(ctx, orgID, func(tx *transaction) error {
		n, err := exec(ctx, tx, "UPDATE "+table+" SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at = 0", orgID, id, now)
		if err != nil {
			return err
		}
		if n == 0 { // before, or never
			_, err = one(ctx, tx, organization.ErrNotFound, scan1[string], "SELECT id FROM "+table+" WHERE org_id = $1 AND id = $2", orgID, id)
			return err
		}
		return s.note(ctx, tx, orgID, action, id, nil, nil)
	})
}

const tillColumns = "org_id, id, name, location_id, created_at, last_used_at, revoked_at"

func scanTill(r scanner) (t access.Till, err error) {
	if err = r.Scan(&t.OrgID, &t.ID, &t.Name, &t.LocationID, &t.CreatedAt, &t.LastUsedAt, &t.RevokedAt); err != nil {
		err = fmt.Errorf("read till: %w", err)
	}
	return t, err
}

// CreatePairingCode keeps a code by its hash. It returns organization.ErrNotFound if
// there is no such location.
func (s *Store) CreatePairingCode(ctx context.Context, c access.PairingCode) error {
	err := s.write(ctx, c.OrgID, func(tx *transaction) error {
		err := insert(ctx, tx, "pairing_code", "org_id, code_hash, name, location_id, created_at, expires_at, used_at",
			[]any{c.OrgID, hashText(c.CodeHash), c.Name, c.LocationID, c.CreatedAt, c.ExpiresAt, 0})
		if err != nil {
			return err
		}
		return s.note(ctx, tx, c.OrgID, access.TillCodeMade, c.LocationID, nil, tillFacts(c.Name, c.LocationID))
	})
	return noSuchReference(taken(err))
}

// PairTill uses a pairing code up and returns the new till. It returns
// access.ErrUnauthenticated for a code that is unknown, used or expired, and an
// *organization.InvalidFieldError if access.MaxTills are paired.
func (s *Store) PairTill(ctx context.Context, orgID string, codeHash, tillTokenHash [32]byte, now int64) (access.Till, error) {
	t := access.Till{OrgID: orgID, ID: typeid.New("till"), CreatedAt: now, LastUsedAt: now}
	err := s.write(ctx, orgID, func(tx *transaction) error {
		code, err := one(ctx, tx, access.ErrUnauthenticated, func(r scanner) (c access.PairingCode, err error) {
			if err = r.Scan(&c.Name, &c.LocationID); err != nil {
				err = fmt.Errorf("use pairing code: %w", err)
			}
			return c, err
		}, "UPDATE pairing_code SET used_at = $3 WHERE org_id = $1 AND code_hash = $2 AND used_at = 0 AND expires_at > $3 "+
			"RETURNING name, location_id", orgID, hashText(codeHash), now)
		if err != nil {
			return err
		}
		paired, err := one(ctx, tx, nil, scan1[int], "SELECT COUNT(*) FROM till WHERE org_id = $1 AND revoked_at = 0", orgID)
		if err != nil {
			return err
		}
		if paired >= access.MaxTills {
			return &organization.InvalidFieldError{Field: "code", Reason: fmt.Sprintf("would pair one till too many: there are %d", paired)}
		}
		t.Name, t.LocationID = code.Name, code.LocationID
		err = insert(ctx, tx, "till", "org_id, id, name, location_id, token_hash, created_at, last_used_at, revoked_at",
			[]any{t.OrgID, t.ID, t.Name, t.LocationID, hashText(tillTokenHash), t.CreatedAt, t.LastUsedAt, 0})
		if err != nil {
			return err
		}
		// Whoever has the code pairs the till, without another credential.
		by := access.Doer{Kind: access.DoerTill, ID: t.ID, RequestID: access.DoerOf(ctx).RequestID}
		return s.noteBy(ctx, tx, orgID, by, access.TillPaired, t.ID, changes(nil, tillFacts(t.Name, t.LocationID)))
	})
	if err != nil {
		return access.Till{}, err
	}
	return t, nil
}

// Tills returns a page of the organization's tills, revoked ones too, the oldest first.
func (s *Store) Tills(ctx context.Context, orgID string, p paging.Page) (paging.List[access.Till], error) {
	return pageByID(ctx, s, orgID, p, scanTill, func(t access.Till) string { return t.ID },
		"SELECT "+tillColumns+" FROM till WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3")
}

// Till returns a till, also one that was unpaired. It returns organization.ErrNotFound for
// one that is not there.
func (s *Store) Till(ctx context.Context, orgID, id string) (access.Till, error) {
	return readOne(ctx, s, orgID, organization.ErrNotFound, scanTill,
		"SELECT "+tillColumns+" FROM till WHERE org_id = $1 AND id = $2", orgID, id)
}

// RevokeTill unpairs a till at once, and with it everybody signed in there. It returns
// organization.ErrNotFound for a till that is not there.
func (s *Store) RevokeTill(ctx context.Context, orgID, id string, now int64) error {
	return s.revoke(ctx, "till", access.TillUnpaired, orgID, id, now)
}
