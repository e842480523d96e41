//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor times in /proc: USER_HZ, 100 to the second on all
// architectures that Go runs on (man 5 proc).
const tick = time.Second / 100

// maxProcesses bounds the processes that are looked through for children.
const maxProcesses = 1 << 16

// statistics are the fields of /proc/PID/stat that are used.
type statistics struct {
	parent int
	// own is the processor time of the process, ended that of children that have ended
	// and been waited for.
	own, ended time.Duration
}

// parseStat reads /proc/PID/stat. The name of the program, in parentheses, may hold
// spaces and parentheses.
func parseStat(text []byte) (statistics, error) {
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return statistics{}, fmt.Errorf("no program name in %q", text)
	}
	fields := strings.Fields(string(text[end+1:]))
	const parent, utime, stime, cutime, cstime = 1, 11, 12, 13, 14
	if len(fields) <= cstime {
		return statistics{}, fmt.Errorf("%d fields after the program name", len(fields))
	}
	var n [cstime + 1]int64
	for _, i := range []int{parent, utime, stime, cutime, cstime} {
		var err error
		if n[i], err = strconv.ParseInt(fields[i], 10, 64); err != nil {
			return statistics{}, fmt.Errorf("field %d after the program name: %w", i, err)
		}
	}
	return statistics{
		parent: int(n[parent]), own: time.Duration(n[utime]+n[stime]) * tick, ended: time.Duration(n[cutime]+n[cstime]) * tick,
	}, nil
}

func readStat(pid int) (statistics, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return statistics{}, fmt.Errorf("processor time of process %d: %w", pid, err)
	}
	return parseStat(text)
}

// processorTime returns what the process and its children have used, those that have
// ended included: PostgreSQL has a child for each connection.
func processorTime(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	if err != nil {
		return 0, err
	}
	total := s.own + s.ended
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(paths) > maxProcesses {
		return 0, fmt.Errorf("look for the children of process %d among %d: %w", pid, len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended since
		}
		if child, err := parseStat(text); err == nil && child.parent == pid {
			total += child.own
		}
	}
	return total, nil
}

// busyTime returns the processor time that all have used since the machine started,
// with what the host of a virtual machine took away.
func busyTime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("processor time of the machine: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	const user, idle, ioWait, steal = 1, 4, 5, 8
	if len(fields) <= steal || fields[0] != "cpu" {
		return 0, fmt.Errorf("processor time of the machine: %q", line)
	}
	var total time.Duration
	for i := user; i <= steal; i++ {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("processor time of the machine: %w", err)
		}
		if i != idle && i != ioWait {
			total += time.Duration(n) * tick
		}
	}
	return total, nil
}

// forgetPeak lets peakMemory begin anew.
func forgetPeak(pid int) error {
	const peakOnly = "5" // man 5 proc, clear_refs
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte(peakOnly), 0); err != nil {
		return fmt.Errorf("forget the peak of memory: %w", err)
	}
	return nil
}

// memory returns the resident memory of a process in bytes: now, and the most since
// forgetPeak.
func memory(pid int) (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	now, errNow := statusField(string(text), "VmRSS:")
	peak, errPeak := statusField(string(text), "VmHWM:")
	return now, peak, errors.Join(errNow, errPeak)
}

// statusField returns a number of kilobytes in /proc/PID/status in bytes.
func statusField(text, name string) (int64, error) {
	for line := range strings.SplitSeq(text, "\n") {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%s %w", name, err)
			}
			return kilobytes << 10, nil
		}
	}
	return 0, fmt.Errorf("%s is missing", name)
}
