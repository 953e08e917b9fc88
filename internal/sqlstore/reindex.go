package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"bienban/internal/search"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// findable is one row of the index, but for the forms of its words.
type findable struct {
	kind, recording, ref string
	part                 int64
	sample               int64
	item, needs          string
	closed               bool
	at                   int64
	heading, text        string
}

// findableKey is what a row of a meeting is known by.
type findableKey struct {
	kind, recording, ref string
	part                 int64
}

func (t findable) key() findableKey { return findableKey{t.kind, t.recording, t.ref, t.part} }

// reindex makes a meeting's rows what the meeting is now. Only those that differ
// are written.
func reindex(ctx context.Context, tx *sql.Tx, meeting string) error {
	var raw string
	var seq int64
	err := tx.QueryRowContext(ctx, `SELECT m.seq, d.state FROM desk_meeting d JOIN meeting m ON m.id = d.meeting WHERE d.meeting = ?`, meeting).Scan(&seq, &raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	st, err := stateOf(ctx, tx, meeting, raw)
	if err != nil {
		return err
	}
	is, err := thingsOf(ctx, tx, st)
	if err != nil {
		return err
	}
	was, err := indexed(ctx, tx, meeting)
	if err != nil {
		return err
	}
	for _, t := range is {
		id, known := was[t.key()]
		delete(was, t.key())
		if known && id.findable == t {
			continue
		}
		exact, plain := search.Forms(t.heading + "\n" + t.text)
		query := `INSERT INTO search (sample, item, needs, closed, at, heading, text, exact, plain, meeting, kind, recording, ref, part) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		args := []any{t.sample, t.item, t.needs, t.closed, t.at, t.heading, t.text, exact, plain, meeting, t.kind, t.recording, t.ref, t.part}
		if known {
			query = `UPDATE search SET sample = ?, item = ?, needs = ?, closed = ?, at = ?, heading = ?, text = ?, exact = ?, plain = ? WHERE meeting = ? AND kind = ? AND recording = ? AND ref = ? AND part = ?`
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
	}
	for _, gone := range was {
		if _, err := tx.ExecContext(ctx, `DELETE FROM search WHERE id = ?`, gone.id); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO search_state (meeting, seq, title) VALUES (?, ?, ?) ON CONFLICT (meeting) DO UPDATE SET seq = excluded.seq, title = excluded.title`,
		meeting, seq, st.Head.Title)
	return err
}

// findableRow is a row that is there.
type findableRow struct {
	id int64
	findable
}

func indexed(ctx context.Context, tx *sql.Tx, meeting string) (map[findableKey]findableRow, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, kind, recording, ref, part, sample, item, needs, closed, at, heading, text FROM search WHERE meeting = ?`, meeting)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[findableKey]findableRow{}
	for rows.Next() {
		var r findableRow
		t := &r.findable
		if err := rows.Scan(&r.id, &t.kind, &t.recording, &t.ref, &t.part, &t.sample, &t.item, &t.needs, &t.closed, &t.at, &t.heading, &t.text); err != nil {
			return nil, err
		}
		all[t.key()] = r
	}
	return all, rows.Err()
}

// thingsOf lists what can be found of a meeting, each with what one needs to see
// it: the same as desk's State.For and Sheet.For leave to whom.
func thingsOf(ctx context.Context, tx *sql.Tx, st *desk.State) ([]findable, error) {
	all := headThings(st)
	docs, err := documentThings(ctx, tx, st)
	if err != nil {
		return nil, err
	}
	all = append(all, docs...)
	drafts, err := minutesThings(ctx, tx, st)
	if err != nil {
		return nil, err
	}
	all = append(all, drafts...)
	for _, r := range st.Recordings {
		if r.Rehearsal {
			continue // no part of the record
		}
		sh, err := sheet(ctx, tx, r.ID)
		if err != nil {
			return nil, err
		}
		st.File(sh)
		for _, g := range sh.Transcript.Segments {
			if g.Struck || g.Text == "" {
				continue
			}
			all = append(all, findable{kind: search.Transcript, recording: r.ID, ref: g.ID, sample: sample(g.Start), item: g.Item,
				needs: string(desk.SeeTranscript), closed: st.ClosedSegment(r.ID, g), at: r.Started.UnixMilli() + int64(g.Start*1000), heading: g.Speaker, text: g.Text})
		}
	}
	return all, nil
}

// headThings are the meeting's title, its agenda, notes and results.
func headThings(st *desk.State) []findable {
	begins := int64(0)
	if !st.Head.Start.IsZero() {
		begins = st.Head.Start.UnixMilli()
	}
	all := []findable{{kind: search.Meeting, ref: st.ID, needs: string(desk.See), at: begins, heading: st.Head.Title,
		text: joined(st.Head.Issuer, st.Head.Body, st.Head.Place, st.Head.Venue, st.Head.Number)}}
	for _, i := range st.Items {
		// A closed item's title is public, that of a part of one is not.
		all = append(all, findable{kind: search.Item, ref: i.ID, item: i.ID, needs: string(desk.See), closed: i.Parent != "" && st.ClosedItem(i.Parent), at: begins, text: i.Title})
	}
	for _, n := range st.Notes {
		all = append(all, findable{kind: search.Note, recording: n.Recording, ref: n.ID, sample: n.Sample, item: n.Item,
			needs: string(desk.SeeNotes), closed: st.ClosedItem(n.Item) || st.InClosedPart(n.Clock), at: n.Clock.UnixMilli(), text: n.Text})
	}
	result := func(id, item string, p desk.Place, at time.Time, published bool, text ...string) {
		t := findable{kind: search.Result, recording: p.Recording, ref: id, sample: p.Sample, item: item, needs: string(desk.SeeResults), closed: st.ClosedItem(item), at: at.UnixMilli(), text: joined(text...)}
		if published {
			t.needs = string(desk.See)
		}
		all = append(all, t)
	}
	for _, v := range st.Votes {
		result(v.ID, v.Item, v.Place, v.Clock, v.Published != nil, v.Subject, v.Text)
	}
	for _, e := range st.Elections {
		result(e.ID, e.Item, e.Place, e.Clock, e.Published != nil, e.Subject)
	}
	for _, a := range st.Appointments {
		result(a.ID, a.Item, desk.Place{}, time.UnixMilli(begins), false, a.Decision, a.Authority, a.Body)
	}
	return all
}

func joined(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " · ")
}

// documentThings are titles and texts of documents, long ones in parts.
func documentThings(ctx context.Context, tx *sql.Tx, st *desk.State) ([]findable, error) {
	texts, err := documentTexts(ctx, tx, st.ID)
	if err != nil {
		return nil, err
	}
	var all []findable
	for _, d := range st.Documents {
		t := findable{kind: search.Document, ref: d.ID, item: d.Item, needs: string(desk.See), heading: joined(d.Title, d.Number),
			closed: st.ClosedItem(d.Item) || d.Secrecy != "" && d.Secrecy != minutes.SecrecyNormal}
		if !st.Head.Start.IsZero() {
			t.at = st.Head.Start.UnixMilli()
		}
		for i, part := range parts(texts[d.ID]) {
			t.part, t.text = int64(i), part
			all = append(all, t)
		}
	}
	return all, nil
}

func documentTexts(ctx context.Context, tx *sql.Tx, meeting string) (map[string]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT document, text FROM desk_document WHERE meeting = ?`, meeting)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		all[id] = text
	}
	return all, rows.Err()
}

// partMost is about how long a part of a document is, in bytes: a page, so that
// words found together are near one another.
const partMost = 3000

// parts cuts a text at ends of lines, else at spaces; it gives at least one part.
func parts(text string) []string {
	var all []string
	for len(text) > partMost {
		at := strings.LastIndex(text[:partMost], "\n")
		if at < partMost/2 {
			at = strings.LastIndex(text[:partMost], " ")
		}
		if at <= 0 {
			at = strings.IndexAny(text, " \n")
			if at <= 0 {
				break // one huge word
			}
		}
		all, text = append(all, text[:at]), text[at+1:]
	}
	return append(all, text)
}
