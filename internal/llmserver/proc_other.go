//go:build !linux

package llmserver

import "syscall"

// procAttr puts the server into a process group of its own. Without Linux's
// parent-death signal the Python server still ends when its input does.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
