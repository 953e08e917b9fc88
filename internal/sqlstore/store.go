package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"bienban/internal/fault"
	"bienban/internal/hall"
)

// Store is one database file.
type Store struct {
	path  string
	write *sql.DB // one connection
	read  *sql.DB
	now   func() time.Time
}

var _ hall.Store = (*Store)(nil)

// readers is how many connections read at once; more wait.
const readers = 8

// The pragmas of every connection. busy_timeout comes first, since setting
// journal_mode may itself meet a lock.
var (
	pragmas = []string{
		"busy_timeout(10000)", // ms
		"journal_mode(WAL)",
		"foreign_keys(1)",
		"journal_size_limit(67108864)", // the log shrinks to 64 MiB again after a long reader
	}
	durable = "synchronous(FULL)"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the database at path, making or migrating it. A database that a
// newer program has migrated is fault.Invalid.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, durable)
}

// open lets tests leave out the syncs.
func open(ctx context.Context, path, sync string) (*Store, error) {
	// SQLite would make the file readable by all.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "store: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fault.New(fault.Unavailable, "store: %w", err)
	}
	s := &Store{path: path, now: time.Now}
	if s.write, err = sql.Open("sqlite", dsn(path, append(pragmas[:len(pragmas):len(pragmas)], sync), "immediate")); err != nil {
		return nil, fail("open", err)
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetConnMaxLifetime(0)
	if err := s.migrate(ctx); err != nil {
		_ = s.write.Close()
		return nil, err
	}
	if s.read, err = sql.Open("sqlite", dsn(path, append(pragmas[:len(pragmas):len(pragmas)], sync, "query_only(1)"), "deferred")); err != nil {
		_ = s.write.Close()
		return nil, fail("open", err)
	}
	s.read.SetMaxOpenConns(readers)
	return s, nil
}

// dsn is the data source name: pragmas here reach every connection of a pool.
func dsn(path string, pragmas []string, lock string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {lock}}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}).String()
}

// provider runs the migrations over the writer's connection.
func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, s.write, dir, goose.WithTableName("schema_version"), goose.WithDisableGlobalRegistry(true))
}

func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return fault.New(fault.Internal, "store: migrations: %w", err)
	}
	is, known, err := p.GetVersions(ctx)
	if err != nil {
		return fail("read its schema version", err)
	}
	if is > known {
		return fault.New(fault.Invalid, "store %s: its schema is version %d and this program knows up to %d; use the newer bienban that wrote it", filepath.Base(s.path), is, known)
	}
	if _, err := p.Up(ctx); err != nil {
		return fail("migrate", err)
	}
	return nil
}

// Close closes all connections, after what they are doing.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// change runs f in the one write transaction; f's error undoes it.
func (s *Store) change(ctx context.Context, what string, f func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fail(what, err)
	}
	if err := f(ctx, tx); err != nil {
		_ = tx.Rollback() // its error would hide the cause
		return fail(what, err)
	}
	return fail(what, tx.Commit())
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

// fail gives a driver's error one of our codes; those that have one, and a
// context's, stay as they are.
func fail(what string, err error) error {
	var coded *fault.Error
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	code := fault.Internal
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case codeBusy, codeLocked, codeReadOnly, codeIO, codeFull, codeCantOpen:
			code = fault.Unavailable
		case codeConstraint:
			code = fault.Conflict
		}
	}
	if errors.Is(err, sql.ErrConnDone) {
		code = fault.Unavailable
	}
	return fault.New(code, "store: %s: %w", what, err)
}
