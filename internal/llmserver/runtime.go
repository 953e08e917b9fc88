package llmserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"

	"bienban/internal/fault"
	"bienban/internal/pyenv"
)

// The Python package that holds llama.cpp's server, MIT licence. Pinned: its
// API moves with llama.cpp.
const (
	runtimePackage = "xllamacpp"
	runtimeVersion = "2026.10.11549"
)

// llamaServer is the program that is preferred when PATH has it.
const llamaServer = "llama-server"

// MissingRuntimeError says that there is nothing to run a model with.
type MissingRuntimeError struct{}

// Error names the command that fetches it.
func (*MissingRuntimeError) Error() string {
	return "nothing to run a language model with: put llama-server on PATH, or run `bienban models pull` for a language model, which also fetches a server (" + runtimePackage + ", 34 MB)"
}

// Unwrap gives the code.
func (*MissingRuntimeError) Unwrap() error {
	return fault.New(fault.Unavailable, "no server for language models")
}

// backend is the program that serves, and the arguments before our own.
type backend struct {
	llama  string // path of llama-server, or ""
	python string // path of the environment's Python, when llama is ""
}

// findBackend looks for a backend without installing anything.
func findBackend(dir string) (backend, error) {
	if path, err := exec.LookPath(llamaServer); err == nil {
		return backend{llama: path}, nil
	}
	venv, err := venvDir(dir)
	if err != nil {
		return backend{}, err
	}
	if _, err := os.Stat(filepath.Join(venv, readyMark)); err != nil {
		return backend{}, &MissingRuntimeError{}
	}
	return backend{python: filepath.Join(venv, "bin", "python")}, nil
}

// readyMark is written into the environment after the package was imported
// once: an interrupted installation is not taken for a whole one.
const readyMark = "bienban-ready"

func venvDir(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = pyenv.DefaultDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, runtimePackage+"-"+runtimeVersion), nil
}

// EnsureRuntime makes sure that Start finds a backend: it installs xllamacpp
// into a private Python environment in dir (pyenv.DefaultDir when empty) when
// there is neither that nor llama-server. wheels may name a folder of wheels
// to take it from; report, if not nil, gets one line for each step.
func EnsureRuntime(ctx context.Context, dir, wheels string, report func(string)) error {
	if report == nil {
		report = func(string) {}
	}
	if _, err := findBackend(dir); err == nil {
		return nil
	}
	venv, err := venvDir(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(venv), 0o755); err != nil {
		return fault.New(fault.Unavailable, "make folder for the language model server: %w", err)
	}
	unlock, err := lockFile(venv + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(venv, readyMark)); err == nil {
		return nil
	}
	py, err := pyenv.Find(ctx)
	if err != nil {
		return err
	}
	report("making a private Python environment for the language model server")
	env, err := py.Venv(ctx, venv)
	if err != nil {
		return err
	}
	report(fmt.Sprintf("installing %s %s into it (34 MB)", runtimePackage, runtimeVersion))
	if err := env.Install(ctx, runtimePackage, runtimeVersion, wheels); err != nil {
		return err
	}
	if _, err := env.Run(ctx, "-c", "import "+runtimePackage+"; "+runtimePackage+".Server"); err != nil {
		return fault.New(fault.Unavailable, "%s %s does not run on this machine, put llama-server on PATH instead: %w", runtimePackage, runtimeVersion, err)
	}
	if err := os.WriteFile(filepath.Join(venv, readyMark), []byte(runtimeVersion+"\n"), 0o644); err != nil {
		return fault.New(fault.Unavailable, "finish the language model server: %w", err)
	}
	return nil
}

// lockFile takes an advisory lock that ends with the process.
func lockFile(path string) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "lock the language model server: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fault.New(fault.Unavailable, "the language model server is being installed by another process: wait for it")
		}
		return nil, fault.New(fault.Unavailable, "lock the language model server: %w", err)
	}
	return func() { f.Close() }, nil
}
