package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/leima/leima/organization"
)

// Limits of PINs and of guessing them.
const (
	MinPINLen = 4
	MaxPINLen = 12
	// MaxPINFailures is how many wrong PINs in a row lock a member of staff out for
	// PINLockout.
	MaxPINFailures = 5
	PINLockout     = 15 * time.Minute
	// TillSessionLife is how long a cashier stays signed in at a till.
	TillSessionLife = 12 * time.Hour
)

// Parameters of argon2id, version 19: the second choice of RFC 9106, section 4, cut
// to 19 MiB and two passes as OWASP's password storage sheet allows, so that a till
// signs in within a tenth of a second on one core.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKeyLen  = 32
	argonSaltLen = 16
)

// CheckPIN returns nil for a PIN that may be set, or an InvalidFieldError.
func CheckPIN(pin string) error {
	if len(pin) < MinPINLen || len(pin) > MaxPINLen {
		return &organization.InvalidFieldError{Field: "pin", Reason: fmt.Sprintf("must have %d to %d digits", MinPINLen, MaxPINLen)}
	}
	for _, c := range pin {
		if c < '0' || c > '9' {
			return &organization.InvalidFieldError{Field: "pin", Reason: "must hold digits only"}
		}
	}
	return nil
}

// HashPIN returns what is kept of a PIN: the PHC string of argon2id with a fresh
// salt.
func HashPIN(pin string) string {
	salt := make([]byte, argonSaltLen)
	_, _ = rand.Read(salt) // documented never to fail
	key := argon2.IDKey([]byte(pin), salt, argonTime, argonMemory, argonThreads, argonKeyLen)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// matchPIN reports whether the PIN is the one that was hashed. An empty or broken
// hash matches nothing, but takes as long.
func matchPIN(hash, pin string) bool {
	var version, memory, passes, threads int
	parts := strings.Split(hash, "$")
	salt, want := make([]byte, argonSaltLen), []byte(nil)
	memory, passes, threads = argonMemory, argonTime, argonThreads
	if len(parts) == 6 && parts[1] == "argon2id" {
		_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
		_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads)
		s, err3 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err4 := base64.RawStdEncoding.DecodeString(parts[5])
		if errors.Join(err1, err2, err3, err4) == nil && version == argon2.Version && threads > 0 && threads < 256 &&
			memory > 0 && memory <= 1<<20 && passes > 0 && passes <= 16 {
			salt, want = s, w
		} else {
			memory, passes, threads = argonMemory, argonTime, argonThreads
		}
	}
	have := argon2.IDKey([]byte(pin), salt, uint32(passes), uint32(memory), uint8(threads), argonKeyLen)
	return len(want) == argonKeyLen && subtle.ConstantTimeCompare(have, want) == 1
}

// PINStore keeps PINs and counts attempts.
type PINStore interface {
	// TakePINAttempt counts one attempt and returns the staff member and the hash of
	// the PIN. It counts before the PIN is looked at, so that many guesses at once
	// cannot outrun the limit. It answers ErrLocked when MaxPINFailures were counted
	// within PINLockout, and ErrUnauthenticated for somebody who is not there, not
	// active, has no PIN or belongs to another branch than locationID.
	TakePINAttempt(ctx context.Context, orgID, staffID, locationID string, now int64) (organization.Staff, string, error)
	// OpenTillSession forgets the counted attempts and keeps the session.
	OpenTillSession(ctx context.Context, s Session) error
}

// SignInAtTill checks a PIN and opens a session for the member of staff at the
// till. It returns the session with its token, which is not kept anywhere. Errors:
// ErrWrongPIN, ErrLocked, ErrUnauthenticated.
func SignInAtTill(ctx context.Context, store PINStore, till Principal, slug, staffID, pin string, now int64) (Session, string, error) {
	staff, hash, err := store.TakePINAttempt(ctx, till.OrgID, staffID, till.LocationID, now)
	if err != nil {
		return Session{}, "", fmt.Errorf("take PIN attempt: %w", err)
	}
	if !matchPIN(hash, pin) {
		return Session{}, "", ErrWrongPIN
	}
	token := NewToken(TokenSession, slug)
	s := Session{
		OrgID: till.OrgID, Kind: KindTillSession, TokenHash: Hash(token), TillID: till.ID,
		StaffID: staff.ID, StaffName: staff.Name, LocationID: till.LocationID,
		CreatedAt: now, ExpiresAt: now + TillSessionLife.Milliseconds(),
	}
	if err := store.OpenTillSession(ctx, s); err != nil {
		return Session{}, "", fmt.Errorf("open till session: %w", err)
	}
	return s, token, nil
}
