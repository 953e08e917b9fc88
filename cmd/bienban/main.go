// Command bienban records a meeting, transcribes it on this machine, drafts
// its formal minutes and exports them (docs/design.md).
//
// It only wires: what it does is done in the packages that it imports. One
// file a subcommand.
package main

import "os"

// version is set by the Makefile.
var version = "unknown"

func main() {
	os.Exit(run(untilStopped(), os.Args[1:], env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
	}))
}
