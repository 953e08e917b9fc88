// Package tape is long sound whose every sample is known: speech of the sample
// meeting, pauses, applause and music in turn, for as long as asked for, and an
// engine (ByHeart) that knows the sound: it finds where a window lies and answers
// the words that Whisper once heard there.
//
// Invariants it keeps:
//   - The sound depends on nothing but the number of the sample.
//   - ByHeart never invents: what it does not find in the sound it knows has no words.
//
// Applause and music are made, not recorded; that Whisper and the speech detector
// take real ones for no speech is measured elsewhere (make eval).
package tape
