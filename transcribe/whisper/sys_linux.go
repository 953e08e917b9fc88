package whisper

import "syscall"

// sysProcAttr puts the child in its own process group, so that a terminal's
// Ctrl-C reaches only the parent, who decides; and ends it with the parent
// even when the parent is killed and something else still holds the pipe.
func sysProcAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
