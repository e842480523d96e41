//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/leima/leima/bench/traffic"
)

const (
	// maxProfile bounds one CPU profile, in bytes.
	maxProfile = 64 << 20
	// profileSpare is how long a profile may take beyond the time it covers.
	profileSpare = 10 * time.Second
)

// profile measures each Leima once more, uncounted, and fetches a CPU profile
// meanwhile, if the user wants profiles and Leima offers them.
func (b *bench) profile(ctx context.Context) error {
	if b.options.Profile == "" {
		return nil
	}
	if !b.knows[debugFlag] {
		b.say("this leima knows no --%s: there are no profiles", debugFlag)
		return nil
	}
	if err := os.MkdirAll(b.options.Profile, 0o755); err != nil { //nolint:gosec // profiles are no secret
		return fmt.Errorf("-profile: %w", err)
	}
	for _, e := range b.entrants {
		if e.storage == nil {
			continue
		}
		path := filepath.Join(b.options.Profile, strings.ReplaceAll(e.name, " ", "-")+".pprof")
		if err := b.profileOne(ctx, e, path); err != nil {
			return fmt.Errorf("profile %s: %w", e.name, err)
		}
		b.say("%s: go tool pprof -top %s", e.name, path)
	}
	return nil
}

func (b *bench) profileOne(ctx context.Context, e entrant, path string) error {
	duration := max(1, int(b.options.Seconds)) // pprof takes whole seconds
	fetched := make(chan error, 1)
	_, err := b.load(ctx, e, b.options.Connections[0], b.options.Warmup, float64(duration), func(m traffic.Mark) {
		if m == traffic.Begun {
			go func() {
				fetched <- fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", e.storage.debug, duration), path,
					seconds(float64(duration))+profileSpare)
			}()
		}
	})
	if err != nil {
		return err
	}
	return <-fetched
}

// fetch keeps what the address answers in a file.
func fetch(ctx context.Context, address, path string, limit time.Duration) error {
	return ask(ctx, address, limit, func(profile io.Reader) error {
		f, err := os.Create(path)
		if err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		_, err = io.Copy(f, io.LimitReader(profile, maxProfile))
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		return nil
	})
}
