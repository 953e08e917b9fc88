package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/search"
)

// Store is one database.
type Store struct {
	name  string // for messages: the file's name, or where the server is; no secret
	d     dialect
	write *sql.DB
	read  *sql.DB // its connections cannot write
	now   func() time.Time
	// secret: meetings and documents may be secret (AllowSecret).
	secret bool
}

var _ hall.Store = (*Store)(nil)

// dialect is all that one database does differently.
type dialect struct {
	goose  goose.Dialect
	folder string // of its migrations
	// first opens a change: after it, no other change runs until this one ends.
	// "" where beginning a transaction does that.
	first string
	// code gives a driver's error one of our codes; "" when it knows none.
	code func(error) fault.Code
	// options for goose.
	options func() ([]goose.ProviderOption, error)
	// Queries of two columns of text: tables (the second is ''), which table refers
	// to which, and the columns that are BOOLEAN.
	tables, refers, truths string
	// match is a condition on a row x of search with one argument, which words makes
	// of the terms looked for.
	match string
	words func([]search.Term) string
	// shred are statements outside of a change after which nothing of deleted rows is
	// left in the database's own files, as far as the database can tell.
	shred []string
}

// readers is how many connections read at once; more wait.
const readers = 8

// snapshot is a reading transaction in which all is as of one moment. SQLite has
// no other kind.
var snapshot = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}

//go:embed migrations
var migrations embed.FS

// Open opens a database, making or migrating it. where is the path of an SQLite
// file, or the URL of a PostgreSQL database that is there: postgres://… A
// database that a newer program has migrated is fault.Invalid.
func Open(ctx context.Context, where string) (*Store, error) {
	s, err := dial(where)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// OpenExisting opens a database as it stands, for a program beside the one that
// serves it: one of another schema version than this program's is fault.Invalid,
// one that is not there or has nothing in it is fault.NotFound.
func OpenExisting(ctx context.Context, where string) (*Store, error) {
	if err := exists(where); err != nil {
		return nil, err
	}
	s, err := dial(where)
	if err != nil {
		return nil, err
	}
	is, known, err := s.versions(ctx)
	switch {
	case err != nil:
	case is == 0:
		err = fault.New(fault.NotFound, "store %s: nothing is in it yet; is this the data folder, or the database, of the installation?", s.name)
	case is != known:
		err = fault.New(fault.Invalid, "store %s: its schema is version %d and this program's %d; start serve of this version once, or use the bienban that serves it", s.name, is, known)
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// dial makes the connections' pools.
func dial(where string) (*Store, error) {
	if IsURL(where) {
		return dialPostgres(where)
	}
	return dialSQLite(where, durable)
}

// provider runs the migrations over the writer's connection.
func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations/"+s.d.folder)
	if err != nil {
		return nil, err
	}
	options, err := s.d.options()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(s.d.goose, s.write, dir, append(options, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))...)
}

// versionTable is where goose notes which migrations were applied.
const versionTable = "schema_version"

// versions says which version the database's schema has and which this program knows.
func (s *Store) versions(ctx context.Context) (is, known int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, fault.New(fault.Internal, "store: migrations: %w", err)
	}
	is, known, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, s.fail("read its schema version", err)
	}
	return is, known, nil
}

func (s *Store) migrate(ctx context.Context) error {
	is, known, err := s.versions(ctx)
	if err != nil {
		return err
	}
	if is > known {
		return fault.New(fault.Invalid, "store %s: its schema is version %d and this program knows up to %d; use the newer bienban that wrote it", s.name, is, known)
	}
	if is == known {
		return nil
	}
	p, err := s.provider()
	if err != nil {
		return fault.New(fault.Internal, "store: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return s.fail("migrate", err)
	}
	return nil
}

// Close closes all connections, after what they are doing.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// change runs f as the one change of its time; f's error undoes it.
func (s *Store) change(ctx context.Context, what string, f func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.fail(what, err)
	}
	if s.d.first != "" {
		_, err = tx.ExecContext(ctx, s.d.first)
	}
	if err == nil {
		err = f(ctx, tx)
	}
	if err != nil {
		_ = tx.Rollback() // its error would hide the cause
		return s.fail(what, err)
	}
	return s.fail(what, tx.Commit())
}

// look runs f over the state of one moment.
func (s *Store) look(ctx context.Context, what string, f func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, snapshot)
	if err != nil {
		return s.fail(what, err)
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	return s.fail(what, f(ctx, tx))
}

// fail gives a driver's error one of our codes; those that have one, and a
// context's, stay as they are.
func (s *Store) fail(what string, err error) error {
	var coded *fault.Error
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	code := s.d.code(err)
	switch {
	case code != "":
	case errors.Is(err, sql.ErrConnDone):
		code = fault.Unavailable
	default:
		code = fault.Internal
	}
	return fault.New(code, "store: %s: %w", what, err)
}
