package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// stretchesOf lists stretches by recording, in the order of their records; where is a
// condition on recording, of one argument.
func stretchesOf(ctx context.Context, q querier, where string, arg any) (map[string][]hall.Stretch, error) {
	rows, err := q.QueryContext(ctx, `SELECT x.recording, x.seq, x.kind, x.from_sample, x.to_sample, x.who, x.reason, x.at
		FROM stretch x WHERE x.recording IN (SELECT id FROM recording WHERE `+where+`) ORDER BY x.recording, x.seq, x.from_sample`, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string][]hall.Stretch{}
	for rows.Next() {
		var recording string
		var x hall.Stretch
		var at int64
		if err := rows.Scan(&recording, &x.Seq, &x.Kind, &x.From, &x.To, &x.Who, &x.Reason, &at); err != nil {
			return nil, err
		}
		x.At = time.UnixMilli(at).UTC()
		all[recording] = append(all[recording], x)
	}
	return all, rows.Err()
}

// erasedOf lists the stretches of a recording that were erased.
func erasedOf(ctx context.Context, q querier, recording string) ([]hall.Stretch, error) {
	all, err := stretchesOf(ctx, q, `id = ?`, recording)
	return slices.DeleteFunc(all[recording], func(x hall.Stretch) bool { return x.Kind != desk.StretchErased }), err
}

// withoutErased takes out of new text what was said in stretches that are erased: the
// sound may have been heard before it was.
func withoutErased(ctx context.Context, tx *sql.Tx, recording string, all []transcribe.Segment) (_ []transcribe.Segment, touched bool, err error) {
	gone, err := erasedOf(ctx, tx, recording)
	if err != nil || len(gone) == 0 {
		return all, false, err
	}
	out := make([]transcribe.Segment, 0, len(all))
	for _, g := range all {
		had := g.Text != ""
		for _, x := range gone {
			r, cut := desk.Redact(g, seconds(x.From), seconds(x.To))
			g, touched = r, touched || cut
		}
		if g.Text != "" || !had {
			out = append(out, g)
		}
	}
	return out, touched, nil
}

func seconds(sample int64) float64 { return float64(sample) / rate }

// Follow implements hall.Stretches.
func (s *Store) Follow(ctx context.Context, recording, actor string, all []hall.Stretch) error {
	erased := false
	err := s.change(ctx, "stretches of "+recording, func(ctx context.Context, tx *sql.Tx) error {
		erased = false
		r, err := recordingOf(ctx, tx, recording)
		if err != nil {
			return err
		}
		known, err := stretchesOf(ctx, tx, `id = ?`, recording)
		if err != nil {
			return err
		}
		changed := false
		for _, x := range all {
			if slices.ContainsFunc(known[recording], func(k hall.Stretch) bool { return k.Seq == x.Seq && k.From == x.From }) {
				continue
			}
			if x.From < 0 || x.To <= x.From || !slices.Contains([]string{desk.StretchClosed, desk.StretchErased, desk.StretchFilled}, x.Kind) {
				return fault.New(fault.Invalid, "recording %s: samples %d to %d, %q, is no stretch", recording, x.From, x.To, x.Kind)
			}
			changed = true
			if err := s.addStretch(ctx, tx, r, actor, x); err != nil {
				return err
			}
			if x.Kind == desk.StretchErased {
				erased = true
				if err := s.redact(ctx, tx, r, x); err != nil {
					return err
				}
			}
		}
		if !changed {
			return nil
		}
		return reindex(ctx, tx, r.Meeting)
	})
	if err == nil && erased {
		err = s.shred(ctx)
	}
	return err
}

// addStretch notes one, with its event and its audit entry: who and when, no reason, for
// the log holds nothing of a meeting's content.
func (s *Store) addStretch(ctx context.Context, tx *sql.Tx, r hall.Recording, actor string, x hall.Stretch) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO stretch (recording, seq, from_sample, to_sample, kind, who, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, x.Seq, x.From, x.To, x.Kind, x.Who, x.Reason, x.At.UnixMilli()); err != nil {
		return err
	}
	if err := s.audit(ctx, tx, actor, "stretch_"+x.Kind, r.ID, map[string]any{"meeting": r.Meeting, "record": x.Seq, "from": x.From, "to": x.To, "who": x.Who}); err != nil {
		return err
	}
	return s.emit(ctx, tx, r.Meeting, hall.EventStretches, hall.StretchBody{Recording: r.ID, Stretch: x})
}

// redact destroys the text of an erased stretch wherever it is kept. Rows that never
// change are taken out and put back without it.
func (s *Store) redact(ctx context.Context, tx *sql.Tx, r hall.Recording, x hall.Stretch) error {
	from, to := seconds(x.From), seconds(x.To)
	machine, touched, err := redactSegments(ctx, tx, r.ID, from, to)
	if err != nil {
		return err
	}
	if err := redactEdits(ctx, tx, r.ID, machine, touched, from, to); err != nil {
		return err
	}
	if err := redactEvents(ctx, tx, r, machine, touched, from, to); err != nil {
		return err
	}
	if err := redactState(ctx, tx, r, touched); err != nil {
		return err
	}
	return withdrawMinutes(ctx, tx, r.Meeting, touched)
}

// redactSegments gives the machine's segments as they were, and which of them have lost
// text. One that has none left stays as an empty one that is struck: its number is not
// given again.
func redactSegments(ctx context.Context, tx *sql.Tx, recording string, from, to float64) (machine map[string]transcribe.Segment, touched map[string]bool, err error) {
	machine, touched = map[string]transcribe.Segment{}, map[string]bool{}
	type row struct {
		layer string
		n     int64
		g     transcribe.Segment
	}
	var all []row
	err = each(ctx, tx, `SELECT layer, n, body FROM segment WHERE recording = ?`, []any{recording}, func(scan func(...any) error) error {
		var one row
		var raw string
		if err := scan(&one.layer, &one.n, &raw); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(raw), &one.g); err != nil {
			return fault.New(fault.Internal, "a segment of recording %s is damaged: %w", recording, err)
		}
		all = append(all, one)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, one := range all {
		id := segmentID(one.layer, one.n)
		machine[id] = one.g
		g, cut := desk.Redact(one.g, from, to)
		if !cut {
			continue
		}
		touched[id] = true
		if g.Text == "" {
			g.Struck = true
		}
		b, err := json.Marshal(g)
		if err != nil {
			return nil, nil, err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE recording = ? AND layer = ? AND n = ?`, recording, one.layer, one.n); err != nil {
			return nil, nil, err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO segment (recording, layer, n, from_sample, to_sample, body) VALUES (?, ?, ?, ?, ?, ?)`,
			recording, one.layer, one.n, sample(g.Start), sample(g.End), string(b)); err != nil {
			return nil, nil, err
		}
	}
	return machine, touched, nil
}

// redactEdits rewrites people's edits, and adds to touched the segments that they are of.
func redactEdits(ctx context.Context, tx *sql.Tx, recording string, machine map[string]transcribe.Segment, touched map[string]bool, from, to float64) error {
	edits, err := editsOf(ctx, tx, recording, "")
	if err != nil {
		return err
	}
	for _, e := range edits {
		before, a := e.Before.Redacted(e.Segment, machine, from, to)
		after, b := e.After.Redacted(e.Segment, machine, from, to)
		if !a && !b {
			continue
		}
		touched[e.Segment] = true
		e.Before, e.After = before, after
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM desk_edit WHERE recording = ? AND segment = ? AND seq = ?`, recording, e.Segment, e.Seq); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_edit (recording, segment, seq, body) VALUES (?, ?, ?, ?)`, recording, e.Segment, e.Seq, string(raw)); err != nil {
			return err
		}
	}
	return nil
}

// redactEvents rewrites events that quote the text.
func redactEvents(ctx context.Context, tx *sql.Tx, r hall.Recording, machine map[string]transcribe.Segment, touched map[string]bool, from, to float64) error {
	changed := map[int64]any{}
	err := each(ctx, tx, `SELECT seq, type, body FROM event WHERE meeting = ?`, []any{r.Meeting}, func(scan func(...any) error) error {
		var seq int64
		var kind, raw string
		if err := scan(&seq, &kind, &raw); err != nil || !strings.Contains(raw, `"edits"`) && !strings.Contains(raw, `"segments"`) && !strings.Contains(raw, `conflict`) {
			return err
		}
		if kind == hall.EventFinal {
			var b hall.FinalBody
			if err := json.Unmarshal([]byte(raw), &b); err != nil || b.Recording != r.ID {
				return err
			}
			cut := false
			for i, g := range b.Segments {
				var t bool
				b.Segments[i], t = desk.Redact(g, from, to)
				cut = cut || t
			}
			if cut {
				b.Erased = true
				changed[seq] = b
			}
			return nil
		}
		var b desk.EventBody
		if json.Unmarshal([]byte(raw), &b) != nil {
			return nil //nolint:nilerr // a machine's event of another form: it quotes nothing
		}
		if b, cut := b.Redacted(r.ID, touched, machine, from, to); cut {
			changed[seq] = b
		}
		return nil
	})
	if err != nil {
		return err
	}
	for seq, body := range changed {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE event SET body = ? WHERE meeting = ? AND seq = ?`, string(b), r.Meeting, seq); err != nil {
			return err
		}
	}
	return nil
}

// redactState takes out of a meeting's state the conflicts over text that is gone.
func redactState(ctx context.Context, tx *sql.Tx, r hall.Recording, touched map[string]bool) error {
	var states []string
	err := each(ctx, tx, `SELECT state FROM desk_meeting WHERE meeting = ?`, []any{r.Meeting}, func(scan func(...any) error) error {
		var raw string
		err := scan(&raw)
		states = append(states, raw)
		return err
	})
	if err != nil || len(states) == 0 {
		return err
	}
	st := &desk.State{}
	if err := json.Unmarshal([]byte(states[0]), st); err != nil {
		return fault.New(fault.Internal, "meeting %s: its state is damaged: %w", r.Meeting, err)
	}
	next, changed := st.WithoutText(r.ID, touched)
	if !changed {
		return nil
	}
	b, err := json.Marshal(next)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE desk_meeting SET state = ? WHERE meeting = ?`, string(b), r.Meeting)
	return err
}

// each calls f for each row of a query.
func each(ctx context.Context, q querier, query string, args []any, f func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// shred has the database overwrite what was deleted.
func (s *Store) shred(ctx context.Context) error {
	for _, q := range s.d.shred {
		if _, err := s.write.ExecContext(ctx, q); err != nil {
			return s.fail("overwrite what was erased", err)
		}
	}
	return nil
}
