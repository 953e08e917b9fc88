package record_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/crashtest"
)

// killEnv makes the test binary a recorder: the folder to record into.
const killEnv = "RECORD_TEST_CHILD"

func TestMain(m *testing.M) { crashtest.Main(m, killEnv, recordRamp) }

// recordRamp records a ramp at the pace of real time until it is killed. It says, for each chunk that was handed on,
// the position behind it.
func recordRamp(dir string) error {
	r, err := record.Create(dir, record.Options{ID: "hall", Rate: 16000, Channels: 2, Segment: 2 * time.Second,
		OnChunk: func(c record.Chunk) { fmt.Println("to", c.At+c.Span) }}, nil)
	if err != nil {
		return err
	}
	start := time.Now()
	base := r.Position()
	for n := int64(0); ; {
		time.Sleep(5 * time.Millisecond)
		want := int64(time.Since(start).Seconds() * 16000)
		if err := r.Append(ramp(base+n, int(want-n), 2)); err != nil {
			return err
		}
		n = want
	}
}

// TestAKilledRecorderLosesLessThanASecond kills a real process with SIGKILL at random moments and starts it again on
// the same folder each time. RECORD_KILLS sets how often, default 10.
func TestAKilledRecorderLosesLessThanASecond(t *testing.T) {
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("RECORD_KILLS")); err == nil {
		kills = n
	}
	dir := filepath.Join(t.TempDir(), "hall")
	var mostLost, mostRecovery time.Duration
	for i := range kills {
		start := time.Now()
		told, lost := watch(t, crashtest.Start(t, killEnv, dir), start, &mostRecovery)
		mostLost = max(mostLost, lost)
		if !record.IsRecording(dir, nil) {
			continue // killed before it began
		}
		rep := whole(t, dir, nil)
		if got := int64(math.Round(rep.Seconds * 16000)); got < told {
			t.Fatalf("kill %d: %d frames are there, %d had been handed on", i, got, told)
		}
		if rep.Closed || rep.Running {
			t.Errorf("kill %d: closed %v, running %v", i, rep.Closed, rep.Running)
		}
	}
	r := create(t, dir, record.Options{ID: "hall", Rate: 16000, Channels: 2}, nil)
	must(t, r.Close(ctx, ""))
	rep := whole(t, dir, nil)
	checkRuns(t, dir)
	t.Logf("%d kills: at most %v of audio lost, at most %v until a chunk was on the disk again; %.1f s recorded in %d segments",
		kills, mostLost, mostRecovery, rep.AudioSeconds, rep.Segments)
	if mostLost > time.Second {
		t.Errorf("a kill cost %v", mostLost)
	}
}

// watch reads what the child hands on and kills it at a random moment of its life. It returns the last position told,
// and how much had been captured by then and was not handed on.
func watch(t *testing.T, c *crashtest.Child, start time.Time, recovery *time.Duration) (told int64, lost time.Duration) {
	t.Helper()
	at := start
	c.KillWithin(1200 * time.Millisecond)
	for first := true; ; first = false {
		line, err := c.Line()
		if err != nil {
			lost = time.Since(at)
			c.Wait()
			return told, lost
		}
		if first {
			*recovery = max(*recovery, time.Since(start))
		}
		if _, err := fmt.Sscanf(line, "to %d", &told); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		at = time.Now()
	}
}

// checkRuns checks that the audio between gaps is the ramp without a frame missing: each frame is 7 more than the one
// before it.
func checkRuns(t *testing.T, dir string) {
	t.Helper()
	rec, err := record.Open(dir, nil)
	must(t, err)
	gaps := rec.Gaps()
	all, err := readAll(t, source(t, dir, nil, record.SourceOptions{}))
	must(t, err)
	from := int64(0)
	for _, g := range append(gaps, record.Stretch{From: rec.End(), To: rec.End()}) {
		for i := from + 1; i < g.From; i++ {
			if d := int16(all[2*i]*(1<<15)) - int16(all[2*i-2]*(1<<15)); d != 7 {
				t.Fatalf("frame %d does not follow on the one before it", i)
			}
		}
		from = g.To
	}
}
