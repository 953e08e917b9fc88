package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// source loads what an act works on of a recording's text. What is not there is
// left out: Apply says so.
func source(ctx context.Context, tx *sql.Tx, st *desk.State, n desk.Needs) (desk.Source, error) {
	src := desk.Source{Recording: n.Recording, Machine: map[string]transcribe.Segment{}}
	if n.Recording == "" || !slices.ContainsFunc(st.Recordings, func(r desk.Recording) bool { return r.ID == n.Recording }) {
		return desk.Source{}, nil
	}
	var err error
	if n.Order {
		sh, err := sheet(ctx, tx, n.Recording)
		if err != nil {
			return src, err
		}
		for _, g := range sh.Transcript.Segments {
			src.Order = append(src.Order, g.ID)
		}
	}
	load := append([]string(nil), n.Segments...)
	for i := 0; i < len(load); i++ { // a segment that was merged away is shown within another
		edits, err := editsOf(ctx, tx, n.Recording, load[i])
		if err != nil {
			return src, err
		}
		src.Edits = append(src.Edits, edits...)
		if len(edits) > 0 {
			if o := edits[len(edits)-1].After; o != nil && o.Into != "" && !slices.Contains(load, o.Into) {
				load = append(load, o.Into)
			}
		}
	}
	slices.SortStableFunc(src.Edits, func(a, b desk.Edit) int { return int(a.Seq - b.Seq) })
	for _, id := range desk.Expand(load, src.Edits) {
		layer, number, ok := segmentPlace(id)
		if !ok {
			continue
		}
		var raw string
		switch err = tx.QueryRowContext(ctx, `SELECT body FROM segment WHERE recording = ? AND layer = ? AND n = ?`, n.Recording, layer, number).Scan(&raw); {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return src, err
		}
		var g transcribe.Segment
		if err := json.Unmarshal([]byte(raw), &g); err != nil {
			return src, fault.New(fault.Internal, "segment %s of recording %s is damaged: %w", id, n.Recording, err)
		}
		src.Machine[id] = g
	}
	return src, nil
}

// segmentPlace reads what segmentID writes.
func segmentPlace(id string) (layer string, n int64, ok bool) {
	layer, number := hall.LayerLive, strings.TrimPrefix(id, "s")
	if at := strings.LastIndex(id, "-s"); at > 0 {
		layer, number = id[:at], id[at+2:]
	} else if number == id {
		return "", 0, false
	}
	n, err := strconv.ParseInt(number, 10, 64)
	return layer, n, err == nil && n > 0
}

// editsOf lists the edits of a recording in order; of one segment, or with "" of all.
func editsOf(ctx context.Context, q querier, recording, segment string) ([]desk.Edit, error) {
	query, args := `SELECT body FROM desk_edit WHERE recording = ? ORDER BY seq, segment`, []any{recording}
	if segment != "" {
		query, args = `SELECT body FROM desk_edit WHERE recording = ? AND segment = ? ORDER BY seq`, []any{recording, segment}
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []desk.Edit
	for rows.Next() {
		var raw string
		if err := rows.Scan(&raw); err != nil {
			return nil, err
		}
		var e desk.Edit
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			return nil, fault.New(fault.Internal, "an edit of recording %s is damaged: %w", recording, err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// sheet folds a recording's edits over its layers.
func sheet(ctx context.Context, tx *sql.Tx, recording string) (*desk.Sheet, error) {
	r, err := recordingOf(ctx, tx, recording)
	if err != nil {
		return nil, err
	}
	edits, err := editsOf(ctx, tx, recording, "")
	if err != nil {
		return nil, err
	}
	names := []string{r.Adopted}
	for _, e := range edits {
		if layer, _, ok := segmentPlace(strings.Split(e.Segment, ".")[0]); ok && !slices.Contains(names, layer) {
			names = append(names, layer)
		}
	}
	slices.Sort(names[1:])
	layers := make([]desk.Layer, 0, len(names))
	for _, name := range names {
		t, err := transcriptOf(ctx, tx, recording, name)
		if err != nil {
			return nil, err
		}
		layers = append(layers, desk.Layer{Name: name, Transcript: t})
	}
	sh := desk.Fold(recording, layers, r.Adopted, edits)
	gone, err := erasedOf(ctx, tx, recording)
	for _, x := range gone {
		sh.Erase(desk.Stretch(x))
	}
	return sh, err
}
