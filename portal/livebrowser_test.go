package portal_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

func TestAWholeMeetingIsRunByKeysAlone(t *testing.T) {
	o := newOffice(t, "council-demo")
	o.input = "../internal/casefile/cases/council-demo/mixer.flac"
	b := o.browser()
	b.open("binh", "/live")
	b.keys("r") // record
	st := o.until("a recording begins", func(s *desk.State) bool { return len(s.Recordings) == 1 })
	rec := st.Recordings[0].ID
	b.wait(`document.querySelector("#status .recording")`)
	b.wait(`document.querySelectorAll(".level-bar").length === 4`)
	b.run(chromedp.Focus(chromedp.CSS("#step-running")))
	b.keys("\r")
	o.until("the meeting runs", func(s *desk.State) bool { return s.Phase == desk.Running })
	b.wait(`document.getElementById("pause") && document.querySelector(".meeting-bar .phase-running")`)

	// Marks: the next one, and one by its number.
	b.keys("m")
	st = o.until("the first item is marked", func(s *desk.State) bool { return len(s.Marks) == 1 })
	if m := st.Marks[0]; m.Item != st.Items[0].ID || m.Recording != rec || m.Sample <= 0 {
		t.Errorf("the first mark is %+v", m)
	}
	b.keys("3")
	st = o.until("the third item is marked", func(s *desk.State) bool { return len(s.Marks) == 2 })
	if m := st.Marks[1]; m.Item != st.Items[2].ID || m.Sample < st.Marks[0].Sample {
		t.Errorf("the second mark is %+v", m)
	}
	b.wait(`document.querySelector(".live-item.current .nth").textContent === "3"`)
	b.keys("u")
	o.until("it is undone", func(s *desk.State) bool { return len(s.Marks) == 1 })
	b.wait(`document.querySelector(".live-item.current .nth").textContent === "1"`)

	// Text comes: grey first, then black with doubtful words marked.
	said, err := json.Marshal(hall.Said{Recording: rec, Type: "provisional", From: 0, To: 32000, Text: "Good evening everyone I open"})
	if err != nil {
		t.Fatal(err)
	}
	o.hub.Connect().Send(hall.LiveSubject(rec), said)
	b.wait(`document.getElementById("provisional").textContent === "Good evening everyone I open"`)
	speech := spoken(t, "council-demo", 0, func(n int) bool { return n%9 == 0 })
	o.hand(rec, 0, speech[:3], hall.Cover{From: 0, To: int64(speech[2].End*16000) - 8000, Kind: transcribe.CoveredSpeech},
		hall.Cover{From: int64(speech[2].End*16000) - 8000, To: int64(speech[2].End * 16000), Kind: transcribe.CoveredGap, Note: "no text"})
	b.wait(`document.querySelectorAll("#text .segment").length === 3`)
	b.wait(`document.querySelectorAll("#text .segment mark").length > 2 && document.querySelector("#text .gap") && document.getElementById("provisional").textContent === ""`)

	// A line is selected: the mark is placed there, not now.
	b.keys(kb.ArrowUp + kb.ArrowUp + kb.ArrowUp)
	b.wait(`document.querySelector("#text .chosen.segment")`)
	at := b.text(`document.querySelector("#text .chosen").dataset.start`)
	b.keys("2")
	st = o.until("the backdated mark", func(s *desk.State) bool { return len(s.Marks) == 2 })
	if want, err := strconv.ParseFloat(at, 64); err != nil || st.Marks[1].Sample != int64(math.Round(want*16000)) {
		t.Errorf("the mark lies at sample %d, the line at %s s", st.Marks[1].Sample, at)
	}
	b.wait(`document.querySelectorAll("#text .mark").length === 2`)
	b.keys(kb.Escape)

	// Speakers, the queue, a note whose place is where it was begun.
	b.keys("n")
	b.wait(`document.activeElement.id === "note-text"`)
	b.keys("Walsh sent his apologies\r")
	st = o.until("the note", func(s *desk.State) bool { return len(s.Notes) == 1 })
	if n := st.Notes[0]; n.Text != "Walsh sent his apologies" || n.Recording != rec || n.Item == "" {
		t.Errorf("the note is %+v", n)
	}
	b.wait(`document.getElementById("note-text").value === ""`)
	b.keys(kb.Escape)
	b.keys("#") // ⇧3
	st = o.until("a speaker", func(s *desk.State) bool { return len(s.Speakers) == 1 })
	if st.Speakers[0].Person != st.People[2].Name {
		t.Errorf("%q has the floor, want %q", st.Speakers[0].Person, st.People[2].Name)
	}
	// What is said from then on has the name; the channels' own speakers stay.
	later, names := 3, []string{speech[0].Speaker, speech[1].Speaker, speech[2].Speaker}
	for ; ; later++ {
		speech[later].Speaker = "" // no channel of its own
		if (speech[later].Start+speech[later].End)/2*16000 >= float64(st.Speakers[0].Sample) {
			names = append(names, st.People[2].Name)
			break
		}
		names = append(names, "")
	}
	o.hand(rec, int64(speech[2].End*16000), speech[3:later+1], hall.Cover{From: int64(speech[2].End * 16000), To: int64(speech[later].End * 16000), Kind: transcribe.CoveredSpeech})
	b.wait(fmt.Sprintf(`[...document.querySelectorAll("#text .segment .speaker")].map(e => e.textContent).join("|") === %q`, strings.Join(names, "|")))

	// Votes and attendance. The base is who is present then.
	b.keys("-")
	st = o.until("one leaves", func(s *desk.State) bool { return len(s.Attendance) == 1 })
	present := st.QuorumNow().Present
	if present != 7 {
		t.Errorf("%d are present", present)
	}
	b.wait(`document.getElementById("all").textContent.includes("(7)")`)
	b.keys("a")
	st = o.until("all in favour", func(s *desk.State) bool { return len(s.Votes) == 1 })
	if v := st.Votes[0]; v.For != 7 || v.Present != 7 || v.Published != nil || !v.All {
		t.Errorf("the vote is %+v", v)
	}
	b.wait(`document.querySelector(".result") && /7/.test(document.querySelector(".result .small:not(.muted)").textContent)`)
	b.keys("v")
	b.wait(`document.activeElement.id === "v-s-new"`)
	b.keys("Weir Lane footbridge\t7\t1\t1")
	b.wait(`document.querySelector("#vote-new .check-sum").textContent !== ""`) // 9 of 7 present
	b.keys(kb.Backspace + "0\t")
	b.wait(`document.querySelector("#vote-new .check-sum").textContent !== ""`) // 8 of 7 present
	b.run(chromedp.Focus(chromedp.CSS("#v-f-new")))
	b.keys(kb.End + kb.Backspace + "6\r")
	st = o.until("the vote", func(s *desk.State) bool { return len(s.Votes) == 2 })
	if v := st.Votes[1]; v.For != 6 || v.Against != 1 || v.Abstain != 0 || v.Subject != "Weir Lane footbridge" {
		t.Errorf("the vote is %+v", v.Vote)
	}
	b.keys(kb.Escape)
	b.wait(`document.querySelectorAll(".result").length === 2`)
	b.shot("meeting")

	// Publishing is an act of its own.
	b.tap(`.result [data-act="result_published"]`)
	o.until("it is published", func(s *desk.State) bool { return s.Votes[1].Published != nil || s.Votes[0].Published != nil })

	// A closed part: nothing is recorded any more when it is noted.
	b.keys("c")
	o.until("a closed part", func(s *desk.State) bool { return s.Phase == desk.ClosedPart && len(s.Pauses) == 1 })
	running, err := capture.Running(t.Context(), o.root)
	if err != nil || len(running) != 1 || running[0].State != capture.Paused {
		t.Errorf("captures: %+v, %v", running, err)
	}
	b.wait(`document.getElementById("resume")`)
	b.keys("p")
	o.until("the meeting goes on", func(s *desk.State) bool { return s.Phase == desk.Running })
	b.wait(`document.querySelector("#status .recording")`)

	// Something for later, and the help.
	b.keys("o")
	b.wait(`document.activeElement.id === "point-text"`)
	b.keys("Ask for the report\r")
	o.until("the point", func(s *desk.State) bool { return len(s.Points) == 1 })
	b.keys(kb.Escape)
	b.keys("?")
	b.wait(`document.getElementById("keys").open`)
	b.shot("help")
	b.keys(kb.Escape)
	b.wait(`!document.getElementById("keys").open`)
	b.noComplaints()
}
