package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode"

	"bienban/audio/meter"
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
}

// liveView is what a person sees of a hall: the lines that are to be written
// and stay, and the foot under them. It knows no terminal.
type liveView struct {
	info     hall.HallInfo
	by       string
	terminal bool
	lines    []viewLine
	over     bool

	said   string // provisional text
	upTo   int64  // text is final up to here
	length int64  // -1 while the recording goes on
	lag    *hall.Lag
	status *capture.Status
	alarms map[string]string // raised, by kind and channel
	away   bool
	item   string // id of the item that goes on
	itemAt int64
	behind bool

	asking string // what a line is being typed for: "", mark, ago, note, why
	typed  []rune
	picked string // the item of a mark whose time is being asked
	note   string // the last word on what a key did
}

func newLiveView(info hall.HallInfo, by string) *liveView {
	v := &liveView{info: info, by: by, length: -1, alarms: map[string]string{}}
	title := info.Meeting
	if info.Title != "" {
		title = info.Title + " (" + info.Meeting + ")"
	}
	v.add(bold, "%s, recording %s", printable(title), info.Recording)
	return v
}

func (v *liveView) add(s style, format string, args ...any) {
	v.lines = append(v.lines, viewLine{fmt.Sprintf(format, args...), s})
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
		v.add(alert, "serve does not answer; what is recorded stays recorded")
	case u.Answers && v.away:
		v.away = false
		v.add(plain, "serve answers again")
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
				v.add(alert, "[%s] gap of %.1f s: %s", at(c.From), float64(c.To-c.From)/bus.SampleRate, printable(c.Note))
			}
		}
		v.upTo, v.said = f.To, ""
	case hall.EventEnded:
		var r hall.RecordingBody
		if json.Unmarshal(e.Body, &r) != nil || r.Recording != v.info.Recording {
			return
		}
		v.length = r.Length
	case hall.EventMark, hall.EventNote, hall.EventPaused, hall.EventResumed:
		v.act(e)
		return
	default:
		return
	}
	if v.length >= 0 && v.upTo >= v.length && !v.over {
		v.over = true
		v.add(bold, "the recording has ended and its text is complete")
	}
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
		v.add(plain, "[%s] note by %s: %s", at(a.At), by, text)
	case hall.EventPaused:
		v.add(bold, "[%s] closed part begins (%s): %s", at(a.At), by, text)
	case hall.EventResumed:
		v.add(bold, "[%s] closed part ends (%s)", at(a.At), by)
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
		v.add(alert, "the text is %.0f s behind; no sound is lost", l.Lag)
	case l.Lag < lagTold/2 && v.behind:
		v.behind = false
		v.add(plain, "the text has caught up")
	}
}

func (v *liveView) captured(s *capture.Status) {
	v.status = s
	now := map[string]string{}
	for _, a := range s.Alarms {
		key := fmt.Sprint(a.Kind, a.Channel)
		now[key] = a.EN
		if v.alarms[key] == "" {
			bell := ""
			if v.terminal {
				bell = "\a"
			}
			v.add(alert, "%sALARM: %s", bell, printable(a.EN))
		}
	}
	for key, text := range v.alarms {
		if now[key] == "" {
			v.add(plain, "over: %s", printable(text))
		}
	}
	v.alarms = now
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

// foot is what stands under the text, each line no wider than width.
func (v *liveView) foot(width int) []viewLine {
	var out []viewLine
	add := func(s style, text string) { out = append(out, viewLine{clip(text, width-1), s}) }
	for _, part := range tail(v.said, width-1, 2) {
		add(grey, part)
	}
	state := "no capture runs"
	if s := v.status; s != nil {
		state = fmt.Sprintf("%s %s", strings.ToUpper(string(s.State)), clock(s.Seconds))
	}
	if v.lag != nil {
		state += fmt.Sprintf("  text %.1f s behind", v.lag.Lag)
	}
	if v.item != "" {
		state += "  item " + v.title(v.item)
	}
	add(bold, state)
	if s := v.status; s != nil && s.Levels != nil {
		add(plain, meters(s.Levels))
	}
	for _, text := range v.alarms {
		add(alert, "ALARM: "+printable(text))
	}
	switch v.asking {
	case "mark":
		add(plain, fmt.Sprintf("item that begins (Enter = %s, Esc = none): %s", v.next(), string(v.typed)))
	case "ago":
		add(plain, fmt.Sprintf("item %s began how many seconds ago (Enter = now): %s", v.picked, string(v.typed)))
	case "note":
		add(plain, "note: "+string(v.typed))
	case "why":
		add(plain, "closed part, why: "+string(v.typed))
	default:
		keys := "m mark item   n note   p pause   q leave"
		if v.paused() {
			keys = "m mark item   n note   p go on recording   q leave"
		}
		if v.note != "" {
			add(bold, v.note)
		}
		add(grey, keys)
	}
	return out
}

// clip cuts a line that is too wide.
func clip(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:max(0, width-1)]) + "…"
	}
	return s
}

// tail is the end of a text in at most so many lines.
func tail(s string, width, lines int) []string {
	r := []rune(s)
	if most := width * lines; len(r) > most {
		r = append([]rune("…"), r[len(r)-most+1:]...)
	}
	var out []string
	for len(r) > 0 {
		n := min(width, len(r))
		out = append(out, string(r[:n]))
		r = r[n:]
	}
	return out
}

// meters draws a bar for each channel, from -60 dBFS to full scale.
func meters(l *meter.Levels) string {
	const steps, floor = 8, -60.0
	var b strings.Builder
	for i, c := range l.Channels {
		if i > 0 {
			b.WriteString("  ")
		}
		n := int(math.Round((max(floor, min(0, c.Peak)) - floor) / -floor * steps))
		mark := ""
		switch {
		case c.Clipped > 0:
			mark = "!"
		case c.Dead:
			mark = "x"
		}
		fmt.Fprintf(&b, "%d %s%s%s", i+1, strings.Repeat("█", n), strings.Repeat("·", steps-n), mark)
	}
	return b.String()
}
