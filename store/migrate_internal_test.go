package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/loyalty"
)

// beforeKeysMoved is the last version at which keys had a table of their own.
const beforeKeysMoved = 2

// TestKeysMoveToTheirEntries is a stamp that was given before version 3 and is sent again
// after it.
func TestKeysMoveToTheirEntries(t *testing.T) {
	for name, open := range map[string]func(*testing.T) string{
		"SQLite": func(t *testing.T) string { t.Helper(); return "sqlite://" + filepath.Join(t.TempDir(), "leima.db") },
		"PostgreSQL, by a login that row-level security binds": plainLogin,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), Config{URL: open(t)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			p, err := s.migrations()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.UpTo(t.Context(), beforeKeysMoved); err != nil {
				t.Fatal(err)
			}
			const org = "org_1"
			if err := s.transact(t.Context(), s.owner, false, []string{org}, func(tx *transaction) error {
				return stampOfOldTimes(t.Context(), tx, org)
			}); err != nil {
				t.Fatal(err)
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			again := loyalty.Command{
				Kind: loyalty.CommandStamp, OrgID: org, CardID: "card_1", Quantity: 3, IdempotencyKey: "key", BodyHash: "hash",
				LocationID: "loc_1", Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, At: 5, Now: 5,
			}
			o, err := s.Apply(t.Context(), again)
			if err != nil || !o.Replayed {
				t.Fatalf("have %+v, %v", o, err)
			}
			want := loyalty.Card{
				OrgID: org, ID: "card_1", ProgramID: "prog_1", CustomerID: "cust_1", Status: loyalty.CardActive,
				Version: 2, Balance: 3, Goal: 10, Lifetime: 3, LastStampAt: 5,
			}
			if diff := cmp.Diff(want, o.Card); diff != "" {
				t.Errorf("(-want +have):\n%s", diff)
			}
			again.BodyHash = "other"
			if _, err := s.Apply(t.Context(), again); !errors.Is(err, loyalty.ErrKeyReused) {
				t.Errorf("another body: have %v", err)
			}
			again.IdempotencyKey = "new"
			if o, err := s.Apply(t.Context(), again); err != nil || o.Card.Balance != 6 {
				t.Errorf("a new key: have %+v, %v", o, err)
			}
		})
	}
}

// stampOfOldTimes adds a card with one stamp as version 2 did.
func stampOfOldTimes(ctx context.Context, tx *transaction, org string) error {
	rules, err := writeRules(loyalty.Program{
		Name: loyalty.Text{"en": "Stamps"}, Goal: 10, Rewards: []loyalty.Reward{{ID: "rew", Kind: loyalty.RewardMain, Name: loyalty.Text{"en": "Tea"}}},
	})
	if err != nil {
		return err
	}
	for _, x := range []struct {
		table, columns string
		values         []any
	}{
		{"organization", "org_id, slug, name, country, locale, zone, color, logo_type, logo_version, version, created_at", []any{org, "s", "S", "FI", "fi", "UTC", "", "", 0, 1, 1}},
		{"location", strings.Replace(locationColumns, "latitude, longitude, ", "", 1), locationRowOfOldTimes(org)},
		{"program", programColumns, []any{org, "prog_1", "active", 1, rules, 1}},
		{"program_version", "org_id, program_id, version, status, rules", []any{org, "prog_1", 1, "active", rules}},
		{"customer", strings.TrimSuffix(customerColumns, ", blocked_at"), []any{org, "cust_1", "n", "", "", "", "", "", "", "fi", "active", nil, "", "", 1, 1, 1}},
		{"card", strings.TrimSuffix(ledgerCardColumns, ", blocked_at") + ", code, link, joined_day", []any{org, "card_1", "prog_1", "cust_1", "active", 2, 3, 10, 0, 0, 3, 5, 0, 0, 0, 1, "c", "l", 0}},
		{"entry", entryColumns, []any{
			org, "ent_1", "card_1", "prog_1", "stamp", 3, 3, 2, 1, 5, 5, 19700101, "loc_1", "system", "", nil, nil, "ent_1", "key", "", "", nil,
		}},
		{"idempotency", "org_id, idempotency_key, body_hash, entry_id, outcome", []any{org, "key", "hash", "ent_1", `{"v":1,"c":{"u":"cust_1","s":"active","g":10,"l":3,"t":5}}`}},
	} {
		if err := insert(ctx, tx, x.table, x.columns, x.values); err != nil {
			return err
		}
	}
	return nil
}

func locationRowOfOldTimes(org string) []any { return []any{org, "loc_1", "Shop", "", "UTC", "", 1, 1} }

// plainLogin returns the URL of an empty PostgreSQL database for a login that owns it and
// is no superuser.
func plainLogin(t *testing.T) string {
	t.Helper()
	server := os.Getenv("LEIMA_TEST_POSTGRES")
	if server == "" {
		t.Skip("PostgreSQL is not tested: LEIMA_TEST_POSTGRES is not set to the URL of a server")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("leima_migrate_%d", os.Getpid())
	for _, text := range []string{
		"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leima_app') THEN CREATE ROLE leima_app NOLOGIN NOBYPASSRLS; END IF; END $$",
		"CREATE ROLE " + name + " LOGIN PASSWORD 'secret' IN ROLE leima_app", "CREATE DATABASE " + name + " OWNER " + name,
	} {
		if _, err := admin.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, text := range []string{"DROP DATABASE " + name + " WITH (FORCE)", "DROP ROLE " + name} {
			if _, err := admin.ExecContext(context.Background(), text); err != nil {
				t.Error(err)
			}
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path, u.User = "/"+name, url.UserPassword(name, "secret")
	return u.String()
}
