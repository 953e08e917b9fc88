package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"bienban/minutes/desk"
)

// MeetingState gives a meeting as it is, whole: for what runs a hall (words to
// expect, microphones), never for what a person is shown. fault.NotFound for one
// that the desk does not know.
func (s *Store) MeetingState(ctx context.Context, meeting string) (st *desk.State, err error) {
	err = s.look(ctx, "meeting", func(ctx context.Context, tx *sql.Tx) error {
		var body string
		err := tx.QueryRowContext(ctx, `SELECT state FROM desk_meeting WHERE meeting = ?`, meeting).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			return unknownMeeting(meeting)
		}
		if err != nil {
			return err
		}
		st, err = stateOf(ctx, tx, meeting, body)
		return err
	})
	return st, err
}
