package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheLedgerHasNoForeignKeysInSQLite also looks whether SQLite understands the tables
// whose texts were changed.
func TestTheLedgerHasNoForeignKeysInSQLite(t *testing.T) {
	s := openEmpty(t)
	for query, want := range map[string][]string{
		"SELECT name FROM sqlite_schema WHERE name IN ('coupon', 'entry') AND sql LIKE '%FOREIGN KEY%'": nil,
		"SELECT \"from\" FROM pragma_foreign_key_list('entry')":                                         nil,
		"SELECT \"from\" FROM pragma_foreign_key_list('coupon')":                                        nil,
		"SELECT name FROM pragma_table_info('entry') WHERE pk > 0 ORDER BY pk":                          {"org_id", "id"},
		"SELECT name FROM pragma_table_info('entry') ORDER BY cid DESC LIMIT 1":                         {"outcome"},
		"SELECT name FROM pragma_table_info('coupon') ORDER BY cid DESC LIMIT 1":                        {"closed_by"},
		"SELECT integrity_check FROM pragma_integrity_check":                                            {"ok"},
	} {
		have, err := all(t.Context(), &transaction{s.writes, s.dialect}, scan1[string], query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s (-want +have):\n%s", query, diff)
		}
	}
}

// TestEntriesOfACardAreFoundByTheCard looks at the ways in which they are asked for: an
// organization's ledger is never read through for one card.
func TestEntriesOfACardAreFoundByTheCard(t *testing.T) {
	s := openEmpty(t)
	const byCard = "INDEX entry_card (card_id=? AND org_id=?"
	for name, query := range map[string]string{
		"a page": "SELECT " + entrySelect + " FROM entry WHERE org_id = $1 AND card_id = $2 AND (card_version, id) < ($3, $4) " +
			"ORDER BY card_version DESC, id DESC LIMIT $5",
		"the ledger": "SELECT " + entrySelect + " FROM entry WHERE org_id = $1 AND card_id = $2 ORDER BY card_version, id LIMIT $3",
		"the proof": "SELECT COUNT(*) FILTER (WHERE balance <> (SELECT SUM(quantity) FROM entry e WHERE e.org_id = c.org_id AND e.card_id = c.id)) " +
			"FROM card c WHERE c.org_id = $1",
		"stamps of a day": "SELECT SUM(quantity) FROM entry WHERE kind = 'stamp' AND (org_id, card_id) IN (VALUES ($1,$2),($3,$4)) AND day IN ($5)",
		"stampings":       stampingSelect,
		"a merge":         "SELECT id FROM entry WHERE org_id = $1 AND card_id = $2 AND head_id = $3",
	} {
		if plan := planOf(t, s, query); !strings.Contains(strings.Join(plan, "; "), byCard) {
			t.Errorf("%s: %q", name, plan)
		}
	}
}

// planOf returns the steps by which SQLite would answer the query.
func planOf(t *testing.T, s *Store, query string) []string {
	t.Helper()
	args := make([]any, strings.Count(query, "$"))
	plan, err := all(t.Context(), &transaction{s.writes, s.dialect}, func(r scanner) (detail string, err error) {
		var id, parent, unused int64
		if err = r.Scan(&id, &parent, &unused, &detail); err != nil {
			err = fmt.Errorf("read plan: %w", err)
		}
		return detail, err
	}, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
