// Package host measures what a recording depends on and no library of ours tells: how fast the disk makes things
// durable, whether the clock is right, how much memory is free.
//
// Invariant: it changes nothing; what it writes in order to measure it removes again.
//
// It judges nothing: bienban doctor does.
package host
