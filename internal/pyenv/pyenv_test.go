package pyenv_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bienban/internal/fault"
	"bienban/internal/pyenv"
)

// python writes an interpreter for the test: a shell script that answers as a
// Python does to the calls that pyenv makes.
func python(t *testing.T, dir, name, script string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	isOld = `[ "$1" = -c ] && echo 3 9; exit 0`
	isNew = `[ "$1" = -c ] && echo 3 12; exit 0`
)

func TestThePythonThatIsFoundIsNewEnough(t *testing.T) {
	dir := t.TempDir()
	python(t, dir, "python3", isOld)
	want := python(t, dir, "python3.12", isNew)
	t.Setenv("PATH", dir)
	t.Setenv("BIENBAN_PYTHON", "")
	got, err := pyenv.Find(context.Background())
	if err != nil || got.Path != want {
		t.Errorf("found %q (%v), want %q", got.Path, err, want)
	}
}

func TestTheOperatorsPythonIsUsedOrRefusedButNotReplaced(t *testing.T) {
	dir := t.TempDir()
	python(t, dir, "python3", isNew)
	old := python(t, dir, "mine", isOld)
	t.Setenv("PATH", dir)
	t.Setenv("BIENBAN_PYTHON", old)
	if _, err := pyenv.Find(context.Background()); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "3.10") {
		t.Errorf("error %v, want one that says what is needed", err)
	}
}

func TestWithoutPythonTheErrorSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("BIENBAN_PYTHON", "")
	if _, err := pyenv.Find(context.Background()); err == nil || !strings.Contains(err.Error(), "python3-venv") {
		t.Errorf("error %v", err)
	}
}

func TestAWheelIsFoundByNameAndVersion(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"my_model_part1-1.0.0-py3-none-any.whl", "my_model_part10-1.0.0-py3-none-any.whl", "my_model_part1-1.0.1-py3-none-any.whl"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := pyenv.FindWheel(dir, "my-model-part1", "1.0.0")
	if err != nil || filepath.Base(got) != "my_model_part1-1.0.0-py3-none-any.whl" {
		t.Errorf("found %q (%v)", got, err)
	}
	if _, err := pyenv.FindWheel(dir, "my-model-part1", "2.0.0"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want not-exist", err)
	}
}

func TestPipsWheelAndItsFailureAreReported(t *testing.T) {
	dir := t.TempDir()
	py := pyenv.Python{Path: python(t, dir, "python3", `
case "$*" in
*"pip --version"*) echo pip 24 ;;
*good-model==1.0*) for a; do [ "$last" = --dest ] && d=$a; last=$a; done; echo wheel > "$d/good_model-1.0-py3-none-any.whl" ;;
*) echo "WARNING: something" >&2; echo "ERROR: No matching distribution found" >&2; echo "[notice] new pip" >&2; exit 1 ;;
esac`)}
	got, err := py.Wheel(context.Background(), "good-model", "1.0", dir, filepath.Join(dir, "venv"))
	if err != nil || filepath.Base(got) != "good_model-1.0-py3-none-any.whl" {
		t.Errorf("wheel %q (%v)", got, err)
	}
	_, err = py.Wheel(context.Background(), "no-model", "1.0", dir, filepath.Join(dir, "venv"))
	if err == nil || !strings.Contains(err.Error(), "no-model==1.0") || !strings.Contains(err.Error(), "No matching distribution") || strings.Contains(err.Error(), "notice") {
		t.Errorf("error %v, want pip's own reason in one line", err)
	}
}

// The child of the script holds the writing end of a pipe: reading it to its
// end succeeds only once the child is gone.
func TestCancellingEndsPipAndWhatItStarted(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	py := pyenv.Python{Path: python(t, dir, "python3", "exec 3>'"+pipe+"'; echo started >&3; sleep 600 & wait\n")}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := py.Run(ctx)
		done <- err
	}()
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(f); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestTheDefaultFolderIsTheVariablesElseTheCache(t *testing.T) {
	t.Setenv(pyenv.DirEnv, "/somewhere")
	if dir, err := pyenv.DefaultDir(); err != nil || dir != "/somewhere" {
		t.Errorf("%q (%v)", dir, err)
	}
	t.Setenv(pyenv.DirEnv, "")
	t.Setenv("XDG_CACHE_HOME", "/cache")
	if dir, err := pyenv.DefaultDir(); err != nil || dir != "/cache/bienban/runtime" {
		t.Errorf("%q (%v)", dir, err)
	}
}
