// Package audit is the log of who did what and when, as a chain: each entry's hash
// covers the entry and the hash of the one before, from the first on. An entry
// that was changed, put in, taken out or moved breaks the chain; only entries cut
// off the end do not, so the newest hash is kept elsewhere (each backup prints it).
//
// An entry holds no content of a meeting: who reads the log need not have a role
// there. Of an act it holds the sum by which the meeting's event is proved.
//
// It stores nothing: internal/sqlstore keeps the log, each entry in the
// transaction of what it tells of.
package audit
