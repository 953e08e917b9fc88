// Package durabletest is the test twin of durable.OS: a file system in memory that keeps apart what was written and
// what was synced. PowerCut throws the rest away. It can also slow syncs down, fill up, and fail.
//
// Invariant it keeps: after PowerCut a file holds what its last good Sync saw and, of what was written since, what
// the caller's Survive allows; a name exists as its folder's last SyncDir saw it. It is harsher than a disk where it
// may be: a new file whose folder was not synced is gone although its bytes were synced.
//
// It does not model permissions or links.
package durabletest
