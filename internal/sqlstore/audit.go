package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bienban/internal/audit"
	"bienban/internal/fault"
)

var _ audit.Log = (*Store)(nil)

// audit adds an act to the log within the change that it tells of.
func (s *Store) audit(ctx context.Context, tx *sql.Tx, actor, action, subject string, detail any) error {
	b, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	prev := []byte{}
	e := audit.Entry{At: s.now(), Actor: actor, Action: action, Subject: subject, Detail: b}
	err = tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&e.Seq, &prev)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	e.Seq++
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At.UnixMilli(), actor, action, subject, string(b), prev, e.Sum(prev))
	return err
}

// VerifyAudit implements audit.Log.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, newest []byte, err error) {
	var c audit.Chain
	err = s.look(ctx, "audit log", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit ORDER BY seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var prev []byte
			e, err := scanEntry(rows.Scan, &prev)
			if err != nil {
				return err
			}
			if err := c.Add(e, prev); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return c.Entries, c.Newest, err
}

func scanEntry(scan func(...any) error, more any) (e audit.Entry, err error) {
	var at int64
	var detail string
	err = scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Subject, &detail, more, &e.Hash)
	e.At, e.Detail = time.UnixMilli(at).UTC(), json.RawMessage(detail)
	return e, err
}

// Audit implements audit.Log.
func (s *Store) Audit(ctx context.Context, q audit.Query) ([]audit.Listed, error) {
	if q.Limit < 1 || q.Limit > audit.MostListed {
		return nil, fault.New(fault.Invalid, "audit log: a limit of %d: 1 to %d are given at once", q.Limit, audit.MostListed)
	}
	query, args := `SELECT e.seq, e.at, e.actor, e.action, e.subject, e.detail, coalesce(a.name, e.actor), e.hash FROM audit e LEFT JOIN account a ON a.id = e.actor WHERE TRUE`, []any{}
	for _, c := range []struct {
		given bool
		where string
		value any
	}{{q.Subject != "", ` AND e.subject = ?`, q.Subject}, {q.Actor != "", ` AND e.actor = ?`, q.Actor}, {q.Before != 0, ` AND e.seq < ?`, q.Before},
		{!q.From.IsZero(), ` AND e.at >= ?`, q.From.UnixMilli()}, {!q.Until.IsZero(), ` AND e.at < ?`, q.Until.UnixMilli()}} {
		if c.given {
			query, args = query+c.where, append(args, c.value)
		}
	}
	rows, err := s.read.QueryContext(ctx, query+` ORDER BY e.seq DESC LIMIT ?`, append(args, q.Limit)...)
	if err != nil {
		return nil, s.fail("audit log", err)
	}
	defer rows.Close()
	all := []audit.Listed{}
	for rows.Next() {
		var l audit.Listed
		if l.Entry, err = scanEntry(rows.Scan, &l.Name); err != nil {
			return nil, s.fail("audit log", err)
		}
		all = append(all, l)
	}
	return all, s.fail("audit log", rows.Err())
}

// EntryOf reads an entry, and the hash before it, from a row of a copy.
func EntryOf(columns []string, values []any) (e audit.Entry, prev []byte, err error) {
	if len(columns) != len(values) {
		return e, nil, fault.New(fault.Invalid, "audit log: %d values for %d columns", len(values), len(columns))
	}
	row := map[string]any{}
	for i, c := range columns {
		row[c] = values[i]
	}
	number := func(name string) int64 { n, ok := row[name].(int64); err = mistyped(err, name, ok); return n }
	text := func(name string) string { t, ok := row[name].(string); err = mistyped(err, name, ok); return t }
	bytes := func(name string) []byte { b, ok := row[name].([]byte); err = mistyped(err, name, ok); return b }
	e = audit.Entry{Seq: number("seq"), At: time.UnixMilli(number("at")).UTC(), Actor: text("actor"), Action: text("action"), Subject: text("subject"),
		Detail: json.RawMessage(text("detail")), Hash: bytes("hash")}
	prev = bytes("prev")
	return e, prev, err
}

func mistyped(err error, name string, ok bool) error {
	if err == nil && !ok {
		err = fault.New(fault.Invalid, "audit log: column %s is missing or of another type", name)
	}
	return err
}
