package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
)

// emit writes a meeting's next event within the change that it tells of. The
// update locks the meeting's row, so numbers have no holes and commit in order.
func (s *Store) emit(ctx context.Context, tx *sql.Tx, meeting, kind string, body any) error {
	_, err := s.next(ctx, tx, meeting, kind, body)
	return err
}

// next is emit for whoever wants the event's number.
func (s *Store) next(ctx context.Context, tx *sql.Tx, meeting, kind string, body any) (seq int64, err error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRowContext(ctx, `UPDATE meeting SET seq = seq + 1 WHERE id = ? RETURNING seq`, meeting).Scan(&seq); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO event (meeting, seq, at, type, body) VALUES (?, ?, ?, ?, ?)`,
		meeting, seq, s.now().UnixMilli(), kind, string(b))
	return seq, err
}

// AddEvent implements hall.Events.
func (s *Store) AddEvent(ctx context.Context, meeting, id, kind string, body json.RawMessage) (hall.Event, error) {
	e := hall.Event{Meeting: meeting}
	if id == "" || kind == "" || !json.Valid(body) {
		return e, fault.New(fault.Invalid, "store: event of meeting %s: it needs an id, a type and a body of JSON", meeting)
	}
	err := s.change(ctx, "event of meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		var there string
		err := tx.QueryRowContext(ctx, `SELECT meeting, seq FROM act WHERE id = ?`, id).Scan(&there, &e.Seq)
		switch {
		case err == nil && there != meeting:
			return fault.New(fault.Conflict, "store: act %s is known, of meeting %s", id, there)
		case errors.Is(err, sql.ErrNoRows):
			var done bool
			if done, err = s.addByDesk(ctx, tx, meeting, id, kind, body); done {
				_, e.Seq, err = actOf(ctx, tx, id)
				break
			}
			if err != nil {
				return err
			}
			e.Seq, err = s.next(ctx, tx, meeting, kind, body)
			if errors.Is(err, sql.ErrNoRows) {
				return fault.New(fault.NotFound, "meeting %s: not known", meeting)
			}
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO act (id, meeting, seq) VALUES (?, ?, ?)`, id, meeting, e.Seq)
			}
		}
		if err != nil {
			return err
		}
		var at int64
		var text string
		err = tx.QueryRowContext(ctx, `SELECT at, type, body FROM event WHERE meeting = ? AND seq = ?`, meeting, e.Seq).Scan(&at, &e.Type, &text)
		e.At, e.Body = time.UnixMilli(at).UTC(), json.RawMessage(text)
		return err
	})
	return e, err
}

// EventsAfter implements hall.Events.
func (s *Store) EventsAfter(ctx context.Context, meeting string, seq int64, limit int) (_ []hall.Event, err error) {
	if limit <= 0 {
		return nil, fault.New(fault.Invalid, "store: events: a limit of %d", limit)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT seq, at, type, body FROM event WHERE meeting = ? AND seq > ? ORDER BY seq LIMIT ?`, meeting, seq, limit)
	if err != nil {
		return nil, s.fail("events", err)
	}
	defer rows.Close()
	var all []hall.Event
	for rows.Next() {
		e := hall.Event{Meeting: meeting}
		var at int64
		var body string
		if err := rows.Scan(&e.Seq, &at, &e.Type, &body); err != nil {
			return nil, s.fail("events", err)
		}
		e.At, e.Body = time.UnixMilli(at).UTC(), json.RawMessage(body)
		all = append(all, e)
	}
	return all, s.fail("events", rows.Err())
}
