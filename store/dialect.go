package store

import (
	"errors"
	"strconv"
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
	// positional tells that parameters are best given by their position; see bind.
	positional bool
	// lock lets one transaction at a time have a name, "" where there is but one writer.
	lock string
	// setOrganizations names the organizations of a transaction, separated by commas, to
	// row-level security, "" if there is none.
	setOrganizations string
	// parts are those of a text with commas between, named by PARTS, a row for each, as s.value.
	parts string
}

var (
	sqliteDialect = dialect{
		kind: "sqlite", positional: true,
		parts: `json_each('["' || replace(PARTS, ',', '","') || '"]') AS s`,
	}
	postgresDialect = dialect{
		kind:             "postgres",
		forUpdate:        " FOR UPDATE",
		lock:             "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
		setOrganizations: "SELECT set_config('leima.org_id', $1, true)",
		parts:            "unnest(string_to_array(PARTS, ',')) AS s (value)",
	}
)

// partsOf returns the parts of a text with commas between, a row for each, as s.value.
func (d dialect) partsOf(text string) string { return strings.Replace(d.parts, "PARTS", text, 1) }

// bind returns the query and its values in the form that the database takes best. To
// SQLite $1 is a name, which it looks for among all others: a statement with thousands
// of them takes a second. So each becomes a plain ? with a value of its own. No text
// within the query may hold a $.
func (d dialect) bind(query string, args []any) (string, []any) {
	if !d.positional || len(args) == 0 {
		return query, args
	}
	var text strings.Builder
	values := make([]any, 0, len(args))
	for {
		before, rest, found := strings.Cut(query, "$")
		text.WriteString(before)
		if !found {
			return text.String(), values
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, _ := strconv.Atoi(rest[:digits])
		text.WriteByte('?')
		values = append(values, args[n-1])
		query = rest[digits:]
	}
}

// The error codes of PostgreSQL that are acted on; see its manual, appendix A.
const (
	pgSerializationFailure = "40001"
	pgDeadlock             = "40P01"
	pgUniqueViolation      = "23505"
	pgDivisionByZero       = "22012"
	pgForeignKeyViolation  = "23503"
	pgNotText              = "22021"
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

// isRace is isConflict or that another transaction added the same row first, so that
// this one finds it when it is run again.
func isRace(err error) bool { return isConflict(err) || isUnique(err) }

// isOvertaken reports whether a batch did not find its cards as it had read them; see
// updateAsRead.
func isOvertaken(err error) bool { return pgCode(err) == pgDivisionByZero }

// errCommit is wrapped by the error of a COMMIT.
var errCommit = errors.New("commit")

// isUnsure reports whether a transaction that failed with err may have been committed
// all the same: the COMMIT was sent and the database did not answer that it failed. A
// session that PostgreSQL ends, which is more than an ERROR, may have committed before.
func isUnsure(err error) bool {
	if !errors.Is(err, errCommit) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.SeverityUnlocalized != "ERROR"
	}
	code := sqliteCode(err) & 0xff
	return code == 0 || code == sqlite3.SQLITE_IOERR
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
