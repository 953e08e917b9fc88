package main

import (
	"context"

	"bienban/transcribe/whisper"
)

// engineCmd is the child that holds the native code: a crash in it takes down
// no one else (docs/design.md section 4).
type engineCmd struct {
	Args []string `arg:"" optional:"" passthrough:""`
}

// Run serves decode requests on standard input until it closes.
func (c *engineCmd) Run(ctx context.Context, e *env) error {
	return whisper.ChildMain(ctx, c.Args, e.stdin, e.stdout)
}
