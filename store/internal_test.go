package store

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

func TestPlanConfirm(t *testing.T) {
	request := customer.ConfirmationRequest{Channel: "sms", To: "+358401"}
	typed := customer.Customer{
		ID: "typed", Status: customer.StatusProvisional, PendingPhone: "+358401", PendingEmail: "a@example.org", Version: 1,
	}
	known := &customer.Customer{ID: "known", Status: customer.StatusActive, Phone: "+358401", Version: 7}
	with := func(c customer.Customer, change func(*customer.Customer)) customer.Customer {
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		request  customer.ConfirmationRequest
		typed    customer.Customer
		existing *customer.Customer
		want     confirmPlan
		err      error
	}{
		"a phone number that nobody had": {
			request, typed, nil,
			confirmPlan{provisional: customer.Customer{
				ID: "typed", Status: customer.StatusActive, Phone: "+358401", PendingEmail: "a@example.org", ConfirmedAt: 9, Version: 2,
			}},
			nil,
		},
		"an address that nobody had": {
			customer.ConfirmationRequest{Channel: "email", To: "a@example.org"},
			typed, nil,
			confirmPlan{provisional: customer.Customer{
				ID: "typed", Status: customer.StatusActive, PendingPhone: "+358401", Email: "a@example.org", ConfirmedAt: 9, Version: 2,
			}},
			nil,
		},
		"a phone number that somebody had": {
			request, typed, known,
			confirmPlan{
				provisional: customer.Customer{ID: "typed", Status: customer.StatusMerged, MergedInto: "known", Version: 2},
				existing:    &customer.Customer{ID: "known", Status: customer.StatusActive, Phone: "+358401", ConfirmedAt: 9, Version: 8},
			},
			nil,
		},
		"a customer who is real already": {
			request, with(typed, func(c *customer.Customer) { c.Status = customer.StatusActive }), nil, confirmPlan{}, errNothingToConfirm,
		},
		"a customer who was merged": {
			request, with(typed, func(c *customer.Customer) { c.Status = customer.StatusMerged }), known, confirmPlan{}, errNothingToConfirm,
		},
		"another number than was typed": {
			request, with(typed, func(c *customer.Customer) { c.PendingPhone = "+358402" }), nil, confirmPlan{}, errNothingToConfirm,
		},
		"no contact": {
			customer.ConfirmationRequest{Channel: "sms"},
			with(typed, func(c *customer.Customer) { c.PendingPhone = "" }), nil,
			confirmPlan{},
			errNothingToConfirm,
		},
	} {
		t.Run(name, func(t *testing.T) {
			have, err := planConfirm(c.request, c.typed, c.existing, 9)
			if !errors.Is(err, c.err) {
				t.Fatalf("want %v, have %v", c.err, err)
			}
			if diff := cmp.Diff(c.want, have, cmp.AllowUnexported(confirmPlan{})); diff != "" {
				t.Errorf("(-want +have):\n%s", diff)
			}
			if known.Version != 7 {
				t.Error("the argument was changed")
			}
		})
	}
}

func TestBindByPosition(t *testing.T) {
	for query, want := range map[string]struct {
		query string
		args  []any
	}{
		"SELECT 1":                       {"SELECT 1", []any{"a", "b", "c"}},
		"a = $1 AND b = $2":              {"a = ? AND b = ?", []any{"a", "b"}},
		"b = $2 AND (c = $3 OR b = $2)":  {"b = ? AND (c = ? OR b = ?)", []any{"b", "c", "b"}},
		"a IN ($1,$2,$3) LIMIT $1":       {"a IN (?,?,?) LIMIT ?", []any{"a", "b", "c", "a"}},
		"INSERT INTO t VALUES ($3,$1) ;": {"INSERT INTO t VALUES (?,?) ;", []any{"c", "a"}},
	} {
		have, args := sqliteDialect.bind(query, []any{"a", "b", "c"})
		if query == "SELECT 1" {
			want.args = []any{}
		}
		if diff := cmp.Diff([]any{want.query, want.args}, []any{have, args}); diff != "" {
			t.Errorf("%s (-want +have):\n%s", query, diff)
		}
		if same, _ := postgresDialect.bind(query, args); same != query {
			t.Errorf("PostgreSQL gets %q", same)
		}
	}
}

func TestListsHaveFewLengths(t *testing.T) {
	for n, want := range map[int]string{0: "(NULL)", 1: "($2)", 2: "($2,$3)", 3: "($2,$3,$4,$5)", 4: "($2,$3,$4,$5)"} {
		args := []any{"org"}
		values := []string{"a", "b", "c", "d"}[:n]
		if have := in(&args, values); have != want {
			t.Errorf("%d values: want %s, have %s", n, want, have)
		}
		if n == 3 {
			if diff := cmp.Diff([]any{"org", "a", "b", "c", "c"}, args); diff != "" {
				t.Errorf("(-want +have):\n%s", diff)
			}
		}
	}
}

// openEmpty opens a store on SQLite with nothing in it.
func openEmpty(t *testing.T) *Store {
	t.Helper()
	return openEmptyAt(t, "sqlite://"+filepath.Join(t.TempDir(), "leima.db"))
}

func openEmptyAt(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNumbersThatAreTaken lets the source of customer numbers repeat itself.
func TestNumbersThatAreTaken(t *testing.T) {
	s := openEmpty(t)
	org := organization.Organization{ID: "org_1", Slug: "shop", Name: "Shop", Country: "FI", Locale: "fi", Zone: "UTC"}
	program := loyalty.Program{
		OrgID: org.ID, ID: "prog_1", Name: loyalty.Text{"en": "Stamps"}, Status: loyalty.ProgramActive, Goal: 10,
		Rewards: []loyalty.Reward{{ID: "r", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Coffee"}}},
	}
	if err := errors.Join(s.CreateOrganization(t.Context(), org), s.CreateProgram(t.Context(), program)); err != nil {
		t.Fatal(err)
	}
	given := uint64(0)
	s.newNumber = func() string {
		given++
		return customer.NewNumber(given / 4) // each number four times
	}
	seen := map[string]bool{}
	for i := range uint64(5) {
		j := customer.Join{OrgID: org.ID, ProgramID: program.ID, Email: customer.NewNumber(i) + "@example.org", Trusted: true}
		joined, err := s.Join(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if n := joined.View.Customer.Number; seen[n] {
			t.Errorf("two customers have the number %s", n)
		} else {
			seen[n] = true
		}
	}
	s.newNumber = func() string { return customer.NewNumber(0) }
	j := customer.Join{OrgID: org.ID, ProgramID: program.ID, Email: "last@example.org", Trusted: true}
	if _, err := s.Join(t.Context(), j); !isUnique(err) {
		t.Errorf("want the tries to end, have %v", err)
	}
}
