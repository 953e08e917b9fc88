package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
)

// emit writes a meeting's next event within the change that it tells of. The
// update locks the meeting's row, so numbers have no holes and commit in order.
func (s *Store) emit(ctx context.Context, tx *sql.Tx, meeting, kind string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var seq int64
	if err := tx.QueryRowContext(ctx, `UPDATE meeting SET seq = seq + 1 WHERE id = ? RETURNING seq`, meeting).Scan(&seq); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO event (meeting, seq, at, type, body) VALUES (?, ?, ?, ?, ?)`,
		meeting, seq, s.now().UnixMilli(), kind, string(b))
	return err
}

// EventsAfter implements hall.Events.
func (s *Store) EventsAfter(ctx context.Context, meeting string, seq int64, limit int) (_ []hall.Event, err error) {
	if limit <= 0 {
		return nil, fault.New(fault.Invalid, "store: events: a limit of %d", limit)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT seq, at, type, body FROM event WHERE meeting = ? AND seq > ? ORDER BY seq LIMIT ?`, meeting, seq, limit)
	if err != nil {
		return nil, fail("events", err)
	}
	defer rows.Close()
	var all []hall.Event
	for rows.Next() {
		e := hall.Event{Meeting: meeting}
		var at int64
		var body string
		if err := rows.Scan(&e.Seq, &at, &e.Type, &body); err != nil {
			return nil, fail("events", err)
		}
		e.At, e.Body = time.UnixMilli(at).UTC(), json.RawMessage(body)
		all = append(all, e)
	}
	return all, fail("events", rows.Err())
}
