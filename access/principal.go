package access

import (
	"errors"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// PrincipalKind is the kind of credential that was shown.
type PrincipalKind string

// The kinds of principals.
const (
	// KindAPIKey is an integration with a key.
	KindAPIKey PrincipalKind = "api_key"
	// KindTill is a paired till at which nobody has signed in.
	KindTill PrincipalKind = "till"
	// KindTillSession is a cashier who signed in at a till by PIN.
	KindTillSession PrincipalKind = "till_session"
	// KindSession is somebody who signed in by a one-time link.
	KindSession PrincipalKind = "session"
)

// Principal is who is asking. The organization of a request is always its
// principal's, never one that the request names.
type Principal struct {
	OrgID string
	Kind  PrincipalKind
	// ID is the id of the key, till or session.
	ID string
	// TillID is the till, or that of the till session, else "".
	TillID string
	// StaffID and StaffName are the person's, empty for keys and tills.
	StaffID, StaffName string
	Role               organization.Role
	Permissions        Set
	// LocationID ties the principal to one branch; "" is every branch.
	LocationID string
	// ExpiresAt is in UTC milliseconds, 0 for never.
	ExpiresAt int64
}

// May reports whether the principal has the permission.
func (p Principal) May(x Permission) bool { return p.Permissions.Has(x) }

// At reports whether the principal may act for the location.
func (p Principal) At(locationID string) bool {
	return p.LocationID == "" || p.LocationID == locationID
}

// Trusted reports whether the shop vouches for customers that the principal joins.
func (p Principal) Trusted() bool { return p.May(CardsWrite) }

// Actor is the principal as the ledger names it.
func (p Principal) Actor() loyalty.Actor {
	if p.StaffID != "" {
		return loyalty.Actor{Kind: loyalty.ActorStaff, ID: p.StaffID}
	}
	return loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: p.ID}
}

// Errors of authentication.
var (
	// ErrUnauthenticated: no credential, or one that is unknown, revoked or expired.
	// The cases are not told apart.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrWrongPIN: the PIN does not match.
	ErrWrongPIN = errors.New("wrong PIN")
	// ErrLocked: too many wrong PINs; try later.
	ErrLocked = errors.New("locked after too many wrong PINs")
)
