package store

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// Finding is one thing that Check looked at. Detail says what was found and, if it is
// not OK, what to do.
type Finding struct {
	Name   string
	OK     bool
	Detail string
}

// Check looks whether the database is as it should be and proves every ledger: the
// balance of each card must be the sum of its entries. It changes nothing. It returns an
// error only if the database does not answer.
func (s *Store) Check(ctx context.Context) ([]Finding, error) {
	var findings []Finding
	if s.dialect.kind == postgresDialect.kind {
		role, err := s.findRole(ctx)
		if err != nil {
			return nil, err
		}
		findings = append(findings, role)
	}
	schema, err := s.findSchema(ctx)
	if err != nil {
		return nil, err
	}
	findings = append(findings, schema)
	for _, f := range findings {
		if !f.OK {
			return findings, nil // what follows needs both
		}
	}
	look := s.checkPostgres
	if s.dialect.kind == sqliteDialect.kind {
		look = s.checkSQLite
	}
	more, err := look(ctx)
	if err != nil {
		return nil, err
	}
	ledgers, err := s.checkLedgers(ctx)
	return append(append(findings, more...), ledgers), err
}

// findSchema tells whether the schema is that of this program.
func (s *Store) findSchema(ctx context.Context) (Finding, error) {
	const name = "migrations"
	if empty, err := s.Empty(ctx); err != nil || empty {
		return Finding{name, false, "the database is empty; run the migrations"}, err
	}
	pending, err := s.pending(ctx)
	if err != nil {
		return Finding{}, err
	}
	if len(pending) > 0 {
		return Finding{name, false, "not run yet: " + strings.Join(pending, ", ") + "; run the migrations"}, nil
	}
	return Finding{name, true, "all were run"}, nil
}

func (s *Store) checkSQLite(ctx context.Context) ([]Finding, error) {
	durable := Finding{"durability", true, "journal_mode=wal, synchronous=FULL, foreign_keys=ON"}
	if err := assertDurable(ctx, s.writes); err != nil {
		durable = Finding{"durability", false, err.Error()}
	}
	var integrity string
	if err := s.reads.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&integrity); err != nil {
		return nil, fmt.Errorf("check integrity: %w", err)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, fmt.Errorf("look at the database file: %w", err)
	}
	mode := info.Mode().Perm()
	return []Finding{
		durable,
		{"integrity", integrity == "ok", integrity},
		{
			"file mode", mode&0o077 == 0,
			fmt.Sprintf("%s has mode %04o; nobody but its owner should read customers' data (%04o)", s.path, mode, sqliteFileMode),
		},
	}, nil
}

func (s *Store) checkPostgres(ctx context.Context) ([]Finding, error) {
	var role string
	var mighty bool
	if err := s.reads.QueryRowContext(ctx, "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").
		Scan(&role, &mighty); err != nil {
		return nil, fmt.Errorf("look at the role: %w", err)
	}
	open, err := readAll(ctx, s, "", scan1[string], "SELECT c.relname::text FROM pg_class c "+
		"JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped "+
		"WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace "+
		"AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1 LIMIT $1", maxListed)
	if err != nil {
		return nil, err
	}
	walls := Finding{"row-level security", true, "on every table of an organization"}
	if len(open) > 0 {
		walls = Finding{"row-level security", false, "missing on " + strings.Join(open, ", ")}
	}
	return []Finding{
		{"server's role", role == appRole && !mighty, fmt.Sprintf("the server works as %s, which must be %s and bound by row-level security", role, appRole)},
		walls,
	}, nil
}

// checkLedgers proves the ledgers of all organizations.
func (s *Store) checkLedgers(ctx context.Context) (Finding, error) {
	organizations, err := s.Organizations(ctx)
	if err != nil {
		return Finding{}, err
	}
	var cards, wrong int64
	for _, o := range organizations {
		err := s.read(ctx, o.ID, func(tx *transaction) error {
			var n, bad int64
			err := tx.QueryRowContext(ctx, "SELECT COUNT(*), COUNT(*) FILTER (WHERE balance <> "+
				"(SELECT COALESCE(SUM(quantity), 0) FROM entry e WHERE e.org_id = c.org_id AND e.card_id = c.id)) "+
				"FROM card c WHERE c.org_id = $1", o.ID).Scan(&n, &bad)
			if err != nil {
				return fmt.Errorf("prove ledger of %s: %w", o.Slug, err)
			}
			cards, wrong = cards+n, wrong+bad
			return nil
		})
		if err != nil {
			return Finding{}, err
		}
	}
	return Finding{"ledger", wrong == 0, fmt.Sprintf("%d of %d cards have a balance that is not the sum of their entries", wrong, cards)}, nil
}
