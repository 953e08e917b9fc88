//go:build !whisper

package whisper

// built says that this binary holds whisper.cpp.
const built = false

func openBackend(string, string, int, int) (Backend, error) { return Backend{}, ErrNotBuilt }
