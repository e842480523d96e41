package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// told is a rebuilder that finds what the test tells it.
type told struct {
	asked  []string // organization and card after which it was begun
	finds  map[string]rebuildReport
	breaks map[string]error
	closed int
}

func (r *told) Rebuild(_ context.Context, orgID, after string, progress func(done, total int64)) (rebuildReport, error) {
	r.asked = append(r.asked, orgID+" "+after)
	report := r.finds[orgID]
	progress(report.Cards, report.Cards)
	return report, r.breaks[orgID]
}

// rebuildCase is a database with two shops, whose ids are their slugs, and what is found in it.
type rebuildCase struct {
	*told
	data string
}

func newRebuildCase(t *testing.T) *rebuildCase {
	t.Helper()
	c := &rebuildCase{told: &told{finds: map[string]rebuildReport{}, breaks: map[string]error{}}, data: t.TempDir()}
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite://" + c.data + "/" + databaseName})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"corner", "harbour"} {
		o := organization.Organization{
			ID: id, Slug: id, Name: id, Country: "FI", Locale: "fi", Zone: "Europe/Helsinki", Brand: organization.Brand{Color: "#0b6e4f"},
		}
		if err := st.CreateOrganization(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// run carries out a command line.
func (c *rebuildCase) run(ctx context.Context, args ...string) result {
	return c.runWith(ctx, c.told, args...)
}

func (c *rebuildCase) runWith(ctx context.Context, r rebuilder, args ...string) result {
	var out, errs bytes.Buffer
	sh := &shell{
		getenv: func(string) string { return "" }, out: &out, err: &errs, now: time.Now,
		newRebuilder: func(context.Context, *store.Store) (rebuilder, func() error, error) {
			return r, func() error { c.closed++; return nil }, nil
		},
	}
	root := rootCommand(sh)
	root.SetArgs(append(args, "--data", c.data))
	root.SetOut(&out)
	root.SetErr(&errs)
	err := root.ExecuteContext(ctx)
	tell(&errs, err)
	return result{exitCode(err), out.String(), errs.String()}
}

func TestRebuildGoesThroughAllShopsAndTellsServers(t *testing.T) {
	c := newRebuildCase(t)
	c.finds["corner"] = rebuildReport{Cards: 300}
	c.finds["harbour"] = rebuildReport{
		Cards: 12, Projection: 2, Totals: 1,
		Found: []drift{{Kind: "projection", CardID: "card_1", Detail: "shown with 3 stamps, has 4"}},
	}
	before := c.run(t.Context(), "epoch")
	r := c.run(t.Context(), "rebuild")
	if r.code != exitOK {
		t.Errorf("what was corrected is no failure: %+v", r)
	}
	if diff := cmp.Diff([]string{"corner ", "harbour "}, c.asked); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		"cards                            312", "shown wrongly                      2", "live totals wrong                  1",
		"harbour: projection card_1: shown with 3 stamps, has 4",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	if c.closed != 1 {
		t.Errorf("it was closed %d times", c.closed)
	}
	if after := c.run(t.Context(), "epoch"); after.out == before.out {
		t.Error("servers that keep everything in memory were not told")
	}
}

func TestRebuildTellsOfALedgerThatDoesNotProve(t *testing.T) {
	c := newRebuildCase(t)
	found := rebuildReport{Cards: 1000, Ledger: 50, Projection: 30}
	for i := range 50 {
		found.Found = append(found.Found, drift{Kind: "ledger", CardID: typeid.New("card"), Detail: fmt.Sprint("entry ", i)})
	}
	found.Found = append(found.Found, drift{Kind: "projection", CardID: "card_1", Detail: "another"})
	c.finds["corner"] = found
	r := c.run(t.Context(), "rebuild", "--org", "corner", "--json")
	if r.code != exitDrift {
		t.Errorf("exit code %d", r.code)
	}
	var s rebuildSummary
	if err := json.Unmarshal([]byte(r.out), &s); err != nil {
		t.Fatal(err)
	}
	if s.Cards != 1000 || s.Organizations != 1 || s.Drift.Ledger != 50 || s.Drift.Projection != 30 || s.GoOn != nil {
		t.Errorf("have %+v", s)
	}
	if len(s.Found) != maxShownDrift+1 || s.Found[0].CardID != found.Found[0].CardID || s.Found[0].Org != "corner" {
		t.Errorf("%d are named: %+v", len(s.Found), s.Found)
	}
	if diff := cmp.Diff([]string{"corner "}, c.asked); diff != "" {
		t.Error(diff)
	}
}

func TestRebuildSaysWhereToGoOn(t *testing.T) {
	c := newRebuildCase(t)
	c.finds["corner"] = rebuildReport{Cards: 5}
	c.finds["harbour"] = rebuildReport{Cards: 512, Last: "card_9"}
	c.breaks["harbour"] = errors.New("the database is away")
	r := c.run(t.Context(), "rebuild")
	if r.code != exitFailure || !strings.Contains(r.errors, "the database is away") ||
		!strings.Contains(r.errors, "leima rebuild --data="+c.data+" --from-org harbour --from card_9”.") || !strings.Contains(r.out, "517") {
		t.Errorf("have %+v", r)
	}
	c.asked = nil
	delete(c.breaks, "harbour")
	if r := c.run(t.Context(), "rebuild", "--org", "harbour", "--from", "card_9"); r.code != exitOK {
		t.Errorf("have %+v", r)
	}
	if diff := cmp.Diff([]string{"harbour card_9"}, c.asked); diff != "" {
		t.Error(diff)
	}
	c.asked = nil
	if r := c.run(t.Context(), "rebuild", "--from-org", "corner", "--from", "card_3"); r.code != exitOK {
		t.Errorf("have %+v", r)
	}
	if diff := cmp.Diff([]string{"corner card_3", "harbour "}, c.asked); diff != "" {
		t.Errorf("the card is of the first shop, and the others follow: %s", diff)
	}
	c.asked = nil
	if r := c.run(t.Context(), "rebuild", "--from-org", "harbour"); r.code != exitOK {
		t.Errorf("have %+v", r)
	}
	if diff := cmp.Diff([]string{"harbour "}, c.asked); diff != "" {
		t.Errorf("those before it are done: %s", diff)
	}
	c.breaks["harbour"] = errors.New("the database is away")
	if r := c.run(t.Context(), "rebuild", "--org", "harbour", "--redis", "redis://leima:opensesame@cache"); !strings.Contains(
		r.errors, "leima rebuild --data="+c.data+" --redis=redis://leima:xxxxx@cache --org harbour --from card_9”.") {
		t.Errorf("of one shop, and without the password: %+v", r)
	}
	if r := c.run(t.Context(), "rebuild", "--from-org", "moon"); r.code == exitOK || !strings.Contains(r.errors, "moon") {
		t.Errorf("no such shop: %+v", r)
	}
	if r := c.run(t.Context(), "rebuild", "--from-org", "corner", "--org", "corner"); r.code == exitOK {
		t.Errorf("one shop or all from there: %+v", r)
	}
	if r := c.run(t.Context(), "rebuild", "--from", "card_9"); r.code != exitUsage || !strings.Contains(r.errors, "--org") {
		t.Errorf("a card of which shop? %+v", r)
	}
}

func TestRebuildThatIsStopped(t *testing.T) {
	c := newRebuildCase(t)
	ctx, stop := context.WithCancel(t.Context())
	c.finds["corner"] = rebuildReport{Cards: 512, Last: "card_5"}
	c.breaks["corner"] = context.Canceled
	r := c.runWith(ctx, stopWhenAsked{c.told, stop}, "rebuild")
	if r.code != exitInterrupted || !strings.Contains(r.errors, "--from-org corner --from card_5") {
		t.Errorf("have %+v", r)
	}
}

// stopWhenAsked is somebody who presses Ctrl-C while it works.
type stopWhenAsked struct {
	*told
	stop context.CancelFunc
}

func (r stopWhenAsked) Rebuild(ctx context.Context, orgID, after string, progress func(done, total int64)) (rebuildReport, error) {
	r.stop()
	return r.told.Rebuild(ctx, orgID, after, progress)
}

func TestRebuildSaysWhatItCouldNotLookAt(t *testing.T) {
	for name, test := range map[string]struct {
		found rebuildReport
		args  []string
		code  int
		says  []string
		not   string
	}{
		"all of it was seen": {rebuildReport{Cards: 7}, []string{"--redis", "redis://127.0.0.1:1"}, exitOK, []string{"live totals wrong                  0"}, "not "},
		"Redis is away": {
			rebuildReport{Cards: 7, NotSeen: 6, CellsNotSeen: 2},
			[]string{"--redis", "redis://127.0.0.1:1"},
			exitPartly,
			[]string{"not compared                       6  (not looked at: Redis does not answer)", "live totals not compared           2  (not", "leima doctor", "leima epoch raise"},
			"memory",
		},
		"servers keep it to themselves": {
			rebuildReport{Cards: 7, NotSeen: 7, CellsNotSeen: 2},
			nil, exitOK,
			[]string{"not compared                       7  (the memory of a server cannot be seen from here)", "were told to forget it"},
			"Redis does not answer",
		},
		"too long a ledger": {
			rebuildReport{Cards: 7, NotProved: 1, NotSeen: 7, Found: []drift{{Kind: "not proved", CardID: "card_1", Detail: "more than 200000 entries"}}},
			nil, exitPartly,
			[]string{"ledger not proved                  1  (too long", "corner: not proved card_1: more than"},
			"Redis does not answer",
		},
		"and drift": {rebuildReport{Cards: 7, Ledger: 1, NotProved: 1}, nil, exitDrift, []string{"not as their ledger says           1"}, "Redis does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newRebuildCase(t)
			c.finds["corner"] = test.found
			r := c.run(t.Context(), append([]string{"rebuild", "--org", "corner"}, test.args...)...)
			if r.code != test.code {
				t.Errorf("exit code %d, want %d", r.code, test.code)
			}
			for _, want := range test.says {
				if !strings.Contains(r.out, want) {
					t.Errorf("%q is missing in\n%s", want, r.out)
				}
			}
			if strings.Contains(strings.ReplaceAll(r.out, "not as their", ""), test.not) {
				t.Errorf("it says %q:\n%s", test.not, r.out)
			}
			var s rebuildSummary
			if err := json.Unmarshal([]byte(c.run(t.Context(), append([]string{"rebuild", "--org", "corner", "--json"}, test.args...)...).out), &s); err != nil {
				t.Fatal(err)
			}
			want := notLookedAt{Ledger: test.found.NotProved, Shown: test.found.NotSeen, Totals: test.found.CellsNotSeen, Forgotten: test.args == nil}
			if s.NotLookedAt != want {
				t.Errorf("have %+v, want %+v", s.NotLookedAt, want)
			}
		})
	}
}

func TestRebuildThatIsStoppedTellsWhatServersKeep(t *testing.T) {
	c := newRebuildCase(t)
	ctx, stop := context.WithCancel(t.Context())
	c.finds["corner"] = rebuildReport{Cards: 512, NotSeen: 512, Last: "card_5"}
	c.breaks["corner"] = context.Canceled
	r := c.runWith(ctx, stopWhenAsked{c.told, stop}, "rebuild")
	if r.code != exitInterrupted || !strings.Contains(r.out, "was not told to forget it yet") || !strings.Contains(r.out, "leima epoch raise") {
		t.Errorf("have %+v", r)
	}
}
