//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/leima/leima/deploy/servers"
)

// running are a PostgreSQL and a Redis with the private folder that holds
// everything they write.
type running struct {
	folder   servers.Folder
	postgres *servers.Postgres
	redis    *servers.Redis
}

// startServers returns when both servers answer. On an error nothing is left
// running and no folder remains. Progress and, on failure, the end of the
// server's log go to stderr. With fsync false commits do not wait for the disk.
func startServers(ctx context.Context, fsync bool, stderr io.Writer) (_ *running, err error) {
	programs, err := findPrograms(ctx, stderr)
	if err != nil {
		return nil, err
	}
	private, err := servers.MakeFolder("leima-test-")
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	started := &running{folder: private}
	defer func() {
		if err != nil {
			err = errors.Join(err, started.stop())
		}
	}()

	started.postgres, err = servers.StartPostgres(ctx, programs, private, "fsync="+onOff(fsync))
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	started.redis, err = servers.StartRedis(ctx, programs, private, "redis")
	if err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	return started, nil
}

// environment returns the variables by which tests find the servers.
func (s *running) environment() []string {
	return []string{
		"LEIMA_TEST_POSTGRES=" + s.postgres.URL,
		"LEIMA_TEST_REDIS=" + s.redis.URL,
	}
}

// stop ends what was started, the last first, and removes the folder.
func (s *running) stop() error {
	var failures []error
	if s.redis != nil {
		failures = append(failures, s.redis.Stop())
	}
	if s.postgres != nil {
		failures = append(failures, s.postgres.Stop())
	}
	return errors.Join(append(failures, s.folder.Remove())...)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
