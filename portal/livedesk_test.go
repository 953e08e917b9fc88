package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bienban/audio/alarm"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/inhibit"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

func TestTwoSecretariesRunAMeetingFromTheRehearsalToItsClose(t *testing.T) {
	o := newOffice(t, "council-demo")
	o.input = "../internal/casefile/cases/council-demo/mixer.flac"
	a, c := o.browser(), o.browser()
	a.open("binh", "/live")
	c.open("an", "/review")

	// A rehearsal stands on every screen and leaves nothing.
	a.keys("y")
	o.until("the rehearsal", func(s *desk.State) bool { return s.Rehearsal })
	for _, b := range []*browser{a, c} {
		b.wait(`document.querySelector("#meeting-phase .rehearsing")`)
	}
	a.wait(`document.getElementById("start-capture")`)
	a.keys("r")
	o.until("it is recorded", func(s *desk.State) bool { return len(s.Recordings) == 1 && s.Recordings[0].Rehearsal })
	a.keys("g")
	o.until("it runs", func(s *desk.State) bool { return s.Phase == desk.Running })
	a.wait(`document.getElementById("mark-next")?.dataset.act`)
	a.keys("m")
	a.wait(`document.querySelectorAll("#text .mark").length === 1`)
	a.shot("rehearsal")
	a.keys("y") // asked, and yes
	o.until("nothing of it is left", func(s *desk.State) bool {
		return !s.Rehearsal && s.Phase == desk.Prepared && len(s.Marks) == 0 && s.Recordings[0].Length >= 0
	})
	o.until("nothing records", func(*desk.State) bool {
		running, err := capture.Running(t.Context(), o.root)
		return err == nil && len(running) == 0
	})
	for _, b := range []*browser{a, c} {
		b.wait(`!document.querySelector(".rehearsing")`)
	}
	a.wait(`document.getElementById("text").dataset.recording === "" && !document.querySelector("#text .mark")`)

	// The meeting itself: another recording.
	c.run(chromedp.Navigate(o.url + "/m/" + o.meeting + "/live"))
	a.wait(`document.getElementById("start-capture")`)
	a.keys("r")
	st := o.until("another recording", func(s *desk.State) bool { return len(s.Recordings) == 2 && !s.Recordings[1].Rehearsal })
	rec := st.Recordings[1].ID
	a.wait(`document.querySelector("#status .recording") && document.getElementById("text").dataset.recording === "` + rec + `"`)
	a.keys("g")
	o.until("the meeting runs", func(s *desk.State) bool { return s.Phase == desk.Running })
	for _, b := range []*browser{a, c} {
		b.wait(`document.getElementById("mark-next")?.dataset.act && document.querySelector("#meeting-phase .phase-running")`)
	}

	// Both go to the same item: it begins once.
	a.keys("1")
	c.keys("1")
	o.until("the mark", func(s *desk.State) bool { return len(s.Marks) == 1 })
	c.keys("n")
	c.wait(`document.activeElement.id === "note-text"`)
	c.keys("Walsh vắng, có phép\r")
	st = o.until("a note after it", func(s *desk.State) bool { return len(s.Notes) == 1 })
	if len(st.Marks) != 1 || st.Notes[0].Item != st.Items[0].ID {
		t.Errorf("marks %+v, note %+v", st.Marks, st.Notes[0])
	}
	c.keys(kb.Escape)
	a.wait(`document.querySelectorAll("#notes li").length === 1`)

	// No key acts while somebody writes, an input method composes, or another layout means another letter.
	seq := st.Seq
	a.keys("n")
	a.wait(`document.activeElement.id === "note-text"`)
	a.keys("mmawx-+1")
	a.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "mươi", SelectionStart: 4, SelectionEnd: 4})
		return err
	}))
	a.key("Process", "Enter", 229)
	if got := a.text(`document.getElementById("note-text").value`); got != "mmawx-+1mươi" {
		t.Errorf("what was typed is %q", got)
	}
	a.run(chromedp.Evaluate[chromedp.Void](`document.getElementById("note-text").value = ""; document.activeElement.blur()`))
	a.key("Process", "KeyM", 229)
	a.key("z", "KeyX", 90) // a keyboard on which z stands where x does elsewhere
	a.run(chromedp.Evaluate[chromedp.Void](`document.getElementById("keys-on").click()`))
	a.keys("ma")
	a.run(chromedp.Evaluate[chromedp.Void](`document.getElementById("keys-on").click()`))
	if now := o.state(); now.Seq != seq {
		t.Errorf("keys that were none made events %d to %d", seq+1, now.Seq)
	}

	// Attendance: by one, counted, by name; the quorum follows; what cannot be is refused in words.
	a.keys("-")
	o.until("one leaves", func(s *desk.State) bool { return s.QuorumNow().Present == 7 })
	count := func(n string) {
		t.Helper()
		a.keys("t")
		a.wait(`document.activeElement.id === "att-present"`)
		a.keys(n + "\r")
		a.keys(kb.Escape)
	}
	count("4")
	o.until("four are counted", func(s *desk.State) bool { return s.QuorumNow().Present == 4 && !s.QuorumNow().Met })
	a.wait(`document.querySelector("#hall .badge.bad")?.textContent.includes("5")`)
	count("99")
	a.says("99")
	a.says("nhiều hơn 9 được triệu tập")
	count("8")
	o.until("eight are counted", func(s *desk.State) bool { return s.QuorumNow().Present == 8 && s.QuorumNow().Met })
	c.wait(`document.querySelector("#hall .badge.good") && document.getElementById("all").textContent.includes("(8)")`)

	// All in favour, with the base; what the key left out stands open, and keeps the meeting from being closed.
	c.keys("a")
	st = o.until("all in favour", func(s *desk.State) bool { return len(s.Votes) == 1 })
	if v := st.Votes[0]; v.For != 8 || v.Present != 8 || v.Published != nil {
		t.Errorf("the vote is %+v", v)
	}
	a.wait(`document.querySelector("#results .result")?.textContent.includes("Trên 8 có mặt: 100")`)
	a.wait(`document.getElementById("step-closed").disabled`)
	a.keys("x")
	a.says("chưa ghi nội dung")
	a.keys("d") // the first that is open
	a.wait(`document.activeElement.id === "v-s-` + st.Votes[0].ID + `"`)
	a.keys("Biên bản kỳ trước\r")
	o.until("its subject", func(s *desk.State) bool { return s.Votes[0].Subject == "Biên bản kỳ trước" })
	a.keys(kb.Escape)
	a.wait(`!document.getElementById("step-closed").disabled`)

	// An election: candidates, ballots, votes. Recorded is not published.
	a.keys("e")
	a.wait(`document.activeElement.id === "e-s-new"`)
	a.keys("Bầu Phó Chủ tịch\t1\t2\t8\t8\t7\t0\tLê Văn Ất; 5; x\rTrần Thị Bính; 2")
	a.wait(`document.querySelector("#election-new .check-sum").textContent.includes("7")`) // 7 + 0 of 8 returned
	a.keys("O\t\r")                                                                        // "2O" is no number of votes: it is not sent as none
	a.wait(`document.activeElement.id === "e-l-new" && document.querySelector("#election-new .check-sum").textContent.startsWith("Dòng 2")`)
	a.keys(kb.End + kb.Backspace + "0") // 20 votes of 7
	a.keys("\t\r")
	a.says("Trần Thị Bính có 20 phiếu, nhiều hơn 7 phiếu bầu")
	if st := o.state(); len(st.Elections) > 0 {
		t.Fatalf("elections %+v", st.Elections)
	}
	a.wait(`document.getElementById("e-l-new").value.includes("Bính; 20")`) // refused, and still there to be put right
	a.run(chromedp.Focus(chromedp.CSS("#e-l-new")))
	a.keys(kb.End + kb.Backspace)
	a.run(chromedp.Focus(chromedp.CSS("#e-w-new")))
	a.keys(kb.Backspace + "1\t\t\r")
	st = o.until("the election", func(s *desk.State) bool { return len(s.Elections) == 1 })
	if e := st.Elections[0]; e.Seats != 1 || e.Valid != 7 || len(e.Results) != 2 || !e.Results[0].Elected || e.Results[1].Votes != 2 || e.Published != nil {
		t.Errorf("the election is %+v", e)
	}
	a.keys(kb.Escape)
	c.wait(`document.querySelector("#r-` + st.Elections[0].ID + ` .publish")`)
	c.keys("w")
	st = o.until("it is published", func(s *desk.State) bool { return s.Elections[0].Published != nil })
	if st.Votes[0].Published != nil {
		t.Error("the vote was published with it")
	}
	a.wait(`document.querySelector("#r-` + st.Elections[0].ID + ` .badge.good")`)

	// Speakers: queue by name, next by a key, a button by the mouse, nobody.
	for _, name := range []string{"Nguyễn Văn Khách", "Daniel Osei"} {
		a.keys("q")
		a.wait(`document.activeElement.id === "queue-name"`)
		n := len(o.state().Queue)
		a.keys(name + "\r")
		o.until("who waits", func(s *desk.State) bool { return len(s.Queue) == n+1 })
		a.wait(fmt.Sprintf(`document.querySelectorAll("#speakers .queue li").length === %d`, n+1))
		a.keys(kb.Escape)
	}
	c.wait(`document.querySelectorAll("#speakers .queue li").length === 2`)
	c.keys("s")
	st = o.until("the first has the floor", func(s *desk.State) bool { return len(s.Queue) == 1 })
	if got := st.Speakers[len(st.Speakers)-1].Person; got != "Nguyễn Văn Khách" {
		t.Errorf("%q has the floor", got)
	}
	c.wait(`document.querySelectorAll("#speakers .queue li").length === 1`) // the list is shorter, and what is below it higher
	c.tap(`[data-person-key="2"]`)
	o.until("a person of the list", func(s *desk.State) bool { return s.Speakers[len(s.Speakers)-1].Person == s.People[1].Name })
	a.wait(`document.getElementById("nobody")`)
	a.keys(")") // ⇧0
	o.until("nobody", func(s *desk.State) bool { return s.Speakers[len(s.Speakers)-1].Person == "" })

	// Two change the queue at once: both are kept, and one key takes one.
	o.do("clerk", desk.KindQueue, desk.QueueChanged{Queue: []string{"Margaret Doyle"}})
	o.conflict("an", desk.KindQueue, desk.QueueChanged{Queue: []string{"Daniel Osei", "Phạm Văn Khác"}}, st.Seq)
	a.wait(`document.querySelector("#conflicts [data-take=theirs]")`)
	a.shot("conflict")
	a.keys("k")
	st = o.until("it is settled", func(s *desk.State) bool { return len(s.Conflicts) == 0 })
	if !slices.Equal(st.Queue, []string{"Margaret Doyle"}) {
		t.Errorf("those wait: %v", st.Queue)
	}

	// Marks: moved by mouse, by the line, by 15 s, taken away, and back.
	speech := spoken(t, "council-demo", 0, rarely)
	o.hand(rec, 0, speech[:4], hall.Cover{From: 0, To: int64(speech[3].End * 16000), Kind: transcribe.CoveredSpeech})
	a.wait(`document.querySelectorAll("#text .segment").length === 4`)
	id := st.Marks[0].ID
	place := func(want int64) {
		t.Helper()
		o.until(fmt.Sprintf("the mark at sample %d", want), func(s *desk.State) bool { return len(s.Marks) == 1 && s.Marks[0].Sample == want })
		a.wait(fmt.Sprintf(`Math.round(Number(document.getElementById("row-%s").dataset.start) * 16000) === %d`, id, want))
	}
	at := func(n int) int64 { return int64(speech[n].Start*16000 + 0.5) }
	a.drag("#row-"+id, "#text .segment:last-child")
	place(at(3))
	a.tap("#row-" + id)
	a.wait(`document.querySelector("#text .mark.chosen")`)
	a.keys(kb.ArrowUp, kb.ModifierAlt)
	place(at(2))
	a.wait(`document.querySelector("#text .mark.chosen")`) // it can be moved on
	a.keys(kb.ArrowUp, kb.ModifierAlt)
	place(at(1))
	a.keys("]")
	place(at(1) + 15*16000)
	a.keys("u")
	place(at(1))
	seq = o.state().Seq
	a.keys(kb.Delete + "u") // at once: what was just done, though its answer has not come
	o.until("the mark was taken away and is back", func(s *desk.State) bool { return s.Seq == seq+2 && len(s.Marks) == 1 })
	place(at(1))
	a.keys(kb.Escape)

	// A recess with reason and time; it is loud when the time is over. A line that is selected does not date it back.
	a.keys(kb.ArrowUp)
	a.wait(`document.querySelector("#text .chosen")`)
	a.keys("P")
	a.wait(`document.activeElement.id === "pause-reason"`)
	a.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	a.keys("Chờ kiểm phiếu\t")
	a.run(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	a.keys("20\r")
	st = o.until("the recess", func(s *desk.State) bool { return s.Phase == desk.Recess })
	if p := st.Pauses[0]; p.Reason != "Chờ kiểm phiếu" || p.Minutes != 20 || p.Closed || time.Since(p.Clock) > time.Minute || p.Sample == at(3) {
		t.Errorf("the pause is %+v", p)
	}
	for _, b := range []*browser{a, c} {
		b.wait(`document.querySelector("#meeting-phase .phase-recess") && document.getElementById("phase").textContent.includes("Chờ kiểm phiếu") && document.getElementById("phase").dataset.until`)
	}
	c.wait(`(document.getElementById("phase").dataset.until = Date.now() - 130000) && document.getElementById("alarms").textContent.includes("quá giờ hẹn 2 phút")`)
	a.keys(kb.Escape + "p")
	o.until("the meeting goes on", func(s *desk.State) bool { return s.Phase == desk.Running })
	a.wait(`document.getElementById("step-closed")`)

	// Closed; the recording goes on until somebody ends it, and the page says so.
	a.keys("x")
	o.until("it is closed", func(s *desk.State) bool { return s.Phase == desk.Closed })
	c.wait(`document.getElementById("still") && !document.getElementById("mark-next") && !document.getElementById("all")`)
	c.shot("closed")
	c.keys("R")
	o.until("the recording has ended", func(s *desk.State) bool { return s.Recordings[1].Length >= 0 })
	a.wait(`!document.getElementById("still") && document.querySelector("#step-in_review kbd")`)

	// What capture and worker tell is shown, and loud where it must be.
	status := capture.Status{State: capture.Recording, Meeting: o.meeting, Recording: rec, Seconds: 3723, Gaps: 2, Disk: capture.DiskLeft{Bytes: 1 << 20, Seconds: 1800},
		Power:  inhibit.Power{Known: true, OnBattery: true, Charge: 34},
		Alarms: []alarm.Alarm{{Severity: "urgent", VI: "Micrô 2 im lặng", EN: "Microphone 2 is silent"}}}
	o.send(hall.LagSubject(rec), hall.Lag{Recording: rec, Lag: 14.2})
	o.send(capture.Subject(rec), status)
	c.wait(`/1:02:03/.test(document.getElementById("status").textContent)`)
	o.send(capture.Subject(rec), status)
	c.wait(`["ổ đĩa còn 0,5 giờ", "pin 34 %", "chữ chậm 14,2 giây", "2 chỗ mất tiếng"].every(x => [...document.querySelectorAll("#status .bad")].some(e => e.textContent === x))`)
	c.wait(`document.querySelector("#alarms .alarm.urgent")?.textContent === "Micrô 2 im lặng" && document.title.startsWith("⚠") && document.getElementById("alarms").getAttribute("role") === "alert"`)
	c.shot("alarm")

	a.keys("g") // what the key is written at, not what stands first
	o.until("it is in review", func(s *desk.State) bool { return s.Phase == desk.InReview })
	a.noComplaints()
	c.noComplaints()
}

// send puts something on the bus that passes by.
func (o *office) send(subject string, v any) {
	o.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		o.t.Fatal(err)
	}
	o.hub.Connect().Send(subject, b)
}

// conflict does an act whose sender knew nothing after base, and wants it kept as a conflict.
func (o *office) conflict(login string, kind desk.Kind, body any, base int64) {
	o.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.store.Do(o.t.Context(), o.viewer(login), o.meeting, desk.Act{ID: actID(), Kind: kind, Base: base, Body: b, By: o.people[login].ID, Name: o.people[login].Name, At: time.Now()})
	if err != nil || d.Conflict == nil {
		o.t.Fatalf("%s: %+v, %v", kind, d, err)
	}
}

// liveActs says which key of the list does each act of the live desk.
func liveActs() map[desk.Kind]string {
	return map[desk.Kind]string{
		desk.KindPhase: "g", desk.KindRehearsal: "y", desk.KindRehearsalDiscarded: "y", desk.KindMark: "m", desk.KindMarkChanged: "[", desk.KindMarkRemoved: "Delete",
		desk.KindSpeaker: "s", desk.KindQueue: "q", desk.KindNote: "n", desk.KindNoteChanged: "d", desk.KindNoteRemoved: "Delete", desk.KindPaused: "p", desk.KindResumed: "p",
		desk.KindPoint: "o", desk.KindPointClosed: "d", desk.KindAttendance: "+", desk.KindAttendanceChanged: "d", desk.KindVote: "v", desk.KindVoteAll: "a", desk.KindVoteChanged: "d",
		desk.KindElection: "e", desk.KindElectionChanged: "d", desk.KindPublished: "w", desk.KindUndo: "u", desk.KindSettle: "k",
	}
}

func TestEachActOfTheLiveDeskHasAKeyAndTheListNamesEachKey(t *testing.T) {
	o := newOffice(t, "council-demo")
	b := o.browser()
	b.open("binh", "/live")
	bound := strings.Split(b.text(`Object.keys(bienban.link.bound)`), ",")
	slices.Sort(bound)
	named := map[string]bool{"=": true} // + without Shift
	for n := 1; n <= 9; n++ {
		named[fmt.Sprintf("Digit%d", n)], named[fmt.Sprintf("shift+Digit%d", n)] = true, true
	}
	for _, k := range strings.Split(b.text(`[...document.querySelectorAll("#keys kbd")].map(k => k.textContent).join("\n")`), "\n") {
		switch rest, shift := strings.CutPrefix(k, "⇧"); {
		case shift && rest >= "0" && rest <= "9":
			named["shift+Digit"+rest] = true
		case shift:
			named["shift+Key"+rest] = true
		case k == "…" || k >= "1" && k <= "9" || strings.HasPrefix(k, "Alt+"):
		default:
			named[map[string]string{"↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape", "Del": "Delete"}[k]+strings.Trim(k, "↑↓")] = true
		}
	}
	delete(named, "EscapeEsc")
	delete(named, "DeleteDel")
	named["Escape"], named["Delete"] = true, true
	for _, k := range bound {
		if !named[k] {
			t.Errorf("%q acts and is not in the list", k)
		}
		delete(named, k)
	}
	for k := range named {
		t.Errorf("the list has %q, which does nothing", k)
	}
	for kind, key := range liveActs() {
		if !slices.Contains(bound, key) {
			t.Errorf("%s is to have the key %q", kind, key)
		}
	}
	// What has no key of its own is done on other pages, or is a correction of a row of this one.
	others := []desk.Kind{desk.KindRecordingSet, desk.KindAttendanceRemoved, desk.KindVoteRemoved, desk.KindElectionRemoved, desk.KindUnpublished}
	for _, k := range desk.Kinds() {
		p := k.Permission()
		live := p == desk.Run || p == desk.Mark || p == desk.Attend || p == desk.PublishResult || strings.HasPrefix(string(k), "vote") || strings.HasPrefix(string(k), "election") || strings.HasPrefix(string(k), "note") || strings.HasPrefix(string(k), "point")
		if _, has := liveActs()[k]; live && !has && !slices.Contains(others, k) {
			t.Errorf("%s of the live desk has no key", k)
		}
	}
}
