package durabletest_test

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"bienban/internal/durable"
	"bienban/internal/durable/durabletest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, f *durabletest.FS, path string) string {
	t.Helper()
	b, err := durable.ReadFile(f, path, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return "(none)"
	}
	must(t, err)
	return string(b)
}

func TestAPowerCutKeepsWhatWasSyncedAndNoMore(t *testing.T) {
	f := durabletest.New()
	must(t, f.MkdirAll("/d"))
	file, err := f.Create("/d/a")
	must(t, err)
	write := func(text string, at int64) {
		t.Helper()
		_, err := file.WriteAt([]byte(text), at)
		must(t, err)
	}
	write("synced", 0)
	must(t, file.Sync())
	if got := read(t, f.PowerCut(durabletest.Nothing), "/d/a"); got != "(none)" {
		t.Errorf("a file whose folder was not synced: %q", got)
	}
	f = durabletest.New()
	must(t, f.MkdirAll("/d"))
	file, err = f.Create("/d/a")
	must(t, err)
	write("synced", 0)
	must(t, file.Sync())
	must(t, f.SyncDir("/d"))
	write("LOST", 2)
	write("tail", 6)
	if got := read(t, f, "/d/a"); got != "syLOSTtail" {
		t.Errorf("the program sees %q", got)
	}
	for name, tc := range map[string]struct {
		s    durabletest.Survive
		want string
	}{
		"nothing": {durabletest.Nothing, "synced"},
		"half":    {func(n int) (int, bool) { return n / 2, false }, "syLOed"},
		"sizes":   {func(int) (int, bool) { return 0, true }, "synced"},
		"all":     {func(n int) (int, bool) { return n, true }, "syLOSTtail"},
	} {
		if got := read(t, f.PowerCut(tc.s), "/d/a"); got != tc.want {
			t.Errorf("%s survives: %q, want %q", name, got, tc.want)
		}
	}
	if _, err := file.WriteAt([]byte("x"), 0); !errors.Is(err, durabletest.ErrPowerCut) {
		t.Errorf("writing without power: %v", err)
	}
}

func TestRenamesAndRemovalsNeedTheFolderSynced(t *testing.T) {
	f := durabletest.New()
	must(t, f.MkdirAll("/d"))
	must(t, durable.WriteFile(f, "/d/m", []byte("old")))
	file, err := f.Create("/d/m.new")
	must(t, err)
	_, err = file.WriteAt([]byte("new"), 0)
	must(t, err)
	must(t, file.Sync())
	must(t, f.Rename("/d/m.new", "/d/m"))
	if got := read(t, f.PowerCut(durabletest.Nothing), "/d/m"); got != "old" {
		t.Errorf("before the folder's sync: %q", got)
	}
}

func TestAFailedSyncDropsWhatItShouldHaveKept(t *testing.T) {
	f := durabletest.New()
	must(t, durable.WriteFile(f, "/a", []byte("one")))
	file, err := f.Open("/a", true)
	must(t, err)
	f.Fail("sync", syscall.EIO)
	_, err = file.WriteAt([]byte("two"), 0)
	must(t, err)
	if err := file.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Sync = %v", err)
	}
	must(t, file.Sync()) // says that all is well, as Linux does
	if got := read(t, f, "/a"); got != "two" {
		t.Errorf("it reads back as %q", got)
	}
	if got := read(t, f.PowerCut(durabletest.Nothing), "/a"); got != "one" {
		t.Errorf("after the power cut %q", got)
	}
}

func TestAFullDiskTakesWhatFits(t *testing.T) {
	f := durabletest.New()
	f.Limit(5)
	file, err := f.Create("/a")
	must(t, err)
	n, err := file.WriteAt([]byte("eleven byte"), 0)
	if n != 5 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%d, %v", n, err)
	}
	if free, err := f.Free("/"); err != nil || free != 0 {
		t.Errorf("free %d, %v", free, err)
	}
	must(t, file.Truncate(2))
	if f.Used() != 2 {
		t.Errorf("%d bytes used", f.Used())
	}
}

func TestSyncsTakeTheirTimeAndLocksHaveOneOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := durabletest.New()
		f.SlowSync(200 * time.Millisecond)
		start := time.Now()
		must(t, durable.WriteFile(f, "/a", []byte("x"))) // the file, and its folder
		if d := time.Since(start); d != 400*time.Millisecond || f.Syncs() != 2 {
			t.Errorf("took %v, %d syncs", d, f.Syncs())
		}
		l, err := f.Lock("/lock")
		must(t, err)
		if _, err := f.Lock("/lock"); !errors.Is(err, durable.ErrLocked) || !strings.Contains(err.Error(), "pid=") {
			t.Errorf("%v", err)
		}
		must(t, l.Unlock())
		if _, held, err := f.Held("/lock"); err != nil || held {
			t.Errorf("held %v, %v", held, err)
		}
	})
}
