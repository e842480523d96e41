package redemption

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/chaos/till"
)

// Fight is what the clients need to know.
type Fight struct {
	Client *till.Client
	// Replicas are addresses, Token an API key that may redeem, undo and read.
	Replicas          []string
	Token, LocationID string
	// Coupons can all be used.
	Coupons []string
	// Clients work side by side, each does so many operations.
	Clients, Each int
	Seed          uint64
}

// fight is a Fight under way.
type fight struct {
	Fight
	began time.Time

	mu      sync.Mutex
	latest  map[string]string // the redemption that was heard of last, by coupon
	history []Operation
	// unanswered are operations that the clients ask about when the fight is over.
	unanswered []asked
	left       int // open for ever
}

// asked is an operation with the key that it was sent under.
type asked struct {
	Operation
	key string
}

const (
	// leftOpen is the share of unanswered operations, one in so many, whose clients never
	// come back. Each may have happened at any time since, so that the checker's work
	// doubles with it.
	leftOpen = 4
	// maxOpen bounds them.
	maxOpen = 32
	// askTries is how often a client asks what became of an operation.
	askTries = 20
	// askPause is the wait between two tries.
	askPause = 250 * time.Millisecond
)

// Run returns what the clients did and saw. When the last is done, most of those that
// were not answered ask again under their keys: what is replayed happened between the
// first call and the last answer. The others stay open. The error is for an answer that
// makes no sense whatever the order.
func (f Fight) Run(ctx context.Context) ([]Operation, error) {
	x := &fight{Fight: f, began: time.Now(), latest: map[string]string{}}
	errs := make([]error, f.Clients)
	var fighting sync.WaitGroup
	for client := range f.Clients {
		fighting.Go(func() { errs[client] = x.client(ctx, client) })
	}
	fighting.Wait()
	for _, a := range x.unanswered {
		errs = append(errs, x.askAgain(ctx, a))
	}
	return x.history, errors.Join(errs...)
}

// askAgain asks what became of the operation, at the replicas in turn.
func (f *fight) askAgain(ctx context.Context, a asked) error {
	for try := range askTries {
		began := f.now()
		replayed, err := f.do(ctx, f.Replicas[try%len(f.Replicas)], a.key, &a.Operation)
		if err != nil {
			return err
		}
		if a.Outcome != Open {
			a.Return = f.now()
			if !replayed {
				a.Call = began // none of the earlier attempts had been carried out
			}
			f.keep(a.Operation)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("interrupted: %w", context.Cause(ctx))
		case <-time.After(askPause):
		}
	}
	return fmt.Errorf("%s of coupon %s is still unknown after %d tries", a.Kind, a.Coupon, askTries)
}

func (f *fight) client(ctx context.Context, client int) error {
	r := rand.New(rand.NewPCG(f.Seed, uint64(client))) //nolint:gosec // the same again from the same seed; small numbers
	for i := range f.Each {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted: %w", context.Cause(ctx))
		}
		o := f.draw(r, client)
		key := fmt.Sprintf("fight-%d-%d-%d", f.Seed, client, i)
		url := f.Replicas[r.IntN(len(f.Replicas))]
		o.Call = f.now()
		_, err := f.do(ctx, url, key, &o)
		o.Return = f.now()
		switch {
		case err != nil:
			return err
		case o.Outcome == Open && o.Kind == Read: // tells nothing
		case o.Outcome == Open && (i%leftOpen != 0 || !f.leave()):
			f.mu.Lock()
			f.unanswered = append(f.unanswered, asked{o, key})
			f.mu.Unlock()
		default:
			f.keep(o)
		}
	}
	return nil
}

func (f *fight) now() int64 { return time.Since(f.began).Nanoseconds() }

func (f *fight) draw(r *rand.Rand, client int) Operation {
	o := Operation{Client: client, Coupon: f.Coupons[r.IntN(len(f.Coupons))], Kind: Redeem}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch n := r.IntN(100); {
	case n < 20:
		o.Kind = Read
	case n < 60 && f.latest[o.Coupon] != "":
		o.Kind, o.Entry = Reverse, f.latest[o.Coupon]
	}
	return o
}

// leave tells whether one more operation may stay open.
func (f *fight) leave() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left++
	return f.left <= maxOpen
}

func (f *fight) keep(o Operation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.history = append(f.history, o)
	if o.Outcome == Done && o.By != "" {
		f.latest[o.Coupon] = o.By
	}
}

// do carries the operation out, fills in what came of it, and tells whether it had been
// carried out before.
func (f *fight) do(ctx context.Context, url, key string, o *Operation) (replayed bool, err error) {
	var answer till.Answer
	body := fmt.Sprintf(`{"location_id":%q}`, f.LocationID)
	switch o.Kind {
	case Redeem:
		answer, err = f.Client.Send(ctx, url, f.Token, key, record.Request{Path: "/v1/coupons/" + o.Coupon + "/redemption", Body: body})
	case Reverse:
		answer, err = f.Client.Send(ctx, url, f.Token, key, record.Request{Path: "/v1/entries/" + o.Entry + "/reversal", Body: body})
	case Read:
		answer, err = f.Client.Get(ctx, url, f.Token, "/v1/coupons/"+o.Coupon)
	}
	if err != nil {
		o.Outcome = Open
		return false, nil //nolint:nilerr // no answer is an outcome
	}
	return answer.Replayed, o.understand(answer)
}

// understand reads the answer.
func (o *Operation) understand(a till.Answer) error {
	state, why := a.State()
	switch {
	case state == record.Unknown || a.Status >= http.StatusInternalServerError:
		o.Outcome = Open
		return nil
	case state == record.Refused:
		o.Outcome = Refused
		if o.Kind == Redeem && why == "409 coupon_redeemed" || o.Kind == Reverse && why == "409 already_reversed" {
			return nil
		}
		return fmt.Errorf("%s of coupon %s was refused with %s", o.Kind, o.Coupon, why)
	}
	o.Outcome = Done
	var result struct {
		Entry    struct{ ID string }
		Status   string
		ClosedBy string `json:"closed_by"`
	}
	if err := json.Unmarshal([]byte(a.Body), &result); err != nil {
		return fmt.Errorf("%s of coupon %s was answered %q: %w", o.Kind, o.Coupon, a.Body, err)
	}
	switch o.Kind {
	case Redeem:
		o.By = result.Entry.ID
	case Read:
		o.By = result.ClosedBy
		if (o.By == "") != (result.Status == "issued") {
			return fmt.Errorf("coupon %s is %s, closed by %q", o.Coupon, result.Status, o.By)
		}
	case Reverse:
	}
	return nil
}
