package pyenv

import (
	"os"
	"path/filepath"

	"bienban/internal/fault"
)

// DirEnv names the variable that sets where environments live.
const DirEnv = "BIENBAN_RUNTIME"

// DefaultDir is BIENBAN_RUNTIME, else bienban/runtime in the user's cache.
func DefaultDir() (string, error) {
	if dir := os.Getenv(DirEnv); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fault.New(fault.Invalid, "no folder for Python environments: set %s or HOME: %w", DirEnv, err)
	}
	return filepath.Join(cache, "bienban", "runtime"), nil
}
