package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/leima/leima/store"
)

const (
	// leastFreeBytes is the room on the disk below which doctor warns: enough for the
	// write-ahead log and a year of a shop.
	leastFreeBytes = 500 << 20
	// doctorTimeout bounds one look at something that may not answer.
	doctorTimeout = 5 * time.Second
	// proofTimeout bounds the look at the whole database, in which every ledger is
	// added up.
	proofTimeout = 30 * time.Minute
)

// check is one thing that doctor looked at.
type check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	// WayOut says what to do about what is not right.
	WayOut string `json:"way_out,omitempty"`
}

func good(name, format string, a ...any) check {
	return check{Name: name, OK: true, Detail: fmt.Sprintf(format, a...)}
}

func bad(name, wayOut, format string, a ...any) check {
	return check{Name: name, Detail: fmt.Sprintf(format, a...), WayOut: wayOut}
}

// badSettings tells that the settings that begin so cannot be used.
func badSettings(name, prefix string, err error) check {
	wayOut := "Correct the settings that begin with " + prefix + "."
	var problem *exitError
	if errors.As(err, &problem) {
		wayOut = cmp.Or(problem.wayOut, wayOut)
	}
	return bad(name, wayOut, "%v", err)
}

func (sh *shell) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look at everything that Leima needs and say what is not right",
		Long: `Looks at the data folder, the disk, the database, Redis if there is one, the clock, the address and what passes are made with, and says
for each what it found and what to do. It changes nothing. Exit code 3 means that
something is not right.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			checks := sh.examine(c.Context())
			sound := true
			for _, one := range checks {
				sound = sound && one.OK
			}
			err := sh.show(map[string]any{"ok": sound, "checks": checks}, func(w io.Writer) { printChecks(w, checks) })
			if err == nil && !sound {
				return silent(exitNotReady)
			}
			return err
		},
	}
}

func printChecks(w io.Writer, checks []check) {
	for _, c := range checks {
		mark := "✓"
		if !c.OK {
			mark = "✗"
		}
		fmt.Fprintf(w, "%s %-22s %s\n", mark, c.Name, c.Detail)
		if c.WayOut != "" {
			fmt.Fprintf(w, "  %-22s → %s\n", "", c.WayOut)
		}
	}
}

func (sh *shell) examine(ctx context.Context) []check {
	checks := []check{sh.checkDataFolder()}
	if checks[0].OK {
		checks = append(checks, checkDisk(sh.settings.Data))
	}
	checks = append(checks, sh.checkDatabase(ctx)...)
	checks = append(checks, sh.checkRedis(ctx)...)
	return append(checks, sh.checkClock(), checkZones(), sh.checkBaseURL(), sh.checkApple(), sh.checkGoogle(), sh.checkSamsung(), sh.checkButtons(), sh.checkPort(ctx))
}

func (sh *shell) checkDataFolder() check {
	const name = "data folder"
	data := sh.settings.Data
	info, err := os.Stat(data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad(name, "Name it with --data or LEIMA_DATA, or let “leima migrate” make it.", "%s does not exist", data)
	case err != nil:
		return bad(name, "Give this user the right to use it.", "%v", err)
	case !info.IsDir():
		return bad(name, "Name a folder with --data or LEIMA_DATA.", "%s is not a folder", data)
	}
	probe, err := os.CreateTemp(data, ".doctor-*")
	if err != nil {
		return bad(name, "Give this user the right to write there.", "%s cannot be written to: %v", data, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return bad(name, "Look at the disk.", "%v", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return bad(name, "Run “chmod 700 "+data+"”: it holds customers' data.", "%s can be read by other users of this machine (%s)", data, info.Mode().Perm())
	}
	return good(name, "%s", data)
}

func checkDisk(path string) check {
	const name = "disk"
	free, known := freeBytes(path)
	switch {
	case !known:
		return good(name, "the free room cannot be told on this system")
	case free < leastFreeBytes:
		return bad(name, "Make room: without it stamps cannot be written down.", "only %d MB are free, want at least %d", free>>20, int64(leastFreeBytes)>>20)
	}
	return good(name, "%d MB are free", free>>20)
}

// checkDatabase opens the database as the server would, but makes none.
func (sh *shell) checkDatabase(ctx context.Context) []check {
	const name = "database"
	address, err := sh.settings.databaseURL()
	if err != nil {
		return []check{bad(name, "Correct --data.", "%v", err)}
	}
	if path, ok := sqlitePath(address); ok {
		if _, err := os.Stat(path); err != nil {
			return []check{bad(name, "Make it with “leima migrate”, or let “leima serve” do it.", "%s is not there yet", filepath.Base(path))}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, proofTimeout)
	defer cancel()
	opening, opened := context.WithTimeout(ctx, doctorTimeout)
	defer opened()
	st, err := store.Open(opening, store.Config{URL: address, Now: sh.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		problem := openProblem(err)
		return []check{bad(name, problem.wayOut, "%v", problem)}
	}
	defer st.Close() //nolint:errcheck // it was only looked at
	checks := []check{good(name, "%s answers", st.Kind())}
	findings, err := st.Check(ctx)
	for _, f := range findings {
		c := check{Name: f.Name, OK: f.OK, Detail: f.Detail}
		if !f.OK && f.Name == migrationsFinding {
			c.WayOut = "Run “leima migrate”."
		}
		checks = append(checks, c)
	}
	if err != nil {
		problem := openProblem(err)
		checks = append(checks, bad(name, problem.wayOut, "%v", problem))
	}
	return checks
}

func (sh *shell) checkClock() check {
	const name = "clock"
	now, after := sh.now(), thisBuild().madeAfter()
	if now.Before(after) {
		return bad(name, "Set the clock and keep it right with NTP: stamps bear its time.", "it is %s here, before this program was made", now.UTC().Format(time.RFC3339))
	}
	return good(name, "%s", now.UTC().Format(time.RFC3339))
}

func checkZones() check {
	const name = "time zones"
	for _, zone := range []string{"Europe/Helsinki", "Europe/Zurich", "America/New_York", "Pacific/Auckland"} {
		if _, err := time.LoadLocation(zone); err != nil {
			return bad(name, "Correct or unset ZONEINFO.", "%v", err)
		}
	}
	return good(name, "known")
}

func (sh *shell) checkBaseURL() check {
	const name = "base URL"
	address := sh.links().base
	u, err := url.Parse(address)
	if err != nil {
		return bad(name, "Correct --base-url.", "%v", err)
	}
	if u.Scheme == "https" || isLoopback(u.Hostname()) {
		return good(name, "%s", address)
	}
	return bad(name, "Put a proxy with a certificate in front and set --base-url to its https address.",
		"%s is not https: browsers keep the card page from working offline, and links can be read on the way", address)
}

// isLoopback reports whether the host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (sh *shell) checkPort(ctx context.Context) check {
	const name = "address"
	addr := sh.settings.Addr
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err == nil {
		if err := l.Close(); err != nil {
			return bad(name, "", "%v", err)
		}
		return good(name, "%s is free", addr)
	}
	if sh.answersAsLeima(ctx, addr) {
		return good(name, "%s: Leima is running there", addr)
	}
	return bad(name, "Choose another with --addr or LEIMA_ADDR, or stop what is there.", "%v", err)
}

// answersAsLeima reports whether a Leima server is what uses the address.
func (sh *shell) answersAsLeima(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(addr)+"/healthz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSecretBytes))
	return err == nil && response.StatusCode == http.StatusOK && string(body) == healthy
}
