package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/audio/alarm"
	"bienban/audio/meter"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/transcribe"
)

func hallEvent(t *testing.T, kind string, body any) hall.Update {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return hall.Update{Event: &hall.Event{Type: kind, Body: b}}
}

func written(v *liveView) string {
	var out []string
	for _, l := range v.lines {
		out = append(out, l.text)
	}
	v.lines = nil
	return strings.Join(out, "\n")
}

func foot(v *liveView) string {
	var out []string
	for _, l := range v.foot(80) {
		out = append(out, l.text)
	}
	return strings.Join(out, "\n")
}

func typing(v *liveView, text string) (act *hall.Act) {
	for _, r := range text {
		if a := v.key(r); a != nil {
			act = a
		}
	}
	return act
}

func congress() *liveView {
	v := newLiveView(hall.HallInfo{Meeting: "đại-hội", Recording: "dh", Agenda: []hall.AgendaRow{{ID: "1", Title: "Khai mạc"}, {ID: "2", Title: "Báo cáo chính trị"}}}, "Trần Thị Nguyệt", english)
	v.take(hall.Update{Status: &capture.Status{State: capture.Recording, Seconds: 100,
		Levels: &meter.Levels{Channels: []meter.Channel{{Peak: 0, Clipped: 3}, {Peak: -120, Dead: true}}}}})
	v.lines = nil
	return v
}

func TestProvisionalTextGivesWayToWhatIsFinal(t *testing.T) {
	v := congress()
	v.take(hall.Update{Said: &hall.Said{Type: "provisional", From: 0, To: 16000, Text: "Kính thưa đại hoại"}})
	if f := foot(v); !strings.Contains(f, "đại hoại") || v.foot(80)[0].style != grey {
		t.Errorf("provisional text is not shown in grey:\n%s", f)
	}
	v.take(hallEvent(t, hall.EventFinal, hall.FinalBody{Recording: "dh", To: 32000, Segments: []transcribe.Segment{
		{Start: 0.5, End: 2, Text: "Kính thưa Đại hội.", Speaker: "Nguyễn Văn An"}, {Start: 1, End: 2, Text: "Hãy subscribe", Struck: true}}}))
	if got, want := written(v), "[0:01] Nguyễn Văn An: Kính thưa Đại hội."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	v.take(hall.Update{Said: &hall.Said{Type: "provisional", From: 0, To: 16000, Text: "Kính thưa đại hoại"}})
	if f := foot(v); strings.Contains(f, "đại hoại") {
		t.Errorf("provisional text of before the commit shows again:\n%s", f)
	}
}

func TestAMarkCanLieInThePast(t *testing.T) {
	v := congress()
	act := typing(v, "m2\r15\r")
	if act == nil || act.Kind != hall.EventMark || act.Item != "2" || act.At != 85*16000 || act.By != "Trần Thị Nguyệt" || act.Meeting != "đại-hội" || act.ID == "" {
		t.Fatalf("%+v", act)
	}
	v.take(hallEvent(t, hall.EventMark, act.ActBody))
	if got := written(v); got != "[1:25] == 2. Báo cáo chính trị (Trần Thị Nguyệt)" {
		t.Errorf("%q", got)
	}
	if f := foot(v); !strings.Contains(f, "item 2. Báo cáo") {
		t.Errorf("the item that goes on is not shown:\n%s", f)
	}
}

func TestEnterMarksTheNextItemNow(t *testing.T) {
	v := congress()
	for _, want := range []string{"1", "2", ""} {
		act := typing(v, "m\r\r")
		switch {
		case want == "" && act != nil:
			t.Errorf("an item after the last: %+v", act)
		case want != "" && (act == nil || act.Item != want || act.At != 100*16000):
			t.Fatalf("%+v, want item %s", act, want)
		case act != nil:
			v.take(hallEvent(t, hall.EventMark, act.ActBody))
		}
	}
}

func TestKeysPauseGoOnNoteAndLeave(t *testing.T) {
	v := congress()
	if act := typing(v, "pnhân sự\r\r"); act == nil || act.Kind != hall.EventPaused || act.Text != "nhân sự" || act.Minutes != 0 {
		t.Errorf("pause: %+v", act)
	}
	v.status.State = capture.Paused
	if act := typing(v, "p"); act == nil || act.Kind != hall.EventResumed {
		t.Errorf("go on: %+v", act)
	}
	if act := typing(v, "nmất  điện\x7fn\x1b"); act != nil {
		t.Errorf("a note that was given up: %+v", act)
	}
	if act := typing(v, "nmất điệm\x7fn\r"); act == nil || act.Kind != hall.EventNote || act.Text != "mất điện" {
		t.Errorf("note: %+v", act)
	}
	if act := typing(v, "m1\rxyz\r"); act != nil || !strings.Contains(foot(v), "not a number") {
		t.Errorf("a mark at no time: %+v\n%s", act, foot(v))
	}
	v.done(fault.New(fault.Unavailable, "no capture runs there"))
	if !strings.Contains(foot(v), "not done: no capture runs there") {
		t.Errorf("a refusal is not shown:\n%s", foot(v))
	}
	if typing(v, "q"); !v.over {
		t.Error("q does not leave")
	}
}

func TestAlarmsAndLagAreToldOnceAndWhenTheyAreOver(t *testing.T) {
	v := congress()
	s := *v.status
	s.Alarms = []alarm.Alarm{{Kind: alarm.Silent, EN: "nothing is heard"}}
	for range 3 {
		v.take(hall.Update{Status: &s})
		v.take(hall.Update{Lag: &hall.Lag{Lag: 12}})
	}
	if got := written(v); got != "ALARM: nothing is heard\nthe text is 12 s behind; no sound is lost" {
		t.Errorf("%q", got)
	}
	if f := foot(v); !strings.Contains(f, "ALARM: nothing is heard") || !strings.Contains(f, "1 ████████!  2 ········x") || !strings.Contains(f, "RECORDING 1:40") {
		t.Errorf("foot:\n%s", f)
	}
	s.Alarms = nil
	v.take(hall.Update{Status: &s})
	v.take(hall.Update{Lag: &hall.Lag{Lag: 1}})
	if got := written(v); got != "over: nothing is heard\nthe text has caught up" {
		t.Errorf("%q", got)
	}
}

func TestWhatIsSaidGivesTheTerminalNoOrders(t *testing.T) {
	v := congress()
	v.take(hallEvent(t, hall.EventNote, hall.ActBody{Text: "\x1b[2Jxóa", By: "a\nb"}))
	v.take(hall.Update{Said: &hall.Said{Type: "provisional", Text: "\x1b]0;x\a"}})
	if got := written(v) + foot(v); strings.ContainsAny(got, "\x1b\a") {
		t.Errorf("%q", got)
	}
}

func TestTheViewEndsWithTheText(t *testing.T) {
	v := congress()
	v.take(hallEvent(t, hall.EventEnded, hall.RecordingBody{Recording: "dh", Length: 32000}))
	if v.over {
		t.Error("over before its text is complete")
	}
	v.take(hallEvent(t, hall.EventFinal, hall.FinalBody{Recording: "other", To: 32000}))
	if v.over {
		t.Error("over with another recording's text")
	}
	v.take(hallEvent(t, hall.EventFinal, hall.FinalBody{Recording: "dh", To: 32000}))
	if !v.over {
		t.Error("not over")
	}
}

func TestAnItemThatIsNotOnTheAgendaIsNotMarked(t *testing.T) {
	v := congress()
	if act := typing(v, "m9\r"); act != nil || v.asking != "" || !strings.Contains(foot(v), "no item 9") {
		t.Errorf("%+v\n%s", act, foot(v))
	}
	v.info.Agenda = nil
	if act := typing(v, "m9\r\r"); act == nil || act.Item != "9" {
		t.Errorf("with no agenda known: %+v", act)
	}
}

func TestTheAgendaIsShownWhileAnItemIsAskedFor(t *testing.T) {
	v := congress()
	typing(v, "m1\r\r")
	v.take(hallEvent(t, hall.EventMark, hall.ActBody{Recording: "dh", Item: "1", At: 0}))
	typing(v, "m")
	if f := foot(v); !strings.Contains(f, "= 1. Khai mạc\n> 2. Báo cáo chính trị\n") {
		t.Errorf("foot:\n%s", f)
	}
}

func TestTheViewSpeaksVietnamese(t *testing.T) {
	v := congress()
	v.t = vietnamese
	s := *v.status
	s.Alarms = []alarm.Alarm{{Kind: alarm.Silent, EN: "nothing is heard", VI: "không nghe thấy gì"}}
	s.State = capture.Paused
	v.take(hall.Update{Status: &s, Away: errors.New("gone")})
	v.take(hall.Update{Away: errors.New("gone")})
	v.take(hall.Update{Lag: &hall.Lag{Lag: 12}})
	all := written(v) + "\n" + foot(v)
	for _, want := range []string{"CẢNH BÁO: không nghe thấy gì", "serve không trả lời", "văn bản chậm 12", "TẠM DỪNG 1:40", "p ghi tiếp", "l nghe lại 10 giây"} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not say %q:\n%s", want, all)
		}
	}
	for _, k := range []string{"m", "n", "p"} {
		v.status.State = capture.Recording
		typing(v, k)
		if f := foot(v); !strings.Contains(f, "Esc = thôi") {
			t.Errorf("%s: %s", k, f)
		}
		typing(v, "\x1b")
	}
}

func TestNothingInTheFootIsWiderThanTheWindow(t *testing.T) {
	v := congress()
	levels := &meter.Levels{}
	for range 32 {
		levels.Channels = append(levels.Channels, meter.Channel{Peak: -20, Clipped: 1})
	}
	v.status.Levels = levels
	v.status.Alarms = []alarm.Alarm{{Kind: alarm.Silent, EN: strings.Repeat("nothing is heard ", 20)}}
	v.take(hall.Update{Status: v.status})
	v.take(hall.Update{Said: &hall.Said{Type: "provisional", Text: strings.Repeat("Kính thưa Đại hội 会议 ", 40)}})
	for _, keys := range []string{"", "n" + strings.Repeat("một ghi chú rất dài ", 20)} {
		typing(v, keys)
		for _, wide := range []int{24, 80, 200} {
			for _, l := range v.foot(wide) {
				if n := columns(l.text); n >= wide {
					t.Errorf("%d columns of %d: %q", n, wide, l.text)
				}
			}
		}
	}
	f := v.foot(80)
	if last := f[len(f)-1].text; !strings.HasSuffix(last, "ghi chú rất dài ") {
		t.Errorf("the end of what is typed is not seen: %q", last)
	}
	if bars := meters(levels, 79); len(bars) > 4 || !strings.HasPrefix(bars[0], "1▅! 2▅!") {
		t.Errorf("32 channels: %q", bars)
	}
}

func TestTextIsBrokenBetweenWords(t *testing.T) {
	for _, c := range []struct {
		text string
		wide int
		want []string
	}{
		{"Kính thưa Đại hội", 80, []string{"Kính thưa Đại hội"}},
		{"Kính thưa Đại hội", 10, []string{"Kính thưa", "  Đại hội"}},
		{"Ki\u0301nh thưa", 9, []string{"Ki\u0301nh thưa"}}, // a mark takes no column
		{"会议会议", 5, []string{"会议", "  会", "  议"}},
		{"abcdefgh", 4, []string{"abcd", "  ef", "  gh"}},
		{"", 10, []string{""}},
	} {
		if got := wrapWords(c.text, c.wide, "  "); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q", c.text, c.wide, got)
		}
	}
	if got := tail("một hai ba bốn năm", 8, 2); !slices.Equal(got, []string{"…ba bốn", "năm"}) {
		t.Errorf("%q", got)
	}
	if got := (viewLine{text: "[1:25] == 2. Báo cáo"}).indent(); got != "       " {
		t.Errorf("%q", got)
	}
}

func TestKeysOfSeveralCharactersMeanNothing(t *testing.T) {
	keys := make(chan rune, 100)
	for _, in := range []string{"a\x1b[Db", "a\x1b[3~b", "a\x1bOPb", "a\x1b[1;5Cb"} {
		readKeys(t.Context(), strings.NewReader(in), keys)
		var got []rune
		for len(keys) > 0 {
			got = append(got, <-keys)
		}
		if string(got) != "ab" {
			t.Errorf("%q is %q", in, got)
		}
	}
	readKeys(t.Context(), strings.NewReader("\x1b"), keys)
	if r := <-keys; r != 27 {
		t.Errorf("escape alone is %q", r)
	}
}

func TestTheLastSecondsArePlayedOrItIsSaidWhyNot(t *testing.T) {
	v := congress()
	for _, c := range []struct {
		said liveSaid
		en   string
	}{
		{liveSaid{audio: capture.Audio{Start: 90, End: 100}}, "playing 1:30–1:40 from the disk"},
		{liveSaid{done: true, err: fmt.Errorf("%w (really)", errNoPlayer)}, "neither a sound output nor aplay"},
		{liveSaid{done: true, err: errors.New("read: input/output error")}, "it cannot be played: read: input/output error"},
	} {
		v.played(c.said)
		if f := foot(v); !strings.Contains(f, c.en) {
			t.Errorf("%+v:\n%s", c.said, f)
		}
	}
	v.played(liveSaid{done: true})
	if v.note != "" {
		t.Errorf("%q", v.note)
	}
	if typing(v, "l"); !v.listen {
		t.Error("l plays nothing")
	}
	v.status = nil
	if v.home = "there"; v.folder() != "there" {
		t.Errorf("%q", v.folder())
	}
}

func TestTheLastSecondsOfARecordingThatNobodyCapturesAreReadFromItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dh")
	hallRecording(t, dir)
	a, pcm, err := lastSeconds(t.Context(), dir)
	if err != nil || a.End != 4.5 || len(pcm) != int(4.5*16000)*2 {
		t.Errorf("%+v, %d bytes, %v", a, len(pcm), err)
	}
	if _, _, err := lastSeconds(t.Context(), t.TempDir()); err == nil {
		t.Error("an empty folder has sound")
	}
}

func TestAMarkBeforeTheRecordingBeganIsRefused(t *testing.T) {
	for text, marks := range map[string]bool{"99999999": false, "100.5": false, "100": true, "0,5": true} {
		v := congress()
		act := typing(v, "m1\r"+text+"\r")
		if (act != nil) != marks || !marks && !strings.Contains(foot(v), "the recording is only 1:40 long, not "+text+" s") {
			t.Errorf("%s s ago: %+v\n%s", text, act, foot(v))
		}
	}
	v := congress()
	v.status.Seconds = 0.9 // shown as 0:01
	if act := typing(v, "m1\r1\r"); act == nil || act.At != 0 {
		t.Errorf("1 s ago in a recording shown as 0:01 long: %+v\n%s", act, foot(v))
	}
	if act := typing(v, "m1\r2\r"); act != nil {
		t.Errorf("2 s ago in a recording shown as 0:01 long: %+v", act)
	}
}

func TestAPauseIsAnnouncedInMinutesAndCanBeMadeLonger(t *testing.T) {
	v := congress()
	typing(v, "phội ý\r")
	if f := foot(v); !strings.Contains(f, "how many minutes") {
		t.Errorf("its length is not asked for:\n%s", f)
	}
	act := typing(v, "15\r")
	if act == nil || act.Kind != hall.EventPaused || act.Text != "hội ý" || act.Minutes != 15 {
		t.Fatalf("%+v", act)
	}
	v.take(hallEvent(t, hall.EventPaused, act.ActBody))
	if got := written(v); got != "[1:40] closed part begins (Trần Thị Nguyệt, 15 min announced): hội ý" {
		t.Errorf("%q", got)
	}
	for _, text := range []string{"0", "-3", "x", "1441", "1.5"} {
		if act := typing(v, "pnhân sự\r"+text+"\r"); act != nil || !strings.Contains(foot(v), "nothing is paused yet: "+text) {
			t.Errorf("%q: %+v\n%s", text, act, foot(v))
		}
	}
	if act := typing(v, "t"); act != nil || v.asking != "" {
		t.Errorf("a pause that does not go on is made longer: %+v", act)
	}
	v.status.State = capture.Paused
	if f := foot(v); !strings.Contains(f, "t announce longer") {
		t.Errorf("the key is not shown:\n%s", f)
	}
	if act = typing(v, "t10\r"); act == nil || act.Kind != hall.EventLonger || act.Minutes != 10 {
		t.Fatalf("%+v", act)
	}
	v.take(hallEvent(t, hall.EventLonger, act.ActBody))
	if got := written(v); got != "[1:40] the closed part is to last 10 min more (Trần Thị Nguyệt)" {
		t.Errorf("%q", got)
	}
	if act := typing(v, "t\r"); act != nil {
		t.Errorf("longer by nothing: %+v", act)
	}
}

func TestAFullDiskIsShownUntilTheMeetingGoesOnElsewhere(t *testing.T) {
	waiting := capture.Status{State: capture.NoRoom, Recording: "dh", Seconds: 2, Alarms: []alarm.Alarm{alarm.Waiting(time.Now())}}
	v := newLiveView(hall.HallInfo{Meeting: "m", Recording: "dh", Waiting: &waiting}, "x", vietnamese)
	v.take(hallEvent(t, hall.EventFinal, hall.FinalBody{Recording: "dh", To: 32000}))
	v.take(hallEvent(t, hall.EventEnded, hall.RecordingBody{Recording: "dh", Length: 32000}))
	if f := foot(v); v.over || !strings.Contains(f, "Ổ ĐĨA ĐẦY, KHÔNG GHI ĐƯỢC 0:02") || !strings.Contains(f, "CẢNH BÁO: Ổ đĩa đã đầy") {
		t.Errorf("over: %v\n%s", v.over, f)
	}
	if got := written(v); !strings.Contains(got, "CẢNH BÁO: Ổ đĩa đã đầy nên không ghi âm được") {
		t.Errorf("%q", got)
	}
	waiting.State, waiting.Alarms = capture.Ended, nil
	v.take(hall.Update{Status: &waiting})
	if got := written(v); !v.over || !v.full || v.left || !strings.Contains(got, "đã hết: Ổ đĩa đã đầy") {
		t.Errorf("over %v, full %v: %q", v.over, v.full, got)
	}
}
