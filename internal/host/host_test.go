package host

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bienban/internal/durable"
	"bienban/internal/durable/durabletest"
)

func TestASlowDiskIsMeasuredAsSlowAndNothingIsLeftOnIt(t *testing.T) {
	dir := t.TempDir()
	fast, err := MeasureSync(t.Context(), durable.OS(), dir)
	if err != nil || fast.Times != syncTimes || fast.Usual <= 0 || fast.Worst < fast.Usual {
		t.Errorf("%+v, %v", fast, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v (%v)", left, err)
	}
	twin := durabletest.New()
	if err := twin.MkdirAll("d"); err != nil {
		t.Fatal(err)
	}
	twin.SlowSync(20 * time.Millisecond)
	slow, err := MeasureSync(t.Context(), twin, "d")
	if err != nil || slow.Usual < 20*time.Millisecond {
		t.Errorf("%+v, %v", slow, err)
	}
	twin.Fail("sync", syscall.EIO)
	if _, err := MeasureSync(t.Context(), twin, "d"); !errors.Is(err, syscall.EIO) {
		t.Errorf("%v", err)
	}
	if left, err := twin.ReadDir("d"); err != nil || len(left) > 0 {
		t.Errorf("it left %v (%v)", left, err)
	}
}

func TestTheNearestFolderThatExistsIsFound(t *testing.T) {
	dir := t.TempDir()
	if got, err := Existing(filepath.Join(dir, "a", "b")); err != nil || got != dir {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Existing(filepath.Join(dir, "f")); err != nil || got != dir {
		t.Errorf("of a file: %q, %v", got, err)
	}
}

func TestAClockThatIsSetIsNoticed(t *testing.T) {
	w := WatchSteps()
	later := time.Now().Add(time.Second) // both of its readings are a second later
	if d := w.stepAt(later); d.Abs() > 50*time.Millisecond {
		t.Errorf("a step of %v where none was", d)
	}
	w.wall = w.wall.Add(-time.Hour)
	if d := w.stepAt(later); (d - time.Hour).Abs() > 50*time.Millisecond {
		t.Errorf("a step of %v, not an hour", d)
	}
}

func TestFreeMemoryIsWhatTheKernelSays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meminfo")
	if got := freeMemory(path); got != -1 {
		t.Errorf("%d without the file", got)
	}
	for text, want := range map[string]int64{"MemTotal: 8 kB\nMemAvailable:    1024 kB\n": 1 << 20, "MemTotal: 8 kB\n": -1, "MemAvailable: lots kB\n": -1} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := freeMemory(path); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestLoadIsWhatTheKernelSays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "loadavg")
	if got := loadOf(path); got != -1 {
		t.Errorf("%v without the file", got)
	}
	for text, want := range map[string]float64{"1.25 0.9 0.8 2/300 77\n": 1.25, "high\n": -1, "": -1} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := loadOf(path); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
