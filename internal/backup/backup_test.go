package backup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bienban/audio/record"
	"bienban/internal/accounts"
	"bienban/internal/backup"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/internal/sqlstore/pgtest"
	"bienban/internal/sqlstore/storetest"
)

// databases are the kinds of store, each with where a new one is for a data folder.
var databases = []struct {
	name  string
	where func(t testing.TB, data string) string
}{
	{"SQLite", func(_ testing.TB, data string) string { return filepath.Join(data, "bienban.db") }},
	{"PostgreSQL", func(t testing.TB, _ string) string { return pgtest.URL(t) }},
}

// skip is what the command line skips, too.
var skip = []string{"bienban.db", "bienban.db-wal", "bienban.db-shm", "bus"}

func opened(t testing.TB, where string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// dump is all rows of a store, as text.
type dump struct{ strings.Builder }

func (d *dump) Table(name string, columns []string) error {
	_, err := fmt.Fprintln(d, name, columns)
	return err
}

func (d *dump) Row(values []any) error {
	b, err := json.Marshal(values)
	d.Write(append(b, '\n'))
	return err
}

func rowsOf(t testing.TB, s *sqlstore.Store) string {
	t.Helper()
	d := &dump{}
	if _, err := s.Export(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d.String()
}

// installation is a data folder with something of everything.
func installation(t testing.TB, data, where string) *sqlstore.Store {
	t.Helper()
	ctx := t.Context()
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	s := opened(t, where)
	must(t, s.StartRecording(ctx, storetest.Recording("r")))
	must(t, s.AcceptFinal(ctx, storetest.Final("r", 1, 0, 100, `"Kính thưa" đại hội, \ <b>&amp;</b> 🎙 `+"\u2028")))
	must(t, s.EndRecording(ctx, "r", 200))
	_, err := s.AddEvent(ctx, "đại-hội", "a1", hall.EventNote, json.RawMessage(`{"text":"ghi  chú","at": 1}`))
	must(t, err)
	a := accounts.NewService(s)
	one, err := a.Add(ctx, accounts.Terminal, accounts.New{Login: "nguyệt", Name: "Trần Thị Nguyệt", Password: "Chủ tọa điều hành 2026", Administrator: true})
	must(t, err)
	must(t, a.SessionStore().Commit("the token of a browser", sessionOf(t, one.ID), inAnHour()))
	must(t, os.MkdirAll(filepath.Join(data, "meetings"), 0o700))
	must(t, os.WriteFile(filepath.Join(data, "meetings", "Đại hội.yaml"), []byte("title: Đại hội\n"), 0o600))
	must(t, os.MkdirAll(filepath.Join(data, "bus"), 0o700))
	must(t, os.WriteFile(filepath.Join(data, "bus", "x"), []byte("passing"), 0o600))
	must(t, os.WriteFile(filepath.Join(data, "serve.lock"), nil, 0o600))
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// recorder records a tone in a data folder, in segments of a second.
func recorder(t testing.TB, data, id string) *record.Recorder {
	t.Helper()
	r, err := record.Create(filepath.Join(data, capture.Folder, id), record.Options{ID: id, Meeting: "đại-hội", Rate: 16000, Channels: 1, Segment: segment}, nil)
	must(t, err)
	return r
}

func tone(from, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(0.3 * math.Sin(float64(from+i)/20))
	}
	return out
}

func TestABackupOfEitherDatabaseIsRestoredIntoEither(t *testing.T) {
	t.Parallel()
	for _, from := range databases {
		for _, to := range databases {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				t.Parallel()
				data, again, path := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "again"), filepath.Join(t.TempDir(), "b.zip")
				s := installation(t, data, from.where(t, data))
				rec := recorder(t, data, "r")
				must(t, rec.AppendWait(t.Context(), tone(0, 40000)))
				must(t, rec.Close(t.Context(), "end"))
				r, err := backup.Write(t.Context(), path, backup.Options{Store: s, Data: data, Skip: skip, Program: "test"})
				must(t, err)
				if len(r.Problems) > 0 || r.Recordings != 1 || r.Seconds != 2.5 || r.Rows["account"] != 1 || r.Audit == 0 || len(r.AuditHash) != 64 {
					t.Errorf("%+v", r)
				}
				if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
					t.Errorf("mode %v %v, want for its owner only", st.Mode(), err)
				}
				where := to.where(t, again)
				r2, err := backup.Restore(t.Context(), path, backup.Target{Data: again, Store: where})
				must(t, err)
				if r2.AuditHash != r.AuditHash {
					t.Error("another audit log")
				}
				restored := opened(t, where)
				if a, b := rowsOf(t, s), rowsOf(t, restored); a != b {
					t.Errorf("rows differ:\n%s\nrestored:\n%s", a, b)
				}
				if n, newest, err := restored.VerifyAudit(t.Context()); err != nil || n != r.Audit || fmt.Sprintf("%x", newest) != r.AuditHash {
					t.Errorf("audit log: %d %x %v", n, newest, err)
				}
				if _, err := accounts.NewService(restored).SignIn(t.Context(), "nguyệt", "Chủ tọa điều hành 2026", ""); err != nil {
					t.Error(err)
				}
				if _, found, err := accounts.NewService(restored).SessionStore().Find("the token of a browser"); err != nil || found {
					t.Errorf("a browser's session was restored, too: %v", err)
				}
				must(t, restored.AcceptFinal(t.Context(), storetest.Final("r", 1, 100, 200, "tiếp")))
				sameFiles(t, data, again)
			})
		}
	}
}

// sameFiles checks that a restored folder has what is to be kept, byte for byte.
func sameFiles(t *testing.T, data, again string) {
	t.Helper()
	sum, err := record.VerifyAll(t.Context(), again, nil)
	if err != nil || !sum.Whole {
		t.Errorf("recordings: %+v %v", sum, err)
	}
	var got []string
	must(t, filepath.WalkDir(again, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(again, path)
		if err != nil || d.IsDir() || strings.HasPrefix(rel, "bienban.db") || d.Name() == "lock" {
			return err
		}
		got = append(got, rel)
		a, err := os.ReadFile(filepath.Join(data, rel))
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", rel)
		}
		return err
	}))
	if all := strings.Join(got, " "); !strings.Contains(all, "Đại hội.yaml") || !strings.Contains(all, "000002.pcm") || strings.Contains(all, "bus") || strings.Contains(all, "serve.lock") {
		t.Errorf("restored: %s", all)
	}
}

func TestABackupUnderLoadIsOfOneMoment(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			underLoad(t, d.where)
		})
	}
}

// underLoad backs up while text, acts, accounts and sound come in, restores, and
// looks whether what depends on one another is there together.
func underLoad(t *testing.T, whereIs func(testing.TB, string) string) {
	data := filepath.Join(t.TempDir(), "data")
	s := installation(t, data, whereIs(t, data))
	must(t, s.StartRecording(t.Context(), storetest.Recording("live")))
	rec := recorder(t, data, "live")
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	defer load.Wait()
	defer stop()
	step := make(chan struct{}) // as many as were written since
	run := func(f func(i int) error) {
		load.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := f(i); err != nil && ctx.Err() == nil {
					t.Errorf("load: %v", err)
					return
				}
				select {
				case step <- struct{}{}:
				default:
				}
			}
		})
	}
	// Sound comes first, then its text, as in a hall.
	run(func(i int) error {
		if err := rec.AppendWait(ctx, tone(i*3200, 3200)); err != nil {
			return err
		}
		if err := rec.Flush(ctx); err != nil {
			return err
		}
		return s.AcceptFinal(ctx, storetest.Final("live", 1, int64(i)*3200, int64(i+1)*3200, fmt.Sprint("đoạn ", i)))
	})
	run(func(i int) error {
		_, err := s.AddEvent(ctx, "đại-hội", fmt.Sprint("note ", i), hall.EventNote, json.RawMessage(fmt.Sprintf(`{"text":"ghi chú %d"}`, i)))
		return err
	})
	run(func(i int) error {
		return s.AddAccount(ctx, accounts.Terminal, accounts.Account{ID: fmt.Sprint("a", i), Login: fmt.Sprint("a", i), Name: "A"}, "h")
	})
	var before int64
	for n := range 4 {
		for range 50 {
			<-step
		}
		path := filepath.Join(t.TempDir(), "b.zip")
		r, err := backup.Write(t.Context(), path, backup.Options{Store: s, Data: data, Skip: skip})
		must(t, err)
		if len(r.Problems) > 0 || r.Audit <= before {
			t.Fatalf("backup %d: %+v", n, r)
		}
		before = r.Audit
		again := filepath.Join(t.TempDir(), "again")
		where := whereIs(t, again)
		_, err = backup.Restore(t.Context(), path, backup.Target{Data: again, Store: where})
		must(t, err)
		oneMoment(t, opened(t, where), again)
	}
}

// oneMoment checks that rows that were written together are there together, and
// that there is sound to each text; then goes on with it.
func oneMoment(t *testing.T, s *sqlstore.Store, data string) {
	t.Helper()
	ctx := t.Context()
	r, err := s.Recording(ctx, "live")
	must(t, err)
	tr, err := s.Transcript(ctx, "live", "")
	must(t, err)
	events, err := s.EventsAfter(ctx, "đại-hội", 0, 1_000_000)
	must(t, err)
	finals := 0
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		if e.Type == hall.EventFinal {
			finals++
		}
	}
	if int64(len(tr.Segments))*3200 != r.FinalUpTo || finals != len(tr.Segments)+1 || finals < 2 {
		t.Errorf("text ends at %d, %d segments, %d events of text", r.FinalUpTo, len(tr.Segments), finals)
	}
	all, err := s.Accounts(ctx)
	must(t, err)
	n, _, err := s.VerifyAudit(ctx)
	must(t, err)
	if int64(len(all)) != n {
		t.Errorf("%d accounts, %d audit entries", len(all), n)
	}
	dir := filepath.Join(data, capture.Folder, "live")
	rep, err := record.Verify(ctx, dir, nil)
	if err != nil || !rep.Whole || int64(rep.AudioSeconds*16000) < r.FinalUpTo {
		t.Errorf("sound %+v %v, text up to sample %d", rep, err, r.FinalUpTo)
	}
	must(t, s.AcceptFinal(ctx, storetest.Final("live", 1, r.FinalUpTo, r.FinalUpTo+100, "tiếp")))
	rec := recorder(t, data, "live")
	must(t, rec.AppendWait(ctx, tone(0, 3200)))
	must(t, rec.Close(ctx, "end"))
	if rep, err := record.Verify(ctx, dir, nil); err != nil || !rep.Whole {
		t.Errorf("gone on with: %+v %v", rep, err)
	}
}

// made is a backup of a small installation with sound.
func made(t *testing.T) (path string) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	s := installation(t, data, filepath.Join(data, "bienban.db"))
	rec := recorder(t, data, "r")
	must(t, rec.AppendWait(t.Context(), tone(0, 16000)))
	must(t, rec.Close(t.Context(), "end"))
	path = filepath.Join(t.TempDir(), "b.zip")
	_, err := backup.Write(t.Context(), path, backup.Options{Store: s, Data: data, Skip: skip})
	must(t, err)
	return path
}

// unpacked is an entry as it was packed, "" when it cannot be read.
func unpacked(archive []byte, name string) string {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return ""
	}
	b, err := fs.ReadFile(z, name)
	if err != nil {
		return ""
	}
	return string(b)
}

func TestAChangedByteOfWhatIsKeptIsFound(t *testing.T) {
	t.Parallel()
	path := made(t)
	good, err := os.ReadFile(path)
	must(t, err)
	z, err := zip.OpenReader(path)
	must(t, err)
	defer z.Close()
	for _, f := range z.File {
		at, err := f.DataOffset()
		must(t, err)
		for range 5 {
			if f.CompressedSize64 == 0 {
				break
			}
			bad := bytes.Clone(good)
			bad[at+rand.Int64N(int64(f.CompressedSize64))] ^= 1 << rand.IntN(8)
			if unpacked(bad, f.Name) == unpacked(good, f.Name) {
				continue // a bit behind the end of what is packed: nothing that is kept has changed
			}
			p := filepath.Join(t.TempDir(), "bad.zip")
			must(t, os.WriteFile(p, bad, 0o600))
			r, err := backup.Verify(t.Context(), p)
			if err == nil && len(r.Problems) == 0 {
				t.Errorf("a changed byte of %s was not found", f.Name)
			}
			again := filepath.Join(t.TempDir(), "again")
			if _, err := backup.Restore(t.Context(), p, backup.Target{Data: again, Store: filepath.Join(again, "bienban.db")}); err == nil {
				t.Errorf("a changed byte of %s: restored", f.Name)
			}
			if _, err := os.Stat(again); err == nil {
				t.Errorf("a changed byte of %s: something was made", f.Name)
			}
		}
	}
}

func TestABackupThatWasCutOffIsNone(t *testing.T) {
	t.Parallel()
	path := made(t)
	good, err := os.ReadFile(path)
	must(t, err)
	for _, n := range []int{0, 1, 100, len(good) / 2, len(good) - 1} {
		p := filepath.Join(t.TempDir(), "cut.zip")
		must(t, os.WriteFile(p, good[:n], 0o600))
		if _, err := backup.Verify(t.Context(), p); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%d of %d bytes: %v, want invalid", n, len(good), err)
		}
	}
}

func TestADamagedBackupIsRestoredAsFarAsItGoesWhenAsked(t *testing.T) {
	t.Parallel()
	path := made(t)
	b, err := os.ReadFile(path)
	must(t, err)
	z, err := zip.OpenReader(path)
	must(t, err)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".pcm") {
			at, err := f.DataOffset()
			must(t, err)
			b[at+20000] ^= 1
		}
	}
	must(t, z.Close())
	must(t, os.WriteFile(path, b, 0o600))
	again := filepath.Join(t.TempDir(), "again")
	target := backup.Target{Data: again, Store: filepath.Join(again, "bienban.db")}
	if _, err := backup.Restore(t.Context(), path, target); !errors.Is(err, backup.ErrDamaged) {
		t.Errorf("%v, want damaged", err)
	}
	target.Damaged = true
	r, err := backup.Restore(t.Context(), path, target)
	if err != nil || len(r.Problems) == 0 {
		t.Fatalf("%+v %v", r, err)
	}
	if a, err := opened(t, target.Store).Accounts(t.Context()); err != nil || len(a) != 1 {
		t.Errorf("%v %v", a, err)
	}
}

func TestNothingThatIsThereIsWrittenOver(t *testing.T) {
	t.Parallel()
	path := made(t)
	full := t.TempDir()
	must(t, os.WriteFile(filepath.Join(full, "my file"), []byte("x"), 0o600))
	if _, err := backup.Restore(t.Context(), path, backup.Target{Data: full, Store: filepath.Join(full, "bienban.db")}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v, want conflict", err)
	}
	if list, err := os.ReadDir(full); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	url := pgtest.URL(t)
	must(t, opened(t, url).StartRecording(t.Context(), storetest.Recording("x")))
	again := filepath.Join(t.TempDir(), "again")
	if _, err := backup.Restore(t.Context(), path, backup.Target{Data: again, Store: url}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v, want conflict", err)
	}
	if list, err := os.ReadDir(again); err != nil || len(list) != 0 {
		t.Errorf("left behind: %v %v", list, err)
	}
}

func TestAnArchiveThatReachesOutOfItsFolderIsNoBackup(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data/../../x", "/etc/x", "../x", `data\..\..\x`, "data/x\x00"} {
		path := filepath.Join(t.TempDir(), "b.zip")
		f, err := os.Create(path)
		must(t, err)
		z := zip.NewWriter(f)
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, "x")
		must(t, err)
		must(t, errors.Join(z.Close(), f.Close()))
		if _, err := backup.Verify(t.Context(), path); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want invalid", name, err)
		}
	}
}

func TestAFailedBackupLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	path := made(t)
	before, err := os.ReadFile(path)
	must(t, err)
	data := filepath.Join(t.TempDir(), "data")
	s := installation(t, data, filepath.Join(data, "bienban.db"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Write(ended, path, backup.Options{Store: s, Data: data, Skip: skip}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup of before is another one: %v", err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("left behind: %v %v", list, err)
	}
}
