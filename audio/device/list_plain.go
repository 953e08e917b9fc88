//go:build !portaudio

package device

// List returns ErrNotBuilt.
func List() ([]Device, error) { return nil, ErrNotBuilt }
