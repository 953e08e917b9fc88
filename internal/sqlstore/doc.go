// Package sqlstore keeps recordings, their text and their events in SQLite.
//
// It keeps one invariant: text, the position up to which it is final and the
// event that tells of it are one transaction, so that a crash leaves all or
// none; and a transaction that was reported done is on disk. The database runs
// in WAL mode with synchronous=FULL: each commit syncs the log before it
// returns, so it outlives a power cut on a disk that honours a sync (without
// FULL, WAL mode may lose the last commits, though never its consistency).
//
// One connection writes, many read; a reader sees the state of its beginning
// and holds up no writer. Migrations go forward only; a database of a newer
// program is refused.
//
// It decides nothing of meetings: the rules that it enforces are those written
// at the interfaces it implements (internal/hall).
package sqlstore
