package sqlstore

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/internal/sqlstore/storetest"
)

var update = flag.Bool("update", false, "write golden files")

// old makes a database as the program of schema version v left it.
func old(t *testing.T, path string, v int64) *Store {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, append(pragmas[:len(pragmas):len(pragmas)], durable), "immediate"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	s := &Store{path: path, write: db}
	p, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	if v > 0 { // version 0 is an empty file
		if _, err := p.UpTo(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// rows are what a database of each version holds, in that version's own words.
var rows = map[int64][]string{
	1: {`INSERT INTO meeting (id, seq) VALUES ('đại-hội', 1)`,
		`INSERT INTO event (meeting, seq, at, type, body) VALUES ('đại-hội', 1, 1780300800000, 'recording_started', '{"recording":"r"}')`},
	2: {`INSERT INTO recording (id, meeting, started, language, final_upto, epoch) VALUES ('r', 'đại-hội', 1780300800123, 'vi', 100, 3)`,
		`INSERT INTO layer (recording, name, model, made) VALUES ('r', 'live', '', 1780300800123)`,
		`INSERT INTO segment (recording, layer, n, from_sample, to_sample, body) VALUES ('r', 'live', 1, 0, 100, '{"id":"s1","start":0,"end":0.00625,"text":"biểu quyết"}')`,
		`INSERT INTO coverage (recording, layer, from_sample, to_sample, kind, note) VALUES ('r', 'live', 0, 100, 'speech', '')`},
	3: {},
	4: {`INSERT INTO act (id, meeting, seq) VALUES ('a', 'đại-hội', 1)`},
}

func TestADatabaseOfEachEarlierVersionIsMigratedWithWhatItHolds(t *testing.T) {
	t.Parallel()
	newest := int64(len(rows))
	for v := range newest + 1 {
		t.Run(fmt.Sprint("version ", v), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "bienban.db")
			before := old(t, path, v)
			for i := int64(1); i <= v; i++ {
				for _, q := range rows[i] {
					if _, err := before.write.ExecContext(t.Context(), q); err != nil {
						t.Fatalf("%s: %v", q, err)
					}
				}
			}
			if err := before.write.Close(); err != nil {
				t.Fatal(err)
			}
			s := openAt(t, path)
			p, err := s.provider()
			if err != nil {
				t.Fatal(err)
			}
			if is, known, err := p.GetVersions(t.Context()); err != nil || is != known || is != newest {
				t.Fatalf("schema %d of %d %v: does the table of rows lack a version?", is, known, err)
			}
			if v >= 1 {
				if e, err := s.EventsAfter(t.Context(), "đại-hội", 0, 10); err != nil || len(e) != 1 {
					t.Errorf("%d events %v, want 1", len(e), err)
				}
			}
			if v < 2 {
				begin(t, s)
				return
			}
			if err := s.AcceptFinal(t.Context(), storetest.Final("r", 3, 100, 200, "thông qua")); err != nil {
				t.Fatal(err)
			}
			tr, err := s.Transcript(t.Context(), "r", "")
			if err != nil || len(tr.Segments) != 2 || tr.Segments[0].Text != "biểu quyết" || tr.Segments[1].ID != "s2" {
				t.Errorf("%+v %v", tr.Segments, err)
			}
		})
	}
}

func TestADatabaseOfANewerProgramIsRefusedAndNotTouched(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bienban.db")
	s := openAt(t, path)
	if _, err := s.write.ExecContext(t.Context(), `INSERT INTO schema_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path)
	if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "9999") {
		t.Errorf("got %v, want invalid with the version", err)
	}
}

// TestTheSchemaIsAsWritten shows a change of schema to whoever reviews it.
func TestTheSchemaIsAsWritten(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "bienban.db"))
	all, err := s.read.QueryContext(context.Background(), `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'schema_version%' AND name NOT LIKE 'sqlite_%' ORDER BY type, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	var b strings.Builder
	for all.Next() {
		var q string
		if err := all.Scan(&q); err != nil {
			t.Fatal(err)
		}
		b.WriteString(q + ";\n\n")
		if strings.HasPrefix(q, "CREATE TABLE") && !strings.Contains(q, "STRICT") {
			t.Errorf("a table is not STRICT: %s", q)
		}
	}
	golden := filepath.Join("testdata", "schema.sql")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the schema differs from %s; add a migration, then run with -update", golden)
	}
}

// The driver is a translation of C that depends on the very version of libc
// that it was translated with (modernc.org/sqlite issue 177).
func TestTheDriversLibcIsTheOneItWasMadeWith(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"modernc.org/sqlite v1.62.0", "modernc.org/libc v1.80.1"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("go.mod lacks %s; when the driver is raised, take libc from its go.mod", want)
		}
	}
}
