package store

import (
	"context"
	"errors"
	"fmt"
)

const (
	// appRole is the role that the server works as. It owns nothing, so row-level
	// security binds it. Migration 2 makes it.
	appRole = "leima_app"
	// grantsOfTheirOwn is the version of PostgreSQL from which on a login that may make
	// roles may no longer act as every other (server_version_num).
	grantsOfTheirOwn = 160000
)

// ErrRole is wrapped by the error for a login that cannot work as the server's role.
var ErrRole = errors.New("the database login may not work as the role " + appRole)

// roleError says what an administrator has to do if rights are what is missing.
func roleError(err error, user string) error {
	const pgUndefinedRole = "22023" // SET ROLE to one that does not exist
	switch pgCode(err) {
	case pgInsufficientRights, pgUndefinedRole:
		return fmt.Errorf("%w; let a superuser run: %s and let the login own the database: %w", ErrRole, roleSQL(user, true), err)
	}
	return fmt.Errorf("set up the role %s: %w", appRole, err)
}

// roleSQL is what a superuser has to run so that the login can work as the role.
func roleSQL(user string, missing bool) string {
	grant := fmt.Sprintf("GRANT %s TO %q;", appRole, user)
	if missing {
		return "CREATE ROLE " + appRole + " NOLOGIN NOBYPASSRLS; " + grant
	}
	return grant
}

// loginRights are what a login may do about the role.
type loginRights struct {
	user             string
	exists, member   bool
	super, makeRoles bool
	// mayGrant tells that the login was given the role to pass it on.
	mayGrant bool
	version  int
}

// missingSQL returns what a superuser has to run before the login can work as the role, or
// nothing if the login is a member of it or can see to that itself, as migration 2 does.
func (l loginRights) missingSQL() string {
	canGrant := l.super || l.mayGrant || l.makeRoles && l.version < grantsOfTheirOwn
	switch {
	case !l.exists && !canGrant:
		return roleSQL(l.user, true)
	case l.exists && !l.member && !canGrant:
		return roleSQL(l.user, false)
	}
	return ""
}

func scanLoginRights(r scanner) (l loginRights, err error) {
	if err = r.Scan(&l.user, &l.super, &l.makeRoles, &l.exists, &l.member, &l.mayGrant, &l.version); err != nil {
		err = fmt.Errorf("look at the rights of the login: %w", err)
	}
	return l, err
}

// loginRights asks what the login may do. It changes nothing.
func (s *Store) loginRights(ctx context.Context) (loginRights, error) {
	return scanLoginRights(s.owner.QueryRowContext(ctx, "SELECT r.rolname, r.rolsuper, r.rolcreaterole, a.oid IS NOT NULL, "+
		"COALESCE(pg_has_role(r.oid, a.oid, 'MEMBER'), false), COALESCE(pg_has_role(r.oid, a.oid, 'MEMBER WITH ADMIN OPTION'), false), "+
		"current_setting('server_version_num')::int FROM pg_roles r LEFT JOIN pg_roles a ON a.rolname = $1 WHERE r.rolname = session_user", appRole))
}

// checkRole returns an error that wraps ErrRole if migrations would fail for want of the
// role. Found out by the second migration, the first would have been applied.
func (s *Store) checkRole(ctx context.Context) error {
	if s.dialect.kind == sqliteDialect.kind {
		return nil
	}
	rights, err := s.loginRights(ctx)
	if err != nil {
		return err
	}
	if sql := rights.missingSQL(); sql != "" {
		return fmt.Errorf("%w; let a superuser run: %s", ErrRole, sql)
	}
	return nil
}

// findRole is checkRole as a Finding.
func (s *Store) findRole(ctx context.Context) (Finding, error) {
	const name = "role"
	rights, err := s.loginRights(ctx)
	if err != nil {
		return Finding{}, err
	}
	if sql := rights.missingSQL(); sql != "" {
		return Finding{name, false, fmt.Sprintf("%s may not work as %s; let a superuser run: %s", rights.user, appRole, sql)}, nil
	}
	return Finding{name, true, fmt.Sprintf("%s may work as %s", rights.user, appRole)}, nil
}
