package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

const (
	// lastUsedStep is how exactly the last use of a key or till is noted. Noting every
	// use would make a write of every request.
	lastUsedStep = 5 * time.Minute
	// maxAsked bounds the credentials of one question.
	maxAsked = 64
	// maxAsking bounds those who wait for a question. More are told to come again.
	maxAsking = 16_384
	// lookUpTimeout bounds a question, and noteTimeout a note of last uses: they are for many
	// and so keep to nobody's deadline. The next question waits for the one before it.
	lookUpTimeout, noteTimeout = 5 * time.Second, 10 * time.Second
)

// hashTextLen is the length of what hashText returns.
var hashTextLen = strconv.Itoa(hex.EncodedLen(sha256.Size))

// authenticateQuery finds tokens among keys, tills and sessions. $1 is a list with commas
// between, of the hash and the organization of each. The columns: organization, hash, kind,
// id, staff id and name, role, location, scopes, expiry, last use, till. A session that has
// ended by its time is found, too: each of those who ask has an instant of its own.
//
// The joins are CROSS JOINs for SQLite, which then looks each token up and goes through no
// table.
func (d dialect) authenticateQuery() string {
	return `
WITH k AS MATERIALIZED (SELECT substr(s.value, ` + hashTextLen + ` + 1) AS org_id, substr(s.value, 1, ` + hashTextLen + `) AS token_hash FROM ` +
		d.partsOf("$1") + `)
SELECT k.org_id, k.token_hash, 'api_key', a.id, '', '', '', COALESCE(a.location_id, ''), a.scopes, 0, a.last_used_at, ''
FROM k CROSS JOIN api_key a WHERE a.org_id = k.org_id AND a.token_hash = k.token_hash AND a.revoked_at = 0
UNION ALL
SELECT k.org_id, k.token_hash, 'till', t.id, '', '', '', t.location_id, '', 0, t.last_used_at, t.id
FROM k CROSS JOIN till t WHERE t.org_id = k.org_id AND t.token_hash = k.token_hash AND t.revoked_at = 0
UNION ALL
SELECT k.org_id, k.token_hash, s.kind, s.id, m.id, m.name, m.role, COALESCE(s.location_id, m.location_id, ''), '', s.expires_at, 0, COALESCE(s.till_id, '')
FROM k CROSS JOIN session s
JOIN staff m ON m.org_id = s.org_id AND m.id = s.staff_id
LEFT JOIN till t ON t.org_id = s.org_id AND t.id = s.till_id
WHERE s.org_id = k.org_id AND s.token_hash = k.token_hash AND m.active
  AND (s.till_id IS NULL OR t.revoked_at = 0)
  AND (s.location_id IS NULL OR m.location_id IS NULL OR m.location_id = s.location_id)`
}

// credential is what the database says about a token.
type credential struct {
	access.Principal
	tokenHash  [sha256.Size]byte
	lastUsedAt int64
	// err is why it cannot be used, although it is there.
	err error
}

func scanCredential(r scanner) (c credential, err error) {
	var hash, scopes string
	err = r.Scan(&c.OrgID, &hash, &c.Kind, &c.ID, &c.StaffID, &c.StaffName, &c.Role, &c.LocationID, &scopes, &c.ExpiresAt, &c.lastUsedAt, &c.TillID)
	if err == nil {
		_, err = hex.Decode(c.tokenHash[:], []byte(hash))
	}
	if err != nil {
		return c, fmt.Errorf("read credential: %w", err)
	}
	switch c.Kind {
	case access.KindAPIKey:
		c.Role = organization.RoleIntegration
		c.Permissions, c.err = scopesFrom(scopes)
		c.Permissions &= access.ForRole(organization.RoleIntegration)
	case access.KindTill:
		c.Permissions = access.TillPermissions
	case access.KindTillSession:
		c.Permissions = access.AtTill(c.Role)
	case access.KindSession:
		c.Permissions = access.ForRole(c.Role)
	}
	return c, nil
}

// Authenticate returns who shows the token with the hash: a key, a till or somebody
// signed in. It returns access.ErrUnauthenticated for anybody else: unknown, revoked,
// expired, no longer active, moved to another branch, or at a till that was revoked;
// and loyalty.ErrBusy when too many wait to be looked up.
// Who was let in within the last second is not looked up again; see recognizedFor.
func (s *Store) Authenticate(ctx context.Context, orgID string, tokenHash [32]byte, now int64) (access.Principal, error) {
	key := recognizedKey{orgID, tokenHash}
	if p, ok := s.recognized.find(key, now); ok {
		return p, nil
	}
	a := &asking{key: key, now: now, done: make(chan struct{})}
	first, err := s.askers.join(a)
	if err != nil {
		return access.Principal{}, err
	}
	if first {
		go s.answerAskers(context.Background()) //nolint:gosec // they are of many requests
	}
	select {
	case <-a.done:
		return a.principal, a.err
	case <-ctx.Done():
		s.askers.leave(a)
		return access.Principal{}, fmt.Errorf("look a credential up: %w", ctx.Err())
	}
}

// asking is somebody who waits for the database to say who shows a token.
type asking struct {
	key recognizedKey
	now int64
	// done is closed when the rest is there.
	done      chan struct{}
	principal access.Principal
	err       error
}

// askers are those who wait for the next question: while one is under way, the next one
// forms, so that a question costs the more of them less, the more they are. Each is in a
// question that was begun after it joined, and so hears of all that was revoked before. The
// zero value is ready.
type askers struct {
	mu       sync.Mutex
	waiting  []*asking
	underWay bool
}

// join tells whether it is the first, who has to see to it that askers are answered.
func (x *askers) join(a *asking) (first bool, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.waiting) >= maxAsking {
		return false, loyalty.ErrBusy
	}
	x.waiting = append(x.waiting, a)
	first, x.underWay = !x.underWay, true
	return first, nil
}

// leave takes back the joining of somebody who waits no longer.
func (x *askers) leave(a *asking) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if i := slices.Index(x.waiting, a); i >= 0 {
		x.waiting = slices.Delete(x.waiting, i, i+1)
	}
}

// next returns those of the next question, none when nobody waits.
func (x *askers) next() []*asking {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := min(len(x.waiting), maxAsked)
	group := slices.Clone(x.waiting[:n])
	x.waiting = slices.Delete(x.waiting, 0, n)
	x.underWay = n > 0
	return group
}

// answerAskers asks until nobody waits.
func (s *Store) answerAskers(ctx context.Context) {
	for group := s.askers.next(); len(group) > 0; group = s.askers.next() {
		s.lookUp(ctx, group)
	}
}

// lookUp answers the group by one question, which takes along credentials that are due. Those
// whose last use is to be noted are answered by a goroutine after that: whoever writes may have
// to wait for others who write, and nobody else need.
func (s *Store) lookUp(ctx context.Context, group []*asking) {
	keys, generation := s.recognized.due(maxAsked - len(group))
	for _, a := range group {
		keys = append(keys, a.key)
	}
	slices.SortFunc(keys, compareTokens)
	keys = slices.Compact(keys) // one may be shown by several at once
	since, now := time.Now(), group[0].now
	answers, err := s.credentials(ctx, keys)
	if err != nil {
		s.recognized.drop(keys)
	} else {
		s.recognized.remember(keys, answers, since, generation)
	}
	used := map[string][]rowKey{}
	for _, c := range answers {
		if c.isToBeNoted(now) {
			used[c.notedIn()] = append(used[c.notedIn()], rowKey{c.OrgID, c.ID})
		}
	}
	later := slices.DeleteFunc(slices.Clone(group), func(a *asking) bool { return !answers[a.key].isToBeNoted(now) })
	tell(slices.DeleteFunc(group, func(a *asking) bool { return answers[a.key].isToBeNoted(now) }), answers, err)
	if len(used) > 0 {
		go func() {
			s.noteUse(ctx, used, now)
			tell(later, answers, err)
		}()
	}
}

// tell gives each of the group its answer.
func tell(group []*asking, answers map[recognizedKey]credential, err error) {
	for _, a := range group {
		c, known := answers[a.key]
		switch {
		case err != nil:
			a.err = err
		case !known || ended(c.Principal, a.now):
			a.err = access.ErrUnauthenticated
		case c.err != nil:
			a.err = c.err
		default:
			a.principal = c.Principal
		}
		close(a.done)
	}
}

func compareTokens(a, b recognizedKey) int {
	return cmp.Or(cmp.Compare(a.orgID, b.orgID), bytes.Compare(a.tokenHash[:], b.tokenHash[:]))
}

// credentials returns what the database says about the tokens, which come in the order of
// compareTokens, of those that it knows. A panic is an error: no request is there to catch it.
func (s *Store) credentials(ctx context.Context, keys []recognizedKey) (answers map[recognizedKey]credential, err error) {
	defer func() {
		if p := recover(); p != nil {
			answers, err = nil, fmt.Errorf("panic while looking credentials up: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	tokens, orgIDs := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		tokens[i], orgIDs[i] = hashText(k.tokenHash)+k.orgID, k.orgID
	}
	list, err := readOf(ctx, s, slices.Compact(orgIDs), scanCredential, s.dialect.authenticateQuery(), strings.Join(tokens, ","))
	if err != nil {
		return nil, fmt.Errorf("look %d credentials up: %w", len(keys), err)
	}
	answers = make(map[recognizedKey]credential, len(list))
	for _, c := range list {
		answers[recognizedKey{c.OrgID, c.tokenHash}] = c
	}
	return answers, nil
}

// notedIn returns the table that has the last use of the credential, "" if none has.
func (c credential) notedIn() string {
	switch {
	case c.err == nil && c.Kind == access.KindAPIKey:
		return "api_key"
	case c.Kind == access.KindTill:
		return "till"
	}
	return ""
}

// isToBeNoted tells whether the last use that is kept is too long ago.
func (c credential) isToBeNoted(now int64) bool {
	return c.notedIn() != "" && now-c.lastUsedAt >= lastUsedStep.Milliseconds()
}

// noteUse keeps when keys and tills, by table, were last used. Whoever showed one is let in
// anyway, so a failure is only logged; that the database is away is told elsewhere.
func (s *Store) noteUse(ctx context.Context, used map[string][]rowKey, now int64) {
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(ctx, "panic while noting the last use of credentials", "panic", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	for table, keys := range used {
		if err := s.noteUsed(ctx, table, keys, now); err != nil && !errors.Is(err, loyalty.ErrAway) {
			s.log.WarnContext(ctx, "last use of credentials was not noted", "table", table, "credentials", len(keys), "error", err)
		}
	}
}

func (s *Store) noteUsed(ctx context.Context, table string, keys []rowKey, now int64) error {
	slices.SortFunc(keys, compareKeys)
	orgIDs := make([]string, len(keys))
	for i, key := range keys {
		orgIDs[i] = key.orgID
	}
	orgIDs = slices.Compact(orgIDs)
	args := []any{now}
	query := "UPDATE " + table + " SET last_used_at = $1 WHERE (org_id, id) IN " + inPairs(&args, keys)
	return s.retry(ctx, isConflict, func() error {
		return s.transact(ctx, s.writes, false, orgIDs, func(tx *transaction) error {
			_, err := exec(ctx, tx, query, args...)
			return err
		})
	})
}
