package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
)

// Each time another stretch is erased, with a copy and a transcript, and killed at a random moment after the order came
// to the disk. The same command again finishes it; so does the next act, as far as sound goes.
func TestAnErasureThatIsKilledIsFinishedByTheSameCommandOrTheNextAct(t *testing.T) {
	const kills, each = 6, 3 // seconds of a stretch
	data, mirror := t.TempDir(), t.TempDir()
	meeting := write(t, t.TempDir(), "meeting.yaml", []byte(decidersFile))
	wav := rampWAV(t, t.TempDir(), 16000, 4, 16000*(kills*each+1))
	if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data, "--mirror", mirror); code != exitDone {
		t.Fatal(said)
	}
	dir, copied := filepath.Join(data, capture.Folder, "m"), filepath.Join(mirror, "m")
	var words []string
	for i := range kills {
		at := float64(i*each) + 1.2
		words = append(words, fmt.Sprintf(`{"start":%v,"end":%v,"text":"zebra%d","words":[{"w":"zebra%d","start":%v,"end":%v}]}`, at, at+0.5, i, i, at, at+0.5))
	}
	transcript := write(t, t.TempDir(), "transcript.json", []byte(`{"language":"en","segments":[`+strings.Join(words, ",")+`]}`))
	middle := 0
	for i := range kills {
		args := []string{"recording", "erase", "m", "--data", data, "--from", fmt.Sprint(i*each + 1), "--to", fmt.Sprint(i*each + 2), "--reason", "x",
			"--a", "Nguyễn Văn An", "--b", "Lê Thị Bình", "--meeting", meeting, "--transcript", transcript}
		before := segmentsOf(t, dir)
		p := program(t, "capture", args...)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(deadline); segmentsOf(t, dir) == before && time.Now().Before(end); {
			time.Sleep(100 * time.Microsecond)
		}
		moment := time.NewTimer(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
		<-moment.C
		_ = p.Process.Kill()
		_ = p.Wait()
		rec, err := record.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		ordered := len(rec.Pending()) > 0
		if ordered {
			middle++
		}
		if rep, err := record.Verify(t.Context(), dir, nil); err != nil || !ordered && !rep.Whole {
			t.Errorf("kill %d: %v, %v", i, rep.Problems, err)
		}
		if i%2 == 1 { // the next act, far from it
			if code, _, said := cmd(t, nil, "recording", "close", "m", "--data", data, "--from", fmt.Sprint(kills*each), "--to", fmt.Sprint(kills*each+1),
				"--reason", "x", "--by", "Lê Thị Bình", "--meeting", meeting); code != exitDone {
				t.Fatalf("kill %d: exit %d, %s", i, code, said)
			}
			for _, folder := range []string{dir, copied} {
				if rep := verified(t, folder); ordered && rep.ErasedSeconds != float64(i+1) {
					t.Errorf("kill %d: %s after the next act: %+v", i, folder, rep)
				}
			}
		}
		if code, _, said := cmd(t, nil, args...); code != exitDone {
			t.Fatalf("kill %d: exit %d, %s", i, code, said)
		}
		for _, folder := range []string{dir, copied} {
			if rep := verified(t, folder); rep.PendingErasures != 0 || rep.ErasedSeconds != float64(i+1) {
				t.Errorf("kill %d: %s: %+v", i, folder, rep)
			}
		}
		text, err := os.ReadFile(transcript)
		for k := range kills {
			if gone := !strings.Contains(string(text), fmt.Sprintf("zebra%d", k)); err != nil || gone != (k <= i) {
				t.Errorf("kill %d: %v; of stretch %d the text says %s", i, err, k, text)
			}
		}
	}
	t.Logf("%d of %d kills were in the middle of an erasure", middle, kills)
	want := rampPCM(0, 4, 16000*(kills*each+1))
	for i := range kills { // 200 ms chunks: whole seconds are whole chunks
		clear(want[8*16000*(i*each+1) : 8*16000*(i*each+2)])
	}
	clear(want[8*16000*kills*each:])
	got := recorded(t, dir)
	for i := 0; i+2 <= min(len(got), len(want)); i += 2 {
		if binary.LittleEndian.Uint16(got[i:]) != binary.LittleEndian.Uint16(want[i:]) {
			t.Fatalf("frame %d is not as it was, or not erased", i/8)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d bytes of sound, want %d", len(got), len(want))
	}
}

func segmentsOf(t *testing.T, dir string) int {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.pcm"))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
