//go:build !linux

package whisper

import "syscall"

// sysProcAttr is empty where process groups differ; the closed pipe still
// ends the child.
func sysProcAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
