// Package bus carries a hall's audio, leases, final texts and passing notices
// between capture, workers and serve: as interfaces by role, with the types and
// encodings that every implementation shares. Implementations: membus (one
// process), natsbus (NATS JetStream: embedded, by URL, cluster, through a leaf). All pass
// the one conformance suite in bustest.
//
// It keeps one invariant: nothing that was acknowledged is dropped in silence.
// A reader of audio either gets the samples in order or is told which stretch
// the bus does not have; a final is delivered until somebody acknowledges or
// buries it; what a slow listener misses is counted.
//
// It guarantees no "exactly once": message ids only save work. Whoever stores a
// final checks it against what is stored. It knows nothing of meetings, and it
// is not the recording: losing a bus loses no audio, since capture writes its
// segments first.
package bus
