//go:build linux

package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"

	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/transcribe"
)

// terminal is a program in a real pseudo-terminal, and the screen that a person sees.
type terminal struct {
	t    *testing.T
	file *os.File
	over chan error

	mu  sync.Mutex
	vt  vt10x.Terminal
	raw strings.Builder
}

func openTerminal(t *testing.T, wide, high int, environ []string, args ...string) *terminal {
	t.Helper()
	c := program(t, "cli", args...)
	c.Env = append(c.Env, environ...)
	f, err := pty.StartWithSize(c, &pty.Winsize{Cols: uint16(wide), Rows: uint16(high)})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, file: f, over: make(chan error, 1), vt: vt10x.New(vt10x.WithSize(wide, high))}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			x.mu.Lock()
			_, _ = x.vt.Write(buf[:n])
			x.raw.Write(buf[:n])
			x.mu.Unlock()
			if err != nil { // the program has ended
				x.over <- c.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() { _ = c.Process.Kill(); _ = f.Close() })
	return x
}

func (x *terminal) keys(s string) {
	x.t.Helper()
	if _, err := io.WriteString(x.file, s); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) resize(wide, high int) {
	x.t.Helper()
	x.mu.Lock()
	x.vt.Resize(wide, high)
	x.mu.Unlock()
	if err := pty.Setsize(x.file, &pty.Winsize{Cols: uint16(wide), Rows: uint16(high)}); err != nil {
		x.t.Fatal(err)
	}
}

// screen is what stands on it, without the blanks at the ends of lines.
func (x *terminal) screen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	wide, high := x.vt.Size()
	var out []string
	for y := range high {
		line := make([]rune, wide)
		for i := range line {
			if line[i] = x.vt.Cell(i, y).Char; line[i] == 0 {
				line[i] = ' '
			}
		}
		out = append(out, strings.TrimRight(string(line), " "))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// shows waits until all of this stands on the screen.
func (x *terminal) shows(want ...string) string {
	x.t.Helper()
	for late := time.Now().Add(deadline); ; time.Sleep(20 * time.Millisecond) { // another process draws it
		s := x.screen()
		missing := ""
		for _, w := range want {
			if !strings.Contains(s, w) {
				missing = w
			}
		}
		if missing == "" {
			return s
		}
		if time.Now().After(late) {
			x.t.Fatalf("the screen does not show %q:\n%s", missing, s)
		}
	}
}

// hearer hands in text for a recording, as a worker does.
type hearer struct {
	t     *testing.T
	b     *natsbus.Bus
	lease bus.Lease
	id    string
	upTo  int64
}

func hear(t *testing.T, b *natsbus.Bus, id string) *hearer {
	t.Helper()
	lease, err := b.Acquire(t.Context(), id, "test")
	if err != nil {
		t.Fatal(err)
	}
	var w hall.Work
	if err := hall.Ask(t.Context(), b, hall.AskBegin, hall.BeginBody{Recording: id, Epoch: lease.Epoch()}, &w); err != nil {
		t.Fatal(err)
	}
	return &hearer{t: t, b: b, lease: lease, id: id, upTo: w.FinalUpTo}
}

func (h *hearer) commit(to int64, speaker, text string) {
	h.t.Helper()
	seg := transcribe.Segment{Start: float64(h.upTo) / bus.SampleRate, End: float64(to) / bus.SampleRate, Speaker: speaker, Text: text}
	p, err := json.Marshal(map[string]any{"segments": []transcribe.Segment{seg},
		"coverage": []transcribe.Cover{{From: h.upTo, To: to, Kind: transcribe.CoveredSpeech}}})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.b.PublishFinal(h.t.Context(), bus.Final{Recording: h.id, Epoch: h.lease.Epoch(), From: h.upTo, To: to, Payload: p}); err != nil {
		h.t.Fatal(err)
	}
	h.upTo = to
}

func (h *hearer) say(text string) {
	h.t.Helper()
	b, err := json.Marshal(hall.Said{Recording: h.id, Type: "provisional", Epoch: h.lease.Epoch(), From: h.upTo, To: h.upTo + 16000, Text: text})
	if err != nil {
		h.t.Fatal(err)
	}
	h.b.Send(hall.LiveSubject(h.id), b)
}

// TestASecretaryFollowsAMeetingInATerminal is the main path: a real capture in real time, serve, and the view in a real
// pseudo-terminal with keys, narrow and then wide.
func TestASecretaryFollowsAMeetingInATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes, in real time")
	}
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, meetingDir), 0o755); err != nil {
		t.Fatal(err)
	}
	meeting := strings.NewReplacer("language: en", "language: vi", "title: Opening", "title: Khai mạc").Replace(goodMeeting) + "  - {id: \"2\", title: Báo cáo chính trị}\n"
	write(t, filepath.Join(data, meetingDir), "dai-hoi.yaml", []byte(meeting))
	serve := program(t, "cli", "serve", "--data", data, "--addr", "127.0.0.1:0", "--no-worker", "--meeting", "dai-hoi",
		"--input", rampWAV(t, data, 16000, 2, 60*16000), "--realtime")
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = serve.Process.Kill(); _ = serve.Wait() }()
	dir := filepath.Join(data, capture.Folder, "dai-hoi")
	status(t, dir, records)
	defer func() {
		if c, err := capture.Connect(context.Background(), dir); err == nil {
			_ = c.Stop(context.Background(), "test", "it is over")
			_ = c.Close()
		}
	}()
	b, err := natsbus.Dial(natsbus.Options{AddressFile: busAddress(data), Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for late := time.Now().Add(deadline); ; time.Sleep(20 * time.Millisecond) { // serve enters the recording
		ctx, stop := context.WithTimeout(t.Context(), deadline)
		_, err := hall.Find(ctx, b, "dai-hoi")
		stop()
		if err == nil {
			break
		}
		if time.Now().After(late) {
			t.Fatal(err)
		}
	}
	h := hear(t, b, "dai-hoi")
	sounds := filepath.Join(t.TempDir(), "played.raw")
	x := openTerminal(t, 80, 24, player(t, sounds), "live", "dai-hoi", "--data", data, "--by", "Trần Thị Nguyệt")
	x.shows("bản ghi dai-hoi", "ĐANG GHI 0:", "m đánh dấu nội dung   n ghi chú   p tạm dừng   l nghe lại 10 giây   q thoát")

	// Provisional text gives way to what is committed, which breaks between words.
	h.say("Kính thưa đại hoại")
	x.shows("Kính thưa đại hoại")
	h.commit(16000, "Nguyễn Văn An", "Kính thưa Đại hội, thay mặt Đoàn Chủ tịch tôi xin khai mạc Đại hội đại biểu lần thứ nhất.")
	s := x.shows("[0:00] Nguyễn Văn An: Kính thưa Đại hội, thay mặt Đoàn Chủ tịch tôi xin khai mạc\n       Đại hội đại biểu lần thứ nhất.\n")
	if strings.Contains(s, "đại hoại") {
		t.Errorf("provisional text stays:\n%s", s)
	}

	// A mark now, one in the past, an item that there is not.
	x.keys("m")
	x.shows("> 1. Khai mạc", "nội dung bắt đầu (Enter = 1, Esc = thôi):")
	x.keys("\r\r")
	x.shows("== 1. Khai mạc (Trần Thị Nguyệt)", "nội dung 1. Khai mạc")
	x.keys("m2\r")
	x.shows("nội dung 2 bắt đầu cách đây bao nhiêu giây")
	x.keys("99999999\r")
	x.shows("chưa đánh dấu: bản ghi mới dài 0:", "không tới 99999999 giây")
	x.keys("m2\r1\r")
	x.shows("== 2. Báo cáo chính trị (Trần Thị Nguyệt)")
	x.keys("m7\r")
	x.shows("chương trình không có nội dung 7")

	// A note, with a slip, an arrow key and a name in Vietnamese.
	x.keys("nông Bìnk\x7fh\x1b[D đến muộn\r")
	x.shows("ghi chú của Trần Thị Nguyệt: ông Bình đến muộn")

	// What was just said, from the disk.
	if !raced {
		playsBack(t, x, sounds)
	}

	// A pause with its length, which the alarm goes by; and made longer.
	x.keys("pbàn việc nhân sự\r15\r")
	x.shows("bắt đầu phần kín (Trần Thị Nguyệt, dự kiến 15 phút): bàn việc nhân", "TẠM DỪNG 0:", "p ghi tiếp", "t báo thêm thời gian")
	st := status(t, dir, func(s capture.Status) bool { return s.State == capture.Paused })
	if st.Pause.Who != "Trần Thị Nguyệt" || st.Pause.Why != "bàn việc nhân sự" || st.Pause.Until.Sub(st.Pause.Since).Round(time.Second) != 15*time.Minute {
		t.Errorf("%+v", st.Pause)
	}
	x.keys("t40\r")
	x.shows("phần kín kéo dài thêm 40 phút (Trần Thị Nguyệt)")
	status(t, dir, func(s capture.Status) bool {
		return s.Pause != nil && time.Until(s.Pause.Until) > 39*time.Minute && time.Until(s.Pause.Until) <= 40*time.Minute
	})
	x.keys("p")
	x.shows("hết phần kín (Trần Thị Nguyệt)", "ĐANG GHI 0:")

	// The window grows: what stood there is broken for its new width, and nothing is doubled.
	x.resize(120, 40)
	s = x.shows("tôi xin khai mạc Đại hội đại biểu lần thứ nhất.")
	for _, once := range []string{"ĐANG GHI", "Kính thưa Đại hội", "== 1. Khai mạc", "ông Bình", "q thoát"} {
		if n := strings.Count(s, once); n != 1 {
			t.Errorf("%q stands there %d times:\n%s", once, n, s)
		}
	}
	x.keys("q")
	if err := <-x.over; err != nil {
		t.Errorf("it ends with %v", err)
	}
	if s := x.screen(); strings.Contains(s, "ĐANG GHI") || !strings.Contains(s, "hết phần kín") {
		t.Errorf("what is left on the screen:\n%s", s)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !strings.Contains(x.raw.String(), "\a") || !strings.Contains(x.raw.String(), "CẢNH BÁO") {
		t.Error("a ramp that clips raised no alarm that is seen and heard")
	}
	if !raced {
		heardAgain(t, sounds)
	}
}

// playsBack presses the key that plays the last seconds, and again to stop.
func playsBack(t *testing.T, x *terminal, sounds string) {
	t.Helper()
	x.keys("l")
	x.shows("đang phát lại 0:0")
	for late := time.Now().Add(deadline); ; time.Sleep(20 * time.Millisecond) { // another process plays it
		if info, err := os.Stat(sounds); err == nil && info.Size() > 0 {
			break
		}
		if time.Now().After(late) {
			t.Fatal("nothing is played")
		}
	}
	x.keys("l")
}
