package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is all in which the SQL of the two databases differs.
type dialect struct {
	kind string
	// forUpdate locks the rows of a SELECT; SQLite has one writer and needs none.
	forUpdate string
	// setOrganization names the organization to row-level security, "" if there is none.
	setOrganization string
}

var (
	sqliteDialect   = dialect{kind: "sqlite"}
	postgresDialect = dialect{
		kind:            "postgres",
		forUpdate:       " FOR UPDATE",
		setOrganization: "SELECT set_config('leima.org_id', $1, true)",
	}
)

// The error codes of PostgreSQL that are acted on; see its manual, appendix A.
const (
	pgSerializationFailure = "40001"
	pgDeadlock             = "40P01"
	pgUniqueViolation      = "23505"
	pgForeignKeyViolation  = "23503"
	pgClassDataException   = "22"
	pgClassIntegrity       = "23"
	pgInsufficientRights   = "42501"
)

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// isConflict reports whether two transactions got into each other's way and the
// same one may succeed when it is run again.
func isConflict(err error) bool {
	code := pgCode(err)
	return code == pgSerializationFailure || code == pgDeadlock
}

func isUnique(err error) bool {
	code := sqliteCode(err)
	return pgCode(err) == pgUniqueViolation ||
		code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

func isForeignKey(err error) bool {
	return pgCode(err) == pgForeignKeyViolation || sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// isRejected reports whether the database refused the values themselves, so that
// running them again would be refused again.
func isRejected(err error) bool {
	code := pgCode(err)
	return strings.HasPrefix(code, pgClassIntegrity) || strings.HasPrefix(code, pgClassDataException) ||
		sqliteCode(err)&0xff == sqlite3.SQLITE_CONSTRAINT
}
