//go:build !linux

package rig

import "syscall"

// Memory is not known here.
func Memory(int) int64 { return 0 }

// Children are not known here.
func Children(int) []int { return nil }

// Gone says that a process has ended and was waited for.
func Gone(pid int) bool { return syscall.Kill(pid, 0) != nil }
