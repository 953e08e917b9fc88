package portal_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"bienban/audio/record"
	"bienban/minutes/desk"
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

// number reads one of the page's figures.
func (b *browser) number(expression string) int64 {
	b.t.Helper()
	n, err := strconv.ParseInt(b.text(expression), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func TestABrowsersMicrophoneSurvivesReloadsAndRestarts(t *testing.T) {
	o := newOffice(t, "council-demo")
	b := o.browser(chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-audio-capture", chirp(t, 60)+"%noloop"))
	b.signIn("binh", "/microphone")
	b.wait(`document.getElementById("mic-start")`)
	b.click("#mic-start")
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
