package sqlstore

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"bienban/internal/fault"
	"bienban/internal/search"
)

// The pragmas of every connection. busy_timeout comes first, since setting
// journal_mode may itself meet a lock.
var (
	pragmas = []string{
		"busy_timeout(10000)", // ms
		"journal_mode(WAL)",
		"foreign_keys(1)",
		"recursive_triggers(1)",        // else INSERT OR REPLACE gets past triggers that forbid deletion
		"secure_delete(1)",             // what is deleted is overwritten: an erased stretch's words must not lie about in the file
		"journal_size_limit(67108864)", // the log shrinks to 64 MiB again after a long reader
	}
	durable = "synchronous(FULL)"
)

func sqliteDialect() dialect {
	return dialect{
		goose: goose.DialectSQLite3, folder: "sqlite",
		code:    sqliteCode,
		options: func() ([]goose.ProviderOption, error) { return nil, nil },
		tables:  `SELECT name, '' FROM sqlite_schema WHERE type = 'table' ORDER BY name`,
		refers:  `SELECT m.name, f."table" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
		truths:  `SELECT '', '' LIMIT 0`, // it has no such type
		match:   `x.id IN (SELECT rowid FROM search_words WHERE search_words MATCH ?)`,
		shred:   []string{`PRAGMA wal_checkpoint(TRUNCATE)`},
		words:   func(terms []search.Term) string { return plainWords(terms, `"%s"`, `*`, ` AND `) },
	}
}

// exists says whether there is a database to open: SQLite would make one.
func exists(where string) error {
	if IsURL(where) {
		return nil // a server makes none
	}
	_, err := os.Stat(where)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "store %s: there is none; is this the data folder?", where)
	}
	return err
}

// dialSQLite opens a file, which it makes if need be. Tests leave out the syncs.
func dialSQLite(path, sync string) (*Store, error) {
	// SQLite would make the file readable by all.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "store: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fault.New(fault.Unavailable, "store: %w", err)
	}
	s := &Store{name: filepath.Base(path), d: sqliteDialect(), now: time.Now}
	all := append(pragmas[:len(pragmas):len(pragmas)], sync)
	if s.write, err = sql.Open("sqlite", dsn(path, all, "immediate")); err != nil {
		return nil, s.fail("open", err)
	}
	// One connection: SQLite has one writer, and waiting here is fairer than there.
	s.write.SetMaxOpenConns(1)
	s.write.SetConnMaxLifetime(0)
	if s.read, err = sql.Open("sqlite", dsn(path, append(all, "query_only(1)"), "deferred")); err != nil {
		_ = s.write.Close()
		return nil, s.fail("open", err)
	}
	s.read.SetMaxOpenConns(readers)
	return s, nil
}

// dsn is the data source name: pragmas here reach every connection of a pool.
func dsn(path string, pragmas []string, lock string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {lock}}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}

// Result codes of SQLite, https://www.sqlite.org/rescode.html.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeReadOnly   = 8
	codeIO         = 10
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
)

func sqliteCode(err error) fault.Code {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() & 0xff {
	case codeBusy, codeLocked, codeReadOnly, codeIO, codeFull, codeCantOpen:
		return fault.Unavailable
	case codeConstraint:
		return fault.Conflict
	}
	return ""
}
