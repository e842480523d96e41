package hot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// How long a call may take, connecting included, unless Options say otherwise.
const (
	// ReadTimeout bounds what somebody waits for: Card, CardByAlias, Allow, Health and
	// the reading and counting of totals.
	ReadTimeout = 50 * time.Millisecond
	// WriteTimeout bounds Project and AddTotals, which follow after the answer.
	WriteTimeout = 200 * time.Millisecond
)

// Options say how to use Redis.
type Options struct {
	// URL names the server or the Cluster: redis://user:password@host:port/database,
	// rediss:// with TLS, redis-cluster://host:port,host:port or rediss-cluster://.
	// The parameters ca_file, cert_file and key_file name files for TLS.
	//
	// The account needs no more than, for the prefix leima:
	//
	//	~leima:* &leima:* +get +mget +set +del +getrange +setrange +exists +hmget +hset +hincrby
	//	+hlen +rpush +lrange +llen +lindex +ltrim +pexpire +time +eval +evalsha +ping
	//	+info +publish +subscribe +unsubscribe, in a Cluster also +cluster|slots +command
	URL string
	// Prefix begins every key and channel: lower-case letters, digits and hyphens.
	// Systems that share a Redis need different ones.
	Prefix string
	// ReadTimeout and WriteTimeout are for a Redis that is far away; 0 stands for the
	// constants of these names.
	ReadTimeout, WriteTimeout time.Duration
	// Repair reads the present state of up to RepairBatch cards from the truth. It
	// leaves out those that are no more. It is called when Redis is back after writes
	// failed.
	Repair func(ctx context.Context, refs []CardRef) ([]CardState, error)
	// Lost is called, until it succeeds, when more writes failed than can be repaired
	// one by one. It should raise the epoch in the database and call SetEpoch.
	Lost func(ctx context.Context) error
	// Log hears when Redis goes away and comes back. Nil is silence.
	Log *slog.Logger
}

// maxTimeout bounds the timeouts in Options.
const maxTimeout = time.Minute

var prefixPattern = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func (o Options) check() error {
	switch {
	case !prefixPattern.MatchString(o.Prefix):
		return &InputError{"Prefix", "must be 1 to 32 lower-case letters, digits and hyphens"}
	case o.ReadTimeout < 0 || o.WriteTimeout < 0 || o.ReadTimeout > maxTimeout || o.WriteTimeout > maxTimeout:
		return &InputError{"ReadTimeout, WriteTimeout", "must be between 0 and " + maxTimeout.String()}
	case o.Repair == nil:
		return &InputError{"Repair", "must be set: writes that failed have to be repaired"}
	case o.Lost == nil:
		return &InputError{"Lost", "must be set: more may be missed than can be repaired one by one"}
	}
	return nil
}

// Redis is a State in a Redis server or Cluster, shared by all processes with the
// same Prefix and epoch. It works, in the sense of the contracts, while Redis does not.
type Redis struct {
	*redisLive

	client  redis.UniversalClient
	cluster bool
	options Options
	keys    atomic.Pointer[keyspace]
	breaker *breaker
	// fullUntil is until when, in UTC milliseconds, Redis counts as full.
	fullUntil atomic.Int64
	reads     chan *read
	missed    *missed
	refusals  refusals
	// alone counts calls while Redis cannot.
	alone *inProcessLimits

	stop    context.CancelFunc
	stopped <-chan struct{}
	done    sync.WaitGroup
}

var _ State = (*Redis)(nil)

// OpenRedis returns a Redis at epoch 0. It does not wait for the server, which may be
// away. Errors are *InputErrors.
func OpenRedis(options Options) (*Redis, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	address, err := parseAddress(options.URL)
	if err != nil {
		return nil, err
	}
	options.ReadTimeout = cmp.Or(options.ReadTimeout, ReadTimeout)
	options.WriteTimeout = cmp.Or(options.WriteTimeout, WriteTimeout)
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	quietClient()
	r := &Redis{
		client: redis.NewUniversalClient(address.options), cluster: address.cluster, options: options,
		reads: make(chan *read, maxReads), missed: newMissed(), alone: newInProcessLimits(),
	}
	r.breaker = &breaker{changed: r.breakerChanged}
	r.keys.Store(newKeyspace(options.Prefix, 0))
	ctx, stop := context.WithCancel(context.Background())
	r.stop, r.stopped = stop, ctx.Done()
	r.redisLive = newRedisLive(r)
	for range readers {
		r.done.Go(func() { r.readLoop(ctx) })
	}
	r.done.Go(func() { r.listen(ctx) })
	r.done.Go(func() { r.speak(ctx) })
	r.done.Go(func() { r.repairLoop(ctx) })
	return r, nil
}

// quietClient keeps go-redis from writing its own opinion of every failure to the
// standard error output: they come back as errors, and Options.Log hears of those
// that matter. The setting is global in go-redis, which nobody else here uses.
var quietClient = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Close implements State.
func (r *Redis) Close() error {
	r.stop()
	r.done.Wait()
	if err := r.client.Close(); err != nil {
		return fmt.Errorf("hot: close the connections to Redis: %w", err)
	}
	return nil
}

func (r *Redis) breakerChanged(cause error) {
	switch {
	case cause != nil && refusal(cause):
		// It was said. Redis is there, and the breaker will open and close for as long
		// as the account lacks the right.
	case cause != nil:
		r.options.Log.Warn("Redis is left alone for now", "error", cause)
	default:
		if r.refusals.lately() == "" {
			r.options.Log.Info("Redis is back")
		}
		r.missed.wake()
	}
}

// SetEpoch implements State.
func (r *Redis) SetEpoch(epoch int64) {
	if r.keys.Load().epoch == epoch {
		return
	}
	// What was missed was missed under the old epoch. In this order, because what is
	// missed under the new one must stay.
	r.missed.clear()
	r.keys.Store(newKeyspace(r.options.Prefix, epoch))
	r.alone.forget()
}

// Health implements State.
func (r *Redis) Health(ctx context.Context) Health {
	var wrong []string
	if err := r.try(ctx, r.options.ReadTimeout, r.ping); err != nil {
		wrong = append(wrong, err.Error())
	}
	if time.Now().UnixMilli() < r.fullUntil.Load() {
		wrong = append(wrong, "Redis is full (maxmemory) and refuses writes")
	}
	if reason := r.refusals.lately(); reason != "" {
		wrong = append(wrong, "the account lacks a right: "+reason)
	}
	if !r.hearing.Load() {
		wrong = append(wrong, "messages of other processes are not heard")
	}
	if n, lost := r.missed.size(); lost {
		wrong = append(wrong, "too many writes failed: waiting for a new epoch")
	} else if n > 0 {
		wrong = append(wrong, fmt.Sprintf("%d failed writes wait for repair", n))
	}
	if len(wrong) > 0 {
		return Health{Detail: strings.Join(wrong, "; ")}
	}
	return Health{OK: true, Detail: "Redis answers"}
}

// ping asks one server, or every master of a Cluster.
func (r *Redis) ping(ctx context.Context) error {
	return r.everyServer(ctx, func(ctx context.Context, server *redis.Client) error {
		return server.Ping(ctx).Err()
	})
}

// everyServer calls f for the server, or at once for every master of a Cluster.
func (r *Redis) everyServer(ctx context.Context, f func(context.Context, *redis.Client) error) error {
	switch client := r.client.(type) {
	case *redis.Client:
		return f(ctx, client)
	case *redis.ClusterClient:
		return client.ForEachMaster(ctx, f) //nolint:wrapcheck // try says what it means
	default:
		return fmt.Errorf("hot: unknown client %T", client)
	}
}

// try calls f, for timeout at most, unless the breaker is open, and reports to it. The
// error wraps ErrUnavailable.
func (r *Redis) try(ctx context.Context, timeout time.Duration, f func(context.Context) error) error {
	if err := r.breaker.enter(); err != nil {
		return unavailable(err)
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := f(limited)
	if err != nil && ctx.Err() != nil {
		r.breaker.leave() // the caller gave up, which says nothing about Redis
	} else {
		r.breaker.report(err)
	}
	if err != nil {
		r.refused(err)
		return unavailable(err)
	}
	return nil
}

func unavailable(cause error) error {
	if errors.Is(cause, ErrUnavailable) {
		return cause
	}
	return fmt.Errorf("%w: Redis: %w", ErrUnavailable, cause)
}

// fullFor is for how long Redis counts as full after it refused a write.
const fullFor = 10 * time.Second

var errFull = unavailable(errors.New("it is full"))

func (r *Redis) full() {
	if now := time.Now(); r.fullUntil.Swap(now.Add(fullFor).UnixMilli()) < now.UnixMilli() {
		r.options.Log.Warn("Redis is full and refuses writes; reads go to the database")
	}
}
