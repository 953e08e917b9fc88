//go:build unix

package capture

import (
	"os/signal"
	"syscall"
)

func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// Outlive makes this process outlive its terminal and whoever reads what it prints: a line that cannot be written ends
// nothing.
func Outlive() { signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE) }
