//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// servers are a running PostgreSQL and a running Redis with the private folder
// that holds everything they write.
type servers struct {
	folder   folder
	postgres *postgres
	redis    *redis
}

// startServers returns when both servers answer. On an error nothing is left
// running and no folder remains. Progress and, on failure, the end of the
// server's log go to stderr.
func startServers(ctx context.Context, fsync bool, stderr io.Writer) (_ *servers, err error) {
	programs, err := findPrograms(ctx, stderr)
	if err != nil {
		return nil, err
	}
	owner, err := serverAccount()
	if err != nil {
		return nil, err
	}
	private, err := makeFolder(owner)
	if err != nil {
		return nil, err
	}
	started := &servers{folder: private}
	defer func() {
		if err != nil {
			err = errors.Join(err, started.stop())
		}
	}()

	started.postgres, err = startPostgres(ctx, programs, private, fsync)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	started.redis, err = startRedis(ctx, programs, private)
	if err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	return started, nil
}

// environment returns the variables by which tests find the servers.
func (s *servers) environment() []string {
	return []string{
		"LEIMA_TEST_POSTGRES=" + s.postgres.url,
		"LEIMA_TEST_REDIS=" + s.redis.url,
	}
}

// stop ends what was started, the last first, and removes the folder.
func (s *servers) stop() error {
	var failures []error
	if s.redis != nil {
		failures = append(failures, s.redis.stop())
	}
	if s.postgres != nil {
		failures = append(failures, s.postgres.stop())
	}
	if err := os.RemoveAll(s.folder.path); err != nil {
		failures = append(failures, fmt.Errorf("remove the folder of the servers: %w", err))
	}
	return errors.Join(failures...)
}
