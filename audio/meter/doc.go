// Package meter measures what a hall's channels deliver, ten times a second: peak, RMS, clipping, dead channels, hum,
// DC offset, one-bit noise, samples that are not numbers.
//
// Invariant: what it says depends on the frames alone, not on how they were cut into calls, nor on any clock. Memory is
// fixed.
//
// It stores nothing, judges nothing (package alarm does) and changes no sample.
package meter
