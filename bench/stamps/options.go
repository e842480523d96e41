//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/bench/traffic"
)

// Limits of what can be asked for.
const (
	maxRounds  = 1000
	maxSizes   = 10
	maxSeconds = 300
)

// bestRedisPool is how many connections to Redis make b quickest: the more requests
// Redis finds waiting, the more it writes to the disk at once. With the 10 for each
// processor that go-redis takes by itself, b reaches some six tenths of that.
const bestRedisPool = 128

// errUsage tells that the arguments were wrong and the reason has been printed.
var errUsage = errors.New("wrong arguments")

// options are what the flags say.
type options struct {
	Rounds      int      `json:"rounds"`
	Seconds     float64  `json:"seconds"`
	Warmup      float64  `json:"warmup_seconds"`
	RunIn       float64  `json:"run_in_seconds"`
	Connections []int    `json:"connections"`
	Only        []string `json:"only"`
	// Cards and Orgs begin with the size that everything is measured with; c (or what
	// Vary says) is measured with the others, too.
	Cards []int    `json:"cards"`
	Orgs  []int    `json:"orgs"`
	Hot   bool     `json:"hot"`
	Vary  []string `json:"vary"`
	Out   string   `json:"-"`
	// Profile is the folder for CPU profiles, "" for none.
	Profile string `json:"-"`
	// Leima is a binary to use instead of building one.
	Leima     string   `json:"leima,omitempty"`
	LeimaArgs []string `json:"leima_args"`
	Postgres  []string `json:"postgres"`
	RedisPool int      `json:"redis_pool"`
	Threads   int      `json:"threads"`
}

// letters are what can be measured, in the order of each round.
var letters = []string{"a", "b", "p", "q", "c", "d", "scans"}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	o := options{}
	f := flag.NewFlagSet("stamps", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&o.Rounds, "rounds", 5, "how often everything is measured; the median counts")
	f.Float64Var(&o.Seconds, "seconds", 5, "how long one measurement takes")
	f.Float64Var(&o.Warmup, "warmup", 1, "how many seconds of load come before each measurement")
	f.Float64Var(&o.RunIn, "run-in", 2, "how many seconds of load each entrant has before the first round")
	connections := f.String("connections", "64,256", "how many requests are under way at once")
	only := f.String("only", strings.Join(letters, ","), "what is measured")
	sizes := f.String("cards", "10000", "how many cards there are; of several numbers the first is for all, the others for -vary")
	orgs := f.String("orgs", "1", "how many organizations the cards are spread over; several numbers as with -cards")
	f.BoolVar(&o.Hot, "hot", false, "also measure -vary with one card that everybody stamps")
	vary := f.String("vary", "c", "what of c and d is measured with the other numbers of -cards and -orgs, and with -hot")
	f.StringVar(&o.Out, "out", "bench/out/stamps.json", "file for all figures")
	f.StringVar(&o.Profile, "profile", "", "folder for CPU profiles of Leima, taken after the rounds")
	f.StringVar(&o.Leima, "leima", "", "a leima binary to measure; without it ./cmd/leima is built")
	leimaArgs := f.String("leima-args", "--log-level warn", "more arguments for leima serve")
	postgres := f.String("postgres", "shared_buffers=512MB,max_wal_size=4GB", "settings of PostgreSQL other than its defaults")
	f.IntVar(&o.RedisPool, "redis-pool", bestRedisPool, "connections of b to Redis; 0 is what go-redis does by itself")
	f.IntVar(&o.Threads, "threads", max(1, runtime.NumCPU()/4), "threads of the load generator")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	o.Only, o.Vary, o.Postgres = list(*only), list(*vary), list(*postgres)
	o.LeimaArgs = strings.Fields(*leimaArgs)
	var problems [3]error
	o.Connections, problems[0] = numbers("connections", *connections)
	o.Cards, problems[1] = numbers("cards", *sizes)
	o.Orgs, problems[2] = numbers("orgs", *orgs)
	err := errors.Join(problems[:]...)
	if err == nil {
		err = o.check()
	}
	if f.NArg() > 0 {
		err = errors.Join(err, fmt.Errorf("unexpected argument %q", f.Arg(0)))
	}
	if err != nil {
		fmt.Fprintf(stderr, "stamps: %v\n", err)
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	return o, nil
}

func (o options) check() error {
	for _, x := range o.Only {
		if !slices.Contains(letters, x) {
			return fmt.Errorf("-only: %q is none of %s", x, strings.Join(letters, ", "))
		}
	}
	for _, x := range o.Vary {
		if x != "c" && x != "d" {
			return fmt.Errorf("-vary: %q is neither c nor d", x)
		}
	}
	for _, n := range o.Connections {
		if n < o.Threads || n > traffic.MaxConnections {
			return fmt.Errorf("-connections: %d is not between %d (the threads) and %d", n, o.Threads, traffic.MaxConnections)
		}
	}
	for _, d := range o.decks() {
		if err := d.Check(); err != nil {
			return fmt.Errorf("-cards, -orgs: %w", err)
		}
	}
	switch {
	case len(o.Only) == 0:
		return errors.New("-only: nothing is left to be measured")
	case o.Rounds < 1 || o.Rounds > maxRounds:
		return fmt.Errorf("-rounds: %d is not between 1 and %d", o.Rounds, maxRounds)
	case !(o.Seconds > 0 && o.Seconds <= maxSeconds): // NaN is not between any two
		return fmt.Errorf("-seconds: %g is not between 0 and %d", o.Seconds, maxSeconds)
	case !(o.Warmup >= 0 && o.Warmup <= maxSeconds):
		return fmt.Errorf("-warmup: %g is not between 0 and %d", o.Warmup, maxSeconds)
	case !(o.RunIn > 0 && o.RunIn <= maxSeconds):
		return fmt.Errorf("-run-in: %g is not between 0 and %d", o.RunIn, maxSeconds)
	case o.Threads < 1 || o.Threads > traffic.MaxThreads:
		return fmt.Errorf("-threads: %d is not between 1 and %d", o.Threads, traffic.MaxThreads)
	case o.RedisPool < 0 || o.RedisPool > traffic.MaxConnections:
		return fmt.Errorf("-redis-pool: %d is not between 0 and %d", o.RedisPool, traffic.MaxConnections)
	}
	return nil
}

// decks returns the decks that are asked for: that of all, then those with other
// numbers of cards, then those with other numbers of organizations.
func (o options) decks() []cards.Deck {
	base := cards.Deck{Cards: o.Cards[0], Organizations: o.Orgs[0]}
	decks := []cards.Deck{base}
	for _, n := range o.Cards[1:] {
		decks = append(decks, cards.Deck{Cards: n, Organizations: base.Organizations})
	}
	for _, n := range o.Orgs[1:] {
		decks = append(decks, cards.Deck{Cards: base.Cards, Organizations: n})
	}
	return decks
}

// limit bounds filling and measuring, generously.
func (o options) limit() time.Duration {
	const (
		perCard = time.Millisecond // in each of two databases
		perOrg  = time.Second
		spare   = 20 * time.Second // of each measurement
	)
	total := time.Duration(0)
	for _, d := range o.decks() {
		total += 2 * (time.Duration(d.Cards)*perCard + time.Duration(d.Organizations)*perOrg)
	}
	entrants := len(o.Only) + len(o.Vary)*(len(o.decks())+1)
	each := seconds(o.Seconds+o.Warmup) + spare
	total += time.Duration(entrants) * (seconds(o.RunIn) + maxRunIns*runInAgain)
	return total + time.Duration((o.Rounds*len(o.Connections)+2)*entrants)*each
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func list(s string) []string {
	var all []string
	for x := range strings.SplitSeq(s, ",") {
		if x = strings.TrimSpace(x); x != "" {
			all = append(all, x)
		}
	}
	return all
}

func numbers(name, s string) ([]int, error) {
	var all []int
	for _, x := range list(s) {
		n, err := strconv.Atoi(x)
		if err != nil || slices.Contains(all, n) {
			return nil, fmt.Errorf("-%s: %q is not a number, or there twice", name, x)
		}
		all = append(all, n)
	}
	if len(all) == 0 || len(all) > maxSizes {
		return nil, fmt.Errorf("-%s: give 1 to %d numbers with commas between", name, maxSizes)
	}
	return all, nil
}
