package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// rowsWith lists the tables with a row that has a text in it.
func rowsWith(t *testing.T, s *Store, text string) (tables []string) {
	t.Helper()
	if err := s.look(t.Context(), "tables", func(ctx context.Context, tx *sql.Tx) error {
		names, err := pairs(ctx, tx, s.d.tables)
		for _, n := range names {
			if strings.HasPrefix(n[0], "search_words") { // words only, by their number in the file: looked at below
				continue
			}
			rows, err := tx.QueryContext(ctx, `SELECT * FROM "`+n[0]+`"`)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				if strings.Contains(fmt.Sprintf("%s", values), text) {
					tables = append(tables, n[0])
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestNothingOfAnErasedStretchIsLeftInADatabase(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s, ctx := d.make(t), t.Context()
			begin(t, s)
			for i := range int64(40) { // pages full of it, then none
				text := fmt.Sprintf("zebra nói điều số %d mà không ai được biết", i)
				f := hall.Final{Recording: "r", Epoch: 1, From: i * 16000, To: (i + 1) * 16000, Segments: []transcribe.Segment{{Start: float64(i), End: float64(i + 1), Text: text}}}
				if err := s.AcceptFinal(ctx, f); err != nil {
					t.Fatal(err)
				}
			}
			for _, q := range []string{
				`INSERT INTO desk_meeting (meeting, changed, listed, state) VALUES ('đại-hội', 0, '{}', '{"id":"đại-hội","minutes":[{"id":"d1"}]}')`,
				`INSERT INTO desk_minutes (meeting, version, body) VALUES ('đại-hội', 'd1', '{"sections":[{"item":"i1","sentences":[{"text":"zebra","cites":["r1-s7"]}]}]}')`,
			} {
				if _, err := s.write.ExecContext(ctx, q); err != nil {
					t.Fatal(err)
				}
			}
			if got := rowsWith(t, s, "zebra"); len(got) == 0 {
				t.Fatal("it was not there before")
			}
			if err := s.Follow(ctx, "r", "recorder", []hall.Stretch{{Seq: 3, Kind: desk.StretchErased, From: 0, To: 40 * 16000, Who: "A, B", Reason: "lộ", At: time.UnixMilli(1)}}); err != nil {
				t.Fatal(err)
			}
			if got := rowsWith(t, s, "zebra"); len(got) != 0 {
				t.Errorf("rows of %v still have it", got)
			}
			if d.name != "SQLite" {
				return
			}
			var path string
			if err := s.read.QueryRowContext(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{path, path + "-wal"} {
				if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte("zebra")) {
					t.Errorf("the bytes of %s still have it", file)
				}
			}
		})
	}
}

func TestAnEventIsChangedOnlyToLoseWhatWasErased(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		begin(t, s)
		for q, allowed := range map[string]bool{
			`UPDATE event SET body = '{"x":1}' WHERE seq = 1`:                         false,
			`UPDATE event SET body = '{"erased":false}' WHERE seq = 1`:                false,
			`UPDATE event SET body = '{"erased":true}', at = at + 1 WHERE seq = 1`:    false,
			`UPDATE event SET body = '{"erased":true}', type = 'note' WHERE seq = 1`:  false,
			`UPDATE event SET body = '{"erased":true}', seq = 99 WHERE seq = 1`:       false,
			`UPDATE event SET body = '{"recording":"r","erased":true}' WHERE seq = 1`: true,
		} {
			err := s.change(t.Context(), "test", func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, q)
				return err
			})
			if (err == nil) != allowed || err != nil && fault.CodeOf(err) != fault.Conflict {
				t.Errorf("%s: %v, allowed %v", q, err, allowed)
			}
		}
	})
}
