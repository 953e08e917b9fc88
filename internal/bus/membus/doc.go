// Package membus is a bus within one process, for tests and for one process
// that plays all parts (transcribe --live).
//
// It keeps what the process keeps: nothing survives its end. It is a harsher
// partner than natsbus in one thing: it never removes duplicates.
package membus
