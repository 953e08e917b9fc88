package capture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/audio/alarm"
	"bienban/internal/fault"
)

func TestAClosedPartIsMeasuredButNotStored(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	c, ctx := h.client(), context.Background()
	p.blocks <- block{frames: ramp(0, 3200, 2)}
	p.blocks <- block{frames: ramp(3200, 3200, 2)}
	h.until(func(s Status) bool { return s.Captured > 0.03 })
	if err := c.Pause(ctx, "Nguyễn Văn An", "họp kín", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := c.Pause(ctx, "Nguyễn Văn An", "", 0); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "paused already") {
		t.Errorf("a second pause: %v", err)
	}
	for i := range 10 {
		p.blocks <- block{frames: ramp(320*i, 320, 2)}
	}
	st := h.until(func(s Status) bool {
		return s.State == Paused && s.Captured >= 0.239 && s.Levels != nil && has(s, alarm.Pause)
	})
	if st.Pause.Who != "Nguyễn Văn An" || st.Pause.Why != "họp kín" || st.Pause.Until.IsZero() {
		t.Errorf("%+v", st.Pause)
	}
	if err := c.Pause(ctx, "Nguyễn Văn An", "chưa xong", time.Hour); err != nil {
		t.Errorf("a longer pause: %v", err)
	}
	h.until(func(s Status) bool { return !has(s, alarm.Pause) && time.Until(s.Pause.Until) > 50*time.Minute })
	if err := c.Resume(ctx, "", ""); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("resumed by nobody: %v", err)
	}
	if err := c.Resume(ctx, "Trần Thị Lan", "xong"); err != nil {
		t.Fatal(err)
	}
	p.blocks <- block{frames: ramp(9000, 320, 2)}
	h.until(func(s Status) bool { return s.State == Recording && s.Captured >= 0.259 })
	h.stop()
	rec := opened(t, h.dir)
	pauses := rec.Pauses()
	if len(pauses) != 1 || pauses[0].To-pauses[0].From != 3200 || pauses[0].Who != "Nguyễn Văn An" {
		t.Fatalf("%+v", pauses)
	}
	for _, v := range all(t, h.dir)[2*pauses[0].From : 2*pauses[0].To] {
		if v != 0 {
			t.Fatal("the closed part is in the recording")
		}
	}
	verified(t, h.dir)
}

func TestTheLastSecondsComeFromTheDisk(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	m := &Map{Channels: []Channel{{Channel: 2, Gain: 1, Ignore: true}}}
	h := start(t, Config{Source: p.source(), Map: m})
	c, ctx := h.client(), context.Background()
	if _, _, err := c.Last(ctx, 10); err == nil || !strings.Contains(err.Error(), "nothing has been recorded") {
		t.Errorf("%v", err)
	}
	for i := range 50 {
		p.blocks <- block{frames: ramp(320*i, 320, 2)}
	}
	st := h.until(func(s Status) bool { return s.Durable >= 1 })
	a, pcm, err := c.Last(ctx, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	if a.Folder != st.Folder || a.To != 16000 || a.From != 8000 || a.Rate != 16000 || len(pcm) != 16000 {
		t.Errorf("%+v, %d bytes", a, len(pcm))
	}
	for i := range 8000 {
		if got := int16(binary.LittleEndian.Uint16(pcm[2*i:])); got != int16(7*(8000+i)) {
			t.Fatalf("sample %d is %d", i, got)
		}
	}
	for _, s := range []float64{-1, 61} {
		if _, _, err := c.Last(ctx, s); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%v seconds: %v", s, err)
		}
	}
	if a, pcm, err := c.Last(ctx, 60); err != nil || a.From != 0 || len(pcm) != 32000 || a.Start != 0 || a.End != 1 {
		t.Errorf("%+v, %d, %v", a, len(pcm), err)
	}
	h.stop()
	after, still, err := ReadLast(ctx, h.dir, 0.5)
	if err != nil || after != a || !bytes.Equal(still, pcm) {
		t.Errorf("after the end: %+v, not %+v; %v", after, a, err)
	}
}

func TestAStopOnTheSocketIsCleanAndNamesWhoAsked(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	c, ctx := h.client(), context.Background()
	p.blocks <- block{frames: ramp(0, 320, 2)}
	h.until(func(s Status) bool { return s.Captured > 0 })
	if err := c.Stop(ctx, "", ""); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("stopped by nobody: %v", err)
	}
	var last Status
	ended := make(chan error, 1)
	w := h.client()
	go func() { ended <- w.Watch(ctx, func(s Status) error { last = s; return nil }) }()
	if err := c.Stop(ctx, "Lan", "hết giờ"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil || last.State != Ended || last.Ended != "stopped by Lan: hết giờ" || last.Durable != 0.02 {
		t.Errorf("%v, %+v", err, last)
	}
	h.wait()
	if rep := verified(t, h.dir); !rep.Closed {
		t.Errorf("%+v", rep)
	}
	if _, err := Connect(ctx, h.dir); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("it still answers: %v", err)
	}
}

func TestNothingRecordedInASessionIsAnAlarm(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	c := h.client()
	if err := c.Session(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	h.until(func(s Status) bool { return !s.Session })
	if err := c.Session(context.Background(), true); err != nil {
		t.Fatal(err)
	}
	h.until(func(s Status) bool { return s.Session && has(s, alarm.Nothing) })
	p.blocks <- block{frames: ramp(0, 320, 2)}
	for range 10 {
		p.blocks <- block{frames: ramp(0, 320, 2)}
	}
	h.until(func(s Status) bool { return !has(s, alarm.Nothing) })
}

func TestClientsThatTalkNonsenseOrDoNotReadHarmNobody(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	c := h.client()
	short, done, err := shortPath(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	var mute []net.Conn
	for range 5 { // they ask, and never read
		conn, err := net.Dial("unix", filepath.Join(short, SocketName))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("{\"cmd\":\"watch\"}\n")); err != nil {
			t.Fatal(err)
		}
		mute = append(mute, conn)
	}
	conn, err := net.Dial("unix", filepath.Join(short, SocketName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for _, line := range []string{"hello", "{}", `{"cmd":"erase"}`, `{"cmd":"pause","who":"An","for":-1}`, `{"cmd":"pause","who":"An","for":1e99}`, `{"cmd":"pause"}`, `[1]`} {
		if _, err := conn.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
		b, err := in.ReadBytes('\n')
		var r Reply
		if err != nil || json.Unmarshal(b, &r) != nil || r.OK || r.Error == "" {
			t.Errorf("%s: %s, %v", line, b, err)
		}
	}
	if _, err := conn.Write([]byte(strings.Repeat("x", maxLine+1))); err == nil {
		if _, err := in.ReadByte(); err == nil {
			t.Error("a line without end is answered")
		}
	}
	for range 100 {
		p.blocks <- block{frames: ramp(0, 320, 2)}
	}
	h.until(func(s Status) bool { return s.Durable >= 2 })
	if _, err := c.Status(context.Background()); err != nil {
		t.Error(err)
	}
	if len(mute) != 5 {
		t.Error("they hung up")
	}
	if res := h.stop(); res.Captured < 1.99 {
		t.Errorf("%+v", res)
	}
}

func TestASocketWorksInAFolderWithALongName(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), strings.Repeat("hội-trường-", 12))
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	p := newPlug(mixer)
	h := start(t, Config{Root: root, Source: p.source()})
	if _, err := h.client().Status(context.Background()); err != nil {
		t.Error(err)
	}
	running, err := Running(context.Background(), root)
	if err != nil || len(running) != 1 {
		t.Errorf("%v, %v", running, err)
	}
	h.stop()
	if running, err := Running(context.Background(), root); err != nil || len(running) != 0 {
		t.Errorf("%v, %v", running, err)
	}
}
