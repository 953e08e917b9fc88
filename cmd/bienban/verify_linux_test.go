package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody makes this thread's files those of another user: root is refused nothing. The thread ends with the test.
func asNobody(t *testing.T, readable string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	for dir := readable; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		_ = os.Chmod(dir, 0o755)
	}
	runtime.LockOSThread()
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
		t.Skip(errno)
	}
	t.Cleanup(func() { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0) })
}

func TestVerifyGoesOnWhereSomethingCannotBeRead(t *testing.T) {
	data := t.TempDir()
	root := filepath.Join(data, "recordings")
	for _, name := range []string{"a", "b", "c", "d"} {
		hallRecording(t, filepath.Join(root, name))
	}
	segment := filepath.Join(root, "a", "000001.pcm")
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(segment, b, 0o600); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(data, func(path string, d os.DirEntry, _ error) error {
		return os.Chmod(path, map[bool]os.FileMode{true: 0o755, false: 0o644}[d.IsDir()])
	})
	for path, mode := range map[string]os.FileMode{"b": 0, "c/000001.pcm": 0} {
		if err == nil {
			err = os.Chmod(filepath.Join(root, path), mode)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "b"), 0o700) })
	asNobody(t, root)
	for locale, lines := range map[string][]string{
		"C.UTF-8": {"/a: a (", "/b: CANNOT BE READ: permission denied\n", "/c/000001.pcm: CANNOT BE READ: permission denied\n", "/d: d (", "; 1 NOT WHOLE, 2 CANNOT BE READ\n"},
		"vi_VN.UTF-8": {"/b: KHÔNG ĐỌC ĐƯỢC: không có quyền\n", "/c/000001.pcm: KHÔNG ĐỌC ĐƯỢC: không có quyền\n",
			"; 1 KHÔNG nguyên vẹn, 2 KHÔNG đọc được\n"},
	} {
		code, out, said := cmd(t, map[string]string{"LANG": locale}, "verify", data)
		if code != exitFailed || strings.Count(said, "\n") != 1 || !strings.Contains(said, "2 ") {
			t.Errorf("exit %d, %q", code, said)
		}
		for _, line := range lines {
			if !strings.Contains(out, line) {
				t.Errorf("%s: it does not say %q:\n%s", locale, line, out)
			}
		}
	}
	var sum heldFolder
	code, out, said := cmd(t, nil, "verify", data, "--json")
	if err := json.Unmarshal([]byte(out), &sum); err != nil || code != exitFailed || sum.Whole || len(sum.Recordings) != 2 || len(sum.Unread) != 2 {
		t.Errorf("exit %d, %v, %s, %+v", code, err, said, sum)
	}
	// A folder of which nothing can be read at all is one line.
	if code, out, said := cmd(t, nil, "verify", filepath.Join(root, "b")); code != exitFailed || out != "" || !strings.Contains(said, "permission denied") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit %d, %q, %q", code, out, said)
	}
}
