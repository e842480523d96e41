package organization

import "slices"

// Role is what somebody is for an organization. What a role may do is decided in
// package access.
type Role string

// The roles.
const (
	RoleOwner    Role = "owner"
	RoleManager  Role = "manager"
	RoleMarketer Role = "marketer"
	RoleCashier  Role = "cashier"
	// RoleIntegration is the role of API keys; people do not have it.
	RoleIntegration Role = "integration"
)

// Roles lists all roles, the mightiest first.
var Roles = []Role{RoleOwner, RoleManager, RoleMarketer, RoleCashier, RoleIntegration}

// Known reports whether the role is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }
