package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bienban/internal/backup"
	"bienban/internal/capture"
	"bienban/internal/sqlstore/pgtest"
)

// TestABackupIsMadeWhileServeAndCaptureRun makes backups of a meeting that is being
// heard, and goes on from one on a fresh machine with the other database.
func TestABackupIsMadeWhileServeAndCaptureRun(t *testing.T) {
	m := newMachine(t, 0)
	s := m.serve("--meeting", "walter-creek", "--input", mixer, "--realtime")
	n := pid(t, s.until(t, `capture was started pid=(\d+)`))
	t.Cleanup(func() { _ = syscall.Kill(n, syscall.SIGKILL) })
	id := s.until(t, `capture answers recording=(\S+)`)
	dir := filepath.Join(m.data, capture.Folder, id)
	watchUntil(t, dir, func(st capture.Status) bool { return st.Durable > 3 })

	file := filepath.Join(t.TempDir(), "bienban.backup")
	vars := map[string]string{"BIENBAN_DATA": m.data, "BIENBAN_PASSWORD": goodPassword}
	if code, _, said := cmd(t, vars, "user", "add", "nguyệt", "--administrator"); code != exitDone {
		t.Fatalf("an account beside serve: %d %s", code, said)
	}
	code, out, said := cmd(t, vars, "backup", file, "--json")
	var r backup.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || len(r.Problems) > 0 || r.Recordings != 1 || r.Seconds < 3 || r.Rows["recording"] != 1 || r.Rows["account"] != 1 {
		t.Fatalf("%d %s\n%s", code, out, said)
	}
	if st := watchUntil(t, dir, func(st capture.Status) bool { return st.State == capture.Recording }); st.PID != n {
		t.Errorf("process %d records, %d did", st.PID, n)
	}
	if code, _, said := cmd(t, vars, "restore", file, "--check"); code != exitDone || !strings.Contains(said, "1 recordings") {
		t.Errorf("check: %d %s", code, said)
	}
	if code, _, said := cmd(t, vars, "restore", file); code != exitFailed || !strings.Contains(said, "is not empty") {
		t.Errorf("into the folder in use: %d %s", code, said)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.kill(t)

	again := newMachine(t, 0)
	vars = map[string]string{"BIENBAN_DATA": again.data, "BIENBAN_DB": pgtest.URL(t)}
	again.env = append(again.env, "BIENBAN_DB="+vars["BIENBAN_DB"])
	if code, _, said := cmd(t, vars, "restore", file); code != exitDone {
		t.Fatalf("restore: %d %s", code, said)
	}
	if code, _, said := cmd(t, vars, "verify", again.data); code != exitDone {
		t.Errorf("verify: %d %s", code, said)
	}
	if _, out, _ := cmd(t, vars, "user", "list"); !strings.Contains(out, "nguyệt") {
		t.Errorf("accounts: %q", out)
	}
	s = again.serve() // it goes on where the text ends: the recording may still be continued
	s.until(t, `hearing begins recording=`+id)
	s.stop(t)
}

func TestABackupOfNothingOrIntoTheDataFolderIsOneClearLine(t *testing.T) {
	t.Parallel()
	data, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "b")
	vars := map[string]string{"BIENBAN_DATA": data, "BIENBAN_PASSWORD": goodPassword}
	if code, _, said := cmd(t, vars, "backup", elsewhere); code != exitUsage || !strings.Contains(said, "is this the data folder") {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := cmd(t, vars, "user", "add", "nguyệt"); code != exitDone {
		t.Fatalf("%d %s", code, said)
	}
	for file, want := range map[string]string{
		filepath.Join(data, "b"):               "elsewhere",
		filepath.Join(data, "recordings", "b"): "elsewhere",
		filepath.Join(elsewhere, "none", "b"):  "does not exist",
	} {
		if code, _, said := cmd(t, vars, "backup", file); code == exitDone || !strings.Contains(said, want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: %d %s", file, code, said)
		}
	}
	text := write(t, t.TempDir(), "text", []byte("no archive"))
	for _, file := range []string{text, elsewhere} {
		for _, args := range [][]string{{"restore", file, "--check"}, {"restore", file, "--data", filepath.Join(t.TempDir(), "new")}} {
			if code, _, said := cmd(t, nil, args...); code != exitUsage || strings.Count(said, "\n") != 1 {
				t.Errorf("%v: %d %s", args, code, said)
			}
		}
	}
	if _, err := os.Stat(elsewhere); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}
