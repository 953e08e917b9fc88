// Package whisper is the speech engine that runs on the machine itself:
// whisper.cpp behind its Go binding, with a thin C shim for what the binding
// lacks, in a child process of its own.
//
// The parent side (Start, Process) is plain Go. The child is the same program
// started again with a hidden subcommand that calls ChildMain; it holds one
// model and one voice activity detector (Silero, also through whisper.cpp) and
// decodes as many windows at once as it was given lanes for. The two speak length-prefixed frames over pipes.
//
// Invariants it keeps:
//   - Native code takes nobody down. When the child crashes, hangs or is
//     killed, the call gets a *CrashError, or its answer from a new child.
//   - No state goes from one window to the next: the same request gives the
//     same words, in this child or in another. So a repeated call doubles
//     nothing.
//   - Cancelling a context ends the call within a second, by the decoder's own
//     abort or, when it does not listen, by the end of the child.
//
// It does not choose windows, prompts or temperatures, judge what it heard,
// or fetch models: packages transcribe and models do.
//
// Without the build tag whisper the package builds on any machine and Start
// says what the program lacks (ErrNotBuilt).
package whisper
