package capture

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"bienban/internal/durable"
)

func TestARecordingOfAnotherUserDoesNotKeepTheHallFromBeingRecorded(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"hop", "hop-2"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "hop", lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(root, "hop"), 0o755); err != nil { // it may be looked at; hop-2 may not
		t.Fatal(err)
	}
	for _, name := range []string{"hop/" + lockName, "hop-2"} {
		if err := os.Chmod(filepath.Join(root, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	// Another user, for this thread's files: root is refused nothing.
	runtime.LockOSThread() // and the thread ends with the goroutine
	if os.Getuid() == 0 {
		for dir := root; dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
			_ = os.Chmod(dir, 0o755)
		}
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
			t.Skip(errno)
		}
		defer syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
	}
	var passed []string
	name, _, known, err := choose(t.Context(), root, "hop", "", durable.OS(), time.Now(), func(dir string) { passed = append(passed, filepath.Base(dir)) })
	if err != nil || name != "hop-3" || known || !slices.Equal(passed, []string{"hop", "hop-2"}) {
		t.Errorf("%s, %v, %v, passed %q", name, known, err, passed)
	}
}
