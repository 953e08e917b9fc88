package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
	"bienban/internal/hall"
)

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

const recordingColumns = `id, meeting, started, language, final_upto, epoch, coalesce(length, -1), adopted, outside`

func scanRecording(scan func(...any) error) (hall.Recording, error) {
	var r hall.Recording
	var started, epoch int64
	err := scan(&r.ID, &r.Meeting, &started, &r.Language, &r.FinalUpTo, &epoch, &r.Length, &r.Adopted, &r.Outside)
	r.Started, r.Epoch = time.UnixMilli(started).UTC(), uint64(epoch)
	return r, err
}

func recordingOf(ctx context.Context, q querier, id string) (hall.Recording, error) {
	r, err := scanRecording(q.QueryRowContext(ctx, `SELECT `+recordingColumns+` FROM recording WHERE id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.New(fault.NotFound, "recording %s: not known", id)
	}
	return r, err
}

// StartRecording implements hall.Recordings.
func (s *Store) StartRecording(ctx context.Context, r hall.Recording) error {
	if err := bus.CheckName(r.ID); err != nil {
		return err
	}
	if r.Meeting == "" {
		return fault.New(fault.Invalid, "recording %s: it names no meeting", r.ID)
	}
	return s.change(ctx, "start recording "+r.ID, func(ctx context.Context, tx *sql.Tx) error {
		is, err := recordingOf(ctx, tx, r.ID)
		switch {
		case err == nil && is.Meeting == r.Meeting && is.Started.UnixMilli() == r.Started.UnixMilli() && is.Language == r.Language:
			return nil
		case err == nil:
			return fault.New(fault.Conflict, "recording %s: known as another, of meeting %s, started %s", r.ID, is.Meeting, is.Started.Format(time.RFC3339))
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO meeting (id) VALUES (?) ON CONFLICT DO NOTHING`, r.Meeting); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO recording (id, meeting, started, language, outside) VALUES (?, ?, ?, ?, ?)`,
			r.ID, r.Meeting, r.Started.UnixMilli(), r.Language, r.Outside); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO layer (recording, name, model, made) VALUES (?, ?, '', ?)`,
			r.ID, hall.LayerLive, s.now().UnixMilli()); err != nil {
			return err
		}
		return s.emit(ctx, tx, r.Meeting, hall.EventStarted, hall.RecordingBody{Recording: r.ID})
	})
}

// EndRecording implements hall.Recordings.
func (s *Store) EndRecording(ctx context.Context, id string, length int64) error {
	if length < 0 {
		return fault.New(fault.Invalid, "recording %s: a length of %d samples", id, length)
	}
	return s.change(ctx, "end recording "+id, func(ctx context.Context, tx *sql.Tx) error {
		r, err := recordingOf(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case r.Length == length:
			return nil
		case r.Length >= 0:
			return fault.New(fault.Conflict, "recording %s: ended at sample %d before, now %d", id, r.Length, length)
		case length < r.FinalUpTo:
			return fault.New(fault.Conflict, "recording %s: it ends at sample %d but its text is final up to %d", id, length, r.FinalUpTo)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE recording SET length = ? WHERE id = ?`, length, id); err != nil {
			return err
		}
		return s.emit(ctx, tx, r.Meeting, hall.EventEnded, hall.RecordingBody{Recording: id, Length: length})
	})
}

// Recording implements hall.Recordings.
func (s *Store) Recording(ctx context.Context, id string) (hall.Recording, error) {
	r, err := recordingOf(ctx, s.read, id)
	return r, s.fail("recording "+id, err)
}

// Unfinished implements hall.Recordings.
func (s *Store) Unfinished(ctx context.Context) ([]hall.Recording, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+recordingColumns+` FROM recording WHERE length IS NULL OR final_upto < length ORDER BY started, id`)
	if err != nil {
		return nil, s.fail("unfinished recordings", err)
	}
	defer rows.Close()
	var all []hall.Recording
	for rows.Next() {
		r, err := scanRecording(rows.Scan)
		if err != nil {
			return nil, s.fail("unfinished recordings", err)
		}
		all = append(all, r)
	}
	return all, s.fail("unfinished recordings", rows.Err())
}
