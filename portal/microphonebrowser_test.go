package portal_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"bienban/audio/record"
	"bienban/minutes/desk"
	"bienban/portal/microphone"
)

// chirp writes a sound file whose pitch tells where one is: 300 Hz in its first
// second, 400 in the next, and so on.
func chirp(t *testing.T, seconds int) string {
	t.Helper()
	const rate = 48000
	n := seconds * rate
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+2*n))...)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range []uint16{1, 1} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*2)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*n))
	phase := 0.0
	for i := range n {
		phase += 2 * math.Pi * float64(300+100*(i/rate)) / rate
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(12000*math.Sin(phase))))
	}
	path := filepath.Join(t.TempDir(), "microphone.wav")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pitch is that of a stretch of sound, by its zero crossings.
func pitch(v []float32, rate int) float64 {
	n := 0
	for i := 1; i < len(v); i++ {
		if v[i-1] < 0 && v[i] >= 0 {
			n++
		}
	}
	return float64(n) * float64(rate) / float64(len(v))
}

func TestABrowsersMicrophoneSurvivesReloadsAndRestarts(t *testing.T) {
	o := newOffice(t, "council-demo")
	b := o.browser(microphones(t)...)
	b.signIn("binh", "/microphone")
	b.wait(`document.getElementById("mic-start")`)
	b.tap("#mic-start")
	b.wait(`Number(document.getElementById("mic").dataset.end) > 2 * 16000`)
	b.wait(`Number(document.getElementById("mic").dataset.stored) > 16000`)
	b.shot("recording")
	st := o.until("it is a recording of the meeting", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	id := st.Recordings[0].ID

	// The server is gone: sound is kept here.
	o.down()
	kept := b.number(`document.getElementById("mic").dataset.end`)
	b.wait(`document.getElementById("mic-state").className === "bad"`)
	b.wait(`Number(document.getElementById("mic").dataset.end) > ` + strconv.FormatInt(kept+80000, 10))
	b.shot("away")
	o.up()
	b.wait(`Number(document.getElementById("mic").dataset.stored) > ` + strconv.FormatInt(kept+40000, 10))
	b.wait(`document.getElementById("mic-state").className === ""`)

	// The page is loaded anew: it goes on by itself, and the time between is a gap.
	before := b.number(`document.getElementById("mic").dataset.end`)
	b.run(chromedp.Evaluate[chromedp.Void](`location.reload()`))
	b.wait(`Number(document.getElementById("mic").dataset.end) > ` + strconv.FormatInt(before+48000, 10))
	b.wait(`Number(document.getElementById("mic").dataset.stored) > ` + strconv.FormatInt(before+24000, 10))

	// Stopped properly: all is on the disk, nothing is left in the browser.
	b.run(chromedp.Evaluate[chromedp.Void](`document.getElementById("mic-stop").click()`))
	b.wait(`!document.getElementById("mic-start").hidden && document.getElementById("mic-on").hidden`)
	if left := b.text(`localStorage.getItem(Object.keys(localStorage).find(k => k.startsWith("bienban.mic")) || "")`); left != "null" {
		t.Errorf("the browser still has %s", left)
	}
	rec, err := record.Open(filepath.Join(o.root, id), nil)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Live() {
		t.Error("the recording goes on")
	}
	if rep, err := record.Verify(t.Context(), filepath.Join(o.root, id), nil); err != nil || !rep.Whole {
		t.Errorf("the recording does not verify: %v, %v", rep, err)
	}
	gaps := rec.Gaps()
	if len(gaps) != 1 || gaps[0].To-gaps[0].From < int64(rec.Base())/4 || gaps[0].From < before-int64(rec.Base()) {
		t.Errorf("gaps %+v, want one of the reload's length near %d", gaps, before)
	}
	// Its pitch rises step by step through the outage: nothing is missing there, nothing doubled.
	src, err := rec.Source(record.SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	buf := make([]float32, rec.Base()/4)
	last, sudden := 0.0, 0
	for at := int64(0); at+int64(len(buf)) < gaps[0].From; at += int64(len(buf)) {
		for got := 0; got < len(buf); {
			n, err := src.Read(t.Context(), buf[got:])
			if err != nil {
				t.Fatal(err)
			}
			got += n
		}
		p := pitch(buf, rec.Base())
		if last > 250 && (p < last-20 || p > last+130) {
			sudden++
		}
		last = p
	}
	if sudden > 0 {
		t.Errorf("the sound jumps %d times", sudden)
	}
	b.noComplaints()
}

// microphones are the flags of a browser that hears a file.
func microphones(t *testing.T) []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", chirp(t, 60)+"%noloop")}
}

// hears waits until a browser's microphone has heard so many samples, and some are stored.
func (b *browser) hears(samples int64) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`Number(document.getElementById("mic").dataset.end) > %d && Number(document.getElementById("mic").dataset.stored) > 0`, samples))
}

// ended opens a recording that somebody ended properly.
func (o *office) ended(id string) *record.Recording {
	o.t.Helper()
	rec, err := record.Open(filepath.Join(o.root, id), nil)
	if err != nil {
		o.t.Fatal(err)
	}
	notes := rec.Notes()
	if n := len(notes); rec.Live() || n == 0 || notes[n-1].Kind != record.KindEnd {
		o.t.Errorf("%s goes on: %+v", id, notes)
	}
	if rep, err := record.Verify(o.t.Context(), filepath.Join(o.root, id), nil); err != nil || !rep.Whole {
		o.t.Errorf("%s does not verify: %v, %v", id, rep, err)
	}
	return rec
}

func TestMicrophonesEndWithTheMeetingAndWhatABrowserHeldMeanwhileIsNotLost(t *testing.T) {
	o := newOffice(t, "council-demo")
	// What a browser that may not use its microphone says; on a telephone.
	denied := o.browser(chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("deny-permission-prompts", true))
	denied.size(390, 844)
	denied.signIn("binh", "/microphone")
	denied.tap("#mic-start")
	denied.wait(`/cho phép/.test(document.getElementById("mic-problem").textContent) && !document.getElementById("mic-start").disabled && document.getElementById("mic-on").hidden`)
	denied.shot("denied")
	if over := denied.text(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); over != "0" {
		t.Errorf("the page is %s pixels wider than a telephone", over)
	}

	// Two at once are two recordings.
	a, b := o.browser(microphones(t)...), o.browser(microphones(t)...)
	for login, m := range map[string]*browser{"binh": a, "an": b} {
		m.signIn(login, "/microphone")
		m.tap("#mic-start")
	}
	a.hears(24000)
	b.hears(24000)
	// A third began once, and its browser is gone for good.
	if _, err := o.mics.Take(t.Context(), o.meeting, "gone", microphone.Part{Rate: 16000, PCM: make([]byte, 48000), Heard: time.Now()}); err != nil {
		t.Fatal(err)
	}
	st := o.until("three recordings", func(s *desk.State) bool { return len(s.Recordings) == 3 })
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	for _, m := range []*browser{a, denied} { // every page follows
		m.wait(`document.querySelector("#meeting-phase .phase-running")`)
	}

	// In a closed part it does not say that it records: nothing of it is kept.
	o.do("clerk", desk.KindPaused, desk.Paused{Reason: "Họp kín", Closed: true})
	a.wait(`document.getElementById("mic-state").textContent === "Tạm dừng: không giữ lại tiếng nào"`)
	o.do("clerk", desk.KindResumed, desk.Resumed{})
	a.wait(`document.getElementById("mic-state").textContent === "● Đang thu"`)

	// Somebody closes the meeting: both switch off and end what they began.
	if status := denied.answer(`bienban.act("phase_changed", { to: "closed" }).then(r => String(r.status))`); status != "200" {
		t.Fatalf("closing: %s", status)
	}
	o.until("all have ended", func(s *desk.State) bool {
		return !slices.ContainsFunc(s.Recordings, func(r desk.Recording) bool { return r.Length < 0 })
	})
	for i, m := range []*browser{a, b} {
		m.wait(`!document.getElementById("mic-start") && document.querySelector("#mic .notice.warn")`)
		heard := m.text(`Object.keys(localStorage).filter(k => k.startsWith("bienban.mic")).length`)
		if heard != "0" {
			t.Errorf("browser %d still has something", i)
		}
	}
	for _, r := range st.Recordings {
		if rec := o.ended(r.ID); len(rec.Gaps()) > 0 || rec.End() < 24000 {
			t.Errorf("%s: %d samples, gaps %+v", r.ID, rec.End(), rec.Gaps())
		}
	}

	// Opened again; this time the network is away when it closes, and its stream is ended meanwhile.
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	a.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/microphone"))
	a.wait(`document.getElementById("mic-start")`)
	a.tap("#mic-start")
	a.hears(24000)
	st = o.until("another recording", func(s *desk.State) bool { return len(s.Recordings) == 4 })
	o.down()
	a.wait(`document.getElementById("mic-state").className === "bad"`)
	kept := a.number(`document.getElementById("mic").dataset.stored`)
	a.hears(kept + 96000)
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Closed})
	if err := o.mics.EndAll(t.Context(), o.meeting, "test"); err != nil {
		t.Fatal(err)
	}
	first := o.ended(st.Recordings[3].ID)
	o.up()
	st = o.until("the rest is a recording of its own", func(s *desk.State) bool { return len(s.Recordings) == 5 && s.Recordings[4].Length > 0 })
	a.wait(`!document.getElementById("mic-start") && document.querySelector("#mic .notice.warn")`)
	rest := o.ended(st.Recordings[4].ID)
	if n := rest.End(); n < 80000 || len(rest.Gaps()) > 0 {
		t.Errorf("the rest has %d samples, gaps %+v", n, rest.Gaps())
	}
	// It begins where the other ends, by the clock too, and not when it came, which is later
	// by more than its own length. A slow machine dates worse, and has held more by then.
	held := float64(rest.End()) / float64(rest.Base())
	if d := rest.Info().Created.Sub(first.Info().Created).Seconds() - float64(first.End())/float64(first.Base()); math.Abs(d) > max(1.5, held/2) {
		t.Errorf("the rest, %.3f s long, begins %.3f s after the end of the first", held, d)
	}
	a.noComplaints()
	b.noComplaints()
}
