package servers

import "syscall"

// processAttributes returns how servers are started: as owner (nil for the
// present account), in a process group of their own, so that a Ctrl-C in the
// terminal does not stop them before the tests, and so that the kernel ends
// them when we are killed without a chance to do so.
func processAttributes(owner *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: owner, Setpgid: true, Pdeathsig: stopSignal}
}
