package pyenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"bienban/internal/fault"
)

// minMinor is the lowest Python 3 minor version that works: xllamacpp's wheels
// need 3.10.
const minMinor = 10

// Python is an interpreter that was found to be new enough.
type Python struct {
	Path string // of the executable
}

// Find returns the interpreter named by BIENBAN_PYTHON, else the first Python
// ≥ 3.10 on PATH. The error says what to install.
func Find(ctx context.Context) (Python, error) {
	names := []string{"python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"}
	if own := os.Getenv("BIENBAN_PYTHON"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := run(ctx, nil, path, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])")
		if ctx.Err() != nil {
			return Python{}, ctx.Err()
		}
		var major, minor int
		if _, serr := fmt.Sscan(out, &major, &minor); err == nil && serr == nil && major == 3 && minor >= minMinor {
			return Python{Path: path}, nil
		}
	}
	return Python{}, fault.New(fault.Unavailable, "no Python 3.%d or newer found (tried %s): install python3 and python3-venv, or set BIENBAN_PYTHON", minMinor, strings.Join(names, ", "))
}

// Wheel downloads the wheel of one package, without its dependencies, into
// dir and returns its path; meanwhile it grows somewhere in dir/tmp when that
// folder exists. Pip checks the file against the index's hash. When
// the interpreter has no pip, a virtual environment in venv is made for it.
func (p Python) Wheel(ctx context.Context, name, version, dir, venv string) (string, error) {
	pip, err := p.withPip(ctx, venv)
	if err != nil {
		return "", err
	}
	var env []string
	if tmp := filepath.Join(dir, "tmp"); isDir(tmp) {
		env = []string{"TMPDIR=" + tmp}
	}
	if _, err := run(ctx, env, pip.Path, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps", "--no-cache-dir",
		"--disable-pip-version-check", "--only-binary=:all:", "--dest", dir, name+"=="+version); err != nil {
		return "", fault.New(fault.Unavailable, "pip download %s==%s: %w", name, version, err)
	}
	return FindWheel(dir, name, version)
}

func isDir(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

// FindWheel returns the wheel of a package in dir, or an error that wraps
// os.ErrNotExist.
func FindWheel(dir, name, version string) (string, error) {
	pattern := strings.ReplaceAll(name, "-", "_") + "-" + version + "-*.whl"
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", pattern, err)
	}
	if len(found) == 0 {
		return "", fmt.Errorf("no %s in %s: %w", pattern, dir, os.ErrNotExist)
	}
	return found[0], nil
}

// withPip returns an interpreter that has pip: p itself, or the virtual
// environment in venv, made when it is not there.
func (p Python) withPip(ctx context.Context, venv string) (Python, error) {
	if _, err := run(ctx, nil, p.Path, "-m", "pip", "--version"); err == nil {
		return p, nil
	}
	if ctx.Err() != nil {
		return Python{}, ctx.Err()
	}
	return p.Venv(ctx, venv)
}

// Venv returns the interpreter of the virtual environment in dir, making the
// environment when dir holds none that works.
func (p Python) Venv(ctx context.Context, dir string) (Python, error) {
	v := Python{Path: filepath.Join(dir, "bin", "python")}
	if _, err := run(ctx, nil, v.Path, "-m", "pip", "--version"); err == nil {
		return v, nil
	}
	if ctx.Err() != nil {
		return Python{}, ctx.Err()
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Python{}, fmt.Errorf("make folder for the Python environment: %w", err)
	}
	if _, err := run(ctx, nil, p.Path, "-m", "venv", "--clear", dir); err != nil {
		return Python{}, fault.New(fault.Unavailable, "python3 -m venv %s failed, install python3-venv: %w", dir, err)
	}
	return v, nil
}

// Install puts one pinned package into the environment of p. Set wheelDir to
// a folder of wheels that pip may use besides its index, or leave it empty.
func (p Python) Install(ctx context.Context, name, version, wheelDir string) error {
	args := []string{"-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--disable-pip-version-check", "--only-binary=:all:"}
	if wheelDir != "" {
		args = append(args, "--find-links", wheelDir)
	}
	if _, err := run(ctx, nil, p.Path, append(args, name+"=="+version)...); err != nil {
		return fault.New(fault.Unavailable, "pip install %s==%s: %w", name, version, err)
	}
	return nil
}

// Run runs the interpreter with args and returns what it printed.
func (p Python) Run(ctx context.Context, args ...string) (string, error) {
	return run(ctx, nil, p.Path, args...)
}

// run starts a program in its own process group, so that a cancelled context
// ends its children too, and returns its standard output. The error carries
// the last line that the program wrote to standard error.
func run(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		if line := lastLine(stderr.String()); line != "" {
			return "", errors.New(line)
		}
		return "", err
	}
	return stdout.String(), nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && !strings.HasPrefix(line, "[notice]") && !strings.HasPrefix(line, "WARNING:") {
			return line
		}
	}
	return ""
}
