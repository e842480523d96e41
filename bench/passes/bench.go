package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/bench/cards"
	"github.com/leima/leima/deploy/servers"
	"github.com/leima/leima/store"
	"github.com/leima/leima/wallet/apple"
)

const (
	passType = "pass.org.example.bench"
	team     = "BENCH12345"
	// usualSpreadRate is what the product does by itself.
	usualSpreadRate = 100
)

// bench is what was started.
type bench struct {
	options options
	log     io.Writer
	watch   *watch

	folder  servers.Folder
	running []*servers.Server // in the order in which they were started
	apns    *httptest.Server
	leima   *servers.Server
	address string
	url     string
	deck    cards.Deck
	shop    cards.Shop
	brand   time.Time // when it changed
}

// close stops everything, the last first, and removes the folder.
func (b *bench) close() error {
	var failures []error
	for _, s := range slices.Backward(b.running) {
		failures = append(failures, s.Stop())
	}
	if b.apns != nil {
		b.apns.CloseClientConnections()
		b.apns.Close()
	}
	if b.folder.Path() != "" {
		failures = append(failures, b.folder.Remove())
	}
	return errors.Join(failures...)
}

func (b *bench) say(format string, a ...any) { fmt.Fprintf(b.log, "passes: "+format+"\n", a...) }

// start starts the servers, fills the database and starts Leima.
func (b *bench) start(ctx context.Context) (err error) {
	programs, missing := servers.LookUp()
	if len(missing) > 0 {
		return fmt.Errorf("the servers that Debian packages as %s are missing", strings.Join(missing, ", "))
	}
	if b.folder, err = servers.MakeFolder("leima-passes-"); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	program, err := b.build(ctx)
	if err != nil {
		return err
	}
	postgres, err := servers.StartPostgres(ctx, programs, b.folder, "shared_buffers=512MB", "max_wal_size=4GB")
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	b.running, b.url = append(b.running, postgres.Server), postgres.URL
	redis, err := servers.StartRedis(ctx, programs, b.folder, "redis")
	if err != nil {
		return fmt.Errorf("start Redis: %w", err)
	}
	b.running = append(b.running, redis.Server)
	if err := b.fill(ctx); err != nil {
		return err
	}
	trusted := b.folder.File("apns.pem")
	if b.apns, err = startAPNs(b.deck, b.options.delay, b.watch, trusted); err != nil {
		return err
	}
	return b.serve(ctx, program, []string{"LEIMA_DB=" + b.url, "LEIMA_REDIS=" + redis.URL, "SSL_CERT_FILE=" + trusted})
}

// build returns the product's program, where the servers' account can run it.
func (b *bench) build(ctx context.Context) (string, error) {
	folder, err := b.folder.Subfolder("programs")
	if err != nil {
		return "", fmt.Errorf("prepare: %w", err)
	}
	program := filepath.Join(folder, "leima")
	if b.options.leima != "" {
		text, err := os.ReadFile(b.options.leima)
		if err == nil {
			err = os.WriteFile(program, text, 0o755) //nolint:gosec // a program that another account runs
		}
		return program, err //nolint:wrapcheck // it names the file
	}
	b.say("building")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", program, "github.com/leima/leima/cmd/leima") //nolint:gosec // ours
	command.Env, command.Stderr = append(os.Environ(), "CGO_ENABLED=0"), b.log
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return program, nil
}

// fill makes the cards and their passes, a day old.
func (b *bench) fill(ctx context.Context) error {
	b.say("filling a database with %d passes", b.options.cards)
	b.deck = cards.Deck{Seed: 1, Cards: b.options.cards, Organizations: 1}
	b.deck.Since = time.Now().Add(-24*time.Hour).UnixMilli() - b.deck.Until()
	shops, err := cards.Fill(ctx, b.url, b.deck)
	if err == nil {
		err = cards.FillPasses(ctx, b.url, b.deck, shops, passType)
	}
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	b.shop = shops[0]
	return nil
}

// serve starts Leima with a made-up certificate.
func (b *bench) serve(ctx context.Context, program string, env []string) error {
	made, err := apple.NewDemoIdentity(apple.Expected{PassType: passType, Team: team}, time.Now())
	if err != nil {
		return fmt.Errorf("make certificate: %w", err)
	}
	data, err := b.folder.Subfolder("data")
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	args := []string{
		"serve", "--data", data, "--log-level", "warn", "--base-url", "https://cards.example.org",
		"--apple-pass-type", passType, "--apple-team", team, "--apple-push-server", b.apns.URL,
	}
	if b.options.spreadRate != usualSpreadRate { // a version that does not know the setting can be measured, too
		args = append(args, "--apple-spread-rate", strconv.Itoa(b.options.spreadRate))
	}
	for flag, text := range map[string][]byte{
		"--apple-certificate": made.Files.Certificate, "--apple-key": made.Files.Key, "--apple-wwdr": made.Files.Intermediate,
	} {
		path := filepath.Join(data, flag[2:]+".pem")
		if err := errors.Join(os.WriteFile(path, text, 0o600), b.folder.Give(path)); err != nil {
			return fmt.Errorf("write certificate: %w", err)
		}
		args = append(args, flag, path)
	}
	err = servers.WithFreePort(ctx, func(port int) (err error) {
		b.address = fmt.Sprintf("127.0.0.1:%d", port)
		l := servers.Launch{Name: "leima", Program: program, Args: append(slices.Clone(args), "--addr", b.address), Env: env, Ready: b.ready}
		b.leima, err = l.Start(ctx, b.folder)
		return err
	})
	if err != nil {
		return fmt.Errorf("start leima: %w", err)
	}
	b.running = append(b.running, b.leima)
	return nil
}

func (b *bench) ready(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address+"/readyz", http.NoBody)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	_ = answer.Body.Close() // its status is enough
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}

// withStore opens the database beside the product.
func (b *bench) withStore(ctx context.Context, do func(s *store.Store) error) (err error) {
	s, err := store.Open(ctx, store.Config{URL: b.url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// newBrand changes what all passes show.
func (b *bench) newBrand(ctx context.Context) error {
	b.brand = time.Now()
	return b.withStore(ctx, func(s *store.Store) error {
		o, err := s.Organization(ctx, b.shop.OrgID)
		if err != nil {
			return fmt.Errorf("read organization: %w", err)
		}
		o.Brand.Color = "#7a1f3d"
		if _, err := s.UpdateOrganization(ctx, o, o.Version); err != nil {
			return fmt.Errorf("change brand: %w", err)
		}
		return nil
	})
}

// printSpread tells how far the new brand is, at its end if that was asked for.
func (b *bench) printSpread(ctx context.Context, stdout io.Writer) error {
	return b.withStore(ctx, func(s *store.Store) error {
		for end := time.Now().Add(wholeLimit); ; pause(ctx, time.Second) {
			p, err := s.PassSpread(ctx, b.shop.OrgID, passType)
			if err != nil {
				return fmt.Errorf("read spread: %w", err)
			}
			if p.FinishedAt != 0 && p.Total > 0 {
				fmt.Fprintf(stdout, "new brand: told to %d passes in %s, %d pushes in all\n", p.Total,
					time.Duration(p.FinishedAt-p.StartedAt)*time.Millisecond, b.watch.pushes.Load())
				return nil
			}
			if !b.options.whole || ctx.Err() != nil || time.Now().After(end) {
				fmt.Fprintf(stdout, "new brand: %d of %d passes told %s after it\n", p.Told, p.Total, time.Since(b.brand).Round(time.Second))
				return nil //nolint:nilerr // a context that ended only ends the wait
			}
		}
	})
}
