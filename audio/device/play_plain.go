//go:build !portaudio

package device

import "context"

// Play returns ErrNotBuilt.
func Play(context.Context, int, []int16) error { return ErrNotBuilt }
