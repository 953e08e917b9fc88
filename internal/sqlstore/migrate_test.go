package sqlstore

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/internal/sqlstore/pgtest"
	"bienban/internal/sqlstore/storetest"
)

var update = flag.Bool("update", false, "write golden files")

// old makes a database as the program of schema version v left it.
func old(t *testing.T, where string, v int64) *Store {
	t.Helper()
	s, err := dial(where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	if v > 0 { // version 0 is an empty database
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
	5: {`INSERT INTO account (id, login, name, language, administrator, disabled, password, made) VALUES ('n', 'nguyệt', 'Trần Thị Nguyệt', 'vi', TRUE, FALSE, '', 1780300800123)`,
		`INSERT INTO membership (meeting, account, role, since) VALUES ('đại-hội', 'n', 'secretary', 1780300800123)`},
	6: {`INSERT INTO search (meeting, kind, recording, ref, part, sample, item, needs, closed, at, heading, text, exact, plain)
			VALUES ('đại-hội', 'note', '', 'n1', 0, 0, '', 'see_notes', FALSE, 0, '', 'Đồng', 'đồng', 'dong')`},
	20: {`INSERT INTO desk_meeting (meeting, changed, listed, state) VALUES ('đại-hội', 1780300800123, '{}', '{"id":"đại-hội"}')`},
	21: {`INSERT INTO stretch (recording, seq, from_sample, to_sample, kind, who, reason, at) VALUES ('r', 7, 0, 100, 'closed', 'Lan', 'kín', 1780300800123)`},
	22: {`INSERT INTO desk_minutes (meeting, version, body) VALUES ('đại-hội', 'd1', '{"sections":[]}')`},
}

// latest is the newest schema version of the migrations in one folder.
func latest(t *testing.T, folder string) (versions []int64) {
	t.Helper()
	all, err := migrations.ReadDir("migrations/" + folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		v, err := strconv.ParseInt(f.Name()[:5], 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		versions = append(versions, v)
	}
	return versions
}

func TestBothDatabasesHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	sqlite, postgres := latest(t, "sqlite"), latest(t, "postgres")
	if !slices.Equal(sqlite, postgres) {
		t.Errorf("SQLite has %v, PostgreSQL %v", sqlite, postgres)
	}
	for _, d := range []string{"sqlite", "postgres"} {
		_ = fs.WalkDir(migrations, "migrations/"+d, func(path string, f fs.DirEntry, _ error) error {
			if b, err := fs.ReadFile(migrations, path); err == nil && strings.Contains(string(b), "+goose Down") {
				t.Errorf("%s goes back; migrations only go forward", path)
			}
			return nil
		})
	}
}

func TestADatabaseOfEachEarlierVersionIsMigratedWithWhatItHolds(t *testing.T) {
	t.Parallel()
	versions := append([]int64{0}, latest(t, "sqlite")...)
	for _, d := range databases {
		for _, v := range versions {
			t.Run(fmt.Sprint(d.name, " version ", v), func(t *testing.T) {
				t.Parallel()
				where := filepath.Join(t.TempDir(), "bienban.db")
				if d.name == "PostgreSQL" {
					where = pgtest.URL(t)
				}
				migrateFrom(t, where, v, versions[len(versions)-1])
			})
		}
	}
}

func migrateFrom(t *testing.T, where string, v, newest int64) {
	before := old(t, where, v)
	for i := int64(1); i <= v; i++ {
		for _, q := range rows[i] {
			if _, err := before.write.ExecContext(t.Context(), q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	if v < newest && v > 0 {
		if s, err := OpenExisting(t.Context(), where); fault.CodeOf(err) != fault.Invalid {
			if err == nil {
				_ = s.Close()
			}
			t.Errorf("opened as it stands: %v, want invalid", err)
		}
	}
	s := openAt(t, where)
	if is, known, err := s.versions(t.Context()); err != nil || is != known || is != newest {
		t.Fatalf("schema %d of %d %v", is, known, err)
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
}

func TestADatabaseOfANewerProgramIsRefusedAndNotTouched(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			where := filepath.Join(t.TempDir(), "bienban.db")
			if d.name == "PostgreSQL" {
				where = pgtest.URL(t)
			}
			s := openAt(t, where)
			if _, err := s.write.ExecContext(t.Context(), `INSERT INTO schema_version (version_id, is_applied) VALUES (9999, TRUE)`); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for what, open := range map[string]func(context.Context, string) (*Store, error){"opened": Open, "opened as it stands": OpenExisting} {
				if _, err := open(t.Context(), where); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "9999") {
					t.Errorf("%s: %v, want invalid with the version", what, err)
				}
			}
		})
	}
}

func TestABadURLIsSaidWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://bb:bimat@127.0.0.1:1/x", "postgres://bb:bimat@[::1/x", "postgres://bb:bimat@127.0.0.1:1/x?sslmode=never"} {
		_, err := Open(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "bimat") {
			t.Errorf("%v", err)
		}
	}
}

func TestOnlyPlacesOfArgumentsAreNumbered(t *testing.T) {
	t.Parallel()
	for q, want := range map[string]string{
		`SELECT a FROM b WHERE c = ? AND d IN (?, ?)`:  `SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)`,
		`SELECT '?', "?", 'đ''?' FROM b WHERE c = ?`:   `SELECT '?', "?", 'đ''?' FROM b WHERE c = $1`,
		"SELECT a -- why?\nFROM b WHERE c = ?":         "SELECT a -- why?\nFROM b WHERE c = $1",
		`SELECT 1 - ?`:                                 `SELECT 1 - $1`,
		`CREATE FUNCTION f() AS $$ SELECT '?', ? $$`:   `CREATE FUNCTION f() AS $$ SELECT '?', ? $$`,
		`SELECT version_id FROM v WHERE is_applied=$1`: `SELECT version_id FROM v WHERE is_applied=$1`,
	} {
		if got := numbered(q); got != want {
			t.Errorf("%s\n became %s\n    want %s", q, got, want)
		}
	}
}

// TestTheSchemaIsAsWritten shows a change of schema to whoever reviews it.
func TestTheSchemaIsAsWritten(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "bienban.db"))
	all, err := s.read.QueryContext(context.Background(), `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'schema_version%' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_words_%' ORDER BY type, name`)
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
