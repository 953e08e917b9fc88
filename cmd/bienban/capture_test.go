package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
)

// childMark makes the test program the command line itself: what is killed must be a process.
const childMark = "BIENBAN_TEST_CLI"

func TestMain(m *testing.M) {
	if os.Getenv(childMark) == "" {
		code := m.Run()
		_ = os.RemoveAll(binaryDir)
		os.Exit(code)
	}
	if os.Getenv(childMark) == "starter" { // starts a capture as serve does, and waits to be killed
		exe, err := os.Executable()
		if err != nil {
			os.Exit(1)
		}
		env := append(os.Environ(), childMark+"=capture")
		if _, err := capture.Start(os.Args[1], exe, os.Args[2:], env); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(run(untilStopped(), os.Args[1:], env{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}))
}

// program is the command line as a process of its own.
func program(t *testing.T, mark string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), childMark+"="+mark)
	return c
}

// rampWAV is a WAV in which each frame tells its number: channel c of frame i is 7i+1000c, modulo 2^16.
func rampWAV(t *testing.T, dir string, rate, channels, frames int) string {
	t.Helper()
	h := wavHeader(uint16(channels), frames)
	binary.LittleEndian.PutUint32(h[24:], uint32(rate))
	binary.LittleEndian.PutUint32(h[28:], uint32(rate*2*channels))
	copy(h[44:], rampPCM(0, channels, frames))
	return write(t, dir, "ramp.wav", h)
}

func rampPCM(first, channels, frames int) []byte {
	var b []byte
	for i := first; i < first+frames; i++ {
		for c := range channels {
			b = binary.LittleEndian.AppendUint16(b, uint16(7*i+1000*c))
		}
	}
	return b
}

// recorded gives what a recording holds, as 16-bit samples.
func recorded(t *testing.T, dir string) []byte {
	t.Helper()
	src, err := record.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b []byte
	buf := make([]float32, 4096*src.Format().Channels)
	for {
		n, err := src.Read(context.Background(), buf)
		for _, v := range buf[:n*src.Format().Channels] {
			b = binary.LittleEndian.AppendUint16(b, uint16(int16(v*(1<<15))))
		}
		if errors.Is(err, io.EOF) {
			return b
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// verified verifies a recording, which must be whole.
func verified(t *testing.T, dir string) record.Report {
	t.Helper()
	rep, err := record.Verify(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !rep.Whole {
		t.Fatalf("the recording is not whole: %v", rep.Problems)
	}
	return rep
}

// deadline is how long a test waits for something that must come; reached only when it does not.
const deadline = 2 * time.Minute

// status waits until a capture answers with a status that is wanted.
func status(t *testing.T, dir string, want func(capture.Status) bool) capture.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for {
		c, err := capture.Connect(ctx, dir)
		if err == nil {
			var got capture.Status
			err = c.Watch(ctx, func(s capture.Status) error {
				if got = s; want(s) {
					return errSeen
				}
				return nil
			})
			if errors.Is(err, errSeen) {
				return got
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: no such status: %v", dir, err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

var errSeen = errors.New("seen")

func records(s capture.Status) bool { return s.State == capture.Recording && s.Durable > 0 }

func TestAFileIsCapturedSampleExactAndItsRecordingVerifies(t *testing.T) {
	for _, c := range []struct{ rate, channels int }{{16000, 1}, {44100, 2}, {48000, 32}, {96000, 4}} {
		data := t.TempDir()
		frames := c.rate * 3 / 2
		code, stdout, stderr := cmd(t, nil, "capture", "--meeting", "họp thường kỳ", "--input", rampWAV(t, data, c.rate, c.channels, frames), "--data", data)
		if code != exitDone || stdout != "" || !strings.Contains(stderr, "captured 1.5 s") {
			t.Fatalf("%d, %q, %q", code, stdout, stderr)
		}
		dirs, err := record.Find(context.Background(), data, nil)
		if err != nil || len(dirs) != 1 {
			t.Fatalf("%v, %v", dirs, err)
		}
		rep := verified(t, dirs[0])
		if rep.AudioSeconds != 1.5 || rep.Meeting != "họp thường kỳ" || !rep.Closed {
			t.Errorf("%+v", rep)
		}
		if string(recorded(t, dirs[0])) != string(rampPCM(0, c.channels, frames)) {
			t.Errorf("%d Hz, %d channels: the recording is not what was captured", c.rate, c.channels)
		}
	}
}

func TestEachCaptureAfterAProperEndIsARecordingOfItsOwn(t *testing.T) {
	data := t.TempDir()
	wav := rampWAV(t, data, 16000, 1, 16000)
	for _, name := range []string{"m", "m-2", "m-3"} {
		if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data); code != exitDone {
			t.Fatal(said)
		}
		if rep := verified(t, filepath.Join(data, "recordings", name)); rep.AudioSeconds != 1 {
			t.Errorf("%+v", rep)
		}
	}
	code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--recording", "m-2", "--input", wav, "--data", data)
	if code != exitUsage || !strings.Contains(said, "was ended") {
		t.Errorf("%d, %q", code, said)
	}
}

func TestARecordingOfWhichOnlyTheManifestIsLeftIsNotWrittenOver(t *testing.T) {
	data := t.TempDir()
	args := []string{"capture", "--meeting", "m", "--input", rampWAV(t, data, 16000, 1, 16000), "--data", data}
	if code, _, said := cmd(t, nil, args...); code != exitDone {
		t.Fatal(said)
	}
	gone := filepath.Join(data, "recordings", "m")
	if err := os.Remove(filepath.Join(gone, "000001.pcm")); err != nil {
		t.Fatal(err)
	}
	if code, _, said := cmd(t, nil, args...); code != exitDone {
		t.Fatal(said)
	}
	verified(t, filepath.Join(data, "recordings", "m-2"))
	for _, folder := range []string{data, gone} {
		if code, said, _ := cmd(t, nil, "verify", folder); code != exitReview || !strings.Contains(said, "missing") {
			t.Errorf("%d, %q", code, said)
		}
	}
}

func TestAMirrorGetsTheSameRecording(t *testing.T) {
	data, mirror := t.TempDir(), t.TempDir()
	if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", rampWAV(t, data, 16000, 2, 32000), "--data", data, "--mirror", mirror); code != exitDone {
		t.Fatal(said)
	}
	if rep := verified(t, filepath.Join(mirror, "m")); rep.AudioSeconds != 2 || !rep.Closed {
		t.Errorf("%+v", rep)
	}
}

func TestRawSamplesOnStandardInputAreCaptured(t *testing.T) {
	pcm := rampPCM(0, 2, 24000)
	for _, c := range []struct {
		name string
		data []byte
		args []string
		code int
		bits int
	}{
		{"s16le", pcm, []string{"--rate", "48000", "--channels", "2"}, exitDone, 16},
		{"s24le", s24(pcm), []string{"--rate", "48000", "--channels", "2", "--bits", "24"}, exitDone, 24},
		{"f32le", f32(pcm), []string{"--rate", "48000", "--channels", "2", "--bits", "f32"}, exitDone, 24},
		{"cut within a frame", append(pcm[:len(pcm):len(pcm)], 1, 2, 3), []string{"--rate", "48000", "--channels", "2"}, exitReview, 16},
	} {
		data := t.TempDir()
		p := program(t, "capture", append([]string{"capture", "--meeting", "m", "--input", "-", "--data", data}, c.args...)...)
		p.Stdin = strings.NewReader(string(c.data))
		out, err := p.CombinedOutput()
		if code := p.ProcessState.ExitCode(); code != c.code {
			t.Fatalf("%s: %d, %v: %s", c.name, code, err, out)
		}
		dir := filepath.Join(data, "recordings", "m")
		if rep := verified(t, dir); rep.AudioSeconds != 0.5 {
			t.Errorf("%s: %+v", c.name, rep)
		}
		if string(recorded(t, dir)) != string(pcm) {
			t.Errorf("%s: the recording is not what was captured", c.name)
		}
	}
}

func s24(pcm []byte) (b []byte) {
	for i := 0; i < len(pcm); i += 2 {
		b = append(b, 0, pcm[i], pcm[i+1])
	}
	return b
}

func f32(pcm []byte) (b []byte) {
	for i := 0; i < len(pcm); i += 2 {
		v := float32(int16(binary.LittleEndian.Uint16(pcm[i:]))) / (1 << 15)
		b, _ = binary.Append(b, binary.LittleEndian, v)
	}
	return b
}

// TestAKilledCaptureLosesLessThanASecond kills a real capture with SIGKILL at random moments, and starts it again on
// the same recording each time. CAPTURE_KILLS sets how often.
func TestAKilledCaptureLosesLessThanASecond(t *testing.T) {
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("CAPTURE_KILLS")); err == nil {
		kills = n
	}
	const rate = 16000
	data := t.TempDir()
	dir := filepath.Join(data, "recordings", "m")
	wav := rampWAV(t, data, rate, 2, 60*rate)
	var mostLost, mostRecovery time.Duration
	for i := range kills {
		before := 0.0
		if i > 0 {
			before = verified(t, dir).AudioSeconds
		}
		p := program(t, "capture", "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data)
		started := time.Now()
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		first := status(t, dir, func(s capture.Status) bool { return s.PID == p.Process.Pid && records(s) && s.Captured > 0 })
		mostRecovery = max(mostRecovery, time.Since(started))
		begun := time.Now().Add(-time.Duration(first.Captured * float64(time.Second)))
		moment := time.NewTimer(time.Duration(rand.Int64N(int64(800 * time.Millisecond))))
		<-moment.C
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		heard := time.Since(begun)
		_ = p.Wait()
		rep := verified(t, dir)
		if rep.Closed || rep.Running {
			t.Errorf("kill %d: closed %v, running %v", i, rep.Closed, rep.Running)
		}
		lost := heard - time.Duration((rep.AudioSeconds-before)*float64(time.Second))
		mostLost = max(mostLost, lost)
	}
	t.Logf("%d kills: at most %v lost, at most %v until audio was on the disk again", kills, mostLost, mostRecovery)
	if mostLost > time.Second {
		t.Errorf("a kill cost %v", mostLost)
	}
	rep := verified(t, dir)
	if rep.GapSeconds <= 0 {
		t.Error("the time between the captures is no gap")
	}
}

func TestASignalThatIsSaidTwiceEndsTheRecordingProperly(t *testing.T) {
	for _, c := range []struct {
		name    string
		signals []syscall.Signal
	}{
		{"Ctrl-C, from the terminal and from what runs capture", []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}},
		{"a key beside Ctrl-C", []syscall.Signal{syscall.SIGQUIT}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			dir := filepath.Join(data, "recordings", "m")
			p := program(t, "capture", "capture", "--meeting", "m", "--input", rampWAV(t, data, 16000, 1, 60*16000), "--realtime", "--data", data)
			var said bytes.Buffer
			p.Stderr = &said
			sent := false
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Process.Kill()
			status(t, dir, records)
			watchUntil(t, dir, func(st capture.Status) bool {
				if len(c.signals) > 0 && (st.State != capture.Recording || !sent) {
					sent = true
					if err := p.Process.Signal(c.signals[0]); err != nil {
						t.Error(err)
					}
					c.signals = c.signals[1:]
				}
				return st.State == capture.Ended
			})
			if err := p.Wait(); err != nil || strings.Contains(said.String(), "goroutine") {
				t.Fatalf("%v: %s", err, &said)
			}
			if rep := verified(t, dir); !rep.Closed {
				t.Errorf("%+v", rep)
			}
		})
	}
}

func TestASecondCaptureOfTheSameRecordingIsRefused(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "recordings", "m")
	wav := rampWAV(t, data, 16000, 1, 60*16000)
	p := program(t, "capture", "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer p.Process.Kill()
	status(t, dir, records)
	for _, args := range [][]string{{}, {"--recording", "m"}} {
		code, _, said := cmd(t, nil, append([]string{"capture", "--meeting", "m", "--input", wav, "--data", data}, args...)...)
		if code != exitFailed || !strings.Contains(said, "captured already") || strings.Count(said, "\n") != 1 {
			t.Errorf("%d, %q", code, said)
		}
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("a clean stop: %v", err)
	}
	if rep := verified(t, dir); !rep.Closed {
		t.Error("the recording was not ended properly")
	}
	if _, err := os.Stat(filepath.Join(dir, capture.SocketName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestKillingTheStartersProcessGroupDoesNotStopCapture(t *testing.T) {
	data := t.TempDir()
	root := filepath.Join(data, "recordings")
	dir := filepath.Join(root, "m")
	wav := rampWAV(t, data, 16000, 1, 60*16000)
	p := program(t, "starter", root, "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data)
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	was := status(t, dir, records)
	defer syscall.Kill(was.PID, syscall.SIGKILL)
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	now := status(t, dir, func(s capture.Status) bool { return s.Durable > was.Durable+0.5 })
	if now.PID != was.PID || now.State != capture.Recording {
		t.Errorf("%+v", now)
	}
	running, err := capture.Running(context.Background(), root)
	if err != nil || len(running) != 1 || running[0].Recording != "m" || running[0].Meeting != "m" {
		t.Errorf("to be adopted: %v, %v", running, err)
	}
	c, err := capture.Connect(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(context.Background(), "Trần Thị Lan", "hết giờ"); err != nil {
		t.Fatal(err)
	}
	if err := c.Watch(context.Background(), func(capture.Status) error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
	if rep := verified(t, dir); !rep.Closed {
		t.Error("the recording was not ended properly")
	}
}

func TestCaptureSpeaksVietnameseWhereTheSystemDoes(t *testing.T) {
	data, mirror := t.TempDir(), t.TempDir()
	vars := map[string]string{"LC_ALL": "vi_VN.UTF-8"}
	noise := make([]byte, 8*16000)
	for i := 0; i < len(noise); i += 2 { // a broken converter: an alarm
		binary.LittleEndian.PutUint16(noise[i:], uint16(1-2*(i/6%2)))
	}
	h := wavHeader(1, len(noise)/2)
	binary.LittleEndian.PutUint32(h[24:], 16000)
	binary.LittleEndian.PutUint32(h[28:], 32000)
	copy(h[44:], noise)
	args := []string{"capture", "--meeting", "m", "--input", write(t, data, "noise.wav", h), "--data", data, "--mirror", mirror, "--bus", filepath.Join(data, "none.json")}
	code, _, said := cmd(t, vars, args...)
	if code != exitDone || strings.Count(said, "\n") < 6 {
		t.Fatalf("%d: %s", code, said)
	}
	for _, want := range []string{"CẢNH BÁO: --mirror", "chưa có tệp địa chỉ", "đang ghi m vào", "báo động: Kênh 1", "máy chủ không trả lời", "đã ghi 4.0 giây vào"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if words := foreign(strings.ReplaceAll(said, "noise.wav", "")); len(words) > 0 {
		t.Errorf("%q in\n%s", words, said)
	}
	if _, _, said = cmd(t, vars, append(args, "--language", "en")...); !strings.Contains(said, "captured 4.0 s into") || strings.Contains(said, "đã ghi") {
		t.Errorf("in English:\n%s", said)
	}
	p := program(t, "capture", "capture", "--meeting", "m", "--input", "-", "--data", data, "--language", "vi")
	p.Stdin = strings.NewReader("odd")
	out, _ := p.CombinedOutput()
	if p.ProcessState.ExitCode() != exitReview || len(foreign(string(out))) > 0 || !strings.Contains(string(out), "bị hỏng") {
		t.Errorf("%s", out)
	}
}

func TestACopyThatIsNotCompleteAtTheEndIsSaid(t *testing.T) {
	data, mirror := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(mirror, "m"), []byte("no folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", rampWAV(t, data, 16000, 1, 16000), "--data", data, "--mirror", mirror)
	if code != exitReview || !strings.Contains(said, "captured 1.0 s") || !strings.Contains(said, "is not complete: it lacks") {
		t.Errorf("%d: %s", code, said)
	}
}

func TestACaptureWhoseFolderIsRemovedGoesOnAndAnswers(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "recordings", "m")
	p := program(t, "capture", "capture", "--meeting", "m", "--input", rampWAV(t, data, 16000, 1, 60*16000), "--realtime", "--data", data)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer p.Process.Kill()
	status(t, dir, records)
	for err := os.RemoveAll(dir); err != nil; err = os.RemoveAll(dir) { // capture may just be making a file there
		if !errors.Is(err, syscall.ENOTEMPTY) {
			t.Fatal(err)
		}
	}
	st := status(t, dir, func(s capture.Status) bool { return s.Record.Removed > 0 && len(s.Alarms) > 0 })
	if st.PID != p.Process.Pid || st.Alarms[0].Kind != "folder_removed" {
		t.Errorf("%+v", st)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	if code := p.ProcessState.ExitCode(); code != exitReview {
		t.Errorf("exit %d", code)
	}
	if rep := verified(t, dir); rep.AudioSeconds < st.Durable || rep.GapSeconds > 0 || !rep.Closed {
		t.Errorf("%+v", rep)
	}
}
