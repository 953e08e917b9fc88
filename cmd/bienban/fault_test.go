package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bienban/internal/casefile/cases"
	"bienban/transcribe"
)

// built compiles the program once a test run: faults are tried on real processes.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bienban")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// dropPrivileges tries a folder without permission as a user who is not root,
// since root may write anywhere.
func dropPrivileges(t *testing.T) {
	dir, bin := t.TempDir(), built(t)
	// The test's own folders are root's alone; the other user must get to them.
	for _, d := range []string{filepath.Dir(bin), filepath.Dir(filepath.Dir(bin)), dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	sound := write(t, dir, "good.wav", wavHeader(1, 16000))
	const nobody = 65534
	c := exec.Command(bin, "transcribe", sound, "-o", filepath.Join(dir, "t.json"))
	c.Env = []string{"HOME=" + dir}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Skipf("this machine lets no other user run a test: %v", err)
	}
	if code := c.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(string(out), "permission denied") {
		t.Errorf("exit %d, said %q", code, out)
	}
}

// smallDisk mounts a file system of the given size, which only root may.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): run as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestOnAFullDiskNothingIsHalfWritten(t *testing.T) {
	disk := smallDisk(t, "16k")
	dir := t.TempDir()
	const name = "dai-hoi-mau"
	script, err := cases.Case(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := transcribe.WriteJSON(&b, script.Transcript()); err != nil {
		t.Fatal(err)
	}
	meeting := write(t, dir, "meeting.yaml", cases.Meeting(name))
	transcript := write(t, dir, "transcript.json", b.Bytes())
	old := filepath.Join(disk, "minutes.json")
	if err := os.WriteFile(old, []byte("the old minutes"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, said := cmd(t, nil, "draft", "--meeting", meeting, "--transcript", transcript, "-o", old)
	if code != exitFailed || !strings.Contains(said, "no space left") || !strings.Contains(said, old) {
		t.Errorf("exit %d, said %q", code, said)
	}
	if b, err := os.ReadFile(old); err != nil || string(b) != "the old minutes" {
		t.Errorf("the old minutes are now %q (%v)", b, err)
	}
	left, err := os.ReadDir(disk)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
