// Package pgtest gives tests a PostgreSQL server of their own: Debian's, in a
// temporary folder, on a Unix socket, as an unprivileged user where the tests
// run as root (PostgreSQL refuses root). One server serves a test process; it
// stops and removes its folder when that process ends, however it ends.
//
// It syncs nothing to disk: tests kill programs here, not the machine.
package pgtest
