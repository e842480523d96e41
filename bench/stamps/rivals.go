//go:build linux

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/bench/traffic"
	"github.com/leima/leima/deploy/servers"
)

// rival is a yardstick that keeps the stamps that it is given.
type rival struct {
	counted
	// entries counts those in its ledger.
	entries func(context.Context) (int64, error)
}

func (b *bench) addCeiling(ctx context.Context, deck cards.Deck) error {
	return b.addRival(ctx, deck, entrant{name: "a"}, servers.Launch{Name: "ceiling", Program: b.built + "/ceiling"}, nil)
}

func (b *bench) addRedisStamp(ctx context.Context, deck cards.Deck) error {
	return b.addRival(ctx, deck, entrant{name: "b", redis: b.truthRedis.PID()}, servers.Launch{
		Name: "redisstamp", Program: b.built + "/redisstamp", Args: []string{"-pool", strconv.Itoa(b.options.RedisPool)},
		Env: []string{"LEIMA_BENCH_REDIS=" + b.truthRedis.URL},
	}, b.streamLength)
}

func (b *bench) addGroupStamp(ctx context.Context, deck cards.Deck) error {
	url, err := b.createDatabase(ctx, "group_stamp")
	if err != nil {
		return err
	}
	return b.addRival(ctx, deck, entrant{name: "p", database: b.postgres.PID()}, servers.Launch{
		Name: "groupstamp", Program: b.built + "/groupstamp", Env: []string{"LEIMA_BENCH_POSTGRES=" + url},
	}, func(ctx context.Context) (int64, error) { return groupEntries(ctx, url) })
}

func (b *bench) addFileStamp(ctx context.Context, deck cards.Deck) error {
	folder, err := b.folder.Subfolder("file-stamp")
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	file := filepath.Join(folder, "stamps.db")
	return b.addRival(ctx, deck, entrant{name: "q"}, servers.Launch{
		Name: "filestamp", Program: b.built + "/groupstamp", Env: []string{"LEIMA_BENCH_SQLITE=" + file},
	}, func(ctx context.Context) (int64, error) { return fileEntries(ctx, file) })
}

// addRival starts a yardstick and adds it as the entrant. entries is nil for one that keeps
// nothing.
func (b *bench) addRival(
	ctx context.Context, deck cards.Deck, e entrant, l servers.Launch, entries func(context.Context) (int64, error),
) error {
	s, address, err := b.startHTTP(ctx, l, "-addr")
	if err != nil {
		return err
	}
	if entries != nil {
		b.rivals[e.name] = &rival{entries: entries}
	}
	e.address, e.kind, e.deck, e.shops, e.server = address, traffic.Stamps, deck, pretended(deck), s.PID()
	b.entrants = append(b.entrants, e)
	return nil
}

func (b *bench) streamLength(ctx context.Context) (n int64, err error) {
	options, err := redis.ParseURL(b.truthRedis.URL)
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller says whose they are
	}
	client := redis.NewClient(options)
	defer func() { err = errors.Join(err, client.Close()) }()
	if n, err = client.XLen(ctx, "ledger").Result(); err != nil {
		return 0, fmt.Errorf("count stamps: %w", err)
	}
	return n, nil
}

func groupEntries(ctx context.Context, url string) (n int64, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller says whose they are
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if err := conn.QueryRow(ctx, "SELECT COUNT(*) FROM entry").Scan(&n); err != nil {
		return 0, fmt.Errorf("count stamps: %w", err)
	}
	return n, nil
}

func fileEntries(ctx context.Context, file string) (n int64, err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro")
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller says whose they are
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM entry").Scan(&n); err != nil {
		return 0, fmt.Errorf("count stamps: %w", err)
	}
	return n, nil
}
