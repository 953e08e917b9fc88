//go:build unix && !(linux && (arm64 || riscv64 || loong64))

package whisper

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ownOutput returns the pipe behind stdout, and lets native code that prints
// to stdout, as a debugger that ggml starts does, print to stderr instead.
func ownOutput(stdout io.Writer) (io.Writer, error) {
	f, ok := stdout.(*os.File)
	if !ok || f.Fd() != 1 {
		return stdout, nil
	}
	fd, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("engine: its output: %w", err)
	}
	if err := unix.Dup2(2, 1); err != nil {
		return nil, fmt.Errorf("engine: its output: %w", err)
	}
	return os.NewFile(uintptr(fd), "engine"), nil
}
