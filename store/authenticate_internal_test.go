package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/leima/leima/access"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// Tokens are found by their hashes, whatever the database believes of how many there are.
func TestTokensAreLookedUpByIndexes(t *testing.T) {
	s := openEmpty(t)
	for _, step := range planOf(t, s, s.dialect.authenticateQuery()) {
		if table, scanned := strings.CutPrefix(step, "SCAN "); scanned && !strings.HasPrefix(table, "s ") && !strings.HasPrefix(table, "k") {
			t.Errorf("SQLite goes through a table: %s", step)
		}
		if strings.HasPrefix(step, "SCAN s ") && !strings.Contains(step, "VIRTUAL TABLE") {
			t.Errorf("SQLite goes through the sessions: %s", step)
		}
	}
}

func TestTokensAreLookedUpByIndexesInPostgres(t *testing.T) {
	s := openEmptyAt(t, plainLogin(t))
	query := strings.ReplaceAll(s.dialect.authenticateQuery(), "$1", "'"+hashText(access.Hash("token"))+"org_1'")
	raw, err := s.ledger.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Rollback() // nothing was changed
	lines, err := all(t.Context(), &transaction{raw, s.dialect}, scan1[string], "EXPLAIN "+query)
	if err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(lines, "\n")
	for _, index := range []string{"api_key_org_id_token_hash_key", "till_org_id_token_hash_key", "session_org_id_token_hash_key"} {
		if !strings.Contains(plan, index) {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
	}
}

func TestWhoAsksWhileAQuestionIsUnderWayIsInTheNext(t *testing.T) {
	var x askers
	join := func() bool {
		t.Helper()
		first, err := x.join(&asking{})
		if err != nil {
			t.Fatal(err)
		}
		return first
	}
	if !join() {
		t.Fatal("nobody sees to the first")
	}
	if group := x.next(); len(group) != 1 {
		t.Fatalf("%d are in the first question", len(group))
	}
	for range maxAsked + 1 {
		if join() {
			t.Fatal("two see to one question")
		}
	}
	for _, want := range []int{maxAsked, 1, 0} {
		if group := x.next(); len(group) != want {
			t.Fatalf("want %d in a question, have %d", want, len(group))
		}
	}
	if !join() {
		t.Fatal("after all were answered nobody sees to the next")
	}
	for range maxAsking - 1 {
		join()
	}
	if _, err := x.join(&asking{}); !errors.Is(err, loyalty.ErrBusy) {
		t.Fatalf("one too many: %v", err)
	}
}

// Whoever stops waiting, even the one who saw to the question, takes no answer from others.
func TestWhoStopsWaitingKeepsNobodyFromAnAnswer(t *testing.T) {
	s := openEmpty(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, _ = s.Authenticate(ended, "org_1", access.Hash("one"), 0) // it may have been answered in the same instant
	if _, err := s.Authenticate(t.Context(), "org_1", access.Hash("another"), 0); !errors.Is(err, access.ErrUnauthenticated) {
		t.Fatalf("have %v", err)
	}
}

// To note a last use takes a write, which in SQLite waits for whoever writes now. Others, whose
// last use was noted a moment ago, are let in meanwhile.
func TestNotingTheLastUseHoldsUpNobodyElse(t *testing.T) {
	s := openEmpty(t)
	org := organization.Organization{ID: "org_1", Slug: "shop", Name: "Shop", Version: 1}
	if err := s.CreateOrganization(t.Context(), org); err != nil {
		t.Fatal(err)
	}
	const now = 1_700_000_000_000
	newKey := func(token string) {
		t.Helper()
		if err := s.CreateAPIKey(t.Context(), access.APIKey{OrgID: org.ID, ID: "key_" + token}, access.Hash(token)); err != nil {
			t.Fatal(err)
		}
	}
	letIn := func(token string) error {
		_, err := s.Authenticate(t.Context(), org.ID, access.Hash(token), now)
		return err
	}
	newKey("noted")
	newKey("new")
	if err := letIn("noted"); err != nil {
		t.Fatal(err)
	}
	s.recognized.forget()

	slow := make(chan error, 1)
	err := s.write(t.Context(), org.ID, func(*transaction) error {
		go func() { slow <- letIn("new") }()
		return letIn("noted")
	})
	if err := errors.Join(err, <-slow); err != nil {
		t.Fatal(err)
	}
	n, err := readOne(t.Context(), s, org.ID, nil, scan1[int], "SELECT COUNT(*) FROM api_key WHERE org_id = $1 AND last_used_at = $2", org.ID, now)
	if err != nil || n != 2 {
		t.Fatalf("%d last uses were noted, error %v", n, err)
	}
}
