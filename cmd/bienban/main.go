// Command bienban records a meeting, transcribes it on this machine, drafts
// its formal minutes and exports them (docs/design.md).
//
// It only wires: what it does is done in the packages that it imports. One
// file a subcommand.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the Makefile.
var version = "unknown"

func main() {
	// One signal asks for a clean stop, with what is done saved; a second one
	// is the operating system's own end.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
	}))
}
