package access

import (
	"crypto/sha256"
	"time"
)

// Lives of the credentials that people get, and the lengths of names.
const (
	PairingCodeLife = 10 * time.Minute
	SignInLinkLife  = 10 * time.Minute
	SessionLife     = 12 * time.Hour
	MaxKeyNameLen   = 100
	// MaxKeys, MaxTills bound what one organization may have in use.
	MaxKeys  = 100
	MaxTills = 10_000
)

// APIKey is an integration's credential, without its secret.
type APIKey struct {
	OrgID, ID, Name string
	Scopes          Set
	// LocationID ties the key to one branch; "" is every branch.
	LocationID string
	// Hint is the end of the token, so that people can tell keys apart.
	Hint                  string
	CreatedAt, LastUsedAt int64
	// RevokedAt is 0 for a key in use.
	RevokedAt int64
}

// HintOf returns what is shown of a token to tell it from others.
func HintOf(token string) string { return token[max(0, len(token)-4):] }

// Till is a device that was paired with a location.
type Till struct {
	OrgID, ID, Name, LocationID      string
	CreatedAt, LastUsedAt, RevokedAt int64
}

// PairingCode lets one device become a till, once.
type PairingCode struct {
	OrgID, Name, LocationID string
	CodeHash                [sha256.Size]byte
	CreatedAt, ExpiresAt    int64
}

// SignInLink lets a member of staff sign in once.
type SignInLink struct {
	OrgID, StaffID       string
	TokenHash            [sha256.Size]byte
	CreatedAt, ExpiresAt int64
}

// Session is somebody's signed-in time, at a till (KindTillSession) or in a browser
// (KindSession).
type Session struct {
	OrgID, ID            string
	Kind                 PrincipalKind
	TokenHash            [sha256.Size]byte
	TillID               string
	StaffID, StaffName   string
	LocationID           string
	CreatedAt, ExpiresAt int64
}
