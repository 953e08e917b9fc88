package desk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

func ref(segment string) desk.SegmentRef {
	return desk.SegmentRef{Recording: "r1", Segment: segment}
}

func named(segments ...string) desk.SegmentsNamed {
	return desk.SegmentsNamed{Recording: "r1", Segments: segments}
}

func TestATextIsSplitAndMergedWithItsTimes(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("kính thưa đại hội tôi", "xin báo cáo", "hết")
	text := "Kính thưa Đại hội. Tôi"
	out := r.do(desk.KindSplit, desk.SplitAt{SegmentRef: ref("s1"), At: 18, Text: &text})
	if got, want := fmt.Sprint(show(r.sheet())), "[s1: Kính thưa Đại hội. s1.1: Tôi s2: xin báo cáo s3: hết]"; out.Made != "s1.1" || got != want {
		t.Errorf("split: %s, want %s", got, want)
	}
	if g := r.sheet().Transcript.Segments[1]; g.Start != 4 || g.End != 5 || g.Words[0].Start != 4 || g.Words[0].P != 0.8 {
		t.Errorf("the second part stands at %v to %v, words %+v", g.Start, g.End, g.Words)
	}
	r.do(desk.KindMerge, desk.SegmentsNamed{Recording: "r1", Segments: []string{"s2", "s1.1"}})
	if got, want := fmt.Sprint(show(r.sheet())), "[s1: Kính thưa Đại hội. s1.1: Tôi xin báo cáo s3: hết]"; got != want {
		t.Errorf("merged: %s, want %s", got, want)
	}
	if g := r.sheet().Transcript.Segments[1]; g.End != 10 || len(g.Words) != 4 || g.Words[3].End != 10 {
		t.Errorf("merged ends at %v, words %+v", g.End, g.Words)
	}
	checkSheet(t, r)
	merge := r.last()
	wantCode(t, "typing into what was merged away", r.fails(desk.KindText, desk.TextChanged{SegmentRef: ref("s2"), Text: "x"}), fault.Invalid)
	r.do(desk.KindText, desk.TextChanged{SegmentRef: ref("s1.1"), Text: "Tôi xin báo cáo ngắn"})
	wantCode(t, "undoing a merge that was typed into", r.fails(desk.KindUndo, desk.Undo{Act: merge}), fault.Conflict)
	r.do(desk.KindUndo, desk.Undo{Act: r.last1()})
	r.do(desk.KindUndo, desk.Undo{Act: merge})
	if got, want := fmt.Sprint(show(r.sheet())), "[s1: Kính thưa Đại hội. s1.1: Tôi s2: xin báo cáo s3: hết]"; got != want {
		t.Errorf("undone: %s, want %s", got, want)
	}
	again := r.do(desk.KindSplit, desk.SplitAt{SegmentRef: ref("s1"), At: 4})
	if again.Made != "s1.2" {
		t.Errorf("the next part of s1 is %s: an id was given twice", again.Made)
	}
	for what, b := range map[string]desk.SplitAt{"at the beginning": {SegmentRef: ref("s3"), At: 0}, "at the end": {SegmentRef: ref("s3"), At: 3}} {
		wantCode(t, "split "+what, r.fails(desk.KindSplit, b), fault.Invalid)
	}
	wantCode(t, "no words at all", r.fails(desk.KindText, desk.TextChanged{SegmentRef: ref("s3"), Text: " \n"}), fault.Invalid)
}

// last1 is the id of the act of do before the last failed one.
func (r *room) last1() string {
	for n := r.n; n > 0; n-- {
		if _, done := r.acts[fmt.Sprintf("act-%013d", n)]; done {
			return fmt.Sprintf("act-%013d", n)
		}
	}
	return ""
}

func TestAnUndoLeavesWhatOthersChangedBeside(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("một", "hai")
	r.do(desk.KindMerge, named("s1", "s2"))
	merge := r.last()
	r.do(desk.KindSegmentSpeaker, desk.SegmentsSpeaker{SegmentsNamed: named("s1"), Speaker: "Nguyễn Hòa"})
	r.do(desk.KindDismissed, desk.SegmentsReason{SegmentsNamed: named("s1"), Reason: "thử"})
	r.do(desk.KindUndo, desk.Undo{Act: merge})
	g := r.sheet().Transcript.Segments
	if len(g) != 2 || g[0].Text != "một" || g[0].End != 5 || g[0].Speaker != "Nguyễn Hòa" || !g[0].Struck || g[1].Text != "hai" || g[1].Speaker != "" {
		t.Errorf("shown %+v", g)
	}
	wantCode(t, "undone twice", r.fails(desk.KindUndo, desk.Undo{Act: merge}), fault.Conflict)
}

func TestDismissedTextIsAccountedForAndFlagsAreResolvedInBulk(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("một", "hai", "ba", "bốn")
	doubt := transcribe.Flag{Code: transcribe.FlagLowConfidence, Severity: transcribe.Block, Text: "?"}
	segs := r.layers[0].Transcript.Segments
	segs[0].Flags, segs[2].Flags = []transcribe.Flag{doubt}, []transcribe.Flag{doubt, {Code: "other", Severity: transcribe.Info}}
	segs[3].Struck = true
	r.do(desk.KindDismissed, desk.SegmentsReason{SegmentsNamed: named("s1", "s2"), Reason: "thử micro"})
	r.do(desk.KindFlags, desk.FlagsResolved{SegmentsNamed: named("s1", "s3"), Code: transcribe.FlagLowConfidence, Reason: "đã nghe lại"})
	r.do(desk.KindRestored, desk.SegmentsNamed{Recording: "r1", Segments: []string{"s4"}})
	r.do(desk.KindStretch, desk.StretchDismissed{Recording: "r1", From: 20 * desk.SampleRate, To: 22 * desk.SampleRate, Reason: "vỗ tay"})
	sh := r.sheet()
	g := sh.Transcript.Segments
	if !g[0].Struck || !g[1].Struck || g[2].Struck || g[3].Struck || sh.Dismissed["s2"].Reason != "thử micro" {
		t.Errorf("struck: %v %v %v %v, dismissed %+v", g[0].Struck, g[1].Struck, g[2].Struck, g[3].Struck, sh.Dismissed)
	}
	if f := g[2].Flags; f[0].Resolved == nil || f[0].Resolved.Reason != "đã nghe lại" || f[1].Resolved != nil || segs[2].Flags[0].Resolved != nil {
		t.Errorf("flags %+v; the machine's %+v", f, segs[2].Flags)
	}
	want := []transcribe.Stretch{{Start: 0, End: 10, Kind: transcribe.CoveredDismissed, Note: "thử micro"}, {Start: 10, End: 20, Kind: transcribe.CoveredSpeech},
		{Start: 20, End: 22, Kind: transcribe.CoveredDismissed, Note: "vỗ tay"}, {Start: 22, End: 25, Kind: transcribe.CoveredGap}}
	if !slices.Equal(sh.Transcript.Coverage, want) {
		t.Errorf("coverage %+v", sh.Transcript.Coverage)
	}
	wantCode(t, "dismissed without a reason", r.fails(desk.KindDismissed, desk.SegmentsReason{SegmentsNamed: named("s3")}), fault.Invalid)
	wantCode(t, "merging what is dismissed with what is not", r.fails(desk.KindMerge, named("s2", "s3")), fault.Invalid)
	r.do(desk.KindRestored, named("s1", "s2"))
	if sh := r.sheet(); sh.Transcript.Segments[0].Struck || len(sh.Dismissed) != 0 || sh.Transcript.Coverage[0].Kind != transcribe.CoveredSpeech {
		t.Errorf("restored: %+v", sh.Transcript.Coverage)
	}
}

func TestASecondLayerShowsWhereNobodyTouchedTheText(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("một", "hai", "ba", "bốn")
	r.do(desk.KindText, desk.TextChanged{SegmentRef: ref("s2"), Text: "hai rưỡi"})
	// The second pass cuts elsewhere: its second segment reaches over s2 and s3.
	second := transcript("second-s", "Một.", "Hai ba.", "Bốn.")
	for i, at := range [][2]float64{{0, 5}, {5, 15}, {15, 20}} {
		second.Segments[i].Start, second.Segments[i].End = at[0], at[1]
	}
	r.layers = append(r.layers, desk.Layer{Name: "second", Transcript: second})
	r.do(desk.KindAdopted, desk.LayerAdopted{Recording: "r1", Layer: "second"})
	sh := r.sheet()
	if got, want := fmt.Sprint(show(sh)), "[second-s1: Một. s2: hai rưỡi s3: ba second-s3: Bốn.]"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	if len(sh.Asks) != 1 || sh.Asks["s2"] != "Hai ba." {
		t.Errorf("asks %v", sh.Asks)
	}
	r.do(desk.KindLayerChosen, desk.LayerChosen{SegmentsNamed: named("s2"), Take: "old"})
	if sh = r.sheet(); len(sh.Asks) != 0 || sh.Transcript.Segments[1].Text != "hai rưỡi" {
		t.Errorf("kept: %v %v", sh.Asks, show(sh))
	}
	r.do(desk.KindLayerChosen, desk.LayerChosen{SegmentsNamed: named("s2"), Take: "new"})
	if got, want := fmt.Sprint(show(r.sheet())), "[second-s1: Một. second-s2: Hai ba. second-s3: Bốn.]"; got != want {
		t.Errorf("shown %s, want %s", got, want)
	}
	// Back on the first layer, what was typed into the second one asks.
	r.do(desk.KindText, desk.TextChanged{SegmentRef: ref("second-s3"), Text: "Bốn mươi."})
	r.do(desk.KindAdopted, desk.LayerAdopted{Recording: "r1", Layer: "live"})
	sh = r.sheet()
	if !slices.Contains(show(sh), "second-s3: Bốn mươi.") || sh.Asks["second-s3"] != "bốn" {
		t.Errorf("shown %v, asks %v", show(sh), sh.Asks)
	}
}

func TestTextGoesToTheItemOfItsPlaceAndToWhoHadTheFloor(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("trước", "khai mạc", "chương trình", "nhân sự")
	r.do(desk.KindMark, desk.MarkMade{Item: "i1", Place: place(5)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i2", Place: place(10)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i3", Place: place(15)})
	r.do(desk.KindSpeaker, desk.SpeakerMade{Person: "Nguyễn Hòa", Place: place(4)})
	r.do(desk.KindSpeaker, desk.SpeakerMade{Person: "Lê Thị Bích", Place: place(9)})
	r.do(desk.KindSegmentItem, desk.SegmentsItem{SegmentsNamed: named("s1"), Item: "i1"})
	r.layers[0].Transcript.Segments[3].Speaker = "Người ở micro"
	sh := r.sheet()
	r.s.File(sh)
	var got []string
	for _, g := range sh.Transcript.Segments {
		got = append(got, g.Item+" "+g.Speaker)
	}
	want := []string{"i1 ", "i1 Nguyễn Hòa", "i2 Lê Thị Bích", "i3 Người ở micro"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// The chair sees closed items; without that permission nothing of them is there.
	open := sh.For(r.s, desk.Roles{desk.Chair})
	if len(open.Transcript.Segments) != 4 {
		t.Errorf("the chair reads %v", show(open))
	}
	if sh.For(r.s, desk.Roles{desk.Delegate}) != nil || sh.For(r.s, nil) != nil {
		t.Error("a delegate reads the text")
	}
	wantCode(t, "merging closed with open", r.fails(desk.KindMerge, named("s3", "s4")), fault.Invalid)
}

func TestWordsKeepTheirTimesUnderAnEdit(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("tôi xin báo cáo kết quả")
	r.do(desk.KindText, desk.TextChanged{SegmentRef: ref("s1"), Text: "Tôi xin trân trọng báo cáo: kết quả!"})
	heard := r.layers[0].Transcript.Segments[0].Words
	words := r.sheet().Transcript.Segments[0].Words
	for i, want := range map[int]transcribe.Word{0: heard[0], 1: heard[1], 4: heard[2], 5: heard[3], 6: heard[4], 7: heard[5]} {
		if w := words[i]; w.Start != want.Start || w.End != want.End || w.P != 0.8 {
			t.Errorf("%q stands at %v to %v, heard %+v", w.Text, w.Start, w.End, want)
		}
	}
	if w := words[2]; w.Text != "trân" || w.P != 1 || w.Start < heard[1].End || w.End > heard[2].Start {
		t.Errorf("%+v, between %v and %v", w, heard[1].End, heard[2].Start)
	}
}

func TestTheMeetingGoesToDraftingOnOneLineOfTime(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.s.Recordings[0].Length = 20 * desk.SampleRate
	r.record("r2", 24*time.Hour)
	r.do(desk.KindMark, desk.MarkMade{Item: "i1", Place: place(0)})
	r.do(desk.KindMark, desk.MarkMade{Item: "i2", Place: desk.Place{Recording: "r2", Sample: 5 * desk.SampleRate}})
	r.do(desk.KindNote, desk.NoteMade{Text: "ghi ngày thứ hai", Place: desk.Place{Recording: "r2", Sample: 7 * desk.SampleRate}})
	r.do(desk.KindAttendance, desk.AttendanceMade{AttendanceData: desk.AttendanceData{Event: minutes.EventLeave, Person: "Lê Thị Bích"}, Place: place(3)})
	r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Item: "i1", Subject: "Quy chế", For: 142}, Place: place(9)})
	r.do(desk.KindVote, desk.VoteMade{Vote: minutes.Vote{Subject: "không rõ", For: 1}, Place: desk.Place{}})
	r.do(desk.KindItemSkipped, desk.ItemSkipped{ID: "i3", Skipped: true})
	sheets := []*desk.Sheet{{Recording: "r2", Transcript: transcript("s", "tiếp theo", "chương trình")}, {Recording: "r1", Transcript: transcript("s", "khai mạc", "hết")}}
	m, tr, remarks := desk.Assemble(r.s, sheets)
	if _, err := m.Check("meeting"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range tr.Segments {
		got = append(got, fmt.Sprintf("%s %v %s", g.ID, g.Start, g.Item))
	}
	if want := "[r1-s1 0 i1 r1-s2 5 i1 r2-s1 20 i1 r2-s2 25 i2]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if *m.Marks[1].T != 25 || *m.Notes[0].T != 27 || m.Notes[0].Item != "i2" || len(m.Agenda) != 2 || *m.AttendanceEvents[0].Present != 142 {
		t.Errorf("marks %v, notes %+v, agenda %+v, attendance %+v", *m.Marks[1].T, m.Notes, m.Agenda, m.AttendanceEvents)
	}
	if len(m.Votes) != 2 && len(remarks) != 1 {
		t.Errorf("votes %+v, remarks %+v", m.Votes, remarks)
	}
	if m.Votes[0].Present != 142 {
		t.Errorf("the base of the vote is %d", m.Votes[0].Present)
	}
	// What drafting reads of it stays as people filed it.
	minutes.AssignItems(m, tr)
	if tr.Segments[3].Item != "i2" || tr.Segments[0].Item != "i1" {
		t.Errorf("filed anew: %+v", tr.Segments)
	}
	end := 0.0
	for _, c := range tr.Coverage {
		if c.Start < end {
			t.Errorf("coverage %+v", tr.Coverage)
		}
		end = c.End
	}
}
