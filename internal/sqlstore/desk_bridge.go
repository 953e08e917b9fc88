package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
)

// bridged are the events of the hall that are acts of the desk.
var bridged = map[string]desk.Kind{
	hall.EventMark: desk.KindMark, hall.EventNote: desk.KindNote,
	hall.EventPaused: desk.KindPaused, hall.EventResumed: desk.KindResumed,
}

// addByDesk makes an act of the desk of what was done at the terminal, so that it
// stands in the meeting's state like any other; id is the caller's own. done is false
// where the desk has no such meeting or kind: then the event stands alone.
func (s *Store) addByDesk(ctx context.Context, tx *sql.Tx, meeting, id, kind string, body json.RawMessage) (done bool, err error) {
	k, known := bridged[kind]
	if !known {
		return false, nil
	}
	var raw string
	m := &seen{roles: desk.Roles{desk.Secretary}}
	err = tx.QueryRowContext(ctx, `SELECT m.seq, d.state FROM desk_meeting d JOIN meeting m ON m.id = d.meeting WHERE d.meeting = ?`, meeting).Scan(&m.seq, &raw)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if m.state, err = stateOf(ctx, tx, meeting, raw); err != nil {
		return false, err
	}
	var b hall.ActBody
	if err := json.Unmarshal(body, &b); err != nil {
		return false, fault.New(fault.Invalid, "%s: %w", kind, err)
	}
	a := desk.Act{ID: id, Kind: k, By: accounts.Terminal, Name: b.By, At: s.now()}
	if a.Name == "" {
		a.Name = accounts.Terminal
	}
	if a.Body, err = json.Marshal(actBody(k, b, m.state.Head.Language)); err != nil {
		return false, err
	}
	_, err = s.apply(ctx, tx, m, a)
	if fault.CodeOf(err) == fault.Locked && (k == desk.KindPaused || k == desk.KindResumed) {
		// The recorder has paused or gone on already: that stands in the events
		// whatever the meeting's phase is.
		return false, nil
	}
	return err == nil, err
}

// actBody is the desk's body of what the terminal sent.
func actBody(k desk.Kind, b hall.ActBody, language string) any {
	p := desk.Place{Recording: b.Recording, Sample: b.At}
	if p.Recording == "" {
		p.Sample = 0
	}
	switch k {
	case desk.KindMark:
		return desk.MarkMade{Item: b.Item, Place: p}
	case desk.KindNote:
		return desk.NoteMade{Item: b.Item, Text: b.Text, Place: p}
	case desk.KindResumed:
		return desk.Resumed{Reason: b.Text, Place: p}
	}
	reason := b.Text
	switch {
	case reason != "":
	case language == "vi":
		reason = "họp kín"
	default:
		reason = "closed part"
	}
	return desk.Paused{Reason: reason, Closed: true, Minutes: b.Minutes, Place: p} // the terminal's pause is a closed part
}
