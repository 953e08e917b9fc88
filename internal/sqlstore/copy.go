package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bienban/internal/fault"
)

// Tables takes in a copy of a store's tables, in an order in which they can be
// filled: a row follows those that it refers to.
type Tables interface {
	// Table begins the next table.
	Table(name string, columns []string) error
	// Row takes a row of it: int64, float64, string, []byte and nil. The slice is
	// used again; what is in it is not.
	Row(values []any) error
}

// leftOut are tables that no copy has: sessions, which must not come to life again
// elsewhere, the schema's version, which the copy says itself, and what is made
// from other tables.
func leftOut(table string) bool {
	return table == versionTable || table == "session" || strings.HasPrefix(table, searchTable) || strings.HasPrefix(table, "sqlite_")
}

// Export copies all tables as they are at one moment, while others write, and
// returns the version of the schema.
func (s *Store) Export(ctx context.Context, to Tables) (version int64, err error) {
	if version, _, err = s.versions(ctx); err != nil {
		return 0, err
	}
	err = s.look(ctx, "export", func(ctx context.Context, tx *sql.Tx) error {
		tables, err := s.tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := exportTable(ctx, tx, t, to); err != nil {
				return fmt.Errorf("table %s: %w", t, err)
			}
		}
		return nil
	})
	return version, err
}

func exportTable(ctx context.Context, tx *sql.Tx, table string, to Tables) error {
	columns, err := columnsOf(ctx, tx, table)
	if err != nil {
		return err
	}
	if err := to.Table(table, columns); err != nil {
		return err
	}
	order := make([]string, len(columns))
	for i := range columns {
		order[i] = fmt.Sprint(i + 1)
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+quoted(columns)+` FROM `+quoted([]string{table})+` ORDER BY `+strings.Join(order, ", "))
	if err != nil {
		return err
	}
	defer rows.Close()
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		for i, v := range values {
			values[i] = plain(v)
		}
		if err := to.Row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain makes the two databases' values the same.
func plain(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case []byte:
		if v == nil {
			return []byte{} // SQLite's driver says so that there are none
		}
	}
	return v
}

// quoted lists names for SQL.
func quoted(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
	}
	return strings.Join(all, ", ")
}

func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+quoted([]string{table})+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err())
}

// tables lists the tables that a copy has, each behind those that it refers to,
// and by name where that leaves a choice.
func (s *Store) tables(ctx context.Context, q querier) ([]string, error) {
	names, err := pairs(ctx, q, s.d.tables)
	if err != nil {
		return nil, err
	}
	refers, err := pairs(ctx, q, s.d.refers)
	if err != nil {
		return nil, err
	}
	var sorted []string
	for len(sorted) < len(names) {
		before := len(sorted)
		for _, n := range names {
			if slices.Contains(sorted, n[0]) || slices.ContainsFunc(refers, func(r [2]string) bool {
				return r[0] == n[0] && r[1] != n[0] && !slices.Contains(sorted, r[1])
			}) {
				continue
			}
			sorted = append(sorted, n[0])
			break
		}
		if len(sorted) == before {
			return nil, fault.New(fault.Internal, "tables refer to one another in a circle")
		}
	}
	return slices.DeleteFunc(sorted, leftOut), nil
}

// pairs reads two columns of text.
func pairs(ctx context.Context, q querier, query string, args ...any) ([][2]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][2]string
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Import fills an empty database with a copy that was made at a version of the
// schema, in one transaction, then migrates it. fill gives the copy's tables in
// their order to the Tables that it gets. A database with something in it is
// fault.Conflict, a copy of a newer version fault.Invalid; with an error the
// database is empty as before.
func Import(ctx context.Context, where string, version int64, fill func(Tables) error) (err error) {
	s, err := dial(where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	is, known, err := s.versions(ctx)
	switch {
	case err != nil:
		return err
	case version < 1:
		return fault.New(fault.Invalid, "store: a copy of schema version %d", version)
	case version > known:
		return fault.New(fault.Invalid, "store: the copy has schema version %d and this program knows up to %d; use the newer bienban that made it", version, known)
	case is > version:
		return fault.New(fault.Conflict, "store %s: it has schema version %d already, newer than the copy's %d; restore into a new database", s.name, is, version)
	}
	p, err := s.provider()
	if err != nil {
		return fault.New(fault.Internal, "store: migrations: %w", err)
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return s.fail("migrate", err)
	}
	err = s.change(ctx, "import", func(ctx context.Context, tx *sql.Tx) error {
		tables, err := s.tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			var some bool
			if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+quoted([]string{t})+`)`).Scan(&some); err != nil {
				return err
			}
			if some {
				return fault.New(fault.Conflict, "store %s: table %s is not empty; restore into a new database", s.name, t)
			}
		}
		in := &importer{ctx: ctx, s: s, tx: tx, tables: tables}
		defer in.end()
		return fill(in)
	})
	if err != nil {
		return err
	}
	return s.migrate(ctx)
}

// importer writes rows into tables.
type importer struct {
	ctx    context.Context
	s      *Store
	tx     *sql.Tx
	tables []string
	insert *sql.Stmt
	truth  []bool // which columns are BOOLEAN
}

// Table implements Tables.
func (in *importer) Table(name string, columns []string) error {
	in.end()
	if !slices.Contains(in.tables, name) {
		return fault.New(fault.Invalid, "copy: this schema has no table %.80q", name)
	}
	is, err := columnsOf(in.ctx, in.tx, name)
	if err != nil {
		return err
	}
	for _, c := range columns {
		if !slices.Contains(is, c) {
			return fault.New(fault.Invalid, "copy: table %s has no column %.80q", name, c)
		}
	}
	places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	if in.insert, err = in.tx.PrepareContext(in.ctx, `INSERT INTO `+quoted([]string{name})+` (`+quoted(columns)+`) VALUES (`+places+`)`); err != nil {
		return err
	}
	truths, err := pairs(in.ctx, in.tx, in.s.d.truths)
	if err != nil {
		return err
	}
	in.truth = make([]bool, len(columns))
	for i, c := range columns {
		in.truth[i] = slices.Contains(truths, [2]string{name, c})
	}
	return nil
}

// Row implements Tables.
func (in *importer) Row(values []any) error {
	if len(values) != len(in.truth) {
		return fault.New(fault.Invalid, "copy: a row of %d values for %d columns", len(values), len(in.truth))
	}
	row := slices.Clone(values)
	for i, v := range row {
		if n, ok := v.(int64); ok && in.truth[i] {
			row[i] = n != 0
		}
	}
	_, err := in.insert.ExecContext(in.ctx, row...)
	return err
}

func (in *importer) end() {
	if in.insert != nil {
		_ = in.insert.Close()
		in.insert = nil
	}
}
