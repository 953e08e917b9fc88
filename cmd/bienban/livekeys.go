package main

import (
	"crypto/rand"
	"math"
	"strconv"
	"strings"
	"unicode"

	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/hall"
)

// key takes a key and gives what is to be done, nil for nothing.
func (v *liveView) key(r rune) *hall.Act {
	const ctrlC, ctrlD, escape, backspace, erase = 3, 4, 27, 8, 127
	switch {
	case r == ctrlC, r == ctrlD:
		v.over = true
		return nil
	case v.asking == "":
		v.command(r)
		if r == 'p' && v.paused() {
			v.asking = ""
			return v.actOf(hall.EventResumed, hall.ActBody{At: v.now()})
		}
		return nil
	case r == escape:
		v.asking, v.typed = "", nil
		return nil
	case r == backspace, r == erase:
		if n := len(v.typed); n > 0 {
			v.typed = v.typed[:n-1]
		}
		return nil
	case r == '\r', r == '\n':
		return v.entered(strings.TrimSpace(string(v.typed)))
	case unicode.IsPrint(r):
		v.typed = append(v.typed, r)
	}
	return nil
}

func (v *liveView) command(r rune) {
	v.note, v.typed = "", nil
	switch r {
	case 'm':
		v.asking = "mark"
	case 'n':
		v.asking = "note"
	case 'p':
		v.asking = "why"
	case 'q':
		v.over = true
	}
}

func (v *liveView) paused() bool { return v.status != nil && v.status.State == capture.Paused }

// entered takes a line that was typed.
func (v *liveView) entered(text string) *hall.Act {
	asked := v.asking
	v.asking, v.typed = "", nil
	switch asked {
	case "mark":
		if v.picked = text; text == "" {
			v.picked = v.next()
		}
		if v.picked == "" {
			v.note = "no item: the agenda has no next one; type its number"
			return nil
		}
		v.asking = "ago"
	case "ago":
		ago, err := strconv.ParseFloat("0"+strings.ReplaceAll(text, ",", "."), 64)
		if err != nil || math.IsInf(ago, 0) {
			v.note = "not a number of seconds: " + printable(text)
			return nil
		}
		return v.actOf(hall.EventMark, hall.ActBody{Item: v.picked, At: max(0, v.now()-int64(ago*bus.SampleRate))})
	case "note":
		if text != "" {
			return v.actOf(hall.EventNote, hall.ActBody{Text: text, At: v.now()})
		}
	case "why":
		return v.actOf(hall.EventPaused, hall.ActBody{Text: text, At: v.now()})
	}
	return nil
}

// next is the item after the one that goes on.
func (v *liveView) next() string {
	for i, r := range v.info.Agenda {
		switch {
		case v.item == "":
			return r.ID
		case r.ID == v.item && i+1 < len(v.info.Agenda):
			return v.info.Agenda[i+1].ID
		}
	}
	return ""
}

func (v *liveView) actOf(kind string, body hall.ActBody) *hall.Act {
	body.Recording, body.By = v.info.Recording, v.by
	v.note = "…"
	return &hall.Act{ID: rand.Text(), Meeting: v.info.Meeting, Kind: kind, ActBody: body}
}

// done hears how an act ended.
func (v *liveView) done(err error) {
	v.note = ""
	if err != nil {
		v.note = "not done: " + oneLine(err)
	}
}
