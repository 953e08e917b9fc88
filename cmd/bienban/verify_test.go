package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/audio/record"
)

// hallRecording is 3 s of a recording with all that may happen in one: a gap, a closed part, and a second closed and a
// second erased afterwards.
func hallRecording(t *testing.T, dir string) {
	t.Helper()
	ctx := context.Background()
	rec, err := record.Create(dir, record.Options{ID: filepath.Base(dir), Meeting: "Đại hội", Rate: 16000, Channels: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sound := func(frames int) {
		t.Helper()
		s := make([]float32, frames)
		for i := range s {
			s[i] = float32(i%100) / 200
		}
		must(rec.AppendWait(ctx, s))
	}
	sound(32000)
	must(rec.Lost(8000))
	sound(8000)
	must(rec.Pause(ctx, "Nguyễn Văn An", "nhân sự", time.Minute))
	must(rec.AppendWait(ctx, make([]float32, 16000)))
	must(rec.Resume(ctx, "Nguyễn Văn An", "xong"))
	sound(8000)
	must(rec.CloseStretch(ctx, 16000, 24000, "Trần Thị Nguyệt", "việc riêng"))
	must(rec.Erase(ctx, record.Erasure{From: 0, To: 16000, By: [2]string{"Lê Văn Bình", "Trần Thị Nguyệt"}, Reason: "theo quyết định"}))
	must(rec.Close(ctx, "hết giờ"))
}

func TestVerifyTellsWhatARecordingHoldsAndWhatIsMissingInIt(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "recordings", "dh")
	hallRecording(t, dir)
	code, out, said := cmd(t, nil, "verify", dir, "--json")
	if code != exitDone || said != "" {
		t.Fatalf("exit %d, said %q", code, said)
	}
	var got heldRecording
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Whole || got.AudioSeconds != 2 || got.ErasedSeconds != 1 || !got.Closed || got.Meeting != "Đại hội" {
		t.Errorf("%+v", got.Report)
	}
	for _, c := range []struct {
		what       string
		got        []heldStretch
		start, end float64
		who, why   string
	}{
		{"gap", got.Gaps, 2, 2.5, "", ""},
		{"pause", got.Pauses, 3, 4, "Nguyễn Văn An", "nhân sự"},
		{"closed", got.ClosedParts, 1, 1.5, "Trần Thị Nguyệt", "việc riêng"},
		{"erased", got.Erased, 0, 1, "Lê Văn Bình, Trần Thị Nguyệt", "theo quyết định"},
	} {
		if len(c.got) != 1 || c.got[0].Start != c.start || c.got[0].End != c.end || c.got[0].Who != c.who ||
			!strings.Contains(c.got[0].Reason, c.why) || c.got[0].Clock.IsZero() {
			t.Errorf("%s: %+v", c.what, c.got)
		}
	}
	for locale, words := range map[string][]string{
		"C.UTF-8":     {"whole ", "GAP ", "0:02–0:03 (0.5 s)", "paused ", "Nguyễn Văn An: nhân sự", "closed ", "erased ", "Lê Văn Bình, Trần Thị Nguyệt: theo quyết định", "ended properly"},
		"vi_VN.UTF-8": {"nguyên vẹn", "KHOẢNG HỞ", "phần kín", "đóng sau", "đã xóa", "đã kết thúc đúng cách"},
	} {
		code, out, _ := cmd(t, map[string]string{"LANG": locale}, "verify", dir)
		if code != exitDone {
			t.Errorf("exit %d", code)
		}
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("%s: it does not say %q:\n%s", locale, w, out)
			}
		}
		if strings.Contains(out, "NOT WHOLE") || strings.Contains(out, "HƯ HỎNG") {
			t.Errorf("a whole recording is called damaged:\n%s", out)
		}
	}
}

func TestVerifyOfADataFolderSumsAndLists(t *testing.T) {
	data := t.TempDir()
	wav := rampWAV(t, data, 16000, 1, 24000)
	for range 2 {
		if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data); code != exitDone {
			t.Fatal(said)
		}
	}
	report := func(want int) (sum heldFolder) {
		t.Helper()
		code, out, said := cmd(t, nil, "verify", data, "--json")
		if code != want {
			t.Errorf("exit %d, want %d: %s", code, want, said)
		}
		if err := json.Unmarshal([]byte(out), &sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if s := report(exitDone); !s.Whole || s.AudioSeconds != 3 || len(s.Recordings) != 2 || s.Recordings[1].ID != "m-2" || s.Recordings[1].AudioSeconds != 1.5 {
		t.Errorf("%+v", s)
	}
	if _, out, _ := cmd(t, nil, "verify", data); !strings.Contains(out, "recordings: 2, sound: 0:03; all whole") {
		t.Errorf("it says:\n%s", out)
	}

	// One bit of one sample.
	segment := filepath.Join(data, "recordings", "m", "000001.pcm")
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(segment, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if s := report(exitReview); s.Whole || s.Recordings[0].Whole || len(s.Recordings[0].Problems) == 0 || !s.Recordings[1].Whole {
		t.Errorf("%+v", s)
	}
	if _, out, _ := cmd(t, nil, "verify", data); !strings.Contains(out, "1 NOT WHOLE") || !strings.Contains(out, "000001.pcm: chunk") {
		t.Errorf("it says:\n%s", out)
	}
}

func TestVerifyOfWhatIsNoRecordingIsOneClearLine(t *testing.T) {
	dir := t.TempDir()
	for path, says := range map[string]string{
		dir:                               "no recording is there",
		filepath.Join(dir, "none"):        "no such folder",
		write(t, dir, "x.wav", []byte{1}): "is a file",
	} {
		code, out, said := cmd(t, nil, "verify", path, "--json")
		if code != exitUsage || out != "" || !strings.Contains(said, says) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit %d, %q, %q", path, code, out, said)
		}
	}
}

func TestVerifyOfARecordingThatGoesOnCountsWhatIsOnTheDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "m")
	rec, err := record.Create(dir, record.Options{ID: "m", Rate: 16000, Channels: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close(context.Background(), "")
	if err := rec.AppendWait(t.Context(), make([]float32, 16000)); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(deadline); rec.Status().Durable < 16000; {
		if time.Now().After(deadline) {
			t.Fatal("nothing reaches the disk")
		}
	}
	code, out, said := cmd(t, nil, "verify", dir)
	if code != exitDone || !strings.Contains(out, "still being recorded") {
		t.Errorf("exit %d, %q, %q", code, out, said)
	}
}
