// Package rig runs the program's real processes for the tools and tests that
// measure or disturb them (internal/tools): it gives a tool its place, builds the
// program so that its worker can replay what Whisper once answered, starts and
// kills processes, reads what they say and what memory they hold, and checks what
// they left.
//
// Invariant it keeps: it ends only what it started, by its number or by the
// process group that it gave it.
//
// It does not decide which faults there are nor what is good enough: the tools do.
// It is no part of the program.
package rig
