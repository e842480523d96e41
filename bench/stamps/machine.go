//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/leima/leima/deploy/servers"
)

// machine is what the figures depend on besides the programs.
type machine struct {
	Cores    int    `json:"cores"`
	CPU      string `json:"cpu"`
	Memory   int64  `json:"memory_bytes"`
	Kernel   string `json:"kernel"`
	Go       string `json:"go"`
	Postgres string `json:"postgres"`
	Redis    string `json:"redis"`
	Leima    string `json:"leima"`
	// Sync is the median time of a write of a page to the disk, in microseconds: what
	// every commit waits for.
	Sync int64 `json:"sync_us"`
	// LoadBefore and LoadAfter are load averages of the last minute.
	LoadBefore string `json:"load_before"`
	LoadAfter  string `json:"load_after"`
}

// lookAt gathers the facts. What cannot be found out is left empty: figures without it
// are better than none.
func lookAt(ctx context.Context, programs servers.Programs, folder servers.Folder) (machine, error) {
	m := machine{
		Cores: runtime.NumCPU(), Go: runtime.Version(), LoadBefore: loadAverage(),
		Postgres: firstLine(ctx, programs.Postgres("postgres"), "--version"),
		Redis:    firstLine(ctx, programs.RedisServer(), "--version"),
		Leima:    firstLine(ctx, "git", "describe", "--tags", "--always", "--dirty"),
	}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		_, rest, _ := strings.Cut(string(text), "model name")
		line, _, _ := strings.Cut(rest, "\n")
		m.CPU = strings.Trim(line, " \t:")
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory, _ = statusField(string(text), "MemTotal:") // 0 is unknown
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err == nil {
		m.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	var err error
	m.Sync, err = syncTime(filepath.Join(folder.Path(), "sync"))
	return m, err
}

func (m machine) ended() machine {
	m.LoadAfter = loadAverage()
	return m
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

func firstLine(ctx context.Context, program string, args ...string) string {
	text, err := exec.CommandContext(ctx, program, args...).Output() //nolint:gosec // programs of our own choice
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// syncTime writes pages to a new file at the path, each to the disk before the next.
func syncTime(path string) (int64, error) {
	const pages, page = 50, 8 << 10
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("try the disk: %w", err)
	}
	defer os.Remove(path) //nolint:errcheck // goes with its folder
	defer f.Close()       //nolint:errcheck // every write is checked
	var times []int64
	for range pages {
		began := time.Now()
		if _, err := f.Write(make([]byte, page)); err != nil {
			return 0, fmt.Errorf("try the disk: %w", err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return 0, fmt.Errorf("try the disk: %w", err)
		}
		times = append(times, time.Since(began).Microseconds())
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}
