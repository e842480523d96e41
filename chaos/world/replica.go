//go:build linux

package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/leima/leima/deploy/servers"
)

// Replica is one process of leima serve.
type Replica struct {
	// Front is the link through which tills reach it, Back the one through which it
	// reaches PostgreSQL, nil with SQLite.
	Front, Back *Link
	// address is where it listens itself.
	address string
	starter *starter

	mu      sync.Mutex
	process *servers.Server
}

// URL returns where tills reach the replica.
func (r *Replica) URL() string { return "http://" + r.Front.Address() }

// DirectURL returns where the replica is reached past its link.
func (r *Replica) DirectURL() string { return "http://" + r.address }

// startPoll is how often a starting Leima is asked.
const startPoll = 10 * time.Millisecond

func (w *World) startReplica(ctx context.Context, number int) (*Replica, error) {
	name := fmt.Sprintf("leima-%d", number)
	r := &Replica{starter: w.starter}
	database := w.DatabaseURL
	if w.Postgres != nil {
		host, err := hostOf(database)
		if err != nil {
			return nil, err
		}
		if r.Back, err = openLink(name+" to postgres", host); err != nil {
			return nil, err
		}
		if database, err = through(database, r.Back); err != nil {
			return nil, err
		}
	}
	launch := servers.Launch{Name: name, Program: w.Leima, Env: []string{"LEIMA_DB=" + database}, PollEvery: startPoll, LastWords: syscall.SIGQUIT}
	if w.Redis != nil {
		launch.Env = append(launch.Env, "LEIMA_REDIS="+w.Redis.URL)
	}
	err := servers.WithFreePort(ctx, func(port int) error {
		r.address = fmt.Sprintf("127.0.0.1:%d", port)
		launch.Args = []string{"serve", "--data", w.folder.File(dataFolder), "--addr", r.address, "--log-level", "warn", "--log-format", "json"}
		launch.Ready = func(ctx context.Context) error { return r.Ready(ctx) }
		return w.starter.do(func() (err error) {
			r.process, err = launch.Start(ctx, w.folder)
			return err
		})
	})
	if err == nil {
		r.Front, err = openLink("tills to "+name, r.address)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), r.close())
	}
	return r, nil
}

// LogPath returns the file with what a replica said.
func (w *World) LogPath(number int) string { return w.folder.File(fmt.Sprintf("leima-%d.log", number)) }

// Process returns the process as it is now.
func (r *Replica) Process() *servers.Server {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.process
}

// StartAgain starts the replica that has ended once more and returns when it is ready.
func (r *Replica) StartAgain(ctx context.Context) error {
	var again *servers.Server
	err := r.starter.do(func() (err error) {
		again, err = r.Process().Again(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("start a replica again: %w", err)
	}
	r.mu.Lock()
	r.process = again
	r.mu.Unlock()
	return nil
}

// readyLimit bounds one question.
const readyLimit = 3 * time.Second

// Ready returns nil if the replica says that it can work.
func (r *Replica) Ready(ctx context.Context) error {
	_, err := r.Degraded(ctx)
	return err
}

var errNotReady = errors.New("a replica is not ready")

// Degraded tells whether the replica says that it works without its hot state. It returns
// an error if it cannot work at all.
func (r *Replica) Degraded(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.DirectURL()+"/readyz", http.NoBody)
	if err != nil {
		return false, fmt.Errorf("ask whether a replica is ready: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, fmt.Errorf("ask whether a replica is ready: %w", err)
	}
	defer answer.Body.Close()
	const enough = 4 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, enough))
	if err != nil {
		return false, fmt.Errorf("hear whether a replica is ready: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return false, fmt.Errorf("%w: %s %s", errNotReady, answer.Status, text)
	}
	var says struct {
		Degraded bool `json:"degraded"`
	}
	if err := json.Unmarshal(text, &says); err != nil {
		return false, fmt.Errorf("a replica says %q: %w", text, err)
	}
	return says.Degraded, nil
}

func (r *Replica) close() error {
	var err error
	if p := r.Process(); p != nil {
		err = p.Stop()
	}
	for _, l := range []*Link{r.Front, r.Back} {
		if l != nil {
			l.Close()
		}
	}
	return err
}
