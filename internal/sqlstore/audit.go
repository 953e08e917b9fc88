package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"bienban/internal/fault"
)

// Entry is one act in the audit log.
type Entry struct {
	Seq     int64 // from 1, without holes
	At      time.Time
	Actor   string
	Action  string
	Subject string // id of what it was done to
	Detail  json.RawMessage
	Hash    []byte // over the entry and the hash of the one before
}

// audit adds an act to the log within the change that it tells of.
func (s *Store) audit(ctx context.Context, tx *sql.Tx, actor, action, subject string, detail any) error {
	b, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	prev := []byte{}
	e := Entry{At: s.now(), Actor: actor, Action: action, Subject: subject, Detail: b}
	err = tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&e.Seq, &prev)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	e.Seq++
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At.UnixMilli(), actor, action, subject, string(b), prev, e.chain(prev))
	return err
}

// chain computes the entry's hash: SHA-256 over the hash before it, number and
// time (8 bytes each, big-endian), then each text after its length (8 bytes).
func (e Entry) chain(prev []byte) []byte {
	h := sha256.New()
	h.Write(prev)
	var n [8]byte
	number := func(v int64) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	number(e.Seq)
	number(e.At.UnixMilli())
	for _, t := range []string{e.Actor, e.Action, e.Subject, string(e.Detail)} {
		number(int64(len(t)))
		h.Write([]byte(t))
	}
	return h.Sum(nil)
}

// VerifyAudit reads the whole log and returns how many entries are sound from
// the start, and fault.Internal when one is not. A log cut at its end still is
// sound: compare the newest hash with one that was kept elsewhere.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, newest []byte, err error) {
	n, newest, err = verifyAudit(ctx, s.read)
	return n, newest, s.fail("audit log", err)
}

func verifyAudit(ctx context.Context, q querier) (n int64, newest []byte, err error) {
	rows, err := q.QueryContext(ctx, `SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit ORDER BY seq`)
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	var c Chain
	for rows.Next() {
		var e Entry
		var at int64
		var detail string
		var prev []byte
		if err := rows.Scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Subject, &detail, &prev, &e.Hash); err != nil {
			return c.Entries, c.Newest, err
		}
		e.At, e.Detail = time.UnixMilli(at), json.RawMessage(detail)
		if err := c.Add(e, prev); err != nil {
			return c.Entries, c.Newest, err
		}
	}
	return c.Entries, c.Newest, rows.Err()
}

// Chain checks an audit log entry by entry, from the first.
type Chain struct {
	Entries int64  // that are sound
	Newest  []byte // hash of the last of them
}

// Add checks the next entry, and the hash that it names as that of the one before.
func (c *Chain) Add(e Entry, prev []byte) error {
	if e.Seq != c.Entries+1 || !bytes.Equal(prev, c.Newest) || !bytes.Equal(e.Hash, e.chain(c.Newest)) {
		return fault.New(fault.Internal, "audit log: entry %d was changed or one before it is missing", e.Seq)
	}
	c.Entries, c.Newest = e.Seq, e.Hash
	return nil
}

// EntryOf reads an entry, and the hash before it, from a row of a copy.
func EntryOf(columns []string, values []any) (e Entry, prev []byte, err error) {
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
	e = Entry{Seq: number("seq"), At: time.UnixMilli(number("at")), Actor: text("actor"), Action: text("action"), Subject: text("subject"),
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
