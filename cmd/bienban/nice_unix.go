//go:build unix

package main

import "syscall"

// beNice lets everything else of the machine go first.
func beNice() {
	const lowest = 19
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, lowest) // without it the work is done all the same
}
