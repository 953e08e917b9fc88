package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/search"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// minutesOf reads minutes that were brought in; nil when they are not there.
func minutesOf(ctx context.Context, q querier, meeting, version string) (*minutes.Minutes, error) {
	var raw string
	err := q.QueryRowContext(ctx, `SELECT body FROM desk_minutes WHERE meeting = ? AND version = ?`, meeting, version).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := &minutes.Minutes{}
	if err := json.Unmarshal([]byte(raw), m); err != nil {
		return nil, fault.New(fault.Internal, "meeting %s: its minutes %s are damaged: %w", meeting, version, err)
	}
	return m, nil
}

// Minutes implements desk.Store.
func (s *Store) Minutes(ctx context.Context, v desk.Viewer, meeting, version string) (m *minutes.Minutes, err error) {
	err = s.look(ctx, "minutes of meeting "+meeting, func(ctx context.Context, tx *sql.Tx) error {
		of, err := permitted(ctx, tx, v, meeting, desk.SeeMinutes)
		if err != nil {
			return err
		}
		if m, err = minutesOf(ctx, tx, meeting, version); err != nil {
			return err
		}
		if m == nil || !slices.ContainsFunc(of.state.Minutes, func(x desk.MinutesVersion) bool { return x.ID == version }) {
			return fault.New(fault.NotFound, "minutes %.40q: not known", version)
		}
		m = of.state.MinutesFor(m, of.roles)
		return nil
	})
	return m, err
}

// withdrawMinutes destroys minutes that rest on what was erased; segments are those
// that lost text.
func withdrawMinutes(ctx context.Context, tx *sql.Tx, meeting string, segments map[string]bool) error {
	var raw string
	err := tx.QueryRowContext(ctx, `SELECT state FROM desk_meeting WHERE meeting = ?`, meeting).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // of a hall without a desk
	}
	if err != nil {
		return err
	}
	st, err := stateOf(ctx, tx, meeting, raw)
	if err != nil {
		return err
	}
	var gone []string
	for _, v := range st.Minutes {
		m, err := minutesOf(ctx, tx, meeting, v.ID)
		if err != nil {
			return err
		}
		if m == nil || !st.LosesMinutes(m, segments) {
			continue
		}
		gone = append(gone, v.ID)
		if _, err := tx.ExecContext(ctx, `DELETE FROM desk_minutes WHERE meeting = ? AND version = ?`, meeting, v.ID); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	b, err := json.Marshal(st.WithoutMinutes(gone))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE desk_meeting SET state = ? WHERE meeting = ?`, string(b), meeting)
	return err
}

// minutesThings are the sentences of the minutes that count. What a version that is
// withdrawn said is found no more, and no older version stands in for it.
func minutesThings(ctx context.Context, tx *sql.Tx, st *desk.State) ([]findable, error) {
	v := st.NewestMinutes()
	if v == nil || v.Withdrawn {
		return nil, nil
	}
	m, err := minutesOf(ctx, tx, st.ID, v.ID)
	if err != nil || m == nil {
		return nil, err
	}
	at := int64(0)
	if !st.Head.Start.IsZero() {
		at = st.Head.Start.UnixMilli()
	}
	closed := st.ClosedIn(m)
	var all []findable
	for n, x := range m.Sections {
		item := ""
		if of := st.ItemOf(x); of != nil {
			item = of.ID
		}
		for i, t := range x.Sentences {
			all = append(all, findable{kind: search.Minutes, ref: fmt.Sprintf("m%d-%d", n+1, i+1), item: item, needs: string(desk.SeeMinutes),
				closed: closed(x, t), at: at, heading: storable(t.Speaker), text: storable(t.Text)})
		}
	}
	return all, nil
}

// storable is a text without the one character that PostgreSQL has no place for.
func storable(s string) string { return strings.ReplaceAll(s, "\x00", " ") }
