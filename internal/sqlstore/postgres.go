package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"bienban/internal/fault"
	"bienban/internal/search"
)

// IsURL says whether where names a PostgreSQL database rather than a file.
func IsURL(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// changeLock is the key of the advisory lock that makes changes follow one
// another: "bienban" in ASCII. It is of the database, not of the server.
const changeLock = 0x6269656e62616e

func postgresDialect() dialect {
	return dialect{
		goose: goose.DialectPostgres, folder: "postgres",
		first: fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, changeLock),
		code:  postgresCode,
		options: func() ([]goose.ProviderOption, error) {
			// Two programs that start at once migrate one after the other.
			l, err := lock.NewPostgresSessionLocker()
			return []goose.ProviderOption{goose.WithSessionLocker(l)}, err
		},
		tables: `SELECT tablename::text, '' FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE "C"`,
		refers: `SELECT c.relname::text, f.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
			WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`,
		truths: `SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'boolean'`,
		match:  `array_to_tsvector(string_to_array(x.plain, ' ')) @@ ?::tsquery`,
		shred:  []string{`VACUUM (FULL) segment`, `VACUUM (FULL) desk_edit`, `VACUUM (FULL) event`, `VACUUM (FULL) desk_meeting`, `VACUUM (FULL) search`},
		words:  func(terms []search.Term) string { return plainWords(terms, `'%s'`, `:*`, ` & `) },
	}
}

// What every connection demands of the server, whatever its configuration says.
var session = map[string]string{
	"application_name":            "bienban",
	"synchronous_commit":          "on",      // what is acknowledged is on disk
	"lock_timeout":                "10000",   // ms, as busy_timeout in SQLite
	"standard_conforming_strings": "on",      // numbered reads quotes so
	"client_min_messages":         "warning", //
	"search_path":                 "public",
}

// writers is how many connections to PostgreSQL may wait for their turn to change something.
const writers = 4

// dialPostgres makes pools of connections to a server; it connects to nothing yet.
func dialPostgres(url string) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// The driver's message may show the URL; it leaves out the password.
		return nil, fault.New(fault.Invalid, "database URL: %w", err)
	}
	for k, v := range session {
		config.RuntimeParams[k] = v
	}
	s := &Store{name: config.Host + "/" + config.Database, d: postgresDialect(), now: time.Now}
	s.write = sql.OpenDB(connector{stdlib.GetConnector(*config)})
	s.write.SetMaxOpenConns(writers)
	s.write.SetMaxIdleConns(writers)
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	s.read = sql.OpenDB(connector{stdlib.GetConnector(*reading)})
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s, nil
}

// connector makes connections that take ? for an argument, as SQLite does.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver gave a %T", conn)
	}
	return numbering{plain}, nil
}

type numbering struct{ *stdlib.Conn }

// Prepare implements driver.Conn.
func (n numbering) Prepare(query string) (driver.Stmt, error) {
	return n.Conn.Prepare(numbered(query))
}

// PrepareContext implements driver.ConnPrepareContext.
func (n numbering) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return n.Conn.PrepareContext(ctx, numbered(query))
}

// ExecContext implements driver.ExecerContext.
func (n numbering) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return n.Conn.ExecContext(ctx, numbered(query), args)
}

// QueryContext implements driver.QueryerContext.
func (n numbering) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return n.Conn.QueryContext(ctx, numbered(query), args)
}

// numbered turns each ? into $1, $2, … and leaves text in quotes and comments to
// the end of a line alone. It knows no dollar quotes: what has them (a function
// in a migration) has no arguments.
func numbered(query string) string {
	if !strings.Contains(query, "?") || strings.Contains(query, "$$") {
		return query
	}
	var b strings.Builder
	n, end := 0, byte(0) // end is what ends the text we are in
	for i := range len(query) {
		c := query[i]
		switch {
		case end != 0:
			if c == end {
				end = 0
			}
		case c == '\'' || c == '"':
			end = c
		case c == '-' && strings.HasPrefix(query[i:], "--"):
			end = '\n'
		case c == '?':
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// postgresCode reads SQLSTATE, https://www.postgresql.org/docs/15/errcodes-appendix.html.
func postgresCode(err error) fault.Code {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch {
		case e.Code == "22021", e.Code == "22P05": // a character that the server cannot keep: NUL
			return fault.Invalid
		case e.Code == "25006", e.Code == "55P03": // a standby; a lock that was not let go in time
			return fault.Unavailable
		}
		switch e.Code[:min(2, len(e.Code))] {
		case "23": // constraints, and the triggers that forbid a change
			return fault.Conflict
		case "08", "28", "40", "53", "57", "58": // connection, sign-in, deadlock, resources, shutdown, disk
			return fault.Unavailable
		}
		return ""
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) {
		return fault.Unavailable
	}
	return ""
}
