package access_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

func permissions() *rapid.Generator[[]access.Permission] {
	return rapid.SliceOfDistinct(rapid.SampledFrom(access.Permissions), rapid.ID[access.Permission])
}

func TestASetHoldsWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := permissions().Draw(t, "a"), permissions().Draw(t, "b")
		set, other := access.SetOf(a...), access.SetOf(b...)
		includes := true
		for _, p := range access.Permissions {
			if set.Has(p) != slices.Contains(a, p) {
				t.Errorf("%v has %s: %t", a, p, set.Has(p))
			}
			includes = includes && (!slices.Contains(b, p) || slices.Contains(a, p))
		}
		if set.Includes(other) != includes {
			t.Errorf("%v includes %v: %t", a, b, set.Includes(other))
		}
		names := set.Names()
		if len(names) != len(a) || !slices.IsSorted(names) {
			t.Errorf("%v has the names %v", a, names)
		}
		if again, err := access.ParseSet("scopes", names); err != nil || again != set {
			t.Errorf("%v is read back as %v, %v", names, again.Names(), err)
		}
	})
}

func TestUnknownPermissionsAreNobodys(t *testing.T) {
	everything := access.SetOf(access.Permissions...)
	for _, p := range []access.Permission{"", "cards:delete", "CARDS:READ", "cards:read "} {
		if everything.Has(p) {
			t.Errorf("everything holds %q", p)
		}
		if access.SetOf(p) != 0 {
			t.Errorf("a set of %q is not empty", p)
		}
		_, err := access.ParseSet("scopes", []string{"cards:read", string(p)})
		var invalid *organization.InvalidFieldError
		if !errors.As(err, &invalid) || invalid.Field != "scopes[1]" || invalid.Reason == "" {
			t.Errorf("%q is refused with %v, want an error about scopes[1]", p, err)
		}
	}
	if set, err := access.ParseSet("scopes", nil); set != 0 || err != nil {
		t.Errorf("no names are %v, %v", set.Names(), err)
	}
	if len(access.Permissions) > 64 {
		t.Errorf("%d permissions do not fit into a Set", len(access.Permissions))
	}
}

func TestRolesIncludeEachOther(t *testing.T) {
	for _, c := range []struct{ more, less organization.Role }{
		{organization.RoleOwner, organization.RoleManager},
		{organization.RoleManager, organization.RoleCashier},
		{organization.RoleManager, organization.RoleMarketer},
	} {
		more, less := access.ForRole(c.more), access.ForRole(c.less)
		if !more.Includes(less) || more == less || less == 0 {
			t.Errorf("a %s may %v, which is not more than the %v of a %s", c.more, more.Names(), less.Names(), c.less)
		}
	}
	if access.ForRole("boss") != 0 || access.ForRole("") != 0 {
		t.Error("an unknown role may do something")
	}
}

// Who may do what, in full: a new permission has to be thought of for every role.
func TestWhatRolesMayDo(t *testing.T) {
	const O, M, K, C, I = "owner", "manager", "marketer", "cashier", "integration"
	may := map[access.Permission][]organization.Role{
		access.OrganizationRead:  {O, M, K, I},
		access.OrganizationWrite: {O, I},
		access.LocationsRead:     {O, M, K, C, I},
		access.LocationsWrite:    {O, M, I},
		access.StaffRead:         {O, M, I},
		access.StaffWrite:        {O, M},
		access.TillsRead:         {O, M, I},
		access.TillsWrite:        {O, M, I},
		access.TillsUnpair:       {O, M},
		access.TillSessions:      nil, // a paired till only
		access.ProgramsRead:      {O, M, K, C, I},
		access.ProgramsWrite:     {O, M, I},
		access.StatsRead:         {O, M, K, I},
		access.CustomersRead:     {O, M, K, I},
		access.CustomersWrite:    {O, M, I},
		access.CardsRead:         {O, M, K, C, I},
		access.CardsWrite:        {O, M, C, I},
		access.CardsJoin:         {I},
		access.ScansWrite:        {O, M, C, I},
		access.ScansPhone:        {O, M, C},
		access.StampsWrite:       {O, M, C, I},
		access.CouponsRedeem:     {O, M, C, I},
		access.EntriesReverse:    {O, M, C, I},
		access.EntriesAdjust:     {O, M, I},
		access.APIKeysRead:       {O, M, I},
		access.APIKeysWrite:      {O},
		access.ImportsRead:       {O, M, K, I},
		access.ImportsWrite:      {O, M, I},
		access.ExportsRead:       {O, M},
		access.AuditRead:         {O, M},
		access.ReviewsRead:       {O, M, I},
		access.ReviewsWrite:      {O, M, C, I},
	}
	for _, p := range access.Permissions {
		roles, known := may[p]
		if !known {
			t.Errorf("nobody has said who may %s", p)
		}
		var got []organization.Role
		for _, r := range []organization.Role{O, M, K, C, I} {
			if access.ForRole(r).Has(p) {
				got = append(got, r)
			}
		}
		if diff := cmp.Diff(roles, got); diff != "" {
			t.Errorf("who may %s (-want +got):\n%s", p, diff)
		}
	}
}

// A key can do what a till does, but never what proves that a person is there.
func TestWhatAKeyMayBeGiven(t *testing.T) {
	most := access.ForRole(organization.RoleIntegration)
	if !most.Includes(access.TillScopes) {
		t.Errorf("a key cannot do all that a till does: %v", access.TillScopes.Names())
	}
	for _, p := range []access.Permission{access.TillSessions, access.TillsUnpair, access.ScansPhone, access.APIKeysWrite, access.StaffWrite} {
		if most.Has(p) {
			t.Errorf("a key may be given %s", p)
		}
	}
}

// A till at which nobody has signed in can do no more than let somebody sign in, and
// hand in what it holds for review.
func TestWhatATillMayDoByItself(t *testing.T) {
	want := []string{"locations:read", "programs:read", "reviews:read", "reviews:write", "till_sessions:write"}
	if diff := cmp.Diff(want, access.TillPermissions.Names()); diff != "" {
		t.Errorf("a till may do by itself (-want +got):\n%s", diff)
	}
}

func TestPrincipal(t *testing.T) {
	cashier := access.Principal{
		ID: "ses_1", StaffID: "stf_1", Permissions: access.ForRole(organization.RoleCashier), LocationID: "loc_1",
	}
	key := access.Principal{ID: "key_1", Permissions: access.SetOf(access.CardsJoin)}
	if !cashier.May(access.StampsWrite) || cashier.May(access.EntriesAdjust) {
		t.Errorf("a cashier may %v", cashier.Permissions.Names())
	}
	if !cashier.At("loc_1") || cashier.At("loc_2") || cashier.At("") {
		t.Error("a cashier of one branch acts for others")
	}
	if !key.At("loc_1") || !key.At("") {
		t.Error("a key of no branch does not act for every branch")
	}
	if !cashier.Trusted() || key.Trusted() {
		t.Error("the shop vouches for customers of the wrong one")
	}
	if got, want := cashier.Actor(), (loyalty.Actor{Kind: loyalty.ActorStaff, ID: "stf_1"}); got != want {
		t.Errorf("a cashier acts as %+v", got)
	}
	if got, want := key.Actor(), (loyalty.Actor{Kind: loyalty.ActorAPIKey, ID: "key_1"}); got != want {
		t.Errorf("a key acts as %+v", got)
	}
}
