//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/bench/traffic"
	"github.com/leima/leima/deploy/servers"
)

// A run of a second with everything that there is: every entrant answers, nothing is
// refused, every ledger holds what was acknowledged, and nothing stays behind.
func TestAShortRunMeasuresEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts real servers: not in a short run")
	}
	// The servers end with the thread that started them.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	temporary := t.TempDir()
	out := filepath.Join(temporary, "stamps.json")
	only, want := "a,b,p,q,c,d,scans", []string{"a", "b", "p", "q", "c", "scans", "c hot", "c cards=400", "c orgs=3", "d"}
	if _, missing := servers.LookUp(); len(missing) > 0 {
		t.Logf("without %v", missing)
		only, want = "a,q,d", []string{"a", "q", "d"}
	}
	var text strings.Builder
	err := run(t.Context(), []string{
		"-rounds", "2", "-seconds", "0.2", "-warmup", "0.1", "-connections", "8", "-threads", "1", "-only", only,
		"-cards", "200,400", "-orgs", "1,3", "-hot", "-out", out,
	}, &text, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	written, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(written, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, s := range r.Summaries {
		have = append(have, s.Entrant)
		if s.Rate <= 0 || s.P99 <= 0 || s.Load <= 0 || s.Memory <= 0 || s.Refused > 0 || s.Broken > 0 {
			t.Errorf("figures: %+v", s)
		}
		if !strings.Contains(text.String(), " "+s.Entrant+"  ") {
			t.Errorf("%s is not in the table", s.Entrant)
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("measured (-want +got):\n%s\n%s", diff, text.String())
	}
	for _, p := range r.Ledgers {
		if !p.holds() || p.Ledger == 0 {
			t.Errorf("ledger: %+v", p)
		}
	}
	for _, s := range r.Starts {
		if s.Milliseconds <= 0 || s.Memory <= 0 {
			t.Errorf("start: %+v", s)
		}
	}
}

func TestWrongArgumentsAreRefusedWithTheFlagsName(t *testing.T) {
	for _, args := range [][]string{
		{"-only", "e"},
		{"-only", ""},
		{"-vary", "a"},
		{"-rounds", "0"},
		{"-seconds", "0"},
		{"-seconds", "NaN"},
		{"-warmup", "-1"},
		{"-connections", "0"},
		{"-connections", "64,64"},
		{"-connections", "many"},
		{"-cards", "10000000"},
		{"-cards", "10", "-orgs", "1,20"},
		{"-threads", "0"},
		{"-redis-pool", "-1"},
		{"-nonsense"},
		{"nonsense"},
	} {
		var stderr strings.Builder
		_, err := parseOptions(args, &stderr)
		if err == nil || !strings.Contains(stderr.String(), args[0]) {
			t.Errorf("%q: %v, %q", args, err, stderr.String())
		}
	}
}

func TestProcessorTimesAreReadWhateverTheProgramIsCalled(t *testing.T) {
	const numbers = " S 7 1 1 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 1 0 100 1000 10"
	want := statistics{parent: 7, own: 330 * time.Millisecond, ended: 770 * time.Millisecond}
	for _, name := range []string{"(postgres)", "(a b) c)", "((", "()"} {
		name = "(" + strings.Trim(name, "()") + ")"
		have, err := parseStat([]byte("12 " + name + numbers))
		if err != nil || have != want {
			t.Errorf("%s: %+v, %v", name, have, err)
		}
	}
	for _, text := range []string{"", "12 (x", "12 (x) S 1", "12 (x) " + strings.Repeat("y ", 20)} {
		if s, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q is read as %+v", text, s)
		}
	}
}

func TestOurOwnProcessIsSeen(t *testing.T) {
	pid := os.Getpid()
	if err := forgetPeak(pid); err != nil {
		t.Fatal(err)
	}
	now, peak, err := memory(pid)
	if err != nil || now <= 0 || peak < now {
		t.Errorf("memory: %d now, %d at most, %v", now, peak, err)
	}
	all, err := busyTime()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := processorTime(pid)
	if err != nil || ours > all {
		t.Errorf("%s of %s, %v", ours, all, err)
	}
	if _, err := processorTime(-1); err == nil {
		t.Error("a process that is not there has a processor time")
	}
}

// measured makes a measurement of a second at the target's connections.
func measured(entrant string, round int, rate, cost int64) measurement {
	return measurement{
		Entrant: entrant, Connections: targetConnections, Round: round, Server: rate * cost, Memory: 50 << 20,
		Load: traffic.Result{Answers: rate, Seconds: 1, P99: 15_000},
	}
}

// The machine is half as quick in the second round, which halves all rates and no ratio.
func TestRatiosAreThoseOfARound(t *testing.T) {
	all := []measurement{
		measured("a", 0, 40000, 20), measured("b", 0, 13000, 60), measured("c", 0, 15000, 70), measured("c hot", 0, 12000, 77),
		measured("a", 1, 20000, 20), measured("b", 1, 6500, 60), measured("c", 1, 7500, 70), measured("c hot", 1, 6000, 77),
		measured("a", 2, 40000, 20), measured("b", 2, 20000, 60), measured("c", 2, 16000, 70), measured("c hot", 2, 0, 77),
	}
	want := []ratio{
		{ofRates, "b", "a", 64, 0.325, 0.325, 0.5},
		{ofCosts, "b", "a", 64, 3, 3, 3},
		{ofRates, "c", "a", 64, 0.375, 0.375, 0.4},
		{ofCosts, "c", "a", 64, 3.5, 3.5, 3.5},
		{ofRates, "c", "b", 64, 15. / 13, 0.8, 15. / 13},
		{ofCosts, "c", "b", 64, 70. / 60, 70. / 60, 70. / 60},
		{ofRates, "c hot", "c", 64, 0.8, 0, 0.8},
		{ofCosts, "c hot", "c", 64, 1.1, 1.1, 1.1},
	}
	near := cmp.Comparer(func(x, y float64) bool { return x-y < 1e-9 && y-x < 1e-9 })
	if diff := cmp.Diff(want, ratios(all), near); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s := summarize(all)
	if s[0].Rate != 40000 || s[2].Rate != 15000 || s[2].Server != 70 || s[2].P99 != 15 {
		t.Errorf("medians: %+v", s)
	}
}

func TestTargetsAreJudged(t *testing.T) {
	all := []measurement{
		measured("a", 0, 40000, 20), measured("b", 0, 13000, 60), measured("c", 0, 13900, 70), measured("scans", 0, 10000, 70),
		measured("c hot", 0, 6900, 70), measured("c cards=5000000", 0, 12000, 80), measured("c orgs=300", 0, 12000, 90),
	}
	all[4].Memory = 201 << 20
	r := report{
		Options: options{Vary: []string{"c"}}, Summaries: summarize(all), Ratios: ratios(all),
		Starts: []start{{Name: "c", Cards: 10000, Milliseconds: 9999}, {Name: "c cards=5000000", Cards: 5_000_000, Milliseconds: 3000}},
	}
	want := map[string]string{
		"c/b": reached, "c/a": notReached, "p99": reached, "d/a": notMeasured, "scans/a": notReached, "cards=": reached,
		"orgs=": notMeasured, "c hot/c": notReached, "start-up": reached, "memory of c": notReached, "memory of d": notMeasured,
	}
	verdicts := judge(r)
	if len(verdicts) != len(want) {
		t.Errorf("%d verdicts, want %d", len(verdicts), len(want))
	}
	for part, state := range want {
		i := slices.IndexFunc(verdicts, func(v verdict) bool { return strings.Contains(v.Target, part) })
		if i < 0 || verdicts[i].State != state {
			t.Errorf("%s: want %s in %+v", part, state, verdicts)
		}
	}
	if v := verdicts[6]; !strings.Contains(v.Have, "c orgs=300: 1.29") {
		t.Errorf("another size than the target's is not told: %+v", v)
	}
}

func TestAStampThatIsMissingInTheLedgerIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		p    proof
		lost bool
	}{
		"all there":                {proof{Acknowledged: 10, Ledger: 10}, false},
		"unknown ones may be":      {proof{Acknowledged: 10, Unknown: 2, Ledger: 11}, false},
		"one lost":                 {proof{Acknowledged: 10, Unknown: 2, Ledger: 9}, true},
		"one that nobody asked of": {proof{Acknowledged: 10, Unknown: 2, Ledger: 13}, true},
	} {
		if err := lost([]proof{c.p}); (err != nil) != c.lost {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLoadGeneratorsWordsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"all":           {"begun\nended\n{\"answers\":3}\n", true},
		"wrong order":   {"ended\nbegun\n{}\n", false},
		"broken off":    {"begun\n", false},
		"no result":     {"begun\nended\n", false},
		"no JSON":       {"begun\nended\n3 answers\n", false},
		"nothing":       {"", false},
		"an error text": {"load: no such host\n", false},
	} {
		var r traffic.Result
		var marks []traffic.Mark
		err := readLoad(bufio.NewReader(strings.NewReader(c.text)), func(m traffic.Mark) { marks = append(marks, m) }, &r)
		if (err == nil) != c.good || c.good && (r.Answers != 3 || len(marks) != 2) {
			t.Errorf("%s: %+v, %v, %v", name, r, marks, err)
		}
	}
}
