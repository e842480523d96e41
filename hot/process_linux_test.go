package hot_test

import "syscall"

// endWithUs lets the kernel end a server whose test process was killed.
func endWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
