package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/sqlstore/pgtest"
	"bienban/internal/sqlstore/storetest"
)

// openAt opens a store that syncs as it does in earnest.
func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// kinds of database, each with how to make an empty one that lasts as long as the
// test. Syncs are left out: these tests have thousands of commits.
var databases = []struct {
	name string
	make func(t testing.TB) *Store
}{
	{"SQLite", func(t testing.TB) *Store {
		s, err := dialSQLite(filepath.Join(t.TempDir(), "bienban.db"), "synchronous(OFF)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if err := s.migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}},
	{"PostgreSQL", func(t testing.TB) *Store {
		return openAt(t, pgtest.Copy(t, "migrated", func(url string) error {
			s, err := Open(context.Background(), url)
			if err != nil {
				return err
			}
			return s.Close()
		}))
	}},
}

// onEach runs a test on each kind of database.
func onEach(t *testing.T, run func(t *testing.T, s *Store)) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			run(t, d.make(t))
		})
	}
}

func TestEachDatabaseKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			storetest.Suite{New: func(t testing.TB) hall.Store { return d.make(t) }}.Run(t)
			storetest.Search{New: func(t testing.TB) storetest.SearchStore { return d.make(t) }}.Run(t)
			storetest.Accounts{New: func(t testing.TB) accounts.Store { return d.make(t) }}.Run(t)
			storetest.Desk{New: func(t testing.TB) storetest.DeskStore { return d.make(t) }}.Run(t)
		})
	}
}

func TestEveryConnectionHasThePragmas(t *testing.T) {
	t.Parallel()
	// The folder's name has what would end a badly made data source name.
	dir := filepath.Join(t.TempDir(), "Đại hội 100% #1?")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "bienban.db")
	s := openAt(t, path)
	for name, db := range map[string]*sql.DB{"writer": s.write, "reader": s.read} {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
			var got string
			if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %s %v, want %s", name, pragma, got, err, want)
			}
		}
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v, want 0600", st.Mode(), err)
	}
	if _, err := s.read.ExecContext(t.Context(), `DELETE FROM meeting`); err == nil {
		t.Error("a reader's connection can write")
	}
}

func TestWhatAMachineWroteAndTheAuditLogCannotBeChanged(t *testing.T) {
	onEach(t, testNothingIsChanged)
}

func testNothingIsChanged(t *testing.T, s *Store) {
	ctx := t.Context()
	begin(t, s)
	if err := s.AcceptFinal(ctx, storetest.Final("r", 1, 0, 100, "một")); err != nil {
		t.Fatal(err)
	}
	if err := s.NewLayer(ctx, hall.Layer{Recording: "r", Name: "second", Coverage: []hall.Cover{{To: 100, Kind: "gap"}}}); err != nil {
		t.Fatal(err)
	}
	for _, l := range []string{"second", "live", "second"} {
		if err := s.Adopt(ctx, "r", l, "thư ký"); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []string{`UPDATE segment SET body = '{}'`, `UPDATE event SET body = '{}'`, `UPDATE audit SET actor = 'x'`, `DELETE FROM audit`} {
		if _, err := s.write.ExecContext(ctx, q); s.d.code(err) != fault.Conflict {
			t.Errorf("%s: %v, want a conflict", q, err)
		}
	}
	n, newest, err := s.VerifyAudit(ctx)
	if err != nil || n != 3 || len(newest) != 32 {
		t.Fatalf("audit log: %d %x %v, want 3 sound", n, newest, err)
	}
	// Whoever gets past the triggers is found out by the chain.
	for _, q := range []string{dropTrigger(s, "audit_is_not_changed"), `UPDATE audit SET actor = 'kẻ khác' WHERE seq = 2`} {
		if _, err := s.write.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	if n, _, err := s.VerifyAudit(ctx); fault.CodeOf(err) != fault.Internal || n != 1 {
		t.Errorf("a changed entry 2: %d sound, %v", n, err)
	}
}

// dropTrigger is the statement that takes a trigger off the audit log.
func dropTrigger(s *Store, name string) string {
	if s.d.folder == "postgres" {
		return "DROP TRIGGER " + name + " ON audit"
	}
	return "DROP TRIGGER " + name
}

func TestABusyReaderHoldsUpNoWriter(t *testing.T) {
	onEach(t, testBusyReader)
}

func testBusyReader(t *testing.T, s *Store) {
	ctx := t.Context()
	begin(t, s)
	write := func(i int64) {
		t.Helper()
		if err := s.AcceptFinal(ctx, storetest.Final("r", 1, i*100, (i+1)*100, "lời")); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(5) {
		write(i)
	}
	var readers []*sql.Rows
	for range readersInTest {
		tx, err := s.read.BeginTx(ctx, snapshot)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		rows, err := tx.QueryContext(ctx, `SELECT n FROM segment ORDER BY n`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if !rows.Next() {
			t.Fatal("nothing to read")
		}
		readers = append(readers, rows)
	}
	for i := int64(5); i < 30; i++ {
		write(i)
	}
	for _, rows := range readers {
		n := 1
		for rows.Next() {
			n++
		}
		if n != 5 || rows.Err() != nil {
			t.Errorf("the reader saw %d rows, want the 5 of its beginning: %v", n, rows.Err())
		}
	}
	if tr, err := s.Transcript(ctx, "r", ""); err != nil || len(tr.Segments) != 30 {
		t.Errorf("a new reader: %d segments %v, want 30", len(tr.Segments), err)
	}
}

const readersInTest = readers - 1

func TestAWriterOfAnotherProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			where := filepath.Join(t.TempDir(), "bienban.db")
			if d.name == "PostgreSQL" {
				where = pgtest.URL(t)
			}
			a, b := openAt(t, where), openAt(t, where)
			begin(t, a)
			let, held := make(chan struct{}), make(chan struct{})
			first := make(chan error, 1)
			go func() {
				first <- a.change(t.Context(), "hold", func(context.Context, *sql.Tx) error {
					close(held)
					<-let
					return nil
				})
			}()
			<-held
			done := make(chan error, 1)
			go func() { done <- b.AcceptFinal(t.Context(), storetest.Final("r", 1, 0, 100, "một")) }()
			select {
			case err := <-done:
				t.Fatalf("written past another's lock: %v", err)
			case <-time.After(100 * time.Millisecond):
			}
			close(let)
			if err := errors.Join(<-first, <-done); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAFileThatIsNoDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bienban.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("đây không phải cơ sở dữ liệu\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path); err == nil {
		_ = s.Close()
		t.Error("opened")
	}
	if s, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "x.db")); fault.CodeOf(err) != fault.Unavailable {
		if err == nil {
			_ = s.Close()
		}
		t.Errorf("no folder: %v, want unavailable", err)
	}
}

func TestAFullDiskIsToldAndChangesNothing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := openAt(t, filepath.Join(t.TempDir(), "bienban.db"))
	begin(t, s)
	var pages int
	if err := s.write.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if _, err := s.write.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	var err error
	var upTo int64
	for ; err == nil; upTo += 100 {
		err = s.AcceptFinal(ctx, storetest.Final("r", 1, upTo, upTo+100, "thông qua nghị quyết"))
	}
	upTo -= 100
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("got %v, want unavailable", err)
	}
	checkSum(t, s, upTo)
	limit(1 << 20)
	if err := s.AcceptFinal(ctx, storetest.Final("r", 1, upTo, upTo+100, "thông qua nghị quyết")); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	checkSum(t, s, upTo+100)
}

// checkSum checks that text and position agree.
func checkSum(t *testing.T, s *Store, upTo int64) {
	t.Helper()
	r, err := s.Recording(t.Context(), "r")
	if err != nil || r.FinalUpTo != upTo {
		t.Fatalf("text ends at %d %v, want %d", r.FinalUpTo, err, upTo)
	}
	tr, err := s.Transcript(t.Context(), "r", "")
	if err != nil || int64(len(tr.Segments))*100 != upTo {
		t.Fatalf("%d segments %v, text ends at %d", len(tr.Segments), err, upTo)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	t.Parallel()
	s := openAt(t, filepath.Join(t.TempDir(), "bienban.db"))
	begin(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.AcceptFinal(t.Context(), storetest.Final("r", 1, 0, 100, "một")); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func begin(t testing.TB, s *Store) {
	t.Helper()
	if err := s.StartRecording(context.Background(), storetest.Recording("r")); err != nil {
		t.Fatal(err)
	}
}

// A server that restarts, or a network that breaks, ends all connections at once.
func TestAfterLostConnectionsTheNextTryWorks(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	url := pgtest.URL(t)
	s, other := openAt(t, url), openAt(t, url)
	begin(t, s)
	end := func() {
		t.Helper()
		if _, err := other.write.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	done := int64(0)
	for range 20 {
		end()
		for tries := 0; ; tries++ {
			err := s.AcceptFinal(ctx, storetest.Final("r", 1, done, done+100, "lời"))
			if err == nil {
				break
			}
			if fault.CodeOf(err) != fault.Unavailable || tries > 2*writers {
				t.Fatalf("try %d: %v, want unavailable and then to work", tries, err)
			}
		}
		done += 100
		for tries := 0; ; tries++ {
			r, err := s.Recording(ctx, "r")
			if err == nil && r.FinalUpTo == done {
				break
			}
			if err == nil || fault.CodeOf(err) != fault.Unavailable || tries > 2*readers {
				t.Fatalf("try %d: final up to %d, %v; want %d", tries, r.FinalUpTo, err, done)
			}
		}
	}
	// In the midst of a change: it is undone.
	err := s.change(ctx, "cut off", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE recording SET final_upto = 0`); err != nil {
			return err
		}
		end()
		_, err := tx.ExecContext(ctx, `UPDATE recording SET epoch = 9`)
		return err
	})
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("%v, want unavailable", err)
	}
	for range 2 * readers {
		if r, err := s.Recording(ctx, "r"); err == nil {
			if r.FinalUpTo != done {
				t.Errorf("final up to %d, want %d", r.FinalUpTo, done)
			}
			return
		}
	}
	t.Error("no reader came back")
}
