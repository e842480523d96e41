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

func (b *bench) addCeiling(ctx context.Context, deck cards.Deck) error {
	s, address, err := b.startHTTP(ctx, servers.Launch{Name: "ceiling", Program: b.built + "/ceiling"}, "-addr")
	if err != nil {
		return err
	}
	b.entrants = append(b.entrants, entrant{
		name: "a", address: address, kind: traffic.Stamps, deck: deck, shops: pretended(deck), server: s.PID(),
	})
	return nil
}

func (b *bench) addRedisStamp(ctx context.Context, deck cards.Deck) error {
	s, address, err := b.startHTTP(ctx, servers.Launch{
		Name: "redisstamp", Program: b.built + "/redisstamp", Args: []string{"-pool", strconv.Itoa(b.options.RedisPool)},
		Env: []string{"LEIMA_BENCH_REDIS=" + b.truthRedis.URL},
	}, "-addr")
	if err != nil {
		return err
	}
	b.rivals["b"] = &counted{}
	b.entrants = append(b.entrants, entrant{
		name: "b", address: address, kind: traffic.Stamps, deck: deck, shops: pretended(deck),
		server: s.PID(), redis: b.truthRedis.PID(),
	})
	return nil
}

func (b *bench) addGroupStamp(ctx context.Context, deck cards.Deck) (err error) {
	if b.groupURL, err = b.createDatabase(ctx, "group_stamp"); err != nil {
		return err
	}
	return b.addGroup(ctx, deck, entrant{name: "p", database: b.postgres.PID()}, "LEIMA_BENCH_POSTGRES="+b.groupURL)
}

func (b *bench) addFileStamp(ctx context.Context, deck cards.Deck) error {
	folder, err := b.folder.Subfolder("file-stamp")
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	b.groupFile = filepath.Join(folder, "stamps.db")
	return b.addGroup(ctx, deck, entrant{name: "q"}, "LEIMA_BENCH_SQLITE="+b.groupFile)
}

// addGroup adds group commit alone, where the variable says.
func (b *bench) addGroup(ctx context.Context, deck cards.Deck, e entrant, variable string) error {
	s, address, err := b.startHTTP(ctx, servers.Launch{
		Name: "groupstamp-" + e.name, Program: b.built + "/groupstamp", Env: []string{variable},
	}, "-addr")
	if err != nil {
		return err
	}
	b.rivals[e.name] = &counted{}
	e.address, e.kind, e.deck, e.shops, e.server = address, traffic.Stamps, deck, pretended(deck), s.PID()
	b.entrants = append(b.entrants, e)
	return nil
}

func (b *bench) streamLength(ctx context.Context) (n int64, err error) {
	options, err := redis.ParseURL(b.truthRedis.URL)
	if err != nil {
		return 0, fmt.Errorf("b: %w", err)
	}
	client := redis.NewClient(options)
	defer func() { err = errors.Join(err, client.Close()) }()
	if n, err = client.XLen(ctx, "ledger").Result(); err != nil {
		return 0, fmt.Errorf("b: count stamps: %w", err)
	}
	return n, nil
}

func (b *bench) groupEntries(ctx context.Context) (n int64, err error) {
	conn, err := pgx.Connect(ctx, b.groupURL)
	if err != nil {
		return 0, fmt.Errorf("p: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if err := conn.QueryRow(ctx, "SELECT COUNT(*) FROM entry").Scan(&n); err != nil {
		return 0, fmt.Errorf("p: count stamps: %w", err)
	}
	return n, nil
}

func (b *bench) fileEntries(ctx context.Context) (n int64, err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: b.groupFile}).EscapedPath()+"?mode=ro")
	if err != nil {
		return 0, fmt.Errorf("q: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM entry").Scan(&n); err != nil {
		return 0, fmt.Errorf("q: count stamps: %w", err)
	}
	return n, nil
}
