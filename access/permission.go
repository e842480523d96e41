package access

import (
	"fmt"
	"math/bits"
	"sort"

	"github.com/leima/leima/organization"
)

// Permission is one thing that a principal may do. An API key's scopes are
// permissions too; openapi.yaml names for each operation the one it asks for.
type Permission string

// The permissions. Those that end in :write include creating and changing.
const (
	OrganizationRead  Permission = "organization:read"
	OrganizationWrite Permission = "organization:write"
	LocationsRead     Permission = "locations:read"
	LocationsWrite    Permission = "locations:write"
	StaffRead         Permission = "staff:read"
	StaffWrite        Permission = "staff:write"
	TillsRead         Permission = "tills:read"
	// TillsWrite makes pairing codes and unpairs tills.
	TillsWrite Permission = "tills:write"
	// TillsUnpair unpairs the till that one stands at, and no other.
	TillsUnpair Permission = "tills:unpair"
	// TillSessions signs a cashier in by PIN. Only a paired till has it.
	TillSessions  Permission = "till_sessions:write"
	ProgramsRead  Permission = "programs:read"
	ProgramsWrite Permission = "programs:write"
	StatsRead     Permission = "stats:read"
	CustomersRead Permission = "customers:read"
	// CustomersWrite changes customers and their consents.
	CustomersWrite Permission = "customers:write"
	CardsRead      Permission = "cards:read"
	// CardsWrite joins customers as somebody the shop trusts, and revokes cards.
	CardsWrite Permission = "cards:write"
	// CardsJoin joins customers as the public form does: it opens no card that is
	// there and tells nothing of it.
	CardsJoin Permission = "cards:join"
	// ScansWrite looks a card up by code or number; ScansPhone also by phone number,
	// which only people at a till may.
	ScansWrite     Permission = "scans:write"
	ScansPhone     Permission = "scans:phone"
	StampsWrite    Permission = "stamps:write"
	CouponsRedeem  Permission = "coupons:redeem"
	EntriesReverse Permission = "entries:reverse"
	EntriesAdjust  Permission = "entries:adjust"
	APIKeysRead    Permission = "api_keys:read"
	APIKeysWrite   Permission = "api_keys:write"
	ImportsRead    Permission = "imports:read"
	ImportsWrite   Permission = "imports:write"
	// ExportsRead takes whole lists along as files. No key has it.
	ExportsRead Permission = "exports:read"
	// AuditRead sees who did what. No key has it.
	AuditRead   Permission = "audit:read"
	ReviewsRead Permission = "reviews:read"
	// ReviewsWrite hands in for review; deciding takes EntriesAdjust.
	ReviewsWrite Permission = "reviews:write"
)

// Permissions lists all of them. The position of a permission is its bit in a Set
// and must not change within a release; sets are not stored as bits.
var Permissions = []Permission{
	OrganizationRead, OrganizationWrite, LocationsRead, LocationsWrite, StaffRead, StaffWrite,
	TillsRead, TillsWrite, TillSessions, ProgramsRead, ProgramsWrite, StatsRead,
	CustomersRead, CustomersWrite, CardsRead, CardsWrite, CardsJoin, ScansWrite, ScansPhone,
	StampsWrite, CouponsRedeem, EntriesReverse, EntriesAdjust, APIKeysRead, APIKeysWrite,
	ImportsRead, ImportsWrite, ExportsRead, AuditRead, ReviewsRead, ReviewsWrite, TillsUnpair,
}

var bitOf = func() map[Permission]Set {
	m := make(map[Permission]Set, len(Permissions))
	for i, p := range Permissions {
		m[p] = 1 << i
	}
	return m
}()

// Set is a set of permissions.
type Set uint64

// SetOf returns the set of the permissions. Unknown ones are left out.
func SetOf(ps ...Permission) Set {
	var s Set
	for _, p := range ps {
		s |= bitOf[p]
	}
	return s
}

// Has reports whether the set holds the permission.
func (s Set) Has(p Permission) bool { return bitOf[p] != 0 && s&bitOf[p] == bitOf[p] }

// Includes reports whether the set holds all of the other's permissions.
func (s Set) Includes(other Set) bool { return s&other == other }

// Names returns the permissions of the set in alphabetical order.
func (s Set) Names() []string {
	names := make([]string, 0, bits.OnesCount64(uint64(s)))
	for i, p := range Permissions {
		if s&(1<<i) != 0 {
			names = append(names, string(p))
		}
	}
	sort.Strings(names)
	return names
}

// ParseSet reads names of permissions. It answers an *organization.InvalidFieldError
// that names the first unknown one.
func ParseSet(field string, names []string) (Set, error) {
	var s Set
	for i, n := range names {
		b, ok := bitOf[Permission(n)]
		if !ok {
			return 0, &organization.InvalidFieldError{
				Field:  fmt.Sprintf("%s[%d]", field, i),
				Reason: fmt.Sprintf("%q is not a scope", n),
			}
		}
		s |= b
	}
	return s, nil
}

var (
	cashierSet = SetOf(LocationsRead, ProgramsRead, CardsRead, CardsWrite, ScansWrite, ScansPhone,
		StampsWrite, CouponsRedeem, EntriesReverse, ReviewsWrite)
	marketerSet = SetOf(OrganizationRead, LocationsRead, ProgramsRead, StatsRead, CustomersRead, CardsRead, ImportsRead)
	managerSet  = cashierSet | marketerSet | SetOf(LocationsWrite, StaffRead, StaffWrite, TillsRead, TillsWrite, TillsUnpair,
		ProgramsWrite, CustomersWrite, EntriesAdjust, APIKeysRead, ImportsWrite, ExportsRead, AuditRead, ReviewsRead)
	ownerSet = managerSet | SetOf(OrganizationWrite, APIKeysWrite)
	// keyMaximum is what an API key may be given at most: never what proves that a
	// person stands at a till, and not the power to make keys or staff to take the whole
	// register along or to see who did what.
	keyMaximum = SetOf(Permissions...) &^ SetOf(TillSessions, TillsUnpair, ScansPhone, APIKeysWrite, StaffWrite, ExportsRead, AuditRead)
)

// ForRole returns what a role may do. For RoleIntegration it is the most that a key
// can be given; the key's own scopes say what it has.
func ForRole(r organization.Role) Set {
	switch r {
	case organization.RoleOwner:
		return ownerSet
	case organization.RoleManager:
		return managerSet
	case organization.RoleMarketer:
		return marketerSet
	case organization.RoleCashier:
		return cashierSet
	case organization.RoleIntegration:
		return keyMaximum
	}
	return 0
}

// TillPermissions is what a paired till may do while nobody has signed in at it: let
// somebody sign in, and hand in what it holds for review, which moves nothing.
var TillPermissions = SetOf(TillSessions, ProgramsRead, LocationsRead, ReviewsRead, ReviewsWrite)

// tillMaximum is what can be done at a till at most. A PIN of four digits on a device
// that many use proves little, so whoever signs in by it has not the power to make
// staff, keys or rules; for that there is the one-time link.
var tillMaximum = cashierSet | SetOf(EntriesAdjust, TillsUnpair)

// AtTill returns what a role may do for somebody who signed in at a till by PIN.
func AtTill(r organization.Role) Set { return ForRole(r) & tillMaximum }

// TillScopes is what an API key needs to do all that a till does.
var TillScopes = SetOf(LocationsRead, ProgramsRead, StatsRead, CardsRead, CardsWrite, ScansWrite,
	StampsWrite, CouponsRedeem, EntriesReverse, ReviewsWrite)
