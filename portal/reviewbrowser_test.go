package portal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/audio/record"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// recorded is a meeting that is over, with its recording and its text.
func recorded(t *testing.T, kase string, doubt func(int) bool) (o *office, recording string) {
	t.Helper()
	o = newOffice(t, kase)
	speech := spoken(t, kase, 0, doubt)
	end := speech[len(speech)-1].End
	recording = o.sound(end + 80)
	o.until("the recording is known", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	half := len(speech) / 2
	o.do("clerk", desk.KindMark, desk.MarkMade{Item: o.state().Items[0].ID, Place: desk.Place{Recording: recording, Sample: int64(speech[1].Start * 16000)}})
	o.do("clerk", desk.KindMark, desk.MarkMade{Item: o.state().Items[1].ID, Place: desk.Place{Recording: recording, Sample: int64(speech[half].Start * 16000)}})
	speech[2].Flags = []transcribe.Flag{{Code: transcribe.FlagLowConfidence, Severity: transcribe.Info, Text: "unsure"}}
	speech[3].Flags = []transcribe.Flag{{Code: transcribe.FlagLowConfidence, Severity: transcribe.Info, Text: "unsure"}}
	o.hand(recording, 0, speech, hall.Cover{From: 0, To: int64(end * 16000), Kind: transcribe.CoveredSpeech},
		hall.Cover{From: int64(end * 16000), To: int64((end + 1) * 16000), Kind: transcribe.CoveredGap, Note: "no text"},
		hall.Cover{From: int64((end + 1) * 16000), To: int64((end + 31) * 16000), Kind: transcribe.CoveredNonSpeech})
	return o, recording
}

// sound makes a recording of so many seconds of a tone.
func (o *office) sound(seconds float64) (recording string) {
	o.t.Helper()
	recording = o.meeting + "-hall"
	rec, err := record.Create(o.root+"/"+recording, record.Options{ID: recording, Meeting: o.meeting, Rate: 16000, Channels: 1, Bits: 16}, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	second := make([]float32, 16000)
	for i := range second {
		second[i] = float32(i%200)/1000 - 0.1
	}
	for range int(seconds) {
		if err := rec.AppendWait(o.t.Context(), second); err != nil {
			o.t.Fatal(err)
		}
	}
	if err := rec.Close(o.t.Context(), "test"); err != nil {
		o.t.Fatal(err)
	}
	return recording
}

// recordedText is a recording with this text, of a meeting that goes on.
func (o *office) recordedText(text []transcribe.Segment) (recording string) {
	o.t.Helper()
	end := text[len(text)-1].End
	recording = o.sound(end + 5)
	o.until("the recording is known", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	o.hand(recording, 0, text, hall.Cover{From: 0, To: int64(end * desk.SampleRate), Kind: transcribe.CoveredSpeech})
	return recording
}

func rarely(n int) bool { return n%25 == 0 }

// shown is a segment's text as everybody sees it now.
func (o *office) shown(recording, segment string) string {
	o.t.Helper()
	for _, g := range o.sheet(recording).Transcript.Segments {
		if g.ID == segment {
			return g.Text
		}
	}
	return ""
}

func (o *office) sheet(recording string) *desk.Sheet {
	o.t.Helper()
	sheet, err := o.store.Sheet(o.t.Context(), o.viewer("clerk"), o.meeting, recording)
	if err != nil {
		o.t.Fatal(err)
	}
	return sheet
}

func (o *office) untilShown(recording, segment, want string) {
	o.t.Helper()
	got := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if got = o.shown(recording, segment); got == want {
			return
		}
	}
	o.fail("segment %s is %q, want %q", segment, got, want)
}

// choose clicks a line and stops the sound, which would go on to other lines.
func (b *browser) choose(id string) {
	b.t.Helper()
	b.tap("#s-" + id + " .time")
	b.wait(`document.getElementById("s-` + id + `").matches(".current") && bienban.sound.playing`)
	b.keys(" ")
	b.wait(`!bienban.sound.playing`)
}

// typeInto opens a line and selects all of its text.
func (b *browser) typeInto(id string) {
	b.t.Helper()
	b.choose(id)
	b.keys("\r")
	b.wait(`document.activeElement.matches("#s-` + id + ` textarea.typing")`)
	b.keys("a", kb.ModifierCtrl)
}

// leaveUnstored keeps what is typed from being stored before the line is left.
func (b *browser) leaveUnstored() {
	b.do(`setTimeout = (now => (f, ms, ...more) => now(f, ms === 1500 ? 1e8 : ms, ...more))(setTimeout)`)
}

func TestALineIsCorrectedHeardSplitAndJoinedByKeys(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("binh", "/review")
	b.wait(`document.querySelectorAll("li.segment").length > 10 && document.querySelectorAll("#cover rect.gap").length === 1`)
	b.shot("review")

	// From doubtful word to doubtful word, each heard.
	b.keys("d")
	b.wait(`document.querySelector("mark.at")`)
	b.wait(`document.getElementById("audio").currentTime > 1`)
	word := b.text(`document.querySelector("mark.at").textContent`)
	id := b.text(`document.querySelector("mark.at").closest("li").dataset.id`)
	before := o.shown(rec, id)
	b.keys("\r")
	bare := strings.TrimRight(word, ".,?!")
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === ` + quoted(bare))
	b.keys("ABC")
	b.keys(kb.Escape)
	after := strings.Replace(before, bare, "ABC", 1)
	o.untilShown(rec, id, after)
	b.wait(`document.getElementById("s-` + id + `").classList.contains("edited")`)

	// Taken back, brought back, taken back.
	for _, step := range []struct{ key, want string }{{"u", before}, {"U", after}, {"u", before}} {
		b.keys(step.key)
		o.untilShown(rec, id, step.want)
		b.wait(`document.querySelector("#s-` + id + ` .said").textContent === ` + quoted(step.want))
	}
	seq := o.state().Seq
	b.keys("Uu") // at once: the answer to the first has not come
	o.until("both were done", func(s *desk.State) bool { return s.Seq == seq+2 && o.shown(rec, id) == before })
	b.wait(fmt.Sprintf(`Number(document.getElementById("s-%s").dataset.seq) >= %d`, id, seq+2))

	// What is typed is stored by itself, and F9 goes on to the next.
	b.keys("d")
	b.wait(`document.querySelector("mark.at")`)
	next := b.text(`document.querySelector("mark.at").closest("li").dataset.id`)
	b.keys("\r")
	b.wait(`document.activeElement.matches("textarea.typing")`)
	b.keys("XYZ")
	o.until("it is stored without a key", func(*desk.State) bool { return strings.Contains(o.shown(rec, next), "XYZ") })
	b.keys(kb.F9)
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.closest("li").dataset.id !== "" && !document.activeElement.value.includes("XYZ") || document.querySelectorAll("textarea").length === 0`)
	b.keys(kb.Escape)

	// Who changed what stands in the line's history, and an older text is brought back from there.
	b.choose(next)
	b.keys("h")
	b.wait(`/Trần Văn Bình.*XYZ/s.test(document.querySelector("#history li").textContent)`)
	b.shot("history")
	b.tap("#history li:last-child button")
	heard := o.sheet(rec).Heard[next]
	o.untilShown(rec, next, heard)
	b.wait(`document.querySelector("#s-` + next + ` .said").textContent === ` + quoted(heard))
	b.keys("h")
	b.wait(`document.querySelector("#history li").textContent.includes(` + quoted(heard) + `)`)
	b.tap("#history li:nth-child(2) button") // the one with XYZ
	o.until("the newer text stands again", func(*desk.State) bool { return strings.Contains(o.shown(rec, next), "XYZ") })

	b.wait(`document.querySelector("#s-` + next + ` .said").textContent.includes("XYZ")`)

	// Split at the cursor with what was typed and not stored; join again.
	b.wait(`!document.querySelector("textarea.typing")`)
	b.choose("s2")
	was := o.shown(rec, "s2")
	b.keys("\r")
	b.wait(`document.activeElement.matches("textarea.typing")`)
	b.keys(kb.Home + "So. ")
	b.keys("\r", kb.ModifierCtrl)
	o.until("it is split", func(*desk.State) bool { return o.shown(rec, "s2.1") == was && o.shown(rec, "s2") == "So." })
	b.wait(`document.getElementById("s-s2.1") && document.getElementById("s-s2").nextElementSibling.id === "s-s2.1"`)
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.closest("li").dataset.id === "s2.1"`)
	b.keys(kb.Escape + kb.ArrowUp + "g")
	o.untilShown(rec, "s2", "So. "+was)
	b.wait(`!document.getElementById("s-s2.1")`)

	// Speaker and item of several lines at once.
	b.keys(kb.ArrowDown, kb.ModifierShift)
	b.keys("s")
	b.wait(`document.getElementById("pick-speaker").open && document.activeElement.id === "who"`)
	b.keys("2")
	speakers := func() (all []string) {
		for _, g := range o.sheet(rec).Transcript.Segments {
			if g.ID == "s2" || g.ID == "s3" {
				all = append(all, g.Speaker)
			}
		}
		return all
	}
	o.until("both lines have a speaker", func(*desk.State) bool {
		return slices.Equal(speakers(), []string{"Daniel Osei", "Daniel Osei"})
	})
	b.keys("s")
	b.wait(`document.activeElement.id === "who"`)
	b.keys("pri\r") // found by letters
	o.until("both lines have another", func(*desk.State) bool {
		return slices.Equal(speakers(), []string{"Priya Nair", "Priya Nair"})
	})
	// Dismissed, and taken back.
	b.keys("x")
	b.wait(`document.querySelectorAll("li.segment.dismissed").length === 2`)
	b.keys("x")
	b.wait(`document.querySelectorAll("li.segment.dismissed").length === 0`)

	// Faster, slower; a click on a word plays from it; a click on the bar goes there.
	b.keys("]]")
	b.wait(`document.getElementById("audio").playbackRate === 1.5 && document.getElementById("speed").value === "1.5"`)
	b.keys("[[[")
	b.wait(`document.getElementById("audio").playbackRate === 0.75`)
	// The fourth word of a line.
	b.run(chromedp.MouseClickXY(b.rests(`(() => { const n = document.querySelector("#s-s4 .said").firstChild, w = [...n.data.matchAll(/\S+/g)][3], r = new Range(); r.setStart(n, w.index); r.setEnd(n, w.index + w[0].length); return r })()`)))
	b.wait(`!document.getElementById("audio").paused && document.getElementById("s-s4").matches(".current")`)
	b.wait(`(li => Math.abs(bienban.sound.began - Number(li.dataset.start) - Number(li.dataset.words.split(" ")[3]) / 100) < 0.01)(document.getElementById("s-s4"))`)
	b.keys(" ")
	b.wait(`document.getElementById("audio").paused`)
	b.tap("#cover svg") // in its middle
	b.wait(`(() => { const half = Number(document.getElementById("desk").dataset.to) / 32000, li = document.querySelector("li.segment.current"); return Math.abs(bienban.sound.began - half) < 2 && Number(li.dataset.start) <= half + 1 && Number(li.dataset.end) > half - 8 })()`)
	b.noComplaints()
}

func TestSoundIsStoppedAtTheWordJustHeardAndGoesOnWhenItIsCorrected(t *testing.T) {
	o, rec := recorded(t, "council-demo", func(int) bool { return false })
	b := o.browser()
	b.open("binh", "/review")
	id := b.text(`[...document.querySelectorAll("li.segment")].reduce((a, z) => a.dataset.end - a.dataset.start > z.dataset.end - z.dataset.start ? a : z).dataset.id`)
	b.tap("#s-" + id + " .time")
	b.wait(`document.getElementById("audio").currentTime > Number(document.getElementById("s-` + id + `").dataset.start) + 2.6`)
	b.do(`Object.defineProperty(bienban.sound, "at", { value: Number(document.getElementById("s-` + id + `").dataset.start) + 2.7 })`) // the key comes now, also on a slow machine
	b.keys("\r")
	b.wait(`document.activeElement.matches("#s-` + id + ` textarea.typing") && document.getElementById("audio").paused && document.activeElement.selectionEnd > document.activeElement.selectionStart`)
	// Words are 0.4 s apart: the one selected was heard a second ago.
	at := b.text(`bienban.sound.at - 1 - Number(document.getElementById("s-` + id + `").dataset.start)`)
	n := b.number(`document.activeElement.value.slice(0, document.activeElement.selectionStart).split(/\s+/).filter(Boolean).length`)
	words := strings.Fields(o.shown(rec, id))
	if heard, err := strconv.ParseFloat(at, 64); err != nil || int(n) != min(int((heard+0.03)/0.4), len(words)-1) {
		t.Errorf("word %d is selected %s s after the line's beginning (%v)", n, at, err)
	}
	// By keys the word before it, and that with the one behind.
	b.keys(kb.ArrowLeft, kb.ModifierCtrl)
	b.keys(kb.ArrowRight, kb.ModifierCtrl, kb.ModifierShift)
	if got, want := b.text(`document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`), strings.Join(words[n-1:n+1], " "); got != strings.TrimRight(want, ".,?") {
		t.Errorf("selected is %q, want %q", got, want)
	}
	b.keys("QRS" + kb.F8)
	b.wait(`!document.querySelector("textarea.typing") && !document.getElementById("audio").paused`)
	o.until("it is stored", func(*desk.State) bool { return strings.Contains(o.shown(rec, id), "QRS") })

	// Silence is passed over, unless one listens to it on purpose.
	silent := `document.querySelector("#cover .non_speech").dataset`
	// played says that the sound between two seconds of the silence was heard.
	played := func(from, to string) string {
		return `(() => { const p = document.getElementById("audio").played, s = Number(` + silent + `.start); return [...Array(p.length).keys()].some(i => p.start(i) < s + ` + from + ` && p.end(i) > s + ` + to + `) })()`
	}
	b.do(`bienban.sound.play(Number(` + silent + `.start) - 0.3)`)
	b.wait(`document.getElementById("audio").currentTime > Number(` + silent + `.end) - 0.6`)
	if b.text(played("15", "15")) != "false" {
		t.Error("the silence was played")
	}
	b.do(`bienban.sound.play(Number(` + silent + `.start) + 3)`)
	b.wait(played("3.2", "3.6"))
	b.noComplaints()
}

func TestBulkWorkIsOneActForMany(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("an", "/review")
	// Doubts of one cause are resolved together.
	b.wait(`document.querySelector("#flags .flag") && document.querySelector("#flags .flag").textContent.includes("2×")`)
	b.tap(`#flags [data-act="flags_resolved"] button`)
	b.wait(`!document.querySelector("#flags .flag")`)

	// A name that was misheard in the same way is one group; it is put right everywhere by one key.
	for _, s := range []string{"s4", "s6"} {
		o.do("binh", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: s}, Text: "I thank Daniel Osai, and Daniel Osai thanks me."})
	}
	b.wait(`document.querySelector("#flags .flag") && /2×.*Daniel Osai → Daniel Osei/.test(document.querySelector("#flags .flag").textContent) && document.querySelectorAll("mark.near").length === 4`)
	b.shot("names")
	b.choose("s3")
	for range 12 {
		b.keys("d")
		if b.text(`document.querySelector("mark.at")?.className`) == "near at" {
			break
		}
	}
	b.keys("a")
	b.wait(`!document.querySelector("#flags .flag, mark.near")`)
	const right = "I thank Daniel Osei, and Daniel Osei thanks me."
	if a, z := o.shown(rec, "s4"), o.shown(rec, "s6"); a != right || z != right {
		t.Errorf("after one key: %q, %q", a, z)
	}
	b.keys("u")
	b.wait(`document.querySelectorAll("mark.near").length === 4`)
	b.wait(`document.querySelector("#flags [data-act=words_replaced] button")`)
	b.tap(`#flags [data-act="words_replaced"] button`) // the same by mouse
	b.wait(`!document.querySelector("#flags .flag, mark.near")`)
	// What one corrects by typing is offered for the other lines that have it.
	b.typeInto("s4")
	b.keys("I thank Donald Osei, and Donald Osei thanks me." + kb.Escape)
	b.wait(`/r:.*Donald/.test(document.querySelector(".toasts .warn")?.textContent)`)
	b.keys("r")
	o.untilShown(rec, "s6", "I thank Donald Osei, and Donald Osei thanks me.")

	// What belongs to no item is filed, or dismissed with a reason.
	b.wait(`document.querySelectorAll("#unfiled .picks li").length === 1`)
	b.tap(`#unfiled button[data-act="segments_item"]`) // nothing is ticked: nothing happens
	b.says("đánh dấu ít nhất một dòng")
	b.tap(`#unfiled [data-all]`)
	b.run(chromedp.Evaluate[chromedp.Void](`document.getElementById("dismiss-why").value = "thử micrô"`))
	b.tap(`#unfiled button[data-act="segments_dismissed"]`)
	b.wait(`!document.querySelector("#unfiled .picks li") && /Nguyễn Thị An.*thử micrô/.test(document.querySelector("#s-s1 .tags").textContent)`)
	b.keys("u")
	b.wait(`document.querySelectorAll("#unfiled .picks li").length === 1`)
	b.tap(`#unfiled [data-all]`)
	b.tap(`#unfiled button[data-act="segments_item"]`)
	b.wait(`!document.querySelector("#unfiled .picks li")`)
	if got := o.sheet(rec).Transcript.Segments[0].Item; got != o.state().Items[0].ID {
		t.Errorf("the first segment is under %q", got)
	}
	// A gap is accounted for.
	b.tap(`#gaps [data-all]`)
	b.tap(`#gaps button:not([type="button"])`)
	b.wait(`!document.querySelector("#gaps .picks li") && document.querySelector("#cover rect.dismissed")`)

	// A second pass is adopted in one act wherever nobody touched the text; where somebody did, both texts stand there.
	second := spoken(t, "council-demo", 0, rarely)
	for i := range second {
		second[i].Text, second[i].Words = "Second: "+second[i].Text, nil
	}
	if err := o.store.NewLayer(t.Context(), hall.Layer{Recording: rec, Name: "second", Model: "x", Segments: second,
		Coverage: []hall.Cover{{From: 0, To: o.state().Recordings[0].Length, Kind: transcribe.CoveredSpeech}}}); err != nil {
		t.Fatal(err)
	}
	o.hub.Connect().Send(hall.EventSubject(rec), nil)
	b.wait(`document.querySelector("#layers button")`)
	b.tap("#layers button")
	b.wait(`document.querySelectorAll("#asks .picks li").length === 4 && !document.getElementById("s-s2") && [...document.querySelectorAll("li.segment .said")].filter(p => p.textContent.startsWith("Second: ")).length === document.querySelectorAll("li.segment").length - 4`)
	b.shot("adopted")
	if g := o.shown(rec, "s4"); !strings.HasPrefix(g, "I thank Donald") {
		t.Errorf("what a person had written became %q", g)
	}
	b.tap(`#asks [value="s4"]`)
	b.tap(`#asks [data-add*="new"]`)
	b.wait(`document.querySelectorAll("#asks .picks li").length === 3 && !document.getElementById("s-s4")`)
	b.tap(`#asks [data-all]`)
	b.tap(`#asks [data-add*="old"]`)
	b.wait(`!document.querySelector("#asks .picks li") && document.getElementById("s-s6")`)
	b.noComplaints()
}

// A line that somebody else changes between the press and the release of a button
// is drawn again after the click, which the browser would otherwise not give.
func TestAClickOnALineThatChangesUnderItCounts(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("binh", "/review")
	b.wait(`document.querySelectorAll("li.segment").length > 10`)
	x, y := b.middle("#s-s5 .time")
	mouse := func(kind input.DispatchMouseEventType, buttons int64) {
		b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: "left", Buttons: buttons, ClickCount: 1})
			return err
		}))
	}
	b.run(chromedp.Evaluate[chromedp.Void](`setTimeout = (now => (f, ms, ...more) => now(f, ms === 1000 ? 1e8 : ms, ...more))(setTimeout)`)) // a press may last as long as this test needs
	mouse(input.DispatchMouseEventTypeMousePressed, 1)
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: "s5"}, Text: "Đồng bào nghe rõ"})
	b.wait(`performance.getEntriesByType("resource").some(r => r.name.includes("review-rows") && r.responseEnd)`)
	mouse(input.DispatchMouseEventTypeMouseReleased, 0)
	b.wait(`document.getElementById("s-s5").matches(".current") && document.querySelector("#s-s5 .said").textContent === "Đồng bào nghe rõ"`)
	b.noComplaints()
}

func TestAnInputMethodLosesAndDoublesNoLetter(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b, other := o.browser(), o.browser()
	b.open("binh", "/review")
	other.open("an", "/review")
	b.typeInto("s4")
	// Telex: "Nguyeenx Thij Huyeenf", VNI: "d9a5ng u3y".
	b.compose("N", "Ng", "Ngu", "Nguy", "Nguye", "Nguyê", "Nguyên", "Nguyễn")
	b.keys(" ")
	b.compose("T", "Th", "Thi", "Thị")
	b.keys(" ")
	b.compose("H", "Hu", "Huy", "Huye", "Huyê", "Huyên", "Huyền")
	b.keys(", ")
	b.compose("d", "đ", "đa", "đá", "đản", "đảng")
	b.keys(" ")
	// While a word is being composed, events come, time for storing passes, and another person changes other lines.
	b.run(chromedp.Func(func(ctx context.Context, tt *chromedp.Target) error {
		_, err := cdp.Call(ctx, tt, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "ủ", SelectionStart: 1, SelectionEnd: 1})
		return err
	}))
	for _, s := range []string{"s5", "s6", "s3"} {
		o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: s}, Text: "Người khác sửa " + s})
	}
	o.do("an", desk.KindSegmentSpeaker, desk.SegmentsSpeaker{SegmentsNamed: desk.SegmentsNamed{Recording: rec, Segments: []string{"s4"}}, Speaker: "Priya Nair"})
	o.hub.Connect().Send("event.meeting."+o.meeting, nil)
	b.wait(`document.querySelector("#s-s5 .said").textContent === "Người khác sửa s5"`)
	time.Sleep(1700 * time.Millisecond) // longer than a pause in typing that stores: nothing may be stored or drawn within a word
	if got := b.text(`document.activeElement.value`); got != "Nguyễn Thị Huyền, đảng ủ" {
		t.Errorf("while composing the field holds %q", got)
	}
	if got := o.shown(rec, "s4"); strings.HasSuffix(got, " ủ") {
		t.Errorf("half a word was stored: %q", got)
	}
	b.compose("ủy")
	b.keys("\r") // stores and goes on
	const want = "Nguyễn Thị Huyền, đảng ủy"
	o.untilShown(rec, "s4", want)
	b.wait(`document.querySelector("#s-s4 .said").textContent === ` + quoted(want))
	other.wait(`document.querySelector("#s-s4 .said").textContent === ` + quoted(want))
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.closest("li").dataset.id === "s5"`)

	b.leaveUnstored()
	// Another person changes this very line while a word is composed in it: nothing is drawn, nothing is stored in
	// the middle of the word, and both texts are kept.
	b.keys("a", kb.ModifierCtrl)
	b.compose("Đ", "Đồ", "Đồn", "Đồng")
	b.keys(" ")
	b.run(chromedp.Func(func(ctx context.Context, tt *chromedp.Target) error {
		_, err := cdp.Call(ctx, tt, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "thuâ", SelectionStart: 4, SelectionEnd: 4})
		return err
	}))
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: "s5"}, Text: "Bản của người khác"})
	b.says("Nguyễn Thị An")
	other.wait(`document.querySelector("#s-s5 .said").textContent === "Bản của người khác"`)
	if got := b.text(`document.activeElement.value`); got != "Đồng thuâ" {
		t.Errorf("while composing the field holds %q", got)
	}
	b.compose("thuận")
	b.keys("\r")
	o.until("both are kept", func(s *desk.State) bool {
		return len(s.Conflicts) == 1 && s.Conflicts[0].Mine == "Đồng thuận" && s.Conflicts[0].Theirs == "Bản của người khác"
	})
	b.wait(`/Bản của người khác.*Đồng thuận/s.test(document.querySelector("#s-s5 .both")?.textContent)`)
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.closest("li").dataset.id === "s6"`)

	// An Enter that ends a composition ends no line.
	b.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))`))
	if got := b.text(`document.activeElement.closest("li").dataset.id`); got != "s6" {
		t.Errorf("the line was left for %s", got)
	}
	b.noComplaints()
}

func TestTwoPeopleAtOneLineLoseNoWord(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	a, b := o.browser(), o.browser()
	a.open("binh", "/review")
	b.open("an", "/review")
	for _, p := range []*browser{a, b} {
		p.leaveUnstored()
		p.typeInto("s3")
	}
	a.keys("Bình nghe thế này")
	b.keys("An nghe khác hẳn")
	a.keys(kb.Escape)
	o.untilShown(rec, "s3", "Bình nghe thế này")
	b.wait(`document.activeElement.value === "An nghe khác hẳn"`) // untouched
	b.keys(kb.Escape)
	o.until("a conflict keeps both", func(s *desk.State) bool {
		return len(s.Conflicts) == 1 && s.Conflicts[0].Mine == "An nghe khác hẳn" && s.Conflicts[0].Theirs == "Bình nghe thế này"
	})
	b.wait(`document.querySelector("#s-s3 .both") && document.querySelector("#s-s3 .both").textContent.includes("Bình nghe thế này") && document.querySelector("#s-s3 .both").textContent.includes("An nghe khác hẳn")`)
	a.wait(`document.querySelector("#conflicts li")`)
	b.shot("conflict")
	b.tap(`#s-s3 .both form:nth-of-type(2) button`) // hers
	o.untilShown(rec, "s3", "An nghe khác hẳn")
	o.until("it is settled", func(s *desk.State) bool { return len(s.Conflicts) == 0 })
	a.wait(`document.querySelector("#s-s3 .said").textContent === "An nghe khác hẳn" && !document.querySelector("#conflicts li")`)
	a.noComplaints()
	b.noComplaints()
}

func TestWhatIsTypedSurvivesACutConnectionAndAReload(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("binh", "/review")
	b.typeInto("s3")
	b.keys("Gõ trước khi đứt,")
	o.down()
	b.wait(`document.getElementById("link").classList.contains("bad")`)
	b.keys(" và gõ sau khi đứt")
	b.wait(`Object.keys(localStorage).filter(k => k.startsWith("bienban.unsent") && localStorage.getItem(k).includes("gõ sau khi đứt")).length === 1`)
	b.keys("\r") // on to the next line, which stays half typed
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.closest("li").dataset.id === "s4"`)
	b.keys("a", kb.ModifierCtrl)
	b.keys("Chưa xong")
	b.wait(`Object.values(localStorage).some(v => v.includes("Chưa xong"))`)
	b.wait(`/\d/.test(document.getElementById("link").textContent)`) // how much has not been sent
	b.shot("cut")
	o.up()
	// Another person is faster at the half typed line; then the page is opened again.
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: "s6"}, Text: "Của An"})
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
	o.untilShown(rec, "s3", "Gõ trước khi đứt, và gõ sau khi đứt")
	o.untilShown(rec, "s4", "Chưa xong")
	b.wait(`document.querySelector("#s-s3 .said").textContent === "Gõ trước khi đứt, và gõ sau khi đứt" && document.querySelector("#s-s4 .said").textContent === "Chưa xong"`)
	b.wait(`!Object.keys(localStorage).some(k => k.startsWith("bienban.unsent"))`)
	if st := o.state(); len(st.Conflicts) > 0 {
		t.Errorf("a person met themselves: %+v", st.Conflicts)
	}

	// A page that ends within a line leaves its text to the next page, which finds that somebody else was faster: both are kept.
	b.typeInto("s5")
	o.down()
	b.wait(`document.getElementById("link").classList.contains("bad")`)
	b.keys("Bình gõ dở")
	b.wait(`Object.values(localStorage).some(v => v.includes("Bình gõ dở"))`)
	b.run(chromedp.Navigate("about:blank"))
	o.up()
	o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: "s5"}, Text: "An nhanh hơn"})
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
	o.until("both are kept", func(s *desk.State) bool {
		return len(s.Conflicts) == 1 && s.Conflicts[0].Mine == "Bình gõ dở" && s.Conflicts[0].Theirs == "An nhanh hơn"
	})
	b.wait(`/An nhanh hơn.*Bình gõ dở/s.test(document.querySelector("#s-s5 .both")?.textContent)`)
	b.noComplaints()
}

func TestARecordingFromElsewhereIsBroughtInAndSaidSo(t *testing.T) {
	o, _ := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("binh", "/review")
	b.tap("#import-title")
	bad := filepath.Join(t.TempDir(), "ghi chép.flac")
	if err := os.WriteFile(bad, []byte("this is no sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	send := func(file string) {
		b.attach("#import-file", file)
		b.tap(`form[action$="/import"] button`)
	}
	send(bad)
	b.wait(`document.querySelector("[role=alert], .failed")?.textContent.length > 10`)
	b.shot("import-refused")
	if n := len(o.state().Recordings); n != 1 {
		t.Errorf("a file that is no sound made recording %d", n)
	}
	good, err := filepath.Abs("../internal/casefile/cases/council-demo/mixer.flac")
	if err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
	b.tap("#import-title")
	send(good)
	o.until("the meeting has it", func(s *desk.State) bool { return len(s.Recordings) == 2 })
	b.wait(`location.pathname.endsWith("/review") && document.querySelector("main > .notice")`)
	b.shot("imported")
	b.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/review"))
	b.wait(`document.querySelectorAll("#which option").length === 2`)
	b.noComplaints()
}
