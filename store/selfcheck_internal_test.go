package store

import (
	"strings"
	"testing"
)

// A night's sample must not read all cards: of five million, two hundred are read.
func TestASampleIsReadByTheIndexOfCodes(t *testing.T) {
	s := openEmpty(t)
	rows, err := s.reads.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+viewQuery+"WHERE c.org_id = $1 AND "+viewsByCode, "org_1", "card_1", 200)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "\n")
	if !strings.Contains(text, "SEARCH c USING INDEX sqlite_autoindex_card_2 (org_id=? AND code>?)") || strings.Contains(text, "TEMP B-TREE") || strings.Contains(text, "SCAN") {
		t.Errorf("it is read by\n%s", text)
	}
}
