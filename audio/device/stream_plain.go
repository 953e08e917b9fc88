//go:build !portaudio

package device

import "context"

// Stream is a device that is being read.
type Stream struct{}

// Open returns ErrNotBuilt.
func Open(Want) (*Stream, error) { return nil, ErrNotBuilt }

// Name is that of no device.
func (*Stream) Name() string { return "" }

// Rate is 0.
func (*Stream) Rate() int { return 0 }

// Channels is 0.
func (*Stream) Channels() int { return 0 }

// Bits is 0.
func (*Stream) Bits() int { return 0 }

// Read returns ErrNotBuilt.
func (*Stream) Read(context.Context, []float32) (int, int64, error) { return 0, 0, ErrNotBuilt }

// Close does nothing.
func (*Stream) Close() error { return nil }
