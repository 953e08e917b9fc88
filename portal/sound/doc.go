// Package sound gives a recording to a browser as a WAV file of which any byte
// can be asked for, while the recording is still being written.
//
// Invariants it keeps:
//   - A place in the file is a place in the recording: byte 44 + 2·n is sample n
//     (16 kHz, one channel), whatever was asked for before. What is missing, was
//     paused, closed or erased is silence of its exact length.
//   - What the listener may not hear is never read into the answer.
//   - It takes no lock and disturbs no recorder.
//
// It does not decide who may hear what; its caller names the stretches that
// stay silent.
package sound
