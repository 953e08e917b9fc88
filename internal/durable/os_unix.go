//go:build linux || darwin

package durable

import (
	"errors"
	"os"
	"syscall"
)

// noWait keeps the opening of a pipe from waiting for its other end. It does nothing to files.
const noWait = syscall.O_NONBLOCK

// syncDir syncs an open folder. Some file systems (network, FUSE) cannot and say EINVAL; there it is the server that
// answers for names.
func syncDir(d *os.File) error {
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

func free(path string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return -1, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:unconvert // macOS has 32 bits there
}

// lockFile takes a lock on f without waiting: alone, or to see only whether somebody else has it.
func lockFile(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		}
		return err
	}
}
