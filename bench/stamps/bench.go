//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/deploy/servers"
)

// bench is one run: what was started, and what is measured with it.
type bench struct {
	options  options
	log      io.Writer
	programs servers.Programs
	folder   servers.Folder
	machine  machine
	// knows is which of its optional flags the leima binary has.
	knows map[string]bool
	// built is the folder of the programs, leima the product's.
	built, leima string

	postgres *servers.Postgres
	// hotRedis is Leima's, truthRedis that of b, which keeps everything.
	hotRedis, truthRedis *servers.Redis
	// running is everything that was started, in its order.
	running  []*servers.Server
	stores   []*storage
	entrants []entrant
	starts   []start
	// rivals are those yardsticks that keep what they are given, by their letters.
	rivals map[string]*rival
}

// counted are stamps that were sent.
type counted struct {
	// answered ones must be in the ledger, unknown ones may.
	answered, unknown int64
}

// newBench makes the folder and builds the programs.
func newBench(ctx context.Context, o options, log io.Writer) (_ *bench, err error) {
	programs, missing := servers.LookUp()
	if len(missing) > 0 && slices.ContainsFunc(o.Only, func(letter string) bool { return !slices.Contains([]string{"a", "q", "d"}, letter) }) {
		return nil, fmt.Errorf("the servers that Debian packages as %s are missing: install them, or measure -only a,q,d",
			strings.Join(missing, ", "))
	}
	folder, err := servers.MakeFolder("leima-bench-")
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	b := &bench{options: o, log: log, programs: programs, folder: folder, knows: map[string]bool{}, rivals: map[string]*rival{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, folder.Remove())
		}
	}()
	if b.machine, err = lookAt(ctx, programs, folder); err != nil {
		return nil, err
	}
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	return b, b.askForFlags(ctx)
}

// build builds the servers and the load generator as make build does the product.
func (b *bench) build(ctx context.Context) error {
	b.say("building")
	var err error
	if b.built, err = b.folder.Subfolder("programs"); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	packages := []string{"./bench/ceiling", "./bench/redisstamp", "./bench/groupstamp", "./bench/load"}
	b.leima = b.options.Leima
	if b.leima == "" {
		b.leima = filepath.Join(b.built, "leima")
		packages = append(packages, "./cmd/leima")
	} else if b.leima, err = b.adopt(b.leima); err != nil {
		return err
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("find the module: %w", err)
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", b.built + "/"}, packages...)
	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own packages
	command.Dir = strings.TrimSpace(string(root))
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = b.log
	if err := command.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}

// adopt copies a binary to where the servers' account can run it.
func (b *bench) adopt(path string) (string, error) {
	from, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("-leima: %w", err)
	}
	defer from.Close() //nolint:errcheck // nothing is written
	copied := filepath.Join(b.built, "leima")
	to, err := os.OpenFile(copied, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755) //nolint:gosec // a program that another account runs
	if err != nil {
		return "", fmt.Errorf("-leima: %w", err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		return "", fmt.Errorf("-leima: copy %s: %w", path, err)
	}
	return copied, nil
}

// Flags of leima serve that a version may have or not.
const (
	redisFlag = "redis"
	debugFlag = "debug-addr"
)

func (b *bench) askForFlags(ctx context.Context) error {
	help, err := b.folder.Command(ctx, b.leima, "serve", "--help").CombinedOutput()
	if err != nil {
		return fmt.Errorf("leima serve --help: %w: %s", err, help)
	}
	for _, name := range []string{redisFlag, debugFlag} {
		b.knows[name] = slices.Contains(strings.Fields(string(help)), "--"+name)
	}
	return nil
}

// close stops everything, the last first, and removes the folder.
func (b *bench) close() error {
	var failures []error
	for _, s := range slices.Backward(b.running) {
		failures = append(failures, s.Stop())
	}
	return errors.Join(append(failures, b.folder.Remove())...)
}

// say tells the user what goes on.
func (b *bench) say(format string, a ...any) {
	fmt.Fprintf(b.log, "stamps: "+format+"\n", a...)
}

// startDatabases starts those servers that what is measured needs.
func (b *bench) startDatabases(ctx context.Context) (err error) {
	if b.wants("p") || b.wants("c") || b.wants("scans") {
		if b.postgres, err = servers.StartPostgres(ctx, b.programs, b.folder, b.options.Postgres...); err != nil {
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
		b.running = append(b.running, b.postgres.Server)
	}
	if b.wants("c") || b.wants("scans") {
		if b.hotRedis, err = servers.StartRedis(ctx, b.programs, b.folder, "redis-hot"); err != nil {
			return fmt.Errorf("start Redis: %w", err)
		}
		b.running = append(b.running, b.hotRedis.Server)
	}
	if b.wants("b") {
		b.truthRedis, err = servers.StartRedis(ctx, b.programs, b.folder, "redis-truth",
			"appendonly yes", "appendfsync always",
			// Writing the log anew in the middle of a measurement would be to its disadvantage.
			"auto-aof-rewrite-percentage 0")
		if err != nil {
			return fmt.Errorf("start Redis: %w", err)
		}
		b.running = append(b.running, b.truthRedis.Server)
	}
	return nil
}

func (b *bench) wants(letter string) bool { return slices.Contains(b.options.Only, letter) }

// startHTTP starts a server that takes --addr and answers /readyz. The prefix of the
// flag is the program's habit, - or --.
func (b *bench) startHTTP(ctx context.Context, l servers.Launch, flag string) (*servers.Server, string, error) {
	var started *servers.Server
	var address string
	args := l.Args
	err := servers.WithFreePort(ctx, func(port int) (err error) {
		address = fmt.Sprintf("127.0.0.1:%d", port)
		l.Args = append(slices.Clone(args), flag, address)
		l.Ready = func(ctx context.Context) error { return ready(ctx, "http://"+address+"/readyz") }
		started, err = l.Start(ctx, b.folder)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("start %s: %w", l.Name, err)
	}
	b.running = append(b.running, started)
	return started, address, nil
}

// readyLimit bounds one question.
const readyLimit = 3 * time.Second

func ready(ctx context.Context, url string) error {
	return ask(ctx, url, readyLimit, func(io.Reader) error { return nil })
}

// ask gives what the address answers with status 200 to read.
func ask(ctx context.Context, url string, limit time.Duration, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return read(answer.Body)
}
