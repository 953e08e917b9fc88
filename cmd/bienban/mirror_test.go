//go:build linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/capture"
)

func TestAMirrorOnTheSameDriveIsWarnedOfAndOneOnAnotherIsNot(t *testing.T) {
	dir, drive := t.TempDir(), smallDisk(t, "64m")
	wav := rampWAV(t, dir, 16000, 1, 24000)
	for _, c := range []struct {
		mirror string
		warn   bool
	}{{filepath.Join(dir, "mirror"), true}, {filepath.Join(drive, "mirror"), false}} {
		data := filepath.Join(t.TempDir(), "data")
		code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data, "--mirror", c.mirror)
		if code != exitDone || strings.Contains(said, "WARNING: --mirror "+c.mirror+" lies on the same drive") != c.warn {
			t.Errorf("%s: exit %d, said %q", c.mirror, code, said)
		}
		d := doctor{t: vietnamese, c: &doctorCmd{Mirror: c.mirror}}
		d.mirror(t.Context(), data)
		if f := d.report.Findings; len(f) != 1 || (f[0].Verdict == bad) != (c.warn || strings.Contains(f[0].Advice, "giải phóng")) || strings.Contains(f[0].Measured, "cùng ổ") != c.warn {
			t.Errorf("%s: %+v", c.mirror, f)
		}
	}
}

func TestACopyWhoseDriveIsFullSaysSoAndIsCaughtUpWithOnceThereIsRoom(t *testing.T) {
	data, drive := t.TempDir(), smallDisk(t, "512k")
	wav := rampWAV(t, data, 16000, 1, 60*16000) // 1.9 MB
	mirror := filepath.Join(drive, "m")
	for language, says := range map[string]string{
		"en": "the copy in " + mirror + " is not complete: it lacks ", "vi": "bản sao ở " + mirror + " chưa đủ, còn thiếu ",
	} {
		_ = os.RemoveAll(mirror)
		code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--recording", "m", "--input", wav, "--data", filepath.Join(data, language), "--mirror", drive, "--language", language)
		if code != exitReview || !strings.Contains(said, says) || !strings.Contains(said, map[string]string{"en": "its drive is full", "vi": "ổ của bản sao đã đầy"}[language]) {
			t.Errorf("%s: exit %d:\n%s", language, code, said)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.RemoveAll(mirror))
	filler := filepath.Join(drive, "x")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); err == nil {
		t.Fatal("the drive has room")
	}
	p := program(t, "capture", "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data, "--mirror", drive)
	must(p.Start())
	defer p.Process.Kill()
	dir := filepath.Join(data, "recordings", "m")
	copied := func(s capture.Status) (a alarm.Alarm, raised bool) {
		if i := slices.IndexFunc(s.Alarms, func(a alarm.Alarm) bool { return a.Kind == alarm.Mirror }); i >= 0 {
			return s.Alarms[i], true
		}
		return a, false
	}
	st := status(t, dir, func(s capture.Status) bool { _, raised := copied(s); return raised && s.Seconds > 0.5 })
	a, _ := copied(st)
	if st.Record.Mirror.Cause != record.MirrorFull || !strings.Contains(a.VI, mirror) || !strings.Contains(a.VI, "đã đầy") || !strings.Contains(a.EN, mirror+" is behind: its drive is full") {
		t.Errorf("%+v, %+v", st.Record.Mirror, a)
	}
	must(os.Remove(filler))
	status(t, dir, func(s capture.Status) bool { _, raised := copied(s); return !raised && s.Record.Mirror.Behind < 64<<10 })
	must(p.Process.Signal(syscall.SIGTERM))
	_ = p.Wait()
	if rep := verified(t, mirror); p.ProcessState.ExitCode() != exitDone || rep.AudioSeconds < st.Seconds || !rep.Closed {
		t.Errorf("exit %d, %+v", p.ProcessState.ExitCode(), rep)
	}
}
