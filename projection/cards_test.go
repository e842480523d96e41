package projection_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/hot"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/projection"
)

// seedVariable repeats a history that failed.
const seedVariable = "LEIMA_TEST_SEED"

// history is a random life of a shop.
type history struct {
	*world
	random *rand.Rand
	phones []string
	cards  []string
	// handles are all codes, links and numbers that ever were.
	codes, links, numbers map[string]bool
	entries               []string
	coupons               []string
	merges                []string
	// replicas answer the same questions.
	replicas []*projection.Cards
	faults   func(h *history)
}

func newHistory(t *testing.T, w *world) *history {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat: %s=%d", seedVariable, seed)
		}
	})
	return &history{
		world: w, random: rand.New(rand.NewPCG(seed, 0)), replicas: []*projection.Cards{w.cards},
		codes: map[string]bool{"0000000000000000A": true}, links: map[string]bool{"NOBODYSLINK": true, "": true, "a:b\x00": true},
		numbers: map[string]bool{customer.NewNumber(7): true},
	}
}

func pick[T any](h *history, list []T) T { return list[h.random.IntN(len(list))] }

// step lets something happen.
func (h *history) step() {
	h.t.Helper()
	if len(h.cards) == 0 {
		h.joins(true)
	}
	card := pick(h, h.cards)
	switch h.random.IntN(23) {
	case 0, 1:
		h.joins(h.random.IntN(2) == 0)
	case 2:
		h.confirm()
	case 3:
		h.ok(h.RevokeCard(h.t.Context(), h.org.ID, card, h.now()))
	case 4, 5:
		h.renames(card)
	case 6:
		h.pass(time.Duration(h.random.IntN(40)) * time.Hour)
	case 7:
		h.program(h.random.IntN(len(h.programs)))
	case 8, 9:
		if len(h.coupons) > 0 {
			c := h.command(loyalty.CommandRedeem, "", 0)
			c.CouponID = pick(h, h.coupons)
			h.take(h.apply(c))
		}
	case 10, 11:
		if len(h.entries) > 0 {
			c := h.command(loyalty.CommandReverse, "", 0)
			c.EntryID = pick(h, h.entries)
			h.take(h.apply(c))
		}
	case 12:
		c := h.command(loyalty.CommandAdjust, card, -1)
		c.Reason = "counted again"
		h.take(h.apply(c))
	case 13:
		h.batch(card)
	case 20, 21, 22:
		h.manage(card)
	default:
		h.take(h.stamp(card, 1))
	}
	if h.faults != nil {
		h.faults(h)
	}
}

func (h *history) take(o loyalty.Outcome) {
	if o.Err != nil || o.Refusal != nil {
		return
	}
	h.entries = append(h.entries, o.Entry.ID)
	for _, k := range o.Coupons {
		h.coupons = append(h.coupons, k.ID)
	}
}

// joins makes a card for somebody new, or for somebody who is there.
func (h *history) joins(trusted bool) {
	h.t.Helper()
	if len(h.phones) == 0 || h.random.IntN(2) == 0 {
		h.phones = append(h.phones, fmt.Sprintf("+35840%07d", len(h.phones)+1))
	}
	v := h.join(h.random.IntN(len(h.programs)), pick(h, h.phones), trusted)
	h.cards = append(h.cards, v.Card.ID)
}

func (h *history) renames(cardID string) {
	h.t.Helper()
	v, err := h.Card(h.t.Context(), h.org.ID, cardID)
	h.ok(err)
	c, err := h.Customer(h.t.Context(), h.org.ID, v.Customer.ID)
	h.ok(err)
	if c.Status == customer.StatusMerged {
		return
	}
	c.FirstName = fmt.Sprint("Name ", h.random.IntN(100))
	_, err = h.UpdateCustomer(h.t.Context(), c, c.Version)
	h.ok(err)
}

// program changes the words of a program, and tells the replicas.
func (h *history) program(i int) {
	h.t.Helper()
	p := h.programs[i]
	p.Name = loyalty.Text{"en": fmt.Sprint("Program ", h.random.IntN(100))}
	var err error
	h.programs[i], err = h.UpdateProgram(h.t.Context(), p, p.Version)
	h.ok(err)
	for _, r := range h.replicas {
		r.ForgetProgram(h.org.ID, p.ID)
	}
}

// manage does to the card's customer what managers do: block, merge, part, reissue.
func (h *history) manage(cardID string) {
	h.t.Helper()
	ctx, actor := h.t.Context(), loyalty.Actor{Kind: loyalty.ActorStaff, ID: h.cashier.ID}
	v, err := h.Card(ctx, h.org.ID, cardID)
	h.ok(err)
	var refusal *loyalty.Refusal
	switch h.random.IntN(6) {
	case 0:
		_, err = h.BlockCustomer(ctx, h.org.ID, v.Customer.ID, "why", actor, h.now())
	case 1, 2:
		err = h.UnblockCustomer(ctx, h.org.ID, v.Customer.ID, actor, h.now())
	case 3:
		_, err = h.ReissueCard(ctx, h.org.ID, cardID, h.now())
	case 4:
		other, err := h.Card(ctx, h.org.ID, pick(h, h.cards))
		h.ok(err)
		h.keys++
		m, _, err := h.MergeCustomers(ctx, customer.MergeRequest{
			OrgID: h.org.ID, KeptID: v.Customer.ID, OtherID: other.Customer.ID, IdempotencyKey: fmt.Sprint("merge-", h.keys), Actor: actor, Now: h.now(),
		})
		if err == nil {
			h.merges = append(h.merges, m.ID)
			for _, c := range m.Cards {
				h.cards = append(h.cards, c.ToCardID)
			}
		} else if !errors.Is(err, customer.ErrSameCustomer) && !errors.Is(err, customer.ErrMerged) && !errors.Is(err, customer.ErrBlocked) && !errors.Is(err, customer.ErrNotConfirmed) {
			h.t.Fatal(err)
		}
	case 5:
		if len(h.merges) > 0 {
			h.keys++
			_, _, err = h.UndoMerge(ctx, h.org.ID, pick(h, h.merges), fmt.Sprint("undo-", h.keys), actor, h.now())
		}
	}
	for _, allowed := range []error{customer.ErrMerged, customer.ErrMergeUndone, customer.ErrMergeTooOld, customer.ErrContactTaken} {
		if errors.Is(err, allowed) {
			return
		}
	}
	if !errors.As(err, &refusal) {
		h.ok(err)
	}
}

// batch gives several commands for one card, and one for another, in one commit.
func (h *history) batch(cardID string) {
	h.t.Helper()
	commands := []loyalty.Command{
		h.command(loyalty.CommandStamp, cardID, 1), h.command(loyalty.CommandStamp, pick(h, h.cards), 1), h.command(loyalty.CommandStamp, cardID, 2),
	}
	outcomes, err := h.ApplyBatch(h.t.Context(), commands)
	h.ok(err)
	for _, o := range outcomes {
		h.take(o)
	}
}

// learn notes by what the cards can be found now.
func (h *history) learn() {
	h.t.Helper()
	for _, id := range h.cards {
		v, err := h.Card(h.t.Context(), h.org.ID, id)
		h.ok(err)
		h.codes[v.Code], h.links[v.Link], h.numbers[v.Customer.Number] = true, true, true
	}
}

// visible is what a reader gets of a view.
func visible(v customer.View, link string) customer.View {
	c := v.Customer
	v.Customer = customer.Customer{
		OrgID: c.OrgID, ID: c.ID, Number: c.Number, FirstName: c.FirstName, LastName: c.LastName, Locale: c.Locale, Status: c.Status, Version: c.Version,
	}
	if link != "" && v.Card.Status == loyalty.CardProvisional {
		v.Customer.PendingPhone, v.Customer.PendingEmail = c.PendingPhone, c.PendingEmail
	}
	v.Link = link
	return v
}

// answersAlike asks everything that can be asked of some or all cards, the database and a
// replica.
func (h *history) answersAlike(r *projection.Cards, share float64) {
	h.t.Helper()
	ctx := h.t.Context()
	same := func(what string, have customer.View, haveErr error, want customer.View, wantErr error, link string) {
		h.t.Helper()
		if wantErr != nil {
			if !errors.Is(haveErr, loyalty.ErrNotFound) || !errors.Is(wantErr, loyalty.ErrNotFound) {
				h.t.Fatalf("%s: have %v (%+v), want %v", what, haveErr, have, wantErr)
			}
			return
		}
		if diff := cmp.Diff(visible(want, link), have, cmpopts.EquateEmpty()); haveErr != nil || diff != "" {
			h.t.Fatalf("%s: %v (-database +have):\n%s", what, haveErr, diff)
		}
	}
	identify := func(orgID string, handle customer.Handle, programID string) {
		h.t.Helper()
		have, haveErr := r.Identify(ctx, orgID, handle, programID)
		want, wantErr := h.Identify(ctx, orgID, handle, programID)
		same(fmt.Sprintf("%+v in %q of %s", handle, programID, orgID), have, haveErr, want, wantErr, "")
	}
	programs := []string{"", h.programs[0].ID, h.programs[1].ID, "prog_unknown"}
	for code := range h.codes {
		if h.random.Float64() < share {
			identify(h.org.ID, customer.Handle{Code: code}, pick(h, programs))
			identify("org_other", customer.Handle{Code: code}, "")
		}
	}
	for number := range h.numbers {
		if h.random.Float64() < share {
			identify(h.org.ID, customer.Handle{Number: number}, pick(h, programs))
		}
	}
	for _, phone := range h.phones {
		if h.random.Float64() < share {
			identify(h.org.ID, customer.Handle{Phone: phone}, pick(h, programs))
		}
	}
	for link := range h.links {
		if h.random.Float64() < share {
			have, haveErr := r.CardByLink(ctx, h.org.ID, link)
			want, wantErr := h.CardByLink(ctx, h.org.ID, link)
			same("the link "+link, have, haveErr, want, wantErr, link)
		}
	}
}

// live lets so many things happen, and asks after each.
func (h *history) live(steps int) {
	h.t.Helper()
	for range steps {
		h.step()
		h.learn()
		h.answersAlike(h.world.cards, 0.2)
	}
	h.answersAlike(h.world.cards, 1)
}

// Whatever happens, the answers are those of the database, at once in the process that
// committed.
func TestAnswersAreTheDatabases(t *testing.T) {
	const steps = 120
	t.Run("in process", func(t *testing.T) {
		h := newHistory(t, newWorld(t, hot.NewInProcessState()))
		h.live(steps)
		h.usesTheHotState()
	})
	t.Run("Redis", func(t *testing.T) {
		w, _ := newRedisWorld(t, startServer(t))
		h := newHistory(t, w)
		h.live(steps)
		h.usesTheHotState()
	})
}

// Where a code led to is remembered, and it ends all the same when the card gets another.
func TestACodeThatWasReplacedEndsForWhoFoundIt(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *world{
		"in process": func(t *testing.T) *world { t.Helper(); return newWorld(t, hot.NewInProcessState()) },
		"Redis": func(t *testing.T) *world {
			t.Helper()
			w, _ := newRedisWorld(t, startServer(t))
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			card := w.join(0, "+358401234567", true)
			by := func(code string) (customer.View, error) {
				return w.cards.Identify(t.Context(), w.org.ID, customer.Handle{Code: code}, "")
			}
			known := func(code string) {
				t.Helper()
				eventually(t, "the card to be known", func() bool {
					before, _ := w.cards.Hits()
					v, err := by(code)
					w.ok(err)
					after, _ := w.cards.Hits()
					return v.Card.ID == card.Card.ID && after > before
				})
			}
			known(card.Code)
			known(card.Code)
			again, err := w.ReissueCard(t.Context(), w.org.ID, card.Card.ID, w.now())
			w.ok(err)
			w.drained()
			known(again.Code)
			if v, err := by(card.Code); !errors.Is(err, loyalty.ErrNotFound) {
				t.Errorf("the old code finds %s with the code %s, error %v", v.Card.ID, v.Code, err)
			}
		})
	}
}

// usesTheHotState fails the test unless every card that can be used is, once it was read,
// read from the hot state.
func (h *history) usesTheHotState() {
	h.t.Helper()
	h.cards = append(h.cards, h.join(0, "+358409999999", true).Card.ID) // all others may be revoked
	h.learn()
	var codes []string
	for _, id := range h.cards {
		v, err := h.Card(h.t.Context(), h.org.ID, id)
		h.ok(err)
		if v.Card.Status.Usable() {
			codes = append(codes, v.Code)
		}
	}
	eventually(h.t, "all cards to be known", func() bool {
		before, _ := h.world.cards.Hits()
		for _, code := range codes {
			_, err := h.world.cards.Identify(h.t.Context(), h.org.ID, customer.Handle{Code: code}, "")
			h.ok(err)
		}
		after, _ := h.world.cards.Hits()
		return after-before == int64(len(codes))
	})
}

func TestAnotherProcessFollowsInAMoment(t *testing.T) {
	server := startServer(t)
	w, redis := newRedisWorld(t, server)
	h := newHistory(t, w)
	// The other process shares the database and Redis, and commits nothing.
	quiet := projection.Follow(projection.FollowerOptions{State: redis})
	t.Cleanup(func() { w.ok(quiet.Close(context.Background())) })
	other := projection.NewCards(w.Store, quiet, w.now)
	h.replicas = append(h.replicas, other)
	for range 40 {
		h.step()
		h.step()
		h.learn()
		h.drained()
		h.answersAlike(other, 0.5)
	}
	if hits, _ := other.Hits(); hits == 0 {
		t.Error("the hot state never knew an answer")
	}
}

// Redis is flushed, stopped, killed and comes back while the shop goes on.
func TestAnswersAreTheDatabasesWhateverRedisDoes(t *testing.T) {
	server := startServer(t)
	w, _ := newRedisWorld(t, server)
	h := newHistory(t, w)
	stopped, dead, happened := false, false, map[string]int{}
	h.faults = func(h *history) {
		fault := ""
		switch n := h.random.IntN(40); {
		case n == 0 && !stopped && !dead:
			fault = "flushed"
			w.ok(server.do("FLUSHALL"))
		case n == 1 && !stopped && !dead:
			fault, stopped = "stopped", true
			server.signal(syscall.SIGSTOP)
		case n == 2 && !dead:
			fault, dead, stopped = "killed", true, false
			server.kill()
		case n <= 8 && stopped:
			fault, stopped = "goes on", false
			server.signal(syscall.SIGCONT)
		case n <= 8 && dead:
			fault, dead = "started", false
			server.start()
		case n == 9:
			w.ok(w.keeper.Keep(t.Context()))
		}
		happened[fault]++
	}
	steps := 150
	for _, fault := range []string{"flushed", "stopped", "killed"} {
		for happened[fault] == 0 {
			h.live(steps / 5)
		}
	}
	h.faults = nil
	if stopped {
		server.signal(syscall.SIGCONT)
	}
	if dead {
		server.start()
	}
	h.healthy()
	w.ok(w.keeper.Keep(t.Context()))
	h.live(20)
	h.usesTheHotState()
}
