package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"

	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/lang"
)

// key takes a key and gives what is to be done, nil for nothing.
func (v *liveView) key(r rune) *hall.Act {
	const escape, backspace, erase = 27, 8, 127
	switch {
	case leaves(r) && (r != 'q' || v.asking == ""):
		v.over, v.left = true, true
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
		return v.entered(strings.TrimSpace(lang.NFC(string(v.typed))))
	case unicode.IsPrint(r):
		v.typed = append(v.typed, r)
	}
	return nil
}

// leaves says whether a key leaves the view: q, where nothing is being typed,
// and Ctrl-C and Ctrl-D, which are no signals on a terminal that is read raw.
func leaves(r rune) bool {
	const ctrlC, ctrlD = 3, 4
	return r == 'q' || r == ctrlC || r == ctrlD
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
	case 't':
		if v.paused() {
			v.asking = "longer"
		}
	case 'l':
		v.listen = true
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
		switch {
		case v.picked == "":
			v.note = v.t.say("no item: the agenda has no next one; type its number", "chưa có nội dung: chương trình không còn mục tiếp theo; hãy gõ số")
			return nil
		case !v.onAgenda(v.picked):
			v.note = fmt.Sprintf(v.t.say("no item %s on the agenda", "chương trình không có nội dung %s"), printable(v.picked))
			return nil
		}
		v.asking = "ago"
	case "ago":
		ago, err := strconv.ParseFloat("0"+strings.ReplaceAll(text, ",", "."), 64)
		now := v.now()
		switch {
		case err != nil || math.IsInf(ago, 0):
			v.note = v.t.say("not a number of seconds: ", "không phải số giây: ") + printable(text)
			return nil
		case ago > math.Ceil(float64(now)/bus.SampleRate): // not the beginning: somebody has mistyped
			v.note = fmt.Sprintf(v.t.say("nothing is marked: the recording is only %s long, not %s s", "chưa đánh dấu: bản ghi mới dài %s, không tới %s giây"), at(now), printable(text))
			return nil
		}
		return v.actOf(hall.EventMark, hall.ActBody{Item: v.picked, At: max(now-int64(ago*bus.SampleRate), 0)}) // 1 s ago of 0.9 s, shown as 0:01, is the beginning
	case "note":
		if text != "" {
			return v.actOf(hall.EventNote, hall.ActBody{Text: text, At: v.now()})
		}
	case "why":
		v.asking, v.picked = "long", text
	case "long", "longer":
		minutes, ok := v.minutes(text)
		switch {
		case !ok, minutes == 0 && asked == "longer":
			return nil
		case asked == "longer":
			return v.actOf(hall.EventLonger, hall.ActBody{Minutes: minutes, At: v.now()})
		}
		return v.actOf(hall.EventPaused, hall.ActBody{Text: v.picked, Minutes: minutes, At: v.now()})
	}
	return nil
}

// pauseMost is the longest pause that can be announced, in minutes: a day.
const pauseMost = 24 * 60

// minutes reads how long a pause is to last: 0 when that was not said. What
// cannot be is said, and asked for again.
func (v *liveView) minutes(text string) (n int, ok bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > pauseMost {
		v.note = fmt.Sprintf(v.t.say("nothing is paused yet: %s is not a number of minutes from 1 to %d", "chưa tạm dừng: %s không phải số phút từ 1 đến %d"), printable(text), pauseMost)
		if v.paused() {
			v.note = fmt.Sprintf(v.t.say("%s is not a number of minutes from 1 to %d", "%s không phải số phút từ 1 đến %d"), printable(text), pauseMost)
		}
		return 0, false
	}
	return n, true
}

// onAgenda says whether there is an item; where no agenda is known, any may be.
func (v *liveView) onAgenda(id string) bool {
	for _, r := range v.info.Agenda {
		if r.ID == id {
			return true
		}
	}
	return len(v.info.Agenda) == 0
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
		v.note = v.t.say("not done: ", "không thực hiện được: ") + oneLine(err)
	}
}

// readKeys passes on what is typed; it ends with the program, since a read of a
// terminal cannot be interrupted. Keys that send several characters (arrows,
// Delete) mean nothing here, and must not be taken for the letters in them.
func readKeys(ctx context.Context, in io.Reader, out chan<- rune) {
	const escape = 27
	r := bufio.NewReader(in)
	for {
		k, _, err := r.ReadRune()
		if err != nil {
			return
		}
		if k == escape && r.Buffered() > 0 {
			skipSequence(r)
			continue
		}
		select {
		case out <- k:
		case <-ctx.Done():
			return
		}
	}
}

// skipSequence reads over what follows an escape that came with more (ECMA-48:
// CSI ends with a character from @ to ~, SS3 has one).
func skipSequence(r *bufio.Reader) {
	k, _, err := r.ReadRune()
	if err != nil || k != '[' && k != 'O' {
		return
	}
	for r.Buffered() > 0 {
		if k, _, err = r.ReadRune(); err != nil || k >= '@' && k <= '~' {
			return
		}
	}
}
