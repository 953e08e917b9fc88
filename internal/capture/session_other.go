//go:build !unix

package capture

import "syscall"

func ownSession() *syscall.SysProcAttr { return nil }

// Outlive does nothing here.
func Outlive() {}
