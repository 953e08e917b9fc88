package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"bienban/internal/bus"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/transcribe"
)

// rate turns seconds into samples.
const rate = bus.SampleRate

func sample(seconds float64) int64 { return int64(math.Round(seconds * rate)) }

// maxSeconds bounds a time: a year, far within what a sample count holds.
const maxSeconds = 366 * 24 * 3600

// checkSegments says what is wrong with a machine's segments.
func checkSegments(all []transcribe.Segment) error {
	before := 0.0
	for i, g := range all {
		if !(g.Start >= 0 && g.End >= g.Start && g.End <= maxSeconds) {
			return fmt.Errorf("segment %d: from %v to %v s is no stretch", i+1, g.Start, g.End)
		}
		if g.Start < before {
			return fmt.Errorf("segment %d: it begins at %v s, before the one ahead of it", i+1, g.Start)
		}
		before = g.Start
	}
	return nil
}

// kinds are those of the ledger.
var kinds = []string{transcribe.CoveredSpeech, transcribe.CoveredNonSpeech, transcribe.CoveredPaused, transcribe.CoveredDismissed, transcribe.CoveredGap}

// checkCoverage says whether c accounts for each sample from from up to to.
func checkCoverage(c []hall.Cover, from, to int64) error {
	at := from
	for i, k := range c {
		switch {
		case k.From != at || k.To <= k.From:
			return fmt.Errorf("coverage %d: samples %d to %d do not join at %d", i+1, k.From, k.To, at)
		case !slices.Contains(kinds, k.Kind):
			return fmt.Errorf("coverage %d: kind %q is unknown", i+1, k.Kind)
		}
		at = k.To
	}
	if at != to {
		return fmt.Errorf("coverage ends at sample %d, want %d", at, to)
	}
	return nil
}

func impliedKind(all []transcribe.Segment) string {
	for _, g := range all {
		if !g.Struck && g.Text != "" {
			return transcribe.CoveredSpeech
		}
	}
	return transcribe.CoveredNonSpeech
}

// segmentID names the n-th segment of a layer.
func segmentID(layer string, n int64) string {
	if layer == hall.LayerLive {
		return fmt.Sprintf("s%d", n)
	}
	return fmt.Sprintf("%s-s%d", layer, n)
}

// writeSegments adds segments to the end of a layer and returns them with their ids.
func writeSegments(ctx context.Context, tx *sql.Tx, recording, layer string, all []transcribe.Segment) ([]transcribe.Segment, error) {
	var n int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM segment WHERE recording = ? AND layer = ?`, recording, layer).Scan(&n); err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	for i := range all {
		n++
		all[i].ID = segmentID(layer, n)
		b, err := json.Marshal(all[i])
		if err != nil {
			return nil, fault.New(fault.Invalid, "segment %s of recording %s: %w", all[i].ID, recording, err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO segment (recording, layer, n, from_sample, to_sample, body) VALUES (?, ?, ?, ?, ?, ?)`,
			recording, layer, n, sample(all[i].Start), sample(all[i].End), string(b)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func writeCoverage(ctx context.Context, tx *sql.Tx, recording, layer string, all []hall.Cover) error {
	for _, c := range all {
		if _, err := tx.ExecContext(ctx, `INSERT INTO coverage (recording, layer, from_sample, to_sample, kind, note) VALUES (?, ?, ?, ?, ?, ?)`,
			recording, layer, c.From, c.To, c.Kind, c.Note); err != nil {
			return err
		}
	}
	return nil
}

// Transcript implements hall.Layers.
func (s *Store) Transcript(ctx context.Context, recording, layer string) (transcribe.Transcript, error) {
	var t transcribe.Transcript
	err := s.look(ctx, "transcript of "+recording, func(ctx context.Context, tx *sql.Tx) (err error) {
		t, err = transcriptOf(ctx, tx, recording, layer)
		return err
	})
	return t, err
}

func transcriptOf(ctx context.Context, tx *sql.Tx, recording, layer string) (transcribe.Transcript, error) {
	t := transcribe.Transcript{Segments: []transcribe.Segment{}}
	r, err := recordingOf(ctx, tx, recording)
	if err != nil {
		return t, err
	}
	if layer == "" {
		layer = r.Adopted
	}
	t.Language = r.Language
	if t.Model, err = modelOf(ctx, tx, recording, layer); err != nil {
		return t, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT body FROM segment WHERE recording = ? AND layer = ? ORDER BY n`, recording, layer)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var g transcribe.Segment
		if err := rows.Scan(&body); err != nil {
			return t, err
		}
		if err := json.Unmarshal([]byte(body), &g); err != nil {
			return t, fmt.Errorf("a stored segment is damaged: %w", err)
		}
		t.Segments = append(t.Segments, g)
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	t.Coverage, err = coverageOf(ctx, tx, recording, layer)
	return t, err
}

// modelOf gives a layer's model, or fault.NotFound.
func modelOf(ctx context.Context, tx *sql.Tx, recording, layer string) (string, error) {
	var model []string
	rows, err := tx.QueryContext(ctx, `SELECT model FROM layer WHERE recording = ? AND name = ?`, recording, layer)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var m string
		if err := rows.Scan(&m); err != nil {
			return "", err
		}
		model = append(model, m)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	if len(model) == 0 {
		return "", fault.New(fault.NotFound, "recording %s: no layer %q", recording, layer)
	}
	return model[0], nil
}

// coverageOf gives a layer's ledger in seconds, joining what continues.
func coverageOf(ctx context.Context, tx *sql.Tx, recording, layer string) ([]transcribe.Stretch, error) {
	rows, err := tx.QueryContext(ctx, `SELECT from_sample, to_sample, kind, note FROM coverage WHERE recording = ? AND layer = ? ORDER BY from_sample`, recording, layer)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []transcribe.Stretch
	for rows.Next() {
		var from, to int64
		var c transcribe.Stretch
		if err := rows.Scan(&from, &to, &c.Kind, &c.Note); err != nil {
			return nil, err
		}
		c.Start, c.End = float64(from)/rate, float64(to)/rate
		if n := len(all); n > 0 && all[n-1].Kind == c.Kind && all[n-1].Note == c.Note && all[n-1].End == c.Start {
			all[n-1].End = c.End
			continue
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// NewLayer implements hall.Layers.
func (s *Store) NewLayer(ctx context.Context, l hall.Layer) error {
	bad := func(err error) error {
		return fault.New(fault.Invalid, "layer %.40q of recording %s: %w", l.Name, l.Recording, err)
	}
	if err := bus.CheckName(l.Name); err != nil {
		return bad(err)
	}
	if l.Name == hall.LayerLive {
		return bad(fmt.Errorf("this name is that of the live text"))
	}
	if len(l.Coverage) == 0 {
		return bad(fmt.Errorf("it has no coverage"))
	}
	if err := checkSegments(l.Segments); err != nil {
		return bad(err)
	}
	if err := checkCoverage(l.Coverage, 0, l.Coverage[len(l.Coverage)-1].To); err != nil {
		return bad(err)
	}
	return s.change(ctx, "new layer of "+l.Recording, func(ctx context.Context, tx *sql.Tx) error {
		r, err := recordingOf(ctx, tx, l.Recording)
		if err != nil {
			return err
		}
		if end := l.Coverage[len(l.Coverage)-1].To; r.Length >= 0 && end != r.Length {
			return bad(fmt.Errorf("it covers %d samples of %d", end, r.Length))
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO layer (recording, name, model, made) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			l.Recording, l.Name, l.Model, s.now().UnixMilli())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Conflict, "layer %s of recording %s: there is one already, and a layer never changes", l.Name, l.Recording)
		}
		said, _, err := withoutErased(ctx, tx, l.Recording, l.Segments)
		if err != nil {
			return err
		}
		if _, err := writeSegments(ctx, tx, l.Recording, l.Name, said); err != nil {
			return err
		}
		if err := writeCoverage(ctx, tx, l.Recording, l.Name, l.Coverage); err != nil {
			return err
		}
		if err := s.emit(ctx, tx, r.Meeting, hall.EventLayer, hall.LayerBody{Recording: l.Recording, Layer: l.Name}); err != nil || l.Adopt == "" {
			return err
		}
		chosen, err := personChose(ctx, tx, r, l.Name)
		if err != nil || chosen {
			return err
		}
		return s.adopt(ctx, tx, r, l.Name, l.Adopt)
	})
}

// personChose says whether a person has chosen between a recording's layers before the one named: the machine adopts
// each second pass as it is stored.
func personChose(ctx context.Context, tx *sql.Tx, r hall.Recording, before string) (bool, error) {
	if r.Adopted != hall.LayerLive {
		return !hall.ByMachine(r.Adopted), nil
	}
	var others int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM layer WHERE recording = ? AND name <> ? AND name <> ?`, r.ID, hall.LayerLive, before).Scan(&others)
	return others > 0, err
}

// Adopt implements hall.Layers.
func (s *Store) Adopt(ctx context.Context, recording, layer, by string) error {
	if by == "" {
		return fault.New(fault.Invalid, "recording %s: adopting a layer needs the name of who does", recording)
	}
	return s.change(ctx, "adopt a layer of "+recording, func(ctx context.Context, tx *sql.Tx) error {
		r, err := recordingOf(ctx, tx, recording)
		if err != nil {
			return err
		}
		if _, err := modelOf(ctx, tx, recording, layer); err != nil || r.Adopted == layer {
			return err
		}
		return s.adopt(ctx, tx, r, layer, by)
	})
}

func (s *Store) adopt(ctx context.Context, tx *sql.Tx, r hall.Recording, layer, by string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE recording SET adopted = ? WHERE id = ?`, layer, r.ID); err != nil {
		return err
	}
	body := hall.LayerBody{Recording: r.ID, Layer: layer, By: by}
	if err := s.audit(ctx, tx, by, hall.EventAdopted, r.ID, body); err != nil {
		return err
	}
	return s.emit(ctx, tx, r.Meeting, hall.EventAdopted, body)
}
