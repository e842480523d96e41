//go:build linux || darwin || freebsd

package main

import "golang.org/x/sys/unix"

// freeBytes returns the room on the disk that holds path, as far as it can be told.
func freeBytes(path string) (free int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:gosec,unconvert // the types differ between systems
}
