// Package natsbus is the bus on NATS JetStream: a server within this process
// (bienban serve), or any NATS by URL, a cluster and a leaf server included.
//
// It keeps one invariant: a publish that returned nil is on disk. The embedded
// server syncs before it acknowledges (sync_interval: always), since JetStream's
// default syncs only every two minutes; whoever runs their own NATS must set the
// same. The embedded server listens on the loopback interface only, with a token.
//
// Streams: AUDIO_<recording> one a recording, FINALS the work queue, BURIED what
// no retry can mend, and the key-value bucket LEASES. They are made on first use.
package natsbus
