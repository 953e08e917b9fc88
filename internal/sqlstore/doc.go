// Package sqlstore keeps what bienban knows in SQL: recordings, their text and
// their events, accounts and who may see what, and the audit log. It runs on
// SQLite (a file, the default) and on PostgreSQL, with the same promises; one
// conformance suite (storetest) asks both.
//
// It keeps one invariant: what changes, the event that tells of it and the audit
// entry are one transaction, so that a crash leaves all or none; and a change
// that was reported done is on disk. SQLite runs in WAL mode with
// synchronous=FULL: each commit syncs the log before it returns, so it outlives
// a power cut on a disk that honours a sync (without FULL, WAL mode may lose
// the last commits, though never its consistency). On PostgreSQL every
// connection demands synchronous_commit.
//
// Changes happen one after another, on either database and from however many
// processes: on SQLite by its write lock, on PostgreSQL by one advisory lock
// that a change takes first and its commit lets go. So a change may read and
// then write what depends on it, event numbers have no holes and become visible
// in order, and the audit log is one chain. Readers wait for nobody. Migrations
// go forward only; a database of a newer program is refused.
//
// Where the databases differ stands in one value, dialect; everything else is
// written once, with ? for arguments, in the SQL that both understand.
//
// It decides nothing of meetings: the rules that it enforces are those written
// at the interfaces it implements (internal/hall, internal/accounts,
// minutes/desk).
package sqlstore
