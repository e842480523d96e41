//go:build unix && !linux

package servers

import "syscall"

// processAttributes returns how servers are started: as owner (nil for the
// present account) and in a process group of their own, so that a Ctrl-C in
// the terminal does not stop them before the tests.
func processAttributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Setpgid: true}
}
