package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/leima/leima/ledger"
	"github.com/leima/leima/loyalty"
)

// gate is a BatchLedger that holds each batch until the test lets it go, and
// remembers who shared it. It decides nothing: outcomes name the card they are for.
type gate struct {
	mu      sync.Mutex
	batches [][]loyalty.Command
	pass    chan error
}

func newGate() *gate { return &gate{pass: make(chan error)} }

func (g *gate) ApplyBatch(ctx context.Context, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	g.mu.Lock()
	g.batches = append(g.batches, append([]loyalty.Command(nil), commands...))
	g.mu.Unlock()
	select {
	case err := <-g.pass:
		if err != nil {
			return nil, err
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	outcomes := make([]loyalty.Outcome, len(commands))
	for i, c := range commands {
		outcomes[i].Entry = loyalty.Entry{CardID: c.CardID, OrgID: c.OrgID, IdempotencyKey: c.IdempotencyKey}
		if c.CardID == "missing" {
			outcomes[i].Err = loyalty.ErrNotFound
		}
	}
	return outcomes, nil
}

func (g *gate) sizes() []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	sizes := make([]int, len(g.batches))
	for i, b := range g.batches {
		sizes[i] = len(b)
	}
	return sizes
}

func command(org, card, key string) loyalty.Command {
	return loyalty.Command{Kind: loyalty.CommandStamp, OrgID: org, CardID: card, IdempotencyKey: key, Quantity: 1}
}

type answer struct {
	outcome loyalty.Outcome
	err     error
}

func apply(ctx context.Context, g *ledger.GroupCommit, c loyalty.Command) <-chan answer {
	ch := make(chan answer, 1)
	go func() {
		o, err := g.Apply(ctx, c)
		ch <- answer{o, err}
	}()
	synctest.Wait()
	return ch
}

func TestCommandsThatArriveDuringACommitShareTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		first := apply(t.Context(), g, command("o", "a", "k0"))
		var rest []<-chan answer
		for i := range 5 {
			rest = append(rest, apply(t.Context(), g, command("o", "a", fmt.Sprint("k", i+1))))
		}
		gate.pass <- nil
		<-first
		gate.pass <- nil
		for i, ch := range rest {
			if a := <-ch; a.err != nil || a.outcome.Entry.IdempotencyKey != fmt.Sprint("k", i+1) {
				t.Fatalf("command %d got %+v", i, a)
			}
		}
		if got := fmt.Sprint(gate.sizes()); got != "[1 5]" {
			t.Fatalf("batches of %s, want [1 5]", got)
		}
		closeNow(t, g)
	})
}

func closeNow(t *testing.T, g *ledger.GroupCommit) {
	t.Helper()
	if err := g.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestABusyOrganizationDoesNotHoldUpAQuietOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{MaxBatch: 16})
		apply(t.Context(), g, command("busy", "a", "first"))
		for i := range 60 {
			apply(t.Context(), g, command("busy", "a", fmt.Sprint("b", i)))
		}
		quiet := apply(t.Context(), g, command("quiet", "q", "q"))
		other := apply(t.Context(), g, command("other", "o", "o"))
		gate.pass <- nil // the first
		gate.pass <- nil // the next has room for all three
		if a, b := <-quiet, <-other; a.err != nil || b.err != nil {
			t.Fatal(a.err, b.err)
		}
		synctest.Wait()
		orgs := map[string]int{}
		gate.mu.Lock()
		for _, c := range gate.batches[1] {
			orgs[c.OrgID]++
		}
		gate.mu.Unlock()
		if fmt.Sprint(orgs) != "map[busy:14 other:1 quiet:1]" {
			t.Fatalf("the batch holds %v", orgs)
		}
		drain(t, gate, g)
	})
}

// Many organizations share a batch, and a batch that is too small for all of them goes on
// with those that had no turn.
func TestOrganizationsShareBatchesInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{MaxBatch: 10})
		apply(t.Context(), g, command("first", "a", "first"))
		const orgs, each = 15, 2
		for i := range each {
			for org := range orgs {
				apply(t.Context(), g, command(fmt.Sprint("org ", org), "a", fmt.Sprint(i)))
			}
		}
		drain(t, gate, g)
		if got := fmt.Sprint(gate.sizes()); got != "[1 10 10 10]" {
			t.Fatalf("batches of %s, want [1 10 10 10]", got)
		}
		seen := map[string]int{}
		for n, batch := range gate.batches[1:] {
			for _, c := range batch {
				if before, again := seen[c.OrgID]; again && before != n {
					t.Fatalf("%s waited for a second turn although it fitted into batch %d", c.OrgID, before)
				}
				seen[c.OrgID] = n
			}
		}
		if len(seen) != orgs {
			t.Fatalf("%d organizations were served, want %d", len(seen), orgs)
		}
	})
}

// One large batch costs the database less than two small ones, so a second is begun only
// when there is enough for it.
func TestABatchBeginsBesideAnotherWhenEnoughWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{Committers: 2, Beside: 3})
		for i := range 3 {
			apply(t.Context(), g, command("o", fmt.Sprint("card ", i), fmt.Sprint(i)))
		}
		if got := fmt.Sprint(gate.sizes()); got != "[1]" {
			t.Fatalf("batches of %s while two wait, want [1]", got)
		}
		apply(t.Context(), g, command("o", "card 3", "3"))
		if got := fmt.Sprint(gate.sizes()); got != "[1 3]" {
			t.Fatalf("batches of %s when three wait, want [1 3]", got)
		}
		drain(t, gate, g)
	})
}

// Commands on a card that is being committed would hold up whoever shared a batch with
// them, and might overtake what was sent before. They wait, and others pass.
func TestACardIsInOneBatchAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{Committers: 2, Beside: 1})
		apply(t.Context(), g, command("o", "hot", "first"))
		for i := range 3 {
			apply(t.Context(), g, command("o", "hot", fmt.Sprint("again ", i)))
		}
		apply(t.Context(), g, command("other", "hot", "of another organization"))
		apply(t.Context(), g, command("o", "cold", "passes"))
		gate.pass <- nil
		gate.pass <- nil
		synctest.Wait()
		drain(t, gate, g)
		order := []string{}
		for _, batch := range gate.batches {
			for _, c := range batch {
				if c.CardID == "hot" && c.OrgID == "o" {
					order = append(order, c.IdempotencyKey)
				}
			}
		}
		if got := fmt.Sprint(order); got != "[first again 0 again 1 again 2]" {
			t.Errorf("one card's commands came as %s", got)
		}
		if c := gate.batches[1][0]; c.OrgID != "other" {
			t.Errorf("the second batch begins with %s of %s", c.IdempotencyKey, c.OrgID)
		}
	})
}

// drain closes the ledger and lets pass whatever is still in it.
func drain(t *testing.T, gate *gate, g *ledger.GroupCommit) {
	t.Helper()
	closed := make(chan error, 1)
	go func() { closed <- g.Close(context.Background()) }()
	for {
		select {
		case gate.pass <- nil:
		case err := <-closed:
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

func TestAFullQueueSaysSoAndDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{MaxWaiting: 4, MaxWaitingPerOrg: 3})
		for i := range 3 {
			apply(t.Context(), g, command("o", "a", fmt.Sprint(i)))
		}
		if a := <-apply(t.Context(), g, command("o", "a", "over")); !errors.Is(a.err, loyalty.ErrBusy) {
			t.Fatalf("fourth command of one organization: %v, want ErrBusy", a.err)
		}
		last := apply(t.Context(), g, command("p", "a", "fits"))
		if a := <-apply(t.Context(), g, command("q", "a", "over")); !errors.Is(a.err, loyalty.ErrBusy) {
			t.Fatalf("fifth command: %v, want ErrBusy", a.err)
		}
		for range 2 { // the first, and all that waited for it
			gate.pass <- nil
		}
		if a := <-last; a.err != nil {
			t.Fatal(a.err)
		}
		closeNow(t, g)
		if g.Waiting() != 0 {
			t.Fatalf("%d commands still counted as waiting", g.Waiting())
		}
	})
}

func TestTheSameKeyTwiceAtOnceIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		first := apply(t.Context(), g, command("o", "a", "k"))
		if a := <-apply(t.Context(), g, command("o", "a", "k")); !errors.Is(a.err, loyalty.ErrInFlight) {
			t.Fatalf("got %v, want ErrInFlight", a.err)
		}
		other := apply(t.Context(), g, command("p", "a", "k")) // another organization's key is another key
		gate.pass <- nil
		gate.pass <- nil // the other came while the first was under way
		if a, b := <-first, <-other; a.err != nil || b.err != nil {
			t.Fatal(a.err, b.err)
		}
		again := apply(t.Context(), g, command("o", "a", "k"))
		gate.pass <- nil
		if a := <-again; a.err != nil {
			t.Fatalf("after the first was done the key is free to be looked up: %v", a.err)
		}
		closeNow(t, g)
	})
}

func TestOneBadCommandDoesNotFailItsBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		apply(t.Context(), g, command("o", "a", "0"))
		good, bad := apply(t.Context(), g, command("o", "a", "1")), apply(t.Context(), g, command("o", "missing", "2"))
		gate.pass <- nil
		gate.pass <- nil
		if a := <-good; a.err != nil {
			t.Fatal(a.err)
		}
		if a := <-bad; !errors.Is(a.err, loyalty.ErrNotFound) {
			t.Fatalf("got %v, want ErrNotFound", a.err)
		}
		closeNow(t, g)
	})
}

func TestADeadlineIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := apply(ctx, g, command("o", "a", "begun"))
		queued := apply(ctx, g, command("o", "a", "queued"))
		<-ctx.Done()
		synctest.Wait()
		if a := <-begun; !errors.Is(a.err, loyalty.ErrUnknown) || !errors.Is(a.err, context.DeadlineExceeded) {
			t.Fatalf("a command under way: %v, want ErrUnknown", a.err)
		}
		if a := <-queued; errors.Is(a.err, loyalty.ErrUnknown) || !errors.Is(a.err, context.DeadlineExceeded) {
			t.Fatalf("a command not begun: %v, want the context's error alone", a.err)
		}
		gate.pass <- nil
		closeNow(t, g)
		if got := fmt.Sprint(gate.sizes()); got != "[1]" {
			t.Fatalf("batches of %s: the withdrawn command was carried out", got)
		}
	})
}

func TestAFaultOfTheDatabaseIsUnknownToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		a := apply(t.Context(), g, command("o", "a", "k"))
		gate.pass <- errors.New("connection reset")
		if got := <-a; !errors.Is(got.err, loyalty.ErrUnknown) {
			t.Fatalf("got %v, want ErrUnknown", got.err)
		}
		closeNow(t, g)
	})
}

func TestCloseCarriesOutWhatWaitsAndLetsNothingIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{Committers: 2, Beside: 1})
		var waiting []<-chan answer
		for i := range 10 {
			waiting = append(waiting, apply(t.Context(), g, command("o", fmt.Sprint(i), fmt.Sprint(i))))
		}
		closing := make(chan struct{})
		go func() {
			defer close(closing)
			_ = g.Close(context.Background()) // drain asks again and looks at the error
		}()
		synctest.Wait()
		if a := <-apply(t.Context(), g, command("o", "late", "late")); !errors.Is(a.err, loyalty.ErrClosed) {
			t.Fatalf("got %v, want ErrClosed", a.err)
		}
		drain(t, gate, g)
		<-closing
		for i, ch := range waiting {
			if a := <-ch; a.err != nil {
				t.Fatalf("command %d: %v", i, a.err)
			}
		}
	})
}

// A caller that gave up leaves a command behind whose answer nobody else may get, though
// others come while it is on its way.
func TestNobodyGetsTheAnswerOfACallerWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		g := ledger.NewGroupCommit(gate, ledger.Config{})
		for i := range 3 {
			gone, giveUp := context.WithCancel(t.Context())
			left := apply(gone, g, command("o", "a", fmt.Sprint("left ", i)))
			giveUp()
			if a := <-left; !errors.Is(a.err, loyalty.ErrUnknown) {
				t.Fatalf("got %v, want ErrUnknown", a.err)
			}
			key := fmt.Sprint("stays ", i)
			stays := apply(t.Context(), g, command("o", "b", key))
			gate.pass <- nil
			synctest.Wait()
			select {
			case a := <-stays:
				t.Fatalf("%s was answered with %+v before it was done", key, a)
			default:
			}
			gate.pass <- nil
			if a := <-stays; a.err != nil || a.outcome.Entry.IdempotencyKey != key {
				t.Fatalf("%s got %+v", key, a)
			}
		}
		closeNow(t, g)
	})
}
