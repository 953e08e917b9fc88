package portal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// lines are so many short lines of a text, each 1.2 s long and 0.3 s after the other; the words
// that doubtful names by line and number are marked.
func lines(n int, doubtful ...[2]int) []transcribe.Segment {
	var out []transcribe.Segment
	for i := range n {
		g := transcribe.Segment{Start: 1.5 * float64(i), Text: fmt.Sprintf("lời thứ %d", i+1)}
		for j, w := range strings.Fields(g.Text) {
			word := transcribe.Word{Text: w, Start: g.Start + 0.4*float64(j), End: g.Start + 0.4*float64(j) + 0.35, P: 0.95}
			for _, d := range doubtful {
				if d == [2]int{i + 1, j} {
					word.P = 0.2
				}
			}
			g.Words = append(g.Words, word)
		}
		g.End = g.Start + 1.2
		out = append(out, g)
	}
	return out
}

// heardTo waits until the sound has come to a second.
func (b *browser) heardTo(second float64) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`bienban.sound.playing && bienban.sound.at > %f`, second))
}

// Who clicks a line and then presses a key means that line, also where the sound has gone on
// meanwhile; a list of names that is open keeps the lines that it was opened for.
func TestKeysMeanTheLineThatWasChosenThoughTheSoundGoesOn(t *testing.T) {
	o := newOffice(t, "council-demo")
	rec := o.recordedText(lines(40))
	b := o.browser()
	b.open("binh", "/review")
	b.do(`window.at = performance.now(); performance.now = () => window.at`) // the person is as fast as this test needs
	b.tap("#s-s1 .time")
	b.heardTo(4.4) // in the third line
	b.keys("h")
	b.wait(`document.getElementById("history").textContent.includes("0:00:00")`)
	b.keys("s")
	b.wait(`document.activeElement.id === "who"`)
	b.do(`window.at += 60000`) // a long look at the list
	b.heardTo(float64(b.number(`Math.ceil(bienban.sound.at)`)) + 3)
	b.keys("2")
	st := o.until("one line has a speaker", func(*desk.State) bool {
		for _, g := range o.sheet(rec).Transcript.Segments {
			if g.Speaker != "" {
				return true
			}
		}
		return false
	})
	for _, g := range o.sheet(rec).Transcript.Segments {
		if want := map[bool]string{true: st.People[1].Name}[g.ID == "s1"]; g.Speaker != want {
			t.Errorf("%s has the speaker %q, want %q", g.ID, g.Speaker, want)
		}
	}
	// Some seconds later the sound is followed again, until somebody goes elsewhere.
	b.do(`window.at += 60000`)
	b.wait(`!document.getElementById("s-s1").matches(".current")`)
	b.keys(kb.ArrowUp + kb.ArrowUp + kb.ArrowUp + kb.ArrowUp)
	line := b.text(`document.querySelector("li.current").id`)
	b.do(`window.at += 60000`)
	b.heardTo(float64(b.number(`Math.ceil(bienban.sound.at)`)) + 3)
	b.wait(`document.querySelector("li.current").id === ` + quoted(line))
	b.noComplaints()
}

// The sound around a doubtful word begins before and ends behind it, maybe in another line.
func TestADoubtfulWordIsOpenedInItsOwnLineThoughAnotherIsHeard(t *testing.T) {
	o := newOffice(t, "council-demo")
	rec := o.recordedText(lines(10, [2]int{1, 2}, [2]int{5, 0}))
	b := o.browser()
	b.open("binh", "/review")
	b.keys("d")
	b.wait(`document.getElementById("s-s2").matches(".heard") && !bienban.sound.playing`) // it ends by itself
	// That the line is drawn again meanwhile does not matter.
	o.do("an", desk.KindSegmentSpeaker, desk.SegmentsSpeaker{SegmentsNamed: desk.SegmentsNamed{Recording: rec, Segments: []string{"s1"}}, Speaker: "Nguyễn Văn Khách"})
	b.wait(`document.querySelector("#s-s1 .speaker").textContent === "Nguyễn Văn Khách"`)
	b.wait(`document.querySelector("#s-s1 mark.at")`)
	b.keys("\r")
	b.wait(`document.activeElement.matches("#s-s1 textarea") && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === "1"`)
	b.keys(kb.Escape + "d")
	b.wait(`document.querySelector("#s-s5 mark.at") && document.getElementById("audio").currentTime > 5`)
	b.keys("\r")
	b.wait(`document.activeElement.matches("#s-s5 textarea") && document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd) === "lời"`)
	b.noComplaints()
}

// hold keeps back the page's next answer to a request for a part, or refuses it, until go() was
// said and whatever else was asked for meanwhile had time to be answered.
func (b *browser) hold(part, answer string) {
	b.t.Helper()
	b.do(`const fetched = window.fetched ??= window.fetch; let free; const freed = new Promise(f => { free = f; });
		window.go = () => setTimeout(() => { free(); setTimeout(() => { window.gone = true; }, 300); }, 700);
		window.held = window.gone = false;
		window.fetch = async (...what) => { const r = await fetched(...what); if (!new URL(what[0], location).pathname.endsWith("/parts/` + part + `") || window.held) return r; window.held = true; await freed; return ` + answer + `; };`)
}

func TestAnAnswerThatComesLateOrNotAtAllLeavesNothingOldOnTheReview(t *testing.T) {
	o := newOffice(t, "council-demo")
	rec := o.recordedText(lines(10))
	b := o.browser()
	b.open("binh", "/review")
	for line, c := range map[string]struct {
		answer string
		texts  []string
	}{
		"s2": {"r", []string{"cũ", "mới"}},
		"s3": {`new Response("", { status: 503 })`, []string{"mới"}},
	} {
		b.hold("review-rows", c.answer)
		for _, text := range c.texts {
			d := o.do("an", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: rec, Segment: line}, Text: text})
			b.wait(fmt.Sprintf(`window.held && bienban.link.seq >= %d`, d.Seq))
		}
		b.do(`go()`)
		b.wait(`window.gone`)
		b.wait(`document.querySelector("#s-` + line + ` .said").textContent === "mới"`)
	}
	b.noComplaints()
}

// A line of a list that is gone takes its tick with it, and leaves that of the next alone.
func TestATickStaysAtWhatWasTickedThoughALineBeforeItGoes(t *testing.T) {
	o := newOffice(t, "council-demo")
	text := lines(1)
	gap := func(from, to int64) hall.Cover {
		return hall.Cover{From: from * desk.SampleRate, To: to * desk.SampleRate, Kind: transcribe.CoveredGap, Note: "no text"}
	}
	rec := o.sound(20)
	o.until("the recording is known", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	o.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	o.hand(rec, 0, text, hall.Cover{From: 0, To: 2 * desk.SampleRate, Kind: transcribe.CoveredSpeech}, gap(2, 5),
		hall.Cover{From: 5 * desk.SampleRate, To: 8 * desk.SampleRate, Kind: transcribe.CoveredNonSpeech}, gap(8, 11),
		hall.Cover{From: 11 * desk.SampleRate, To: 14 * desk.SampleRate, Kind: transcribe.CoveredNonSpeech}, gap(14, 17))
	b := o.browser()
	b.open("binh", "/review")
	b.wait(`document.querySelectorAll("#gaps .picks li").length === 3`)
	for _, n := range []string{"1", "3"} {
		b.tap("#gaps .picks li:nth-child(" + n + ") input")
	}
	o.do("an", desk.KindStretch, desk.StretchDismissed{Recording: rec, From: 2 * desk.SampleRate, To: 5 * desk.SampleRate, Reason: "vỗ tay"})
	b.wait(`document.querySelectorAll("#gaps .picks li").length === 2`)
	if ticked := b.text(`[...document.querySelectorAll("#gaps .picks input")].map(i => i.checked)`); ticked != "false,true" {
		t.Errorf("of the second and third line are ticked: %s", ticked)
	}
	b.noComplaints()
}

func TestAnAnswerThatComesLateLeavesNothingOldOnTheLiveDesk(t *testing.T) {
	o := newOffice(t, "council-demo")
	rec := o.recordedText(lines(4))
	b := o.browser()
	b.open("binh", "/live")
	b.wait(`document.querySelectorAll("#text .segment").length === 4`)
	note := func(text string) {
		d := o.do("an", desk.KindNote, desk.NoteMade{Text: text})
		b.wait(fmt.Sprintf(`window.held && bienban.link.seq >= %d`, d.Seq))
	}
	b.hold("live", "r")
	note("một")
	note("hai")
	b.do(`go()`)
	b.wait(`window.gone`)
	b.wait(`document.querySelectorAll("#notes li").length === 2`)

	// Text that comes while the answer to an older question is on its way stays.
	b.hold("live-text", "r")
	note("ba")
	all := lines(5)
	o.hand(rec, int64(all[3].End*desk.SampleRate), all[4:])
	b.wait(`document.querySelectorAll("#text .segment").length === 5`)
	b.do(`go()`)
	b.wait(`window.gone`)
	b.wait(`document.querySelectorAll("#text .segment").length === 5`)
	b.noComplaints()
}

// The list of speakers, of which a page takes the name for text that comes, is still the old one.
func TestTextThatComesWhileTheSpeakersAreDrawnAnewHasWhoSpokeThen(t *testing.T) {
	o := newOffice(t, "council-demo")
	rec := o.recordedText(lines(4))
	all, people := lines(6), o.state().People
	b := o.browser()
	b.open("binh", "/live")
	b.wait(`document.querySelectorAll("#text .segment").length === 4`)
	for i, was := range []string{"", people[0].Name} {
		line := all[4+i]
		b.hold("live", "r")
		d := o.do("an", desk.KindSpeaker, desk.SpeakerMade{Person: people[i].Name, Place: desk.Place{Recording: rec, Sample: int64(line.Start * desk.SampleRate)}})
		b.wait(fmt.Sprintf(`window.held && bienban.link.seq >= %d && !bienban.link.behind("live-text")`, d.Seq))
		if now := b.text(`document.querySelector("#speakers .speaking strong")?.textContent ?? ""`); now != was {
			t.Errorf("the list is drawn anew already: %q", now)
		}
		o.hand(rec, int64(all[3+i].End*desk.SampleRate), []transcribe.Segment{line})
		b.wait(fmt.Sprintf(`document.querySelector("#text .segment:nth-last-child(1 of .segment) .speaker")?.textContent === %q && document.querySelectorAll("#text .segment").length === %d`, people[i].Name, 5+i))
		b.do(`go()`)
		b.wait(`window.gone`)
	}
	b.noComplaints()
}
