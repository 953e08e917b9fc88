// Package device lists the sound devices that a meeting can be captured from, and reads one, through PortAudio.
//
// Invariants: the plain build needs no native library. PortAudio is linked only with the build tag portaudio; without it
// every call returns ErrNotBuilt, which says how to build the program with it. A stream yields each frame that the
// device delivered, in order, or tells how many were lost in front of it; a device that is gone ends it with an error
// that wraps ErrGone, and never hangs a caller.
//
// It does not record, measure levels or open a device again: that is capture's work.
package device
