//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/deploy/servers"
	"github.com/leima/leima/loyalty"
)

// TestOnRealServers is the short run. "make chaos" does more of it.
func TestOnRealServers(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL, Redis and two replicas, and takes a minute where others work")
	}
	if _, missing := servers.LookUp(); len(missing) > 0 {
		t.Skipf("the servers that Debian packages as %s are missing", strings.Join(missing, ", "))
	}
	leima := filepath.Join(t.TempDir(), "leima")
	if err := goBuild(t.Context(), leima, t.Output()); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"-short", "-rate", "250", "-seed", fmt.Sprint(shortSeed), "-leima", leima}

	t.Run("nothing is lost, doubled or invented", func(t *testing.T) {
		var out, log bytes.Buffer
		if err := run(t.Context(), arguments, &out, &log); err != nil {
			t.Errorf("%v\n%s", err, log.String())
		}
		t.Logf("\n%s", out.String())
		for _, f := range faults {
			if f.shortRun() && !strings.Contains(out.String(), " "+f.name+" ") {
				t.Errorf("the report does not tell of %s", f.name)
			}
		}
	})

	// It proves the whole of it: a PostgreSQL that acknowledges before it writes loses
	// stamps when it crashes, and the run must say so. A till that asks again gets a lost
	// stamp a second time, which is then told as doubled. What a crash meets is chance, so
	// it may need a few.
	t.Run("a database that forgets is found out", func(t *testing.T) {
		const crashes = 3
		var out, log bytes.Buffer
		var err error
		for range crashes {
			out.Reset()
			log.Reset()
			err = run(t.Context(), append(arguments, "-only", "postgres-crash", "-postgres", "synchronous_commit=off,wal_writer_delay=10s"), &out, &log)
			if err != nil {
				break
			}
		}
		said := out.String() + log.String()
		if !errors.Is(err, errViolated) || !strings.Contains(said, ": lost: org ") && !strings.Contains(said, ": doubled: org ") {
			t.Errorf("got %v, want lost or doubled stamps\n%s", err, said)
		}
		if _, folder, found := strings.Cut(log.String(), "what the tills know and the servers said is in "); !found {
			t.Error("the run does not say where the record is")
		} else if err := os.RemoveAll(strings.TrimSpace(folder)); err != nil {
			t.Error(err)
		}
	})
}

// shortSeed is that of the short run, so that what it meets differs little from day to
// day; make chaos takes another each time.
const shortSeed = 20261121

func TestASeedMakesOneSchedule(t *testing.T) {
	full := schedule(options{Seed: 7, Rounds: 1})
	if !reflect.DeepEqual(lines(full), lines(schedule(options{Seed: 7, Rounds: 1}))) {
		t.Error("the same seed made two schedules")
	}
	if reflect.DeepEqual(lines(full), lines(schedule(options{Seed: 8, Rounds: 1}))) {
		t.Error("two seeds made one schedule")
	}
	done := map[string]int{}
	for _, r := range full {
		for _, b := range r.Blows {
			done[b.Fault]++
			if b.After < shortestPause || b.After > longestPause {
				t.Errorf("%s: a pause of %s", r, b.After)
			}
		}
		if !r.Fault.happensIn(r.World) {
			t.Errorf("%s does not happen there", r)
		}
	}
	for _, f := range faults {
		if done[f.name] == 0 && f.name != storm {
			t.Errorf("a full run does no %s", f.name)
		}
	}
	const enough = 20
	if done["kill"] < enough {
		t.Errorf("a full run kills %d times, want at least %d", done["kill"], enough)
	}
	for _, r := range schedule(options{Seed: 7, Rounds: 2, Only: []string{"kill"}}) {
		if r.Fault.name != "kill" {
			t.Errorf("-only kill does %s", r)
		}
	}
}

func lines(rounds []round) []string {
	var list []string
	for _, r := range rounds {
		list = append(list, r.String())
	}
	return list
}

func TestAStormIsMadeOfFaultsThatThereAre(t *testing.T) {
	for _, name := range stormFaults {
		if !slices.Contains(faultNames(), name) || !faultCalled(name).happensIn(large) {
			t.Errorf("%s cannot be part of a storm", name)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for args, want := range map[string]string{
		"-only flood": "no such fault", "-world moon": "no such world", "-rounds 0": "-rounds", "-tills 1000": "-tills", "-rate 0": "-rate", "now": "not understood",
	} {
		var explained strings.Builder
		if _, err := parseOptions(strings.Fields(args), &explained); !errors.Is(err, errUsage) || !strings.Contains(explained.String(), want) {
			t.Errorf("%s: got %v, %q, want %s", args, err, explained.String(), want)
		}
	}
	o, err := parseOptions([]string{"-seed", "3", "-only", "kill,redemption"}, io.Discard)
	if err != nil || o.Seed != 3 || !o.wants("kill") || !o.wants(together) || o.wants("stop") {
		t.Errorf("got %+v, %v", o, err)
	}
}

// What meets nothing proves nothing, and is an error.
func TestARoundThatMetNothingIsAnError(t *testing.T) {
	s := &stage{load: &till.Load{}}
	for name, c := range map[string]struct {
		fault fault
		out   result
		err   bool
	}{
		"nobody was answered":    {fault{}, result{Sent: 10, Unknown: 10}, true},
		"no answer was missing":  {fault{cuts: true}, result{Acknowledged: 10}, true},
		"nothing was found":      {fault{commits: true}, result{Acknowledged: 10, Unknown: 3}, true},
		"as it ought to be":      {fault{commits: true}, result{Acknowledged: 10, Unknown: 3, Found: 1}, false},
		"a fault nobody notices": {fault{}, result{Acknowledged: 10}, false},
	} {
		if err := s.hit(round{Fault: c.fault}, c.out); errors.Is(err, errNothingHappened) != c.err {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheReportCountsAndNames(t *testing.T) {
	var out strings.Builder
	violations := []proof.Violation{
		{Fault: proof.Lost, Subject: "org 0 key till-1:5", What: "acknowledged, and not in the ledger"},
		{Fault: proof.Doubled, Subject: "org 1 key till-2:6", What: "carried out 2 times"},
		{Fault: proof.Stale, Subject: "card card_1", What: "shows something else"},
	}
	for range maxShown {
		violations = append(violations, proof.Violation{Fault: proof.Invented, Subject: "entry", What: "no till sent this key"})
	}
	report(&out, []result{
		{Round: 1, Fault: "kill", World: large, Blows: 2, Sent: 10, Acknowledged: 8, Unknown: 2, Found: 1, HealMS: 250, Violations: violations},
		{Round: 2, Fault: "redis-kill", World: large, NotDone: "this leima knows no --redis"},
	})
	for _, want := range []string{
		"kill  postgres         2    10             8        0        2      1     1        1        20      1         250",
		"redis-kill on postgres is not done here: this leima knows no --redis", "key till-1:5", "key till-2:6", "and 3 more",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, out.String())
		}
	}
}

// TestViewsAreRead keeps the look at cards from taking two blanks for the same.
func TestViewsAreRead(t *testing.T) {
	card := `{"status":"active","balance":2,"cards_filled":1,"coupons":[{"id":"b"},{"id":"a"}]}`
	scan := `{"card":{"status":"active","balance":2,"cards_filled":1},"coupons":[{"id":"b"},{"id":"a"}]}`
	want := shown{Status: "active", Balance: 2, CardsFilled: 1, Coupons: []string{"b", "a"}}
	for _, body := range []string{card, scan} {
		if got, err := shownIn(till.Answer{Status: 200, Body: body}); err != nil || got.differs(want) != "" {
			t.Errorf("%s was read as %+v, %v", body, got, err)
		}
	}
	for _, other := range []shown{
		{Status: "revoked", Balance: 2, CardsFilled: 1, Coupons: want.Coupons},
		{Status: "active", Balance: 3, CardsFilled: 1, Coupons: want.Coupons},
		{Status: "active", Balance: 2, CardsFilled: 0, Coupons: want.Coupons},
		{Status: "active", Balance: 2, CardsFilled: 1, Coupons: []string{"b"}},
		{Status: "active", Balance: 2, CardsFilled: 1, Coupons: []string{"b", "a", "c"}},
		{Status: "active", Balance: 2, CardsFilled: 1, Coupons: []string{"a", "b"}},
	} {
		if other.differs(want) == "" {
			t.Errorf("%+v was taken for %+v", other, want)
		}
	}
	for _, a := range []till.Answer{{Status: 404, Body: "{}"}, {Status: 200, Body: "<html>"}} {
		if _, err := shownIn(a); err == nil {
			t.Errorf("%+v was taken for a card", a)
		}
	}
}

// TestTotalsAreRead keeps the look at live totals from taking two blanks for the same.
func TestTotalsAreRead(t *testing.T) {
	body := `{"rows":[{"program_id":"prog_1","location_id":null,"day":"2026-03-16","stamps":5,"coupons":2,"redemptions":1,"cards":3}],"sums":{"stamps":5}}`
	cell := loyalty.Cell{OrgID: "org_1", ProgramID: "prog_1", Day: 20260316}
	want := totals{cell: {Stamps: 5, Coupons: 2, Redemptions: 1, Cards: 3}}
	got, err := totalsIn(till.Answer{Status: 200, Body: body}, "org_1")
	if err != nil || got.differ(want) != "" {
		t.Errorf("read as %+v, %v: %s", got, err, got.differ(want))
	}
	elsewhere := cell
	elsewhere.LocationID = "loc_1"
	for _, other := range []totals{
		{}, {cell: {Stamps: 5, Coupons: 2, Redemptions: 1, Cards: 4}}, {elsewhere: want[cell]}, {cell: want[cell], elsewhere: {Stamps: 1}},
	} {
		if other.differ(want) == "" || want.differ(other) == "" {
			t.Errorf("%+v was taken for %+v", other, want)
		}
	}
	for _, a := range []till.Answer{{Status: 403, Body: "{}"}, {Status: 200, Body: "<html>"}, {Status: 200, Body: `{"rows":[{"day":"today"}]}`}} {
		if _, err := totalsIn(a, "org_1"); err == nil {
			t.Errorf("%+v was taken for totals", a)
		}
	}
}
