package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
)

var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)

func openTestStore(t *testing.T, path string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite://" + path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

// mustBeTheDemo compares what is stored with the plan, run through the rules in
// memory: everything is there once.
func mustBeTheDemo(t *testing.T, st *store.Store) {
	t.Helper()
	stored, err := st.Organization(t.Context(), demo.OrganizationID(demoID))
	if err != nil {
		t.Fatal(err)
	}
	plan := demo.New(demo.EndOf(stored), demoID)
	want, err := plan.Rehearse()
	if err != nil {
		t.Fatal(err)
	}
	stats, err := st.Stats(t.Context(), stored.ID, plan.Program.ID, plan.EndsAt)
	if err != nil {
		t.Fatal(err)
	}
	have := demo.Totals{
		Cards: stats.Cards, Entries: stats.Entries, Stamps: stats.Stamps, Issued: stats.CouponsIssued,
		Redeemed: stats.CouponsRedeemed, Expired: stats.CouponsExpired, TakenBack: stats.CouponsReversed, Undone: want.Undone,
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("totals (-plan +stored):\n%s", diff)
	}
	emails, customers, consents := map[string]int{}, 0, 0
	err = each(func(p paging.Page) (paging.List[customer.Customer], error) {
		return st.Customers(t.Context(), stored.ID, "", p)
	},
		func(c customer.Customer) bool {
			customers++
			emails[c.Phone+" "+c.Email]++
			history, err := st.ConsentHistory(t.Context(), stored.ID, c.ID, paging.Page{})
			if err != nil {
				t.Fatal(err)
			}
			consents += len(history.Items)
			return true
		})
	if err != nil {
		t.Fatal(err)
	}
	if customers != demo.Customers || len(emails) != demo.Customers || consents != demo.Customers*len(plan.ConsentTexts) {
		t.Errorf("%d customers with %d contacts and %d consents, want %d of each and %d consents",
			customers, len(emails), consents, demo.Customers, demo.Customers*len(plan.ConsentTexts))
	}
	history, err := st.Import(t.Context(), stored.ID, historyID())
	if err != nil {
		t.Fatal(err)
	}
	if c := history.Counts; c.Rows != int64(len(plan.Events)) || c.NewCustomers != demo.Customers || c.Coupons != want.Issued ||
		c.Stamped != c.Receipts || c.Stamped == 0 || c.Stamps < c.Stamped {
		t.Errorf("the import that the history counts as tells %+v", c)
	}
	staff, err := st.StaffList(t.Context(), stored.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	locations, err := st.Locations(t.Context(), stored.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	if len(staff.Items) != len(plan.Staff) || len(locations.Items) != len(plan.Locations) {
		t.Errorf("%d staff and %d locations, want %d and %d", len(staff.Items), len(locations.Items), len(plan.Staff), len(plan.Locations))
	}
	for _, s := range staff.Items {
		if s.Role != organization.RoleMarketer && !s.HasPIN {
			t.Errorf("%s has no PIN", s.Name)
		}
	}
}

// A seeding that ends anywhere, again and again, is completed by the next.
func TestASeedingGoesOnWhereItWasStopped(t *testing.T) {
	st := openTestStore(t, filepath.Join(t.TempDir(), "leima.db"))
	// The clock goes on between the tries; the plan stays the one of the first.
	clock := noon
	for _, stopAt := range []int{1, 2, 150, 299, 300, 301, 900, 2_500, 4_000} {
		ctx, stop := context.WithCancel(t.Context())
		s := seeder{store: st, now: func() time.Time { return clock }, progress: func(done, _ int) {
			if done >= stopAt {
				stop()
			}
		}}
		if _, _, err := s.seed(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v, want it to be cancelled", stopAt, err)
		}
		clock = clock.Add(26 * time.Hour)
	}
	s := seeder{store: st, now: func() time.Time { return clock }, progress: func(int, int) {}}
	plan, fresh, err := s.seed(t.Context())
	if err != nil || !fresh {
		t.Fatalf("the last try: %v, fresh %v", err, fresh)
	}
	if plan.EndsAt != noon.UnixMilli() {
		t.Errorf("the plan ends at %d, want that of the first try, %d", plan.EndsAt, noon.UnixMilli())
	}
	mustBeTheDemo(t, st)

	again := seeder{store: st, now: func() time.Time { return clock }, progress: func(int, int) { t.Error("something was stored again") }}
	if _, fresh, err := again.seed(t.Context()); err != nil || fresh {
		t.Errorf("one more start: %v, fresh %v, want nothing to do", err, fresh)
	}
	mustBeTheDemo(t, st)
}

// The demo is used and its customers change; a later start does not repair that.
func TestALaterStartLeavesTheDemoAsItIs(t *testing.T) {
	st := openTestStore(t, filepath.Join(t.TempDir(), "leima.db"))
	s := seeder{store: st, now: func() time.Time { return noon }, progress: func(int, int) {}}
	plan, _, err := s.seed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := st.Customers(t.Context(), plan.Organization.ID, "", paging.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	changed := list.Items[0]
	changed.Phone, changed.Email = "", "somebody.else@example.org"
	if _, err := st.UpdateCustomer(t.Context(), changed, changed.Version); err != nil {
		t.Fatal(err)
	}
	again := seeder{store: st, now: func() time.Time { return noon.Add(time.Hour) }, progress: func(int, int) {}}
	if _, fresh, err := again.seed(t.Context()); err != nil || fresh {
		t.Errorf("the next start: %v, fresh %v, want nothing to do", err, fresh)
	}
	mustBeTheDemo(t, st)
}

// The process is killed with no chance to clean up, at the very beginning and in the
// middle, and started again.
func TestADemoThatWasKilledIsCompleted(t *testing.T) {
	data := filepath.Join(t.TempDir(), "demo")
	for _, moment := range []string{"database", " of "} {
		killDemo(t, data, moment)
	}
	stopDemoEarly(t, data)
	c, errs := startDemo(t, data)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, errs)
	}()
	if err := eventually("demo.json", func() bool { _, err := os.Stat(demoNotePath(data)); return err == nil }); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-drained
	if err := c.Wait(); err != nil {
		t.Errorf("the demo ended with %v after SIGTERM, want exit code 0", err)
	}
	mustBeTheDemo(t, openTestStore(t, filepath.Join(data, databaseName)))
}

// stopDemoEarly asks the demo to stop while it makes its data up: it does, and calls
// that no failure.
func stopDemoEarly(t *testing.T, data string) {
	t.Helper()
	c, errs := startDemo(t, data)
	lines := bufio.NewScanner(errs)
	for lines.Scan() && !strings.Contains(lines.Text(), " of ") {
		continue
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(errs)
	if err := c.Wait(); err != nil {
		t.Errorf("the demo ended with %v after SIGTERM, want exit code 0: %s", err, rest)
	}
}

func startDemo(t *testing.T, data string) (*exec.Cmd, io.Reader) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "leima", "demo", "--data", data, "--addr", "127.0.0.1:0")
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, errs
}

// killDemo kills the demo when it says something with the words, or when its database
// is there.
func killDemo(t *testing.T, data, words string) {
	t.Helper()
	c, errs := startDemo(t, data)
	if words == "database" {
		if err := eventually(words, func() bool { _, err := os.Stat(filepath.Join(data, databaseName)); return err == nil }); err != nil {
			t.Fatal(err)
		}
	} else {
		lines := bufio.NewScanner(errs)
		for lines.Scan() && !strings.Contains(lines.Text(), words) {
			continue
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, errs)
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the demo ended with %v, want it to be killed", err)
	}
	if _, err := os.Stat(demoNotePath(data)); err == nil {
		t.Fatal("demo.json was written before the demo was ready")
	}
}
