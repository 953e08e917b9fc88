package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"bienban/internal/fault"
	"bienban/minutes/desk"
)

// Mine implements desk.Store.
func (s *Store) Mine(ctx context.Context, v desk.Viewer) ([]desk.Listed, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT ms.role, d.changed, d.listed
		FROM membership ms
		JOIN account a ON a.id = ms.account AND NOT a.disabled
		JOIN desk_meeting d ON d.meeting = ms.meeting
		WHERE ms.account = ?
		ORDER BY d.changed DESC, d.meeting, ms.role`, v.User)
	if err != nil {
		return nil, s.fail("meetings", err)
	}
	defer rows.Close()
	var all []desk.Listed
	for rows.Next() {
		var role desk.Role
		var changed int64
		var raw string
		if err := rows.Scan(&role, &changed, &raw); err != nil {
			return nil, s.fail("meetings", err)
		}
		var l desk.Listed
		if err := json.Unmarshal([]byte(raw), &l); err != nil {
			return nil, fault.New(fault.Internal, "a meeting's entry is damaged: %w", err)
		}
		if n := len(all); n > 0 && all[n-1].ID == l.ID {
			all[n-1].Roles = append(all[n-1].Roles, role)
			continue
		}
		l.Changed, l.Roles = time.UnixMilli(changed).UTC(), desk.Roles{role}
		all = append(all, l)
	}
	return slices.DeleteFunc(all, func(l desk.Listed) bool { return !l.Roles.May(desk.See) }), s.fail("meetings", rows.Err())
}

// Load implements desk.Store.
func (s *Store) Load(ctx context.Context, v desk.Viewer, meeting string) (*desk.Loaded, error) {
	var l *desk.Loaded
	err := s.look(ctx, "meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		m, err := meetingFor(ctx, tx, v.User, meeting)
		if err == nil {
			l = &desk.Loaded{State: m.state.For(m.roles), Roles: m.roles, Seq: m.seq}
		}
		return err
	})
	return l, err
}

// permitted loads a meeting for somebody who must have a permission in it.
func permitted(ctx context.Context, tx *sql.Tx, v desk.Viewer, meeting string, p desk.Permission) (*seen, error) {
	m, err := meetingFor(ctx, tx, v.User, meeting)
	if err == nil && !m.roles.May(p) {
		err = fault.New(fault.Forbidden, "meeting: your role does not permit it (%s)", p)
	}
	return m, err
}

// May implements desk.Store.
func (s *Store) May(ctx context.Context, v desk.Viewer, meeting string, p desk.Permission) (roles desk.Roles, err error) {
	err = s.look(ctx, "meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		m, err := permitted(ctx, tx, v, meeting, p)
		if err == nil {
			roles = m.roles
		}
		return err
	})
	return roles, err
}

// MayAnywhere implements desk.Store.
func (s *Store) MayAnywhere(ctx context.Context, v desk.Viewer, p desk.Permission) (bool, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT ms.role FROM membership ms
		JOIN account a ON a.id = ms.account AND NOT a.disabled
		WHERE ms.account = ?`, v.User)
	if err != nil {
		return false, s.fail("roles", err)
	}
	defer rows.Close()
	var all desk.Roles
	for rows.Next() {
		var role desk.Role
		if err := rows.Scan(&role); err != nil {
			return false, s.fail("roles", err)
		}
		all = append(all, role)
	}
	return all.May(p), s.fail("roles", rows.Err())
}

// Members implements desk.Store.
func (s *Store) Members(ctx context.Context, v desk.Viewer, meeting string) (all []desk.Member, err error) {
	err = s.look(ctx, "members of meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		m, err := permitted(ctx, tx, v, meeting, desk.SeePeople)
		if err == nil {
			all = m.state.Members
		}
		return err
	})
	return all, err
}

// Events implements desk.Store.
func (s *Store) Events(ctx context.Context, v desk.Viewer, meeting string, after int64, limit int) (all []desk.Event, err error) {
	if limit <= 0 {
		return nil, fault.New(fault.Invalid, "store: events: a limit of %d", limit)
	}
	err = s.look(ctx, "events of meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		m, err := meetingFor(ctx, tx, v.User, meeting)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT seq, at, type, body FROM event WHERE meeting = ? AND seq > ? ORDER BY seq LIMIT ?`, meeting, after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e desk.Event
			var at int64
			var body string
			if err := rows.Scan(&e.Seq, &at, &e.Type, &body); err != nil {
				return err
			}
			e.At, e.Body = time.UnixMilli(at).UTC(), json.RawMessage(body)
			all = append(all, e.For(m.state, m.roles))
		}
		return rows.Err()
	})
	return all, err
}

// recordingFor checks that a recording is the meeting's and what the viewer may do
// with its text.
func recordingFor(ctx context.Context, tx *sql.Tx, v desk.Viewer, meeting, recording string, p desk.Permission) (*seen, error) {
	m, err := permitted(ctx, tx, v, meeting, p)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(m.state.Recordings, func(r desk.Recording) bool { return r.ID == recording }) {
		return nil, fault.New(fault.NotFound, "recording %.80s: not known", recording)
	}
	return m, nil
}

// Sheet implements desk.Store.
func (s *Store) Sheet(ctx context.Context, v desk.Viewer, meeting, recording string) (sh *desk.Sheet, err error) {
	err = s.look(ctx, "text of recording "+recording, func(ctx context.Context, tx *sql.Tx) error {
		m, err := recordingFor(ctx, tx, v, meeting, recording, desk.SeeTranscript)
		if err != nil {
			return err
		}
		if sh, err = sheet(ctx, tx, recording); err != nil {
			return err
		}
		m.state.File(sh)
		sh = sh.For(m.state, m.roles)
		return nil
	})
	return sh, err
}

// Edits implements desk.Store.
func (s *Store) Edits(ctx context.Context, v desk.Viewer, meeting, recording, segment string) (all []desk.Edit, err error) {
	err = s.look(ctx, "edits of recording "+recording, func(ctx context.Context, tx *sql.Tx) error {
		m, err := recordingFor(ctx, tx, v, meeting, recording, desk.SeeHistory)
		if err != nil {
			return err
		}
		if !m.roles.May(desk.SeeTranscript) || !m.roles.May(desk.SeeClosed) {
			return fault.New(fault.Forbidden, "meeting: your role does not permit it (%s)", desk.SeeTranscript)
		}
		all, err = editsOf(ctx, tx, recording, segment)
		return err
	})
	return all, err
}
