// Package durable is the small file layer through which what must not be lost is written: the recorder's segments
// and the manifests beside them. It has two implementations, OS here and the twin in durabletest, which can cut the
// power, fill the disk, slow it down and fail a sync.
//
// Invariant it keeps: nothing is durable before it was synced. A file's bytes are durable after File.Sync returned
// nil; a name (created, renamed or removed) is durable after SyncDir of its folder returned nil. After a Sync that
// failed the bytes since the last good one must be taken as lost, also if a later Sync succeeds: Linux drops the
// pages that it could not write and forgets about them ("fsyncgate", PostgreSQL wiki, 2018). So a caller writes them
// again, to another file.
//
// It does not buffer, retry or know formats.
package durable
