// Package record keeps a hall's audio: one folder a recording, segment files that are only ever appended to, each
// chunk of 200 ms synced before anybody else may use it. docs/recording-format.md describes the files to the byte.
//
// Invariants it keeps:
//   - Audio comes first. Append never waits for a disk, a mirror, a reader or a callback; what cannot be kept is
//     counted and marked, and the rest stays in its place.
//   - What was handed on survives a kill and a power cut. What is whole is never changed again, erasure excepted.
//   - Each frame of time is accounted for: audio, gap, overflow or closed part. Positions count frames of the
//     recording's first rate; the machine's clock only estimates how long a gap was.
//   - Every change of a stored byte, and every chunk or segment removed, moved or cut, is found by Verify. One
//     stretch can be erased and the rest still verifies.
//   - Memory depends neither on the length of a recording nor on how slow its disk or its readers are.
//
// One goroutine owns a recording's files; the others send it what is to be written. A lock file with its owner's pid
// keeps a second recorder out.
//
// It does not open devices, measure levels, decide who may pause or erase, or know meetings beyond their name.
package record
