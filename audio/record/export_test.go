package record

import "io"

// Seeded makes the keys of a recording come from r.
func (o Options) Seeded(r io.Reader) Options { o.random = r; return o }
