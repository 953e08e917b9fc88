package llmserver

import "syscall"

// procAttr puts the server into a process group of its own and has the kernel
// end it when we die.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
