package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bienban/audio/alarm"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/hall"
)

// style is how a line is shown on a terminal (ECMA-48 SGR).
type style string

const (
	plain style = ""
	grey  style = "90"
	alert style = "1;31"
	bold  style = "1"
)

func (s style) wrap(text string) string {
	if s == plain {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// viewLine is one line and how it looks.
type viewLine struct {
	text  string
	style style
	bell  bool // it sounds, too, on a terminal
}

// liveView is what a person sees of a hall: the lines that are to be written
// and stay, and the foot under them. It knows no terminal.
type liveView struct {
	info     hall.HallInfo
	by       string
	t        tongue
	terminal bool
	lines    []viewLine
	over     bool
	left     bool   // somebody has left it
	home     string // folder of the recording, "" when it is not on this machine

	said   string // provisional text
	upTo   int64  // text is final up to here
	length int64  // -1 while the recording goes on
	full   bool   // the disk was: the meeting may go on in another recording
	lag    *hall.Lag
	status *capture.Status
	alarms []alarm.Alarm // raised
	away   bool
	item   string // id of the item that goes on
	itemAt int64
	behind bool

	asking string // what a line is being typed for: "", mark, ago, note, why, long, longer
	typed  []rune
	picked string // the item of a mark whose time is being asked, or why a pause whose length is
	note   string // the last word on what a key did
	listen bool   // the last seconds are to be played, or not any more
}

func newLiveView(info hall.HallInfo, by string, t tongue) *liveView {
	v := &liveView{info: info, by: by, t: t, length: -1}
	title := info.Meeting
	if info.Title != "" {
		title = info.Title + " (" + info.Meeting + ")"
	}
	v.add(bold, v.t.say("%s, recording %s", "%s, bản ghi %s"), printable(title), info.Recording)
	if info.Waiting != nil {
		v.captured(info.Waiting)
	}
	return v
}

func (v *liveView) add(s style, format string, args ...any) {
	v.lines = append(v.lines, viewLine{text: fmt.Sprintf(format, args...), style: s})
}

// printable keeps what is spoken or typed from being an order to the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

func at(samples int64) string { return clock(float64(samples) / bus.SampleRate) }

// take learns of an update.
func (v *liveView) take(u hall.Update) {
	switch {
	case u.Event != nil:
		v.event(*u.Event)
	case u.Said != nil && u.Said.Type == "provisional":
		if u.Said.From >= v.upTo {
			v.said = printable(u.Said.Text)
		}
	case u.Said != nil:
		v.said = ""
	case u.Lag != nil:
		v.late(u.Lag)
	case u.Status != nil:
		v.captured(u.Status)
	case u.Away != nil && !v.away:
		v.away = true
		v.add(alert, "%s", v.t.say("serve does not answer; what is recorded stays recorded", "serve không trả lời; những gì đã ghi vẫn còn nguyên"))
	case u.Answers && v.away:
		v.away = false
		v.add(plain, "%s", v.t.say("serve answers again", "serve đã trả lời lại"))
	}
}

func (v *liveView) event(e hall.Event) {
	switch e.Type {
	case hall.EventFinal:
		var f hall.FinalBody
		if json.Unmarshal(e.Body, &f) != nil || f.Recording != v.info.Recording {
			return
		}
		for _, s := range f.Segments {
			if s.Struck || s.Text == "" {
				continue
			}
			who := ""
			if s.Speaker != "" {
				who = printable(s.Speaker) + ": "
			}
			v.add(plain, "[%s] %s%s", clock(s.Start), who, printable(s.Text))
		}
		for _, c := range f.Coverage {
			if c.Kind == "gap" {
				v.add(alert, v.t.say("[%s] gap of %.1f s: %s", "[%s] khoảng hở %.1f giây: %s"), at(c.From), float64(c.To-c.From)/bus.SampleRate, printable(c.Note))
			}
		}
		v.upTo, v.said = f.To, ""
	case hall.EventEnded:
		var r hall.RecordingBody
		if json.Unmarshal(e.Body, &r) != nil || r.Recording != v.info.Recording {
			return
		}
		v.length = r.Length
	case hall.EventMark, hall.EventNote, hall.EventPaused, hall.EventLonger, hall.EventResumed:
		v.act(e)
		return
	default:
		return
	}
	v.finish()
}

// finish ends the view of a recording of which nothing more comes. One whose
// capture waits for room on the disk is looked at until that is over.
func (v *liveView) finish() {
	if v.over || v.length < 0 || v.upTo < v.length || v.status != nil && v.status.State == capture.NoRoom {
		return
	}
	v.over = true
	v.add(bold, "%s", v.t.say("the recording has ended and its text is complete", "bản ghi đã kết thúc và văn bản đã đủ"))
}

func (v *liveView) act(e hall.Event) {
	var a hall.ActBody
	if json.Unmarshal(e.Body, &a) != nil {
		return
	}
	text, by := printable(a.Text), printable(a.By)
	switch e.Type {
	case hall.EventMark:
		v.add(bold, "[%s] == %s (%s)", at(a.At), v.title(a.Item), by)
		if a.Recording == v.info.Recording && a.At >= v.itemAt {
			v.item, v.itemAt = a.Item, a.At
		}
	case hall.EventNote:
		v.add(plain, v.t.say("[%s] note by %s: %s", "[%s] ghi chú của %s: %s"), at(a.At), by, text)
	case hall.EventPaused:
		long := ""
		if a.Minutes > 0 {
			long = fmt.Sprintf(v.t.say(", %d min announced", ", dự kiến %d phút"), a.Minutes)
		}
		v.add(bold, v.t.say("[%s] closed part begins (%s%s): %s", "[%s] bắt đầu phần kín (%s%s): %s"), at(a.At), by, long, text)
	case hall.EventLonger:
		v.add(bold, v.t.say("[%s] the closed part is to last %d min more (%s)", "[%s] phần kín kéo dài thêm %d phút (%s)"), at(a.At), a.Minutes, by)
	case hall.EventResumed:
		v.add(bold, v.t.say("[%s] closed part ends (%s)", "[%s] hết phần kín (%s)"), at(a.At), by)
	}
}

// title names an item of the agenda.
func (v *liveView) title(id string) string {
	for _, r := range v.info.Agenda {
		if r.ID == id {
			return id + ". " + printable(r.Title)
		}
	}
	return printable(id)
}

// lagTold is from which lag on, in seconds, people are told once.
const lagTold = 10

func (v *liveView) late(l *hall.Lag) {
	v.lag = l
	switch {
	case l.Lag >= lagTold && !v.behind:
		v.behind = true
		v.add(alert, v.t.say("the text is %.0f s behind; no sound is lost", "văn bản chậm %.0f giây; không mất âm thanh nào"), l.Lag)
	case l.Lag < lagTold/2 && v.behind:
		v.behind = false
		v.add(plain, "%s", v.t.say("the text has caught up", "văn bản đã theo kịp"))
	}
}

func (v *liveView) captured(s *capture.Status) {
	v.status = s
	for _, a := range s.Alarms {
		if !slices.ContainsFunc(v.alarms, same(a)) {
			v.add(alert, "%s: %s", v.t.say("ALARM", "CẢNH BÁO"), v.alarmText(a))
			v.lines[len(v.lines)-1].bell = true
		}
	}
	for _, a := range v.alarms {
		if !slices.ContainsFunc(s.Alarms, same(a)) {
			v.add(plain, "%s: %s", v.t.say("over", "đã hết"), v.alarmText(a))
		}
	}
	v.alarms = slices.Clone(s.Alarms)
	v.full = v.full || slices.ContainsFunc(s.Alarms, func(a alarm.Alarm) bool { return a.Kind == alarm.Full })
	v.finish()
}

func same(a alarm.Alarm) func(alarm.Alarm) bool {
	return func(b alarm.Alarm) bool { return a.Kind == b.Kind && a.Channel == b.Channel && a.EN == b.EN }
}

func (v *liveView) alarmText(a alarm.Alarm) string { return printable(v.t.say(a.EN, a.VI)) }

// folder is where the recording lies, as its capture says; else "" and nothing
// of it can be played.
func (v *liveView) folder() string {
	if v.status != nil {
		return v.status.Folder
	}
	return v.home
}

// played hears how playing goes.
func (v *liveView) played(s liveSaid) {
	switch {
	case errors.Is(s.err, errNoPlayer):
		v.note = v.t.say("nothing to play on: this machine has neither a sound output nor aplay or paplay", "không có chỗ phát: máy này không có đầu ra âm thanh, cũng không có aplay hay paplay")
	case s.err != nil:
		v.note = v.t.say("it cannot be played: ", "không phát lại được: ") + oneLine(s.err)
	case s.done:
		v.note = ""
	default:
		v.note = fmt.Sprintf(v.t.say("playing %s–%s from the disk; l stops", "đang phát lại %s–%s từ đĩa; l để dừng"), clock(s.audio.Start), clock(s.audio.End))
	}
}

// now is the place in the recording at which something happens now.
func (v *liveView) now() int64 {
	switch {
	case v.status != nil:
		return int64(v.status.Seconds * bus.SampleRate)
	case v.lag != nil:
		return int64((v.lag.Heard + v.lag.Lag) * bus.SampleRate)
	}
	return v.upTo
}
