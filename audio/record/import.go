package record

import (
	"context"

	"bienban/internal/durable"
)

// ImportRecord x
type ImportRecord struct{}

func eraseImports(ctx context.Context, fsys durable.FS, dir string, base int, p Pending) error {
	return nil
}

type filler struct{ src *Source }

func (f *filler) read(ctx context.Context, dst []float32, ch int, at int64) error { return nil }

func (s *Source) openFills() error { return nil }

func (v *verifier) imports(ctx context.Context) error { return nil }
