//go:build !(linux || darwin || freebsd)

package main

// freeBytes cannot tell on this system.
func freeBytes(string) (free int64, known bool) { return 0, false }
