package store

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

// Of a transaction that was not answered, those who follow the ledger are told that it
// may have been committed; of one that failed they are not told.
func TestFollowersHearOfWhatMayHaveBeenCommitted(t *testing.T) {
	var told []loyalty.Commit
	s, err := Open(t.Context(), Config{
		URL:       (&url.URL{Scheme: "sqlite", Path: filepath.Join(t.TempDir(), "leima.db")}).String(),
		Committed: func(c loyalty.Commit) { told = append(told, c) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	card := loyalty.Card{OrgID: "org_1", ID: "card_1", Version: 3}
	cell := loyalty.Cell{OrgID: "org_1", ProgramID: "prog_1", Day: 20260301}
	never := func(error) bool { return false }
	for name, c := range map[string]struct {
		err          error
		told, unsure bool
	}{
		"committed":                {nil, true, false},
		"refused":                  {errors.New("no room"), false, false},
		"lost before the COMMIT":   {fmt.Errorf("query: %w", errLost), false, false},
		"lost with the COMMIT out": {fmt.Errorf("%w: %w", errCommit, errLost), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			told = nil
			err := s.committing(t.Context(), never, func(n *news) error {
				n.card(card, false)
				n.count(cell, loyalty.Counts{Stamps: 1})
				return c.err
			})
			if !errors.Is(err, c.err) {
				t.Fatalf("got %v", err)
			}
			if !c.told {
				if len(told) > 0 {
					t.Errorf("told of %+v", told)
				}
				return
			}
			if len(told) != 1 {
				t.Fatalf("told %d times", len(told))
			}
			want := loyalty.Commit{
				Source: told[0].Source, Seq: told[0].Seq, Unsure: c.unsure,
				Cards:  []loyalty.ChangedCard{{OrgID: "org_1", ID: "card_1", Version: 3, Since: 2, Card: card}},
				Counts: []loyalty.CellCounts{{Cell: cell, Counts: loyalty.Counts{Stamps: 1}}},
			}
			if diff := cmp.Diff(want, told[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
