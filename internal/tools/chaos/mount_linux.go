package main

import (
	"fmt"
	"os"
	"syscall"
)

// mountSmall mounts a small disk in memory. Only root may.
func mountSmall(dir string, size int) (unmount func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := syscall.Mount("bienban-chaos", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		return nil, fmt.Errorf("mount a small disk: %w", err)
	}
	return func() { _ = syscall.Unmount(dir, 0) }, nil
}
