package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// DeskStore is a store of the desk with what its tests need beside it.
type DeskStore interface {
	desk.Store
	hall.Store
	accounts.Store
}

// Desk says how to run the tests of desk.Store.
type Desk struct {
	// New makes an empty store, closed when the test ends.
	New func(t testing.TB) DeskStore
}

// Run runs the whole suite.
func (d Desk) Run(t *testing.T) {
	for _, c := range deskTests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, &hallOf{t: t, s: d.New(t)})
		})
	}
}

// hallOf is one meeting with people of each role.
type hallOf struct {
	t       *testing.T
	s       DeskStore
	meeting string
	n       int
}

func viewer(login string) desk.Viewer {
	a := account(login)
	return desk.Viewer{User: a.ID, Name: a.Name, Administrator: a.Administrator}
}

// open makes the accounts and a running meeting with a recording "r" that has
// some text.
func (h *hallOf) open() {
	h.t.Helper()
	ctx := h.t.Context()
	added(h.t, h.s, "quản-trị", "clerk", "secretary", "archivist", "chair", "delegate", "screen", "stranger")
	id, err := h.s.Create(ctx, viewer("quản-trị"), "created-0000000000", created())
	must(h.t, err)
	h.meeting = id
	for _, r := range desk.MeetingRoles() {
		if r != desk.Clerk {
			h.do("clerk", desk.KindMember, desk.MemberSet{User: account(string(r)).ID, Roles: desk.Roles{r}})
		}
	}
	h.do("clerk", desk.KindHead, desk.HeadChanged{Delegates: &minutes.Delegates{Summoned: 150, Present: 143, Absent: 7}})
	must(h.t, h.s.StartRecording(ctx, hall.Recording{ID: "r", Meeting: id, Started: began, Language: "vi"}))
	h.do("clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	for i, text := range []string{"kính thưa đại hội", "tôi xin báo cáo", "đồng chí tên mật phát biểu"} {
		must(h.t, h.s.AcceptFinal(ctx, Final("r", 1, int64(i)*32000, int64(i+1)*32000, text)))
	}
}

func created() desk.Created {
	return desk.Created{Clerk: account("clerk").ID, Head: desk.Head{Kind: minutes.KindCongress, Title: "Đại hội đại biểu"},
		Agenda: []desk.ItemData{{Title: "Khai mạc"}, {Title: "Báo cáo"}, {Title: "Nhân sự", Closed: true}}}
}

// try sends an act and gives what comes back.
func (h *hallOf) try(login string, kind desk.Kind, base int64, body any) (desk.Done, error) {
	h.t.Helper()
	h.n++
	return h.send(login, fmt.Sprintf("act-%020d", h.n), kind, base, body)
}

func (h *hallOf) send(login, id string, kind desk.Kind, base int64, body any) (desk.Done, error) {
	h.t.Helper()
	raw, err := json.Marshal(body)
	must(h.t, err)
	return h.s.Do(h.t.Context(), viewer(login), h.meeting, desk.Act{ID: id, Kind: kind, Base: base, Body: raw})
}

// do sends an act that must be done, with all that happened before its eyes.
func (h *hallOf) do(login string, kind desk.Kind, body any) desk.Done {
	h.t.Helper()
	d, err := h.try(login, kind, h.seq("clerk"), body)
	if err != nil {
		h.t.Fatalf("%s by %s: %v", kind, login, err)
	}
	if d.Conflict != nil {
		h.t.Fatalf("%s by %s: a conflict over %s", kind, login, d.Conflict.Key)
	}
	return d
}

func (h *hallOf) load(login string) *desk.Loaded {
	h.t.Helper()
	l, err := h.s.Load(h.t.Context(), viewer(login), h.meeting)
	must(h.t, err)
	return l
}

func (h *hallOf) seq(login string) int64 { h.t.Helper(); return h.load(login).Seq }

func (h *hallOf) text(login string) string {
	h.t.Helper()
	sh, err := h.s.Sheet(h.t.Context(), viewer(login), h.meeting, "r")
	must(h.t, err)
	var all []string
	for _, g := range sh.Transcript.Segments {
		all = append(all, g.Text)
	}
	return strings.Join(all, " | ")
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

type deskTest struct {
	name string
	run  func(t *testing.T, h *hallOf)
}

var deskTests = []deskTest{
	{"only an administrator or a clerk makes a meeting, and only its members see it", makesAndSees},
	{"an act is whole or not there", actIsWhole},
	{"an act sent twice happens once", actTwice},
	{"every permission is asked as the table has it", everyPermission},
	{"who leaves a meeting, or is disabled, sees it no longer", leaves},
	{"each sees what the roles permit, in state, text and events", eachSees},
	{"people's edits lie over the machine's text, with their history", editsOver},
	{"two people on one text: both are kept until one is chosen", twoOnOneText},
	{"a second layer shows where nobody touched the text", secondLayer},
	{"what is done is undone through the store, and done again", undone},
	{"a mark and a note of the terminal are acts of the desk", terminalActs},
	{"many people at once: no number is missing and no note lost", manyAtOnce},
	{"a secret meeting is refused", secretRefused},
}

func makesAndSees(t *testing.T, h *hallOf) {
	ctx := t.Context()
	h.open()
	_, err := h.s.Create(ctx, viewer("stranger"), "created-by-stranger", created())
	wantCode(t, "a stranger makes a meeting", err, fault.Forbidden)
	again, err := h.s.Create(ctx, viewer("quản-trị"), "created-0000000000", created())
	if err != nil || again != h.meeting {
		t.Errorf("the same act again: %s %v, want %s", again, err, h.meeting)
	}
	if len(h.meeting) < 26 {
		t.Errorf("id %q has fewer than 128 bits", h.meeting)
	}
	other, err := h.s.Create(ctx, viewer("clerk"), "created-by-the-clerk", created())
	if err != nil || other == h.meeting {
		t.Errorf("a clerk makes another: %s %v", other, err)
	}
	c := created()
	c.Meeting = "của-người-khác"
	_, err = h.s.Create(ctx, viewer("clerk"), "created-over-another", c)
	wantCode(t, "a clerk takes over a known id", err, fault.Forbidden)
	c = created()
	c.Clerk = "nobody"
	_, err = h.s.Create(ctx, viewer("quản-trị"), "created-for-nobody", c)
	wantCode(t, "a clerk who is no user", err, fault.Invalid)

	_, hidden := h.s.Load(ctx, viewer("stranger"), h.meeting)
	_, none := h.s.Load(ctx, viewer("stranger"), strings.Repeat("x", len(h.meeting)))
	wantCode(t, "a stranger loads", hidden, fault.NotFound)
	if got, want := strings.ReplaceAll(hidden.Error(), h.meeting, "ID"), strings.ReplaceAll(none.Error(), strings.Repeat("x", len(h.meeting)), "ID"); got != want {
		t.Errorf("one can tell that it is there: %q and %q", got, want)
	}
	_, err = h.s.Load(ctx, viewer("quản-trị"), h.meeting)
	wantCode(t, "the administrator loads", err, fault.NotFound)
	for login, want := range map[string]int{"clerk": 2, "secretary": 1, "stranger": 0, "quản-trị": 0} {
		if all, err := h.s.Mine(ctx, viewer(login)); err != nil || len(all) != want {
			t.Errorf("%s has %d meetings %v, want %d", login, len(all), err, want)
		}
	}
	for login, want := range map[string]string{"clerk": "true true", "secretary": "true false", "stranger": "false false", "quản-trị": "false false"} {
		search, err := h.s.MayAnywhere(ctx, viewer(login), desk.Search)
		must(t, err)
		members, err := h.s.MayAnywhere(ctx, viewer(login), desk.Members)
		must(t, err)
		if got := fmt.Sprint(search, members); got != want {
			t.Errorf("%s may search somewhere, give roles somewhere: %s, want %s", login, got, want)
		}
	}
	all, err := h.s.Mine(ctx, viewer("secretary"))
	must(t, err)
	if l := all[0]; l.Title != "Đại hội đại biểu" || l.Phase != desk.Running || !l.Roles.Has(desk.Secretary) || l.Changed.IsZero() {
		t.Errorf("listed as %+v", l)
	}
}

func actIsWhole(t *testing.T, h *hallOf) {
	h.open()
	before := h.load("secretary")
	for what, c := range map[string]struct {
		login string
		kind  desk.Kind
		body  any
		code  fault.Code
	}{
		"a delegate notes":         {"delegate", desk.KindNote, desk.NoteMade{Text: "x"}, fault.Forbidden},
		"a stranger notes":         {"stranger", desk.KindNote, desk.NoteMade{Text: "x"}, fault.NotFound},
		"a note without words":     {"secretary", desk.KindNote, desk.NoteMade{}, fault.Invalid},
		"a body of another kind":   {"secretary", desk.KindNote, map[string]any{"txet": "x"}, fault.Invalid},
		"a mark of no item":        {"secretary", desk.KindMark, desk.MarkMade{Item: "i99"}, fault.NotFound},
		"an unknown kind":          {"secretary", "nonsense", desk.Nothing{}, fault.Invalid},
		"signing what is not over": {"clerk", desk.KindPhase, desk.PhaseChanged{To: desk.Signed}, fault.Locked},
		"a segment of no text":     {"secretary", desk.KindText, desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: "r", Segment: "s99"}, Text: "x"}, fault.NotFound},
		"a layer that is not":      {"secretary", desk.KindAdopted, desk.LayerAdopted{Recording: "r", Layer: "second"}, fault.NotFound},
		"a base from the future":   {"secretary", desk.KindHead, desk.HeadChanged{}, fault.Invalid},
	} {
		base := before.Seq
		if what == "a base from the future" {
			base += 100
		}
		_, err := h.try(c.login, c.kind, base, c.body)
		wantCode(t, what, err, c.code)
	}
	_, err := h.send("secretary", "short", desk.KindNote, 0, desk.NoteMade{Text: "x"})
	wantCode(t, "an id that can be guessed", err, fault.Invalid)
	if after := h.load("secretary"); after.Seq != before.Seq || len(after.State.Notes) != 0 {
		t.Errorf("something was changed: seq %d, was %d", after.Seq, before.Seq)
	}
	d := h.do("secretary", desk.KindNote, desk.NoteMade{Text: "đại biểu đề nghị làm rõ", Place: desk.Place{Recording: "r", Sample: 32000}})
	l := h.load("secretary")
	if l.Seq != d.Seq || len(l.State.Notes) != 1 || l.State.Notes[0].ID != d.ID || l.State.Notes[0].Clock.Sub(began).Seconds() != 2 {
		t.Errorf("done %+v, state %+v", d, l.State.Notes)
	}
	all, err := h.s.Events(t.Context(), viewer("secretary"), h.meeting, d.Seq-1, 5)
	must(t, err)
	var b desk.EventBody
	if len(all) != 1 || all[0].Type != "note" || json.Unmarshal(all[0].Body, &b) != nil || b.Text != "đại biểu đề nghị làm rõ" || b.Sample != 32000 || b.By != "Bà secretary" || b.Summary.VI == "" {
		t.Errorf("event %+v of %d", b, len(all))
	}
}

func actTwice(t *testing.T, h *hallOf) {
	h.open()
	first, err := h.send("secretary", "the-same-act-0001", desk.KindNote, 0, desk.NoteMade{Text: "một lần"})
	must(t, err)
	again, err := h.send("secretary", "the-same-act-0001", desk.KindNote, 0, desk.NoteMade{Text: "một lần"})
	must(t, err)
	if !again.Again || again.Seq != first.Seq || again.ID != first.ID || again.Summary != first.Summary {
		t.Errorf("again %+v, first %+v", again, first)
	}
	if n := len(h.load("secretary").State.Notes); n != 1 {
		t.Errorf("%d notes", n)
	}
	other, err := h.s.Create(t.Context(), viewer("clerk"), "created-by-the-clerk", created())
	must(t, err)
	_, err = h.s.Do(t.Context(), viewer("clerk"), other, desk.Act{ID: "the-same-act-0001", Kind: desk.KindNote, Body: json.RawMessage(`{"text":"x"}`)})
	wantCode(t, "the id in another meeting", err, fault.Invalid)
}

func everyPermission(t *testing.T, h *hallOf) {
	h.open()
	for _, r := range desk.MeetingRoles() {
		for _, p := range desk.AllPermissions() {
			want := fault.Code("")
			if !(desk.Roles{r}).May(p) {
				want = fault.Forbidden
			}
			_, err := h.s.May(t.Context(), viewer(string(r)), h.meeting, p)
			wantCode(t, string(r)+" "+string(p), err, want)
		}
	}
	for _, login := range []string{"stranger", "quản-trị"} {
		_, err := h.s.May(t.Context(), viewer(login), h.meeting, desk.See)
		wantCode(t, login, err, fault.NotFound)
	}
}

func leaves(t *testing.T, h *hallOf) {
	h.open()
	h.do("clerk", desk.KindMember, desk.MemberSet{User: account("delegate").ID})
	_, err := h.s.Load(t.Context(), viewer("delegate"), h.meeting)
	wantCode(t, "who was taken out", err, fault.NotFound)
	h.do("clerk", desk.KindMember, desk.MemberSet{User: account("chair").ID, Roles: desk.Roles{desk.Delegate, desk.Secretary}})
	if roles := h.load("chair").Roles; !roles.Has(desk.Delegate) || !roles.Has(desk.Secretary) || roles.Has(desk.Chair) {
		t.Errorf("roles %v", roles)
	}
	_, err = h.try("clerk", desk.KindMember, h.seq("clerk"), desk.MemberSet{User: account("clerk").ID})
	wantCode(t, "the last clerk goes", err, fault.Invalid)
	_, err = h.try("clerk", desk.KindMember, h.seq("clerk"), desk.MemberSet{User: "nobody", Roles: desk.Roles{desk.Clerk}})
	wantCode(t, "a member who is no user", err, fault.Invalid)
	yes := true
	_, err = h.s.ChangeAccount(t.Context(), accounts.Terminal, account("secretary").ID, accounts.Change{Disabled: &yes})
	must(t, err)
	_, err = h.try("secretary", desk.KindNote, 0, desk.NoteMade{Text: "x"})
	wantCode(t, "a disabled account", err, fault.NotFound)
	if all, err := h.s.Members(t.Context(), viewer("clerk"), h.meeting); err != nil || len(all) != 5 {
		t.Errorf("%d members %v, want 5", len(all), err)
	}
	_, err = h.s.Members(t.Context(), viewer("screen"), h.meeting)
	wantCode(t, "the screen lists members", err, fault.Forbidden)
}

func eachSees(t *testing.T, h *hallOf) {
	ctx := t.Context()
	h.open()
	at := func(sample int64) desk.Place { return desk.Place{Recording: "r", Sample: sample} }
	item := func(n int) string { return h.load("clerk").State.Items[n].ID }
	h.do("secretary", desk.KindMark, desk.MarkMade{Item: item(0), Place: at(0)})
	h.do("secretary", desk.KindMark, desk.MarkMade{Item: item(2), Place: at(64000)})
	h.do("secretary", desk.KindNote, desk.NoteMade{Text: "ghi chú mật", Place: at(70000)})
	vote := h.do("secretary", desk.KindVoteAll, desk.VoteAll{Item: item(0), Subject: "chương trình làm việc", Place: at(10)})

	d := h.load("delegate").State
	if len(d.Notes)+len(d.Votes)+len(d.Members) != 0 || len(d.Items) != 3 || d.Items[2].Title != "Nhân sự" {
		t.Errorf("the delegate sees %d notes, %d votes, %d members", len(d.Notes), len(d.Votes), len(d.Members))
	}
	h.do("chair", desk.KindPublished, desk.Result{Key: "vote:" + vote.ID})
	if d = h.load("screen").State; len(d.Votes) != 1 || d.Votes[0].For != 143 || d.Votes[0].Stamp.By != "" {
		t.Errorf("the screen sees %+v", d.Votes)
	}
	if got := h.text("secretary"); !strings.Contains(got, "tên mật") {
		t.Errorf("the secretary reads %q", got)
	}
	for _, login := range []string{"delegate", "screen"} {
		_, err := h.s.Sheet(ctx, viewer(login), h.meeting, "r")
		wantCode(t, login+" reads the text", err, fault.Forbidden)
		_, err = h.s.Edits(ctx, viewer(login), h.meeting, "r", "")
		wantCode(t, login+" reads the edits", err, fault.Forbidden)
		all, err := h.s.Events(ctx, viewer(login), h.meeting, 0, 1000)
		must(t, err)
		if int64(len(all)) != h.seq("clerk") {
			t.Errorf("%s gets %d events of %d", login, len(all), h.seq("clerk"))
		}
		for i, e := range all {
			if e.Seq != int64(i+1) {
				t.Errorf("%s: event %d has seq %d", login, i+1, e.Seq)
			}
			if s := string(e.Body); strings.Contains(s, "mật") || strings.Contains(s, "kính thưa") || strings.Contains(s, account("clerk").ID) {
				t.Errorf("%s gets %s %s", login, e.Type, s)
			}
		}
	}
	_, err := h.s.Sheet(ctx, viewer("secretary"), h.meeting, "other")
	wantCode(t, "a recording of no meeting", err, fault.NotFound)
	must(t, h.s.StartRecording(ctx, hall.Recording{ID: "elsewhere", Meeting: "khác", Started: began, Language: "vi"}))
	_, err = h.s.Sheet(ctx, viewer("secretary"), h.meeting, "elsewhere")
	wantCode(t, "another meeting's recording", err, fault.NotFound)
}

func ref(segment string) desk.SegmentRef { return desk.SegmentRef{Recording: "r", Segment: segment} }

func editsOver(t *testing.T, h *hallOf) {
	h.open()
	h.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s1"), Text: "Kính thưa Đại hội,"})
	split := h.do("clerk", desk.KindSplit, desk.SplitAt{SegmentRef: ref("s2"), At: 7})
	if split.ID != "s2.1" {
		t.Errorf("the second part is %s", split.ID)
	}
	h.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s2.1"), Text: "báo cáo chính trị"})
	h.do("secretary", desk.KindMerge, desk.SegmentsNamed{Recording: "r", Segments: []string{"s2", "s1"}})
	if got, want := h.text("clerk"), "Kính thưa Đại hội, tôi xin | báo cáo chính trị | đồng chí tên mật phát biểu"; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
	if tr, err := h.s.Transcript(t.Context(), "r", ""); err != nil || tr.Segments[0].Text != "kính thưa đại hội" {
		t.Errorf("the machine's text was changed: %v", err)
	}
	all, err := h.s.Edits(t.Context(), viewer("clerk"), h.meeting, "r", "s1")
	must(t, err)
	if len(all) != 2 || all[0].Before != nil || *all[0].After.Text != "Kính thưa Đại hội," || all[0].Name != "Bà secretary" || all[1].Kind != desk.KindMerge {
		t.Errorf("history %+v", all)
	}
	_, err = h.try("secretary", desk.KindMerge, h.seq("clerk"), desk.SegmentsNamed{Recording: "r", Segments: []string{"s1", "s3"}})
	wantCode(t, "merging what does not follow", err, fault.Invalid)
}

func twoOnOneText(t *testing.T, h *hallOf) {
	h.open()
	base := h.seq("clerk")
	_, err := h.try("clerk", desk.KindText, base, desk.TextChanged{SegmentRef: ref("s1"), Text: "Kính thưa Đại hội"})
	must(t, err)
	d, err := h.try("secretary", desk.KindText, base, desk.TextChanged{SegmentRef: ref("s1"), Text: "kính thưa toàn thể đại hội"})
	if err != nil || d.Conflict == nil || d.Conflict.Mine != "kính thưa toàn thể đại hội" || d.Conflict.Theirs != "Kính thưa Đại hội" {
		t.Fatalf("%+v %v, want a conflict with both", d, err)
	}
	if got := h.load("clerk").State.Conflicts; len(got) != 1 || got[0].ID != d.Conflict.ID {
		t.Errorf("kept: %+v", got)
	}
	again, err := h.send("secretary", fmt.Sprintf("act-%020d", h.n), desk.KindText, base, desk.TextChanged{SegmentRef: ref("s1"), Text: "kính thưa toàn thể đại hội"})
	if err != nil || !again.Again || again.Conflict == nil {
		t.Errorf("sent again: %+v %v", again, err)
	}
	// The speaker is another matter than the words.
	if d, err := h.try("secretary", desk.KindSegmentSpeaker, base, desk.SegmentsSpeaker{SegmentsNamed: desk.SegmentsNamed{Recording: "r", Segments: []string{"s1"}}, Speaker: "Nguyễn Hòa"}); err != nil || d.Conflict != nil {
		t.Errorf("speaker: %+v %v", d, err)
	}
	h.do("clerk", desk.KindSettle, desk.Settle{ID: d.Conflict.ID, Take: "mine"})
	if got := h.text("clerk"); !strings.HasPrefix(got, "kính thưa toàn thể đại hội |") || len(h.load("clerk").State.Conflicts) != 0 {
		t.Errorf("settled: %q", got)
	}
}

func secondLayer(t *testing.T, h *hallOf) {
	ctx := t.Context()
	h.open()
	h.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s2"), Text: "tôi xin báo cáo chính trị"})
	seg := func(from, to float64, text string) transcribe.Segment {
		return transcribe.Segment{Start: from, End: to, Text: text}
	}
	must(t, h.s.NewLayer(ctx, hall.Layer{Recording: "r", Name: "second", Model: "small",
		Segments: []transcribe.Segment{seg(0, 2, "Kính thưa Đại hội."), seg(2, 4, "Tôi xin báo cáo."), seg(4, 6, "Đồng chí Bích phát biểu.")},
		Coverage: []hall.Cover{{To: 96000, Kind: transcribe.CoveredSpeech}}}))
	h.do("secretary", desk.KindAdopted, desk.LayerAdopted{Recording: "r", Layer: "second"})
	if got, want := h.text("clerk"), "Kính thưa Đại hội. | tôi xin báo cáo chính trị | Đồng chí Bích phát biểu."; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
	sh, err := h.s.Sheet(ctx, viewer("clerk"), h.meeting, "r")
	must(t, err)
	if len(sh.Asks) != 1 || sh.Asks["s2"] != "Tôi xin báo cáo." {
		t.Errorf("asks %v", sh.Asks)
	}
	h.do("clerk", desk.KindLayerChosen, desk.LayerChosen{SegmentsNamed: desk.SegmentsNamed{Recording: "r", Segments: []string{"s2"}}, Take: "new"})
	if got, want := h.text("clerk"), "Kính thưa Đại hội. | Tôi xin báo cáo. | Đồng chí Bích phát biểu."; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
	if r, err := h.s.Recording(ctx, "r"); err != nil || r.Adopted != "second" {
		t.Errorf("adopted %s %v", r.Adopted, err)
	}
}

func undone(t *testing.T, h *hallOf) {
	h.open()
	h.do("secretary", desk.KindNote, desk.NoteMade{Text: "nhầm"})
	note := fmt.Sprintf("act-%020d", h.n)
	h.do("secretary", desk.KindText, desk.TextChanged{SegmentRef: ref("s1"), Text: "khác hẳn"})
	text := fmt.Sprintf("act-%020d", h.n)
	h.do("secretary", desk.KindUndo, desk.Undo{Act: text})
	redo := fmt.Sprintf("act-%020d", h.n)
	h.do("secretary", desk.KindUndo, desk.Undo{Act: note})
	if n := len(h.load("clerk").State.Notes); n != 0 || !strings.HasPrefix(h.text("clerk"), "kính thưa đại hội |") {
		t.Errorf("%d notes, %q", n, h.text("clerk"))
	}
	h.do("secretary", desk.KindUndo, desk.Undo{Act: redo})
	if got := h.text("clerk"); !strings.HasPrefix(got, "khác hẳn |") {
		t.Errorf("done again: %q", got)
	}
	_, err := h.try("secretary", desk.KindUndo, 0, desk.Undo{Act: note})
	wantCode(t, "undone twice", err, fault.Conflict)
	_, err = h.try("secretary", desk.KindUndo, 0, desk.Undo{Act: "no-act-of-this-id"})
	wantCode(t, "an act that is not", err, fault.NotFound)
	_, err = h.try("delegate", desk.KindUndo, 0, desk.Undo{Act: redo})
	wantCode(t, "a delegate undoes", err, fault.Forbidden)
}

func terminalActs(t *testing.T, h *hallOf) {
	ctx := t.Context()
	h.open()
	item := h.load("clerk").State.Items[1].ID
	add := func(id, kind string, b hall.ActBody) error {
		raw, err := json.Marshal(b)
		must(t, err)
		_, err = h.s.AddEvent(ctx, h.meeting, id, kind, raw)
		return err
	}
	for range 2 { // as a terminal that got no answer does
		must(t, add("mark-1", hall.EventMark, hall.ActBody{Recording: "r", At: 32000, By: "chị Nguyệt", Item: item}))
	}
	must(t, add("note-1", hall.EventNote, hall.ActBody{Recording: "r", At: 40000, By: "chị Nguyệt", Text: "ghi ở cửa sổ lệnh"}))
	must(t, add("pause-1", hall.EventPaused, hall.ActBody{Recording: "r", At: 50000, By: "chị Nguyệt"}))
	s := h.load("clerk").State
	if len(s.Marks) != 1 || s.Marks[0].Item != item || s.Marks[0].Sample != 32000 || s.Marks[0].Stamp.Name != "chị Nguyệt" {
		t.Errorf("marks %+v", s.Marks)
	}
	if len(s.Notes) != 1 || s.Notes[0].Item != item || s.Notes[0].Text != "ghi ở cửa sổ lệnh" {
		t.Errorf("notes %+v", s.Notes)
	}
	if s.Phase != desk.ClosedPart || len(s.Pauses) != 1 || !s.Pauses[0].Closed {
		t.Errorf("phase %s, pauses %+v", s.Phase, s.Pauses)
	}
	must(t, add("resume-1", hall.EventResumed, hall.ActBody{Recording: "r", At: 60000, By: "chị Nguyệt"}))
	if s = h.load("clerk").State; s.Phase != desk.Running {
		t.Errorf("phase %s", s.Phase)
	}
	// The other way: what the desk does reaches whoever follows the hall.
	h.do("secretary", desk.KindMark, desk.MarkMade{Item: s.Items[0].ID, Place: desk.Place{Recording: "r", Sample: 64000}})
	all, err := h.s.EventsAfter(ctx, h.meeting, h.seq("clerk")-1, 10)
	must(t, err)
	var b hall.ActBody
	if len(all) != 1 || all[0].Type != hall.EventMark || json.Unmarshal(all[0].Body, &b) != nil || b.Item != s.Items[0].ID || b.At != 64000 || b.Recording != "r" || b.By == "" {
		t.Errorf("%+v", all)
	}
	wantCode(t, "a mark of no item", add("mark-2", hall.EventMark, hall.ActBody{Recording: "r", Item: "i99"}), fault.NotFound)
	// A meeting that the desk does not know keeps its events as they are.
	must(t, h.s.StartRecording(ctx, Recording("r2")))
	_, err = h.s.AddEvent(ctx, "đại-hội", "mark-3", hall.EventMark, json.RawMessage(`{"item":"7","at":1}`))
	must(t, err)
}

func manyAtOnce(t *testing.T, h *hallOf) {
	h.open()
	const people, notes = 8, 12
	before := h.seq("clerk")
	var all sync.WaitGroup
	errs := make(chan error, people*notes)
	for p := range people {
		all.Go(func() {
			login := []string{"clerk", "secretary"}[p%2]
			for n := range notes {
				raw := json.RawMessage(fmt.Sprintf(`{"text":"ghi chú %d-%d"}`, p, n))
				act := desk.Act{ID: fmt.Sprintf("many-%06d-%06d", p, n), Kind: desk.KindNote, Body: raw}
				for range 2 {
					if _, err := h.s.Do(t.Context(), viewer(login), h.meeting, act); err != nil {
						errs <- err
					}
				}
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		t.Fatal(err)
	}
	l := h.load("clerk")
	if l.Seq != before+people*notes || len(l.State.Notes) != people*notes {
		t.Errorf("seq %d, was %d; %d notes, want %d", l.Seq, before, len(l.State.Notes), people*notes)
	}
	seen := map[string]bool{}
	for _, n := range l.State.Notes {
		seen[n.Text], seen[n.ID] = true, true
	}
	if len(seen) != 2*people*notes {
		t.Errorf("%d texts and ids, want %d", len(seen), 2*people*notes)
	}
}

func secretRefused(t *testing.T, h *hallOf) {
	h.open()
	c := created()
	c.Head.Secrecy = minutes.SecrecySecret
	_, err := h.s.Create(t.Context(), viewer("quản-trị"), "created-in-secret", c)
	wantCode(t, "a secret meeting", err, fault.Invalid)
	secret := minutes.SecrecySecret
	_, err = h.try("clerk", desk.KindHead, h.seq("clerk"), desk.HeadChanged{Secrecy: &secret})
	wantCode(t, "a meeting made secret", err, fault.Invalid)
}
