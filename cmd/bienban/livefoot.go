package main

import (
	"fmt"
	"math"
	"strings"

	"bienban/audio/meter"
	"bienban/internal/capture"
)

// foot is what stands under the text, each line no wider than wide.
func (v *liveView) foot(wide int) []viewLine {
	wide-- // the last column makes some terminals begin a new line
	var out []viewLine
	add := func(s style, lines ...string) {
		for _, l := range lines {
			out = append(out, viewLine{text: l, style: s})
		}
	}
	add(grey, tail(v.said, wide, saidLines)...)
	add(bold, wrapWords(v.state(), wide, "  ")...)
	if s := v.status; s != nil && s.Levels != nil {
		add(plain, meters(s.Levels, wide)...)
	}
	for _, a := range v.alarms {
		add(alert, wrapWords(v.t.say("ALARM", "CẢNH BÁO")+": "+v.alarmText(a), wide, "  ")...)
	}
	if ask := v.question(); ask != "" {
		if v.asking == "mark" {
			add(plain, v.agenda(wide)...)
		}
		add(bold, clipLeft(ask+string(v.typed), wide))
		return out
	}
	if v.note != "" {
		add(bold, wrapWords(v.note, wide, "  ")...)
	}
	add(grey, wrapKeys(v.keyHelp(), wide)...)
	return out
}

// saidLines is how many lines provisional text may take.
const saidLines = 3

// state says how capture and text stand.
func (v *liveView) state() string {
	out := v.t.say("no capture runs", "không có máy ghi nào chạy")
	if s := v.status; s != nil {
		out = v.stateWord(s.State) + " " + clock(s.Seconds)
	}
	if v.lag != nil {
		out += fmt.Sprintf(v.t.say(" · text %.1f s behind", " · văn bản chậm %.1f giây"), v.lag.Lag)
	}
	if v.item != "" {
		out += v.t.say(" · item ", " · nội dung ") + v.title(v.item)
	}
	return out
}

func (v *liveView) stateWord(s capture.State) string {
	switch s {
	case capture.Recording:
		return v.t.say("RECORDING", "ĐANG GHI")
	case capture.Paused:
		return v.t.say("PAUSED", "TẠM DỪNG")
	case capture.Reconnecting:
		return v.t.say("NO DEVICE, LOOKING FOR IT", "MẤT THIẾT BỊ, ĐANG TÌM LẠI")
	case capture.NoRoom:
		return v.t.say("DISK FULL, NOTHING IS RECORDED", "Ổ ĐĨA ĐẦY, KHÔNG GHI ĐƯỢC")
	case capture.Stopping:
		return v.t.say("STOPPING", "ĐANG DỪNG")
	case capture.Ended:
		return v.t.say("ENDED", "ĐÃ KẾT THÚC")
	}
	return strings.ToUpper(string(s))
}

// question is what a line is being typed for, "" when none is.
func (v *liveView) question() string {
	switch v.asking {
	case "mark":
		if next := v.next(); next != "" {
			return fmt.Sprintf(v.t.say("item that begins (Enter = %s, Esc = none): ", "nội dung bắt đầu (Enter = %s, Esc = thôi): "), printable(next))
		}
		return v.t.say("item that begins (Esc = none): ", "nội dung bắt đầu (Esc = thôi): ")
	case "ago":
		return fmt.Sprintf(v.t.say("item %s began how many seconds ago (Enter = now): ", "nội dung %s bắt đầu cách đây bao nhiêu giây (Enter = vừa xong): "), printable(v.picked))
	case "note":
		return v.t.say("note (Esc = none): ", "ghi chú (Esc = thôi): ")
	case "why":
		return v.t.say("closed part, why (Esc = none): ", "phần kín, lý do (Esc = thôi): ")
	case "long":
		return v.t.say("how many minutes is it to last (Enter = not known, Esc = none): ", "dự kiến bao nhiêu phút (Enter = chưa rõ, Esc = thôi): ")
	case "longer":
		return v.t.say("how many minutes more from now on (Esc = none): ", "kéo dài thêm bao nhiêu phút kể từ bây giờ (Esc = thôi): ")
	}
	return ""
}

func (v *liveView) keyHelp() []string {
	pause := []string{v.t.say("p pause", "p tạm dừng")}
	if v.paused() {
		pause = []string{v.t.say("p go on recording", "p ghi tiếp"), v.t.say("t announce longer", "t báo thêm thời gian")}
	}
	keys := append([]string{v.t.say("m mark item", "m đánh dấu nội dung"), v.t.say("n note", "n ghi chú")}, pause...)
	return append(keys, v.t.say("l play last 10 s", "l nghe lại 10 giây"), v.t.say("q leave", "q thoát"))
}

// agendaShown is how many items stand above the question for one.
const agendaShown = 7

// agenda lists the items around the one that comes next.
func (v *liveView) agenda(wide int) []string {
	all, next := v.info.Agenda, v.next()
	from := 0
	for i, r := range all {
		if r.ID == next || next == "" && i == len(all)-1 {
			from = max(0, min(i-agendaShown/2, len(all)-agendaShown))
		}
	}
	var out []string
	for _, r := range all[from:min(len(all), from+agendaShown)] {
		mark := "  "
		switch r.ID {
		case next:
			mark = "> "
		case v.item:
			mark = "= "
		}
		out = append(out, clip(mark+printable(r.ID)+". "+printable(r.Title), wide))
	}
	return out
}

// wrapKeys writes keys side by side, none of them broken.
func wrapKeys(keys []string, wide int) []string {
	var out []string
	for _, k := range keys {
		if n := len(out); n > 0 && columns(out[n-1])+3+columns(k) <= wide {
			out[n-1] += "   " + k
		} else {
			out = append(out, clip(k, wide))
		}
	}
	return out
}

// Meters show peaks from meterFloor dBFS to full scale.
const (
	meterFloor = -60.0
	barSteps   = 8
	// meterLines is how many lines they may take; many channels get a thin bar each.
	meterLines = 2
)

// meters draws a bar for each channel: "!" clips, "x" is dead.
func meters(l *meter.Levels, wide int) []string {
	var broad, thin []string
	for i, c := range l.Channels {
		share := (max(meterFloor, min(0, c.Peak)) - meterFloor) / -meterFloor
		mark := ""
		switch {
		case c.Clipped > 0:
			mark = "!"
		case c.Dead:
			mark = "x"
		}
		n := int(math.Round(share * barSteps))
		broad = append(broad, fmt.Sprintf("%d %s%s%s", i+1, strings.Repeat("█", n), strings.Repeat("·", barSteps-n), mark))
		thin = append(thin, fmt.Sprintf("%d%c%s", i+1, []rune("·▁▂▃▄▅▆▇█")[n], mark))
	}
	if lines := joinWithin(broad, "  ", wide); len(lines) <= meterLines {
		return lines
	}
	return joinWithin(thin, " ", wide)
}

func joinWithin(parts []string, gap string, wide int) []string {
	var out []string
	for _, p := range parts {
		if n := len(out); n > 0 && columns(out[n-1]+gap+p) <= wide {
			out[n-1] += gap + p
		} else {
			out = append(out, p)
		}
	}
	return out
}
