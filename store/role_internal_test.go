package store

import "testing"

func TestWhatASuperuserHasToRun(t *testing.T) {
	const create, grant = `CREATE ROLE leima_app NOLOGIN NOBYPASSRLS; GRANT leima_app TO "shop";`, `GRANT leima_app TO "shop";`
	for name, c := range map[string]struct {
		login loginRights
		want  string
	}{
		"a plain login without the role":             {loginRights{version: 150000}, create},
		"a plain login that was not let in":          {loginRights{exists: true, version: 150000}, grant},
		"a plain login that was let in":              {loginRights{exists: true, member: true, version: 150000}, ""},
		"one that may pass the role on":              {loginRights{exists: true, mayGrant: true, version: 170000}, ""},
		"a superuser without the role":               {loginRights{super: true, version: 170000}, ""},
		"one that may make roles, in old times":      {loginRights{makeRoles: true, version: 150000}, ""},
		"one that may make roles, but not be them":   {loginRights{makeRoles: true, version: 160000}, create},
		"one that may make roles and was not let in": {loginRights{exists: true, makeRoles: true, version: 160000}, grant},
	} {
		c.login.user = "shop"
		if got := c.login.missingSQL(); got != c.want {
			t.Errorf("%s: have %q, want %q", name, got, c.want)
		}
	}
}
