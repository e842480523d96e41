//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/chaos/world"
)

// fault is one way in which servers break.
type fault struct {
	name, what string
	worlds     []string
	// blows is how often it strikes in a round.
	blows int
	// strike does it once and undoes it, as far as it has to be undone. It returns an
	// error if nothing happened: a fault that did not hit proves nothing.
	strike func(ctx context.Context, s *stage, replica *world.Replica) error
	// cuts tells that requests must have gone unanswered in the round, and commits that
	// some of those must have been carried out all the same.
	cuts, commits bool
	// redis tells that it is about Redis, answered that all that was carried out was
	// answered, longOnly that the short run leaves it out.
	redis, answered, longOnly bool
}

// Faults that are named elsewhere, too. A storm is any other, one after the other.
const (
	storm    = "storm"
	diskFull = "disk-full"
)

// stormFaults are those of which a storm is made.
var stormFaults = []string{"kill", "postgres-crash", "terminate", "cut-answers", "cut-commits"}

var faults = []fault{
	{name: "kill", what: "SIGKILL of a replica", worlds: []string{large, embedded}, blows: 12, cuts: true, strike: kill},
	{name: "stop", what: "SIGTERM of a replica", worlds: []string{large, embedded}, blows: 4, answered: true, strike: stop},
	{name: "postgres-crash", what: "pg_ctl stop -m immediate", worlds: []string{large}, blows: 4, cuts: true, strike: crashPostgres},
	{name: "terminate", what: "pg_terminate_backend of every connection", worlds: []string{large}, blows: 8, cuts: true, strike: terminate},
	{name: "cut-answers", what: "answers to tills are cut off", worlds: []string{large, embedded}, blows: 6, cuts: true, commits: true, strike: cutAnswers},
	{name: "cut-commits", what: "PostgreSQL's answers to COMMIT are cut off", worlds: []string{large}, blows: 6, cuts: true, commits: true, strike: cutCommits},
	{name: "redis-flush", what: "FLUSHALL every 2 s", worlds: []string{large}, blows: 4, redis: true, strike: flushRedis},
	{name: "redis-kill", what: "SIGKILL of Redis", worlds: []string{large}, blows: 4, redis: true, strike: killRedis},
	{name: "redis-stop", what: "SIGSTOP of Redis for 2 s", worlds: []string{large}, blows: 3, redis: true, strike: stopRedis},
	{name: diskFull, what: "the disk fills up", worlds: []string{embedded, small}, blows: 3, cuts: true, strike: fillDisk},
	{name: storm, what: "any of the above, one after the other", worlds: []string{large}, blows: 10, cuts: true, longOnly: true},
}

func faultNames() []string {
	names := []string{together}
	for _, f := range faults {
		names = append(names, f.name)
	}
	return names
}

func faultCalled(name string) fault {
	return faults[slices.IndexFunc(faults, func(f fault) bool { return f.name == name })]
}

// shortRun tells whether the short run does it.
func (f fault) shortRun() bool { return !f.longOnly }

func (f fault) happensIn(world string) bool { return slices.Contains(f.worlds, world) }

// Times of faults.
const (
	// cutFor is how long answers are cut off, cutCloses after how many milliseconds a
	// connection without answers is closed.
	cutFor    = 300 * time.Millisecond
	cutCloses = 60
	// redisStopped is how long Redis answers nobody, flushEvery the time between two
	// flushes.
	redisStopped = 2 * time.Second
	flushEvery   = 2 * time.Second
	// diskLimit is how long a full disk may take to be noticed.
	diskLimit = 15 * time.Second
	// stopLimit is how long a replica may take to end in order.
	stopLimit = 30 * time.Second
)

var errNothingHappened = errors.New("nothing happened")

// wait returns after the time, or with the context's error.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	case <-time.After(d):
		return nil
	}
}

func kill(ctx context.Context, s *stage, r *world.Replica) error {
	p := r.Process()
	if err := p.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	if code := p.ExitCode(); code != -1 {
		return fmt.Errorf("%w: the replica had ended with %d by itself", errNothingHappened, code)
	}
	s.restarts++
	return r.StartAgain(ctx)
}

func stop(ctx context.Context, s *stage, r *world.Replica) error {
	p := r.Process()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	select {
	case <-p.Exited():
	case <-time.After(stopLimit):
		return fmt.Errorf("stop: the replica runs %s after SIGTERM", stopLimit)
	}
	if code := p.ExitCode(); code != 0 {
		return fmt.Errorf("stop: the replica ended with %d", code)
	}
	s.restarts++
	return r.StartAgain(ctx)
}

func crashPostgres(ctx context.Context, s *stage, _ *world.Replica) error {
	before := s.world.Postgres.PID()
	if err := s.world.Postgres.StopImmediately(ctx); err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	if err := s.world.StartPostgresAgain(ctx); err != nil {
		return fmt.Errorf("crash PostgreSQL: %w", err)
	}
	if s.world.Postgres.PID() == before {
		return fmt.Errorf("crash PostgreSQL: %w", errNothingHappened)
	}
	return nil
}

// terminate ends every connection but its own.
func terminate(ctx context.Context, s *stage, _ *world.Replica) error {
	conn, err := pgx.Connect(ctx, s.world.DatabaseURL)
	if err != nil {
		return fmt.Errorf("terminate connections: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the server ends it otherwise
	var ended int
	err = conn.QueryRow(ctx, "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity "+
		"WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&ended)
	if err != nil {
		return fmt.Errorf("terminate connections: %w", err)
	}
	if ended == 0 {
		return fmt.Errorf("terminate connections: %w: there was none", errNothingHappened)
	}
	return nil
}

func cutAnswers(ctx context.Context, _ *stage, r *world.Replica) error {
	return cutForAWhile(ctx, r.Front, r.Front.CutAnswers)
}

func cutCommits(ctx context.Context, _ *stage, r *world.Replica) error {
	return cutForAWhile(ctx, r.Back, r.Back.CutCommits)
}

func cutForAWhile(ctx context.Context, l *world.Link, cut func(closeAfterMS int) error) error {
	if err := cut(cutCloses); err != nil {
		return err
	}
	err := wait(ctx, cutFor)
	return errors.Join(err, l.Mend(ctx))
}

// withRedis gives f a client, and takes an error for one of the fault.
func (s *stage) withRedis(f func(c *redis.Client) error) (err error) {
	options, err := redis.ParseURL(s.world.Redis.URL)
	if err != nil {
		return fmt.Errorf("address of Redis: %w", err)
	}
	c := redis.NewClient(options)
	defer func() { err = errors.Join(err, c.Close()) }()
	return f(c)
}

func flushRedis(ctx context.Context, s *stage, _ *world.Replica) error {
	err := s.withRedis(func(c *redis.Client) error {
		keys, err := c.DBSize(ctx).Result()
		if err != nil {
			return fmt.Errorf("flush Redis: %w", err)
		}
		if keys == 0 {
			return fmt.Errorf("flush Redis: %w: it was empty", errNothingHappened)
		}
		if err := c.FlushAll(ctx).Err(); err != nil {
			return fmt.Errorf("flush Redis: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return wait(ctx, flushEvery)
}

func killRedis(ctx context.Context, s *stage, _ *world.Replica) error {
	before := s.world.Redis.PID()
	if err := s.world.Redis.Kill(); err != nil {
		return fmt.Errorf("kill Redis: %w", err)
	}
	if err := s.worksWithoutRedis(ctx); err != nil {
		return err
	}
	if err := s.world.StartRedisAgain(ctx); err != nil {
		return fmt.Errorf("kill Redis: %w", err)
	}
	if s.world.Redis.PID() == before {
		return fmt.Errorf("kill Redis: %w", errNothingHappened)
	}
	return s.saysDegraded(ctx, false)
}

func stopRedis(ctx context.Context, s *stage, _ *world.Replica) error {
	if err := s.world.Redis.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stop Redis: %w", err)
	}
	err := wait(ctx, redisStopped)
	if err == nil {
		err = s.worksWithoutRedis(ctx)
	}
	if err := errors.Join(err, s.world.Redis.Signal(syscall.SIGCONT)); err != nil {
		return err
	}
	return s.saysDegraded(ctx, false)
}

// worksWithoutRedis returns nil when each replica has acknowledged something that was
// sent from now on, and says that it is degraded.
func (s *stage) worksWithoutRedis(ctx context.Context) error {
	if err := s.healed(ctx, time.Now()); err != nil {
		return fmt.Errorf("without Redis: %w", err)
	}
	return s.saysDegraded(ctx, true)
}

// saysDegraded returns nil when each replica says that it is degraded, or that it is not.
func (s *stage) saysDegraded(ctx context.Context, want bool) error {
	limit := time.Now().Add(healLimit)
	for i, r := range s.world.Replicas {
		for {
			says, err := r.Degraded(ctx)
			if err == nil && says == want {
				break
			}
			if time.Now().After(limit) {
				return fmt.Errorf("replica %d says for %s that it is degraded: %t, %w", i, healLimit, says, err)
			}
			if err := wait(ctx, pollEvery); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillDisk keeps the disk full until the tills have noticed.
func fillDisk(ctx context.Context, s *stage, _ *world.Replica) error {
	before := s.load.Unanswered()
	if err := s.world.FillDisk(); err != nil {
		return err
	}
	var err error
	for limit := time.Now().Add(diskLimit); err == nil && s.load.Unanswered() < before+int64(len(s.load.Shops)); {
		if time.Now().After(limit) {
			err = fmt.Errorf("fill the disk: %w: all was answered for %s", errNothingHappened, diskLimit)
			break
		}
		err = wait(ctx, pollEvery)
	}
	if err := errors.Join(err, s.world.EmptyDisk()); err != nil {
		return err
	}
	return s.afterFullDisk(ctx)
}

// afterFullDisk starts what could not live without a disk.
func (s *stage) afterFullDisk(ctx context.Context) error {
	if p := s.world.Postgres; p != nil && isGone(p.Exited()) {
		if err := s.world.StartPostgresAgain(ctx); err != nil {
			return fmt.Errorf("after the full disk: %w", err)
		}
	}
	for _, r := range s.world.Replicas {
		if isGone(r.Process().Exited()) {
			s.restarts++
			if err := r.StartAgain(ctx); err != nil {
				return fmt.Errorf("after the full disk: %w", err)
			}
		}
	}
	return nil
}

func isGone(exited <-chan struct{}) bool {
	select {
	case <-exited:
		return true
	default:
		return false
	}
}
