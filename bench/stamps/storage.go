//go:build linux

package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/deploy/servers"
)

// storage is one database with a deck in it, and the Leima that serves it.
type storage struct {
	// name is the letter with what is special, such as "c cards=5000000".
	name, letter string
	deck         cards.Deck
	shops        []cards.Shop
	url          string
	data         string

	server  *servers.Server
	address string
	// debug is the address of pprof, "" if there is none.
	debug string
	// counted are the stamps over all its measurements and warm-ups.
	counted
}

// start is how long a Leima took from its start until it was ready.
type start struct {
	Name          string  `json:"name"`
	Cards         int     `json:"cards"`
	Organizations int     `json:"organizations"`
	FillSeconds   float64 `json:"fill_seconds"`
	// Milliseconds is the median of several starts, Memory what the last one took when
	// it was ready, in bytes.
	Milliseconds int64 `json:"milliseconds"`
	Memory       int64 `json:"memory_bytes"`
}

// openStorage makes a database, fills it and starts Leima on it.
func (b *bench) openStorage(ctx context.Context, letter, special string, deck cards.Deck) (*storage, error) {
	s := &storage{name: letter, letter: letter, deck: deck}
	if special != "" {
		s.name += " " + special
	}
	number := len(b.stores)
	s.deck.Seed = uint64(number) + 1
	// So that the last card was made a day ago.
	s.deck.Since = time.Now().Add(-24*time.Hour).UnixMilli() - s.deck.Until()
	var err error
	if s.data, err = b.folder.Subfolder(fmt.Sprintf("data-%d", number)); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if s.url, err = b.makeDatabase(ctx, letter, s.data, number); err != nil {
		return nil, err
	}
	b.say("%s: filling a database with %d cards of %d organizations", s.name, deck.Cards, deck.Organizations)
	began := time.Now()
	if s.shops, err = cards.Fill(ctx, s.url, s.deck); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if letter == "d" {
		if err := b.folder.Give(filepath.Join(s.data, sqliteName)); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	filled := time.Since(began)
	if err := b.serve(ctx, s, filled); err != nil {
		return nil, err
	}
	b.stores = append(b.stores, s)
	return s, nil
}

// sqliteName is the database's name in the data folder.
const sqliteName = "leima.db"

// makeDatabase returns the URL of an empty database.
func (b *bench) makeDatabase(ctx context.Context, letter, data string, number int) (string, error) {
	if letter == "d" {
		return (&url.URL{Scheme: "sqlite", Path: filepath.Join(data, sqliteName)}).String(), nil
	}
	return b.createDatabase(ctx, fmt.Sprintf("bench_%d", number))
}

// createDatabase returns the URL of a new database of the PostgreSQL server.
func (b *bench) createDatabase(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, b.postgres.URL)
	if err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the server ends it otherwise
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	u, err := url.Parse(b.postgres.URL)
	if err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	u.Path = name
	return u.String(), nil
}

// startTries is how often a Leima is started to find out how long that takes.
const startTries = 3

// startPoll is how often a starting Leima is asked, and so how exact its start is known.
const startPoll = 5 * time.Millisecond

// serve starts Leima on the storage, several times.
func (b *bench) serve(ctx context.Context, s *storage, filled time.Duration) error {
	l := servers.Launch{
		Program: b.leima, Args: append([]string{"serve", "--data", s.data}, b.options.LeimaArgs...),
		Env: []string{"LEIMA_DB=" + s.url}, PollEvery: startPoll,
	}
	if b.hotRedis != nil && s.letter == "c" && b.knows[redisFlag] {
		l.Env = append(l.Env, "LEIMA_REDIS="+b.hotRedis.URL)
	}
	if b.knows[debugFlag] {
		port, err := servers.FreePort(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		s.debug = fmt.Sprintf("127.0.0.1:%d", port)
		l.Args = append(l.Args, "--"+debugFlag, s.debug)
	}
	var times []time.Duration
	for try := range startTries {
		l.Name = fmt.Sprintf("%s-%d", filepath.Base(s.data), try)
		began := time.Now()
		var err error
		if s.server, s.address, err = b.startHTTP(ctx, l, "--addr"); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		times = append(times, time.Since(began))
		if try < startTries-1 {
			if err := s.server.Stop(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	now, _, err := memory(s.server.PID())
	if err != nil {
		return err
	}
	b.starts = append(b.starts, start{
		Name: s.name, Cards: s.deck.Cards, Organizations: s.deck.Organizations, FillSeconds: filled.Seconds(),
		Milliseconds: int64(median(times, func(d time.Duration) float64 { return float64(d.Milliseconds()) })), Memory: now,
	})
	return nil
}
