package portal_test

import (
	"context"
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
	recording = o.meeting + "-hall"
	speech := spoken(t, kase, 0, doubt)
	end := speech[len(speech)-1].End
	rec, err := record.Create(o.root+"/"+recording, record.Options{ID: recording, Meeting: o.meeting, Rate: 16000, Channels: 1, Bits: 16}, nil)
	if err != nil {
		t.Fatal(err)
	}
	second := make([]float32, 16000)
	for i := range second {
		second[i] = float32(i%200)/1000 - 0.1
	}
	for range int(end) + 40 {
		if err := rec.AppendWait(t.Context(), second); err != nil {
			t.Fatal(err)
		}
	}
	if err := rec.Close(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	o.until("the recording is known", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	half := len(speech) / 2
	o.do("clerk", desk.KindMark, desk.MarkMade{Item: o.state().Items[0].ID, Place: desk.Place{Recording: recording, Sample: int64(speech[1].Start * 16000)}})
	o.do("clerk", desk.KindMark, desk.MarkMade{Item: o.state().Items[1].ID, Place: desk.Place{Recording: recording, Sample: int64(speech[half].Start * 16000)}})
	speech[2].Flags = []transcribe.Flag{{Code: transcribe.FlagLowConfidence, Severity: transcribe.Info, Text: "unsure"}}
	speech[3].Flags = []transcribe.Flag{{Code: transcribe.FlagLowConfidence, Severity: transcribe.Info, Text: "unsure"}}
	o.hand(recording, 0, speech, hall.Cover{From: 0, To: int64(end * 16000), Kind: transcribe.CoveredSpeech},
		hall.Cover{From: int64(end * 16000), To: int64((end + 1) * 16000), Kind: transcribe.CoveredGap, Note: "no text"})
	return o, recording
}

func rarely(n int) bool { return n%25 == 0 }

// shown is a segment's text as everybody sees it now.
func (o *office) shown(recording, segment string) string {
	o.t.Helper()
	sheet, err := o.store.Sheet(o.t.Context(), o.viewer("clerk"), o.meeting, recording)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, g := range sheet.Transcript.Segments {
		if g.ID == segment {
			return g.Text
		}
	}
	return ""
}

func (o *office) untilShown(recording, segment, want string) {
	o.t.Helper()
	got := ""
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if got = o.shown(recording, segment); got == want {
			return
		}
	}
	o.t.Fatalf("segment %s is %q, want %q", segment, got, want)
}

// compose types by an input method: each text replaces what is being composed,
// the last is committed.
func (b *browser) compose(steps ...string) {
	b.t.Helper()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, s := range steps {
			n := int64(len([]rune(s)))
			if _, err := cdp.Call(ctx, t, input.ImeSetComposition, input.ImeSetCompositionParams{Text: s, SelectionStart: n, SelectionEnd: n}); err != nil {
				return err
			}
		}
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: steps[len(steps)-1]})
		return err
	}))
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
	b.wait(`document.activeElement.matches("textarea.typing") && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === ` + quoted(word))
	b.keys("ABC")
	b.keys(kb.Escape)
	o.untilShown(rec, id, strings.Replace(before, word, "ABC", 1))
	b.wait(`document.getElementById("s-` + id + `").classList.contains("edited")`)

	// Undo.
	b.keys("u")
	o.untilShown(rec, id, before)
	b.wait(`document.querySelector("#s-` + id + ` .said").textContent === ` + quoted(before))

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

	// Split at the cursor with what was typed and not stored; join again.
	b.wait(`!document.querySelector("textarea.typing")`)
	b.run(chromedp.Func(func(ctx context.Context, tt *chromedp.Target) error {
		_, err := chromedp.Evaluate[chromedp.Void](`document.querySelector("#s-s2 .time").click()`)(ctx, tt)
		return err
	}))
	b.wait(`document.getElementById("s-s2").classList.contains("current")`)
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
	b.wait(`document.getElementById("pick").open && document.getElementById("pick-list").children.length > 3`)
	b.keys("2")
	o.until("both lines have a speaker", func(*desk.State) bool {
		sheet, err := o.store.Sheet(t.Context(), o.viewer("clerk"), o.meeting, rec)
		n := 0
		for _, g := range sheet.Transcript.Segments {
			if (g.ID == "s2" || g.ID == "s3") && g.Speaker == "Daniel Osei" {
				n++
			}
		}
		return err == nil && n == 2
	})
	// Dismissed, and taken back.
	b.keys("x")
	b.wait(`document.querySelectorAll("li.segment.dismissed").length === 2`)
	b.keys("x")
	b.wait(`document.querySelectorAll("li.segment.dismissed").length === 0`)
	b.noComplaints()
}

func TestSoundIsStoppedAtTheWordJustHeardAndGoesOnWhenItIsCorrected(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("binh", "/review")
	b.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#s-s3 .time").click()`))
	b.wait(`document.getElementById("audio").currentTime > Number(document.getElementById("s-s3").dataset.start) + 2.2`)
	b.keys("\r")
	b.wait(`document.activeElement.matches("textarea.typing") && document.getElementById("audio").paused`)
	// Words are 0.4 s apart: the one selected was heard 0.7 s ago.
	if got := b.text(`document.activeElement.closest("li").dataset.id + " " + (document.activeElement.selectionEnd > document.activeElement.selectionStart)`); got != "s3 true" {
		t.Errorf("it opened %s", got)
	}
	at := b.text(`document.getElementById("audio").currentTime - 0.7 - Number(document.getElementById("s-s3").dataset.start)`)
	word := b.text(`document.activeElement.value.slice(0, document.activeElement.selectionStart).split(/\s+/).filter(Boolean).length`)
	heard, err := strconv.ParseFloat(at, 64)
	if err != nil || word != strconv.Itoa(int((heard+0.03)/0.4)) {
		t.Errorf("word %s is selected %s s after the line's beginning (%v)", word, at, err)
	}
	b.keys("QRS" + kb.F8)
	b.wait(`!document.querySelector("textarea.typing") && !document.getElementById("audio").paused`)
	o.until("it is stored", func(*desk.State) bool { return strings.Contains(o.shown(rec, "s3"), "QRS") })
	b.noComplaints()
}

func TestBulkWorkIsOneActForMany(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b := o.browser()
	b.open("an", "/review")
	// Flags of one cause are resolved together.
	b.wait(`document.querySelector("#flags .flag") && document.querySelector("#flags .flag").textContent.includes("2×")`)
	b.click(`#flags [data-act="flags_resolved"]`)
	b.wait(`!document.querySelector("#flags .flag")`)
	// What belongs to no item is filed.
	b.wait(`document.querySelectorAll("#unfiled .picks li").length === 1`)
	b.click(`#unfiled button[data-act="segments_item"]`) // nothing is ticked: nothing happens
	b.wait(`document.querySelector(".toasts .warn")`)
	b.click(`#unfiled [data-all]`)
	b.click(`#unfiled button[data-act="segments_item"]`)
	b.wait(`!document.querySelector("#unfiled .picks li")`)
	if sheet, err := o.store.Sheet(t.Context(), o.viewer("clerk"), o.meeting, rec); err != nil || sheet.Transcript.Segments[0].Item != o.state().Items[0].ID {
		t.Errorf("the first segment is under %q, %v", sheet.Transcript.Segments[0].Item, err)
	}
	// A gap is accounted for.
	b.click(`#gaps [data-all]`)
	b.click(`#gaps button:not([type="button"])`)
	b.wait(`!document.querySelector("#gaps .picks li") && document.querySelector("#cover rect.dismissed")`)
	b.noComplaints()
}

func TestAnInputMethodLosesAndDoublesNoLetter(t *testing.T) {
	o, rec := recorded(t, "council-demo", rarely)
	b, other := o.browser(), o.browser()
	b.open("binh", "/review")
	other.open("an", "/review")
	b.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#s-s4 .time").click()`))
	b.keys("\r")
	b.wait(`document.activeElement.matches("textarea.typing")`)
	b.keys("a", kb.ModifierCtrl)
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

	// An Enter that ends a composition ends no line.
	b.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))`))
	if got := b.text(`document.activeElement.closest("li").dataset.id`); got != "s5" {
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
		p.run(chromedp.Evaluate[chromedp.Void](`document.querySelector("#s-s3 .time").click()`))
		p.keys("\r")
		p.wait(`document.activeElement.matches("textarea.typing")`)
		p.keys("a", kb.ModifierCtrl)
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
	b.click(`#s-s3 .both button:nth-of-type(2)`) // hers
	o.untilShown(rec, "s3", "An nghe khác hẳn")
	o.until("it is settled", func(s *desk.State) bool { return len(s.Conflicts) == 0 })
	a.wait(`document.querySelector("#s-s3 .said").textContent === "An nghe khác hẳn" && !document.querySelector("#conflicts li")`)
	a.noComplaints()
	b.noComplaints()
}

// quoted writes a text for a script.
func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "\\`") + "`" }
