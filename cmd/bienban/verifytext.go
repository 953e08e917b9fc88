package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"bienban/audio/record"
)

// tellVerified writes the report for people.
func (e *env) tellVerified(all []heldRecording, unread []record.Unread, one bool) error {
	t := e.tongueOf("")
	var b strings.Builder
	damaged, seconds := 0, 0.0
	for _, h := range all {
		h.tell(&b, t)
		seconds += h.AudioSeconds
		if !h.Whole {
			damaged++
		}
	}
	for _, u := range unread {
		fmt.Fprintf(&b, t.say("%s: CANNOT BE READ: %s\n", "%s: KHÔNG ĐỌC ĐƯỢC: %s\n"), printable(filepath.Join(u.Folder, u.File)), printable(t.reason(u.Why)))
	}
	if !one {
		verdict := t.say("all whole", "tất cả nguyên vẹn")
		if damaged > 0 {
			verdict = fmt.Sprintf(t.say("%d NOT WHOLE", "%d KHÔNG nguyên vẹn"), damaged)
		} else if len(unread) > 0 {
			verdict = t.say("these whole", "các bản này nguyên vẹn")
		}
		if len(unread) > 0 {
			verdict += fmt.Sprintf(t.say(", %d CANNOT BE READ", ", %d KHÔNG đọc được"), len(unread))
		}
		fmt.Fprintf(&b, t.say("recordings: %d, sound: %s; %s\n", "số bản ghi: %d, âm thanh: %s; %s\n"), len(all), clock(seconds), verdict)
	}
	_, err := io.WriteString(e.stdout, b.String())
	return err
}

// problemsShown is how many a person is shown of one recording; --json has all.
const problemsShown = 20

func (h heldRecording) tell(b *strings.Builder, t tongue) {
	line := func(head, format string, args ...any) {
		fmt.Fprintf(b, "  %-11s %s\n", head, fmt.Sprintf(format, args...))
	}
	name := printable(h.ID)
	if h.Meeting != "" && h.Meeting != h.ID {
		name += fmt.Sprintf(t.say(" (meeting %s)", " (cuộc họp %s)"), printable(h.Meeting))
	}
	fmt.Fprintf(b, "%s: %s\n", h.Folder, name)
	if h.Whole {
		line(t.say("whole", "nguyên vẹn"), "%s", t.say("nothing was changed, removed or moved since it was recorded", "không có gì bị sửa, xóa hay đổi chỗ từ khi ghi"))
	} else {
		line(t.say("NOT WHOLE", "HƯ HỎNG"), t.say("%d things are not as they were recorded", "%d chỗ không còn như khi ghi"), len(h.Problems)+h.importProblems())
	}
	end := t.say("ended properly", "đã kết thúc đúng cách")
	switch {
	case h.Running:
		end = t.say("still being recorded", "đang ghi")
	case !h.Closed:
		end = t.say("was cut off; capture goes on with it, or leaves it so", "bị ngắt giữa chừng; capture sẽ ghi tiếp hoặc để nguyên")
	}
	line(t.say("sound", "âm thanh"), t.say("%s of %s (segments: %d, chunks: %d); %s", "%s trên %s (tệp đoạn: %d, khối: %d); %s"),
		clock(h.AudioSeconds), clock(h.Seconds), h.Segments, h.Chunks, end)
	for _, s := range h.Gaps {
		line(t.say("GAP", "KHOẢNG HỞ"), "%s", s.tell(t))
	}
	for _, s := range h.Pauses {
		line(t.say("paused", "phần kín"), "%s", s.tell(t))
	}
	for _, s := range h.ClosedParts {
		line(t.say("closed", "đóng sau"), "%s", s.tell(t))
	}
	for _, s := range h.Erased {
		line(t.say("erased", "đã xóa"), "%s", s.tell(t))
	}
	for _, s := range h.Fills {
		line(t.say("filled", "lấp vào"), "%s", s.tell(t))
	}
	if h.Origin != "" {
		line(t.say("brought", "mang đến"), "%s", printable(h.Origin))
	}
	if h.PendingErasures > 0 {
		line(t.say("erasure", "lệnh xóa"), t.say("%d ordered and not known to be done everywhere: start serve, or erase again", "%d lệnh chưa chắc đã xong ở mọi nơi: hãy chạy serve hoặc xóa lại"), h.PendingErasures)
	}
	if h.BadSamples > 0 {
		line(t.say("bad samples", "mẫu hỏng"), t.say("%d were no numbers and count as silence", "%d mẫu không phải là số, tính là im lặng"), h.BadSamples)
	}
	if h.TornBytes > 0 {
		line(t.say("torn end", "đuôi dở"), t.say("%d bytes that were never safe on the disk; no damage", "%d byte chưa kịp nằm chắc trên đĩa; không phải hư hỏng"), h.TornBytes)
	}
	h.tellProblems(line, t, "")
	for _, i := range h.Imports {
		verdict := t.say("whole", "nguyên vẹn")
		if !i.Whole {
			verdict = t.say("NOT WHOLE", "HƯ HỎNG")
		}
		line(t.say("import", "nhập thêm"), "%s: %s, %s", printable(i.ID), clock(i.AudioSeconds), verdict)
		(heldRecording{Report: i}).tellProblems(line, t, printable(i.ID)+"/")
	}
}

func (h heldRecording) tellProblems(line func(head, format string, args ...any), t tongue, in string) {
	for k, p := range h.Problems {
		if k == problemsShown {
			line("", t.say("and %d more: --json lists them", "và %d chỗ nữa: --json liệt kê đủ"), len(h.Problems)-k)
			break
		}
		line(t.say("damage", "hư hỏng"), "%s%s", in, printable(problemText(p, t)))
	}
}

func (h heldRecording) importProblems() (n int) {
	for _, i := range h.Imports {
		n += len(i.Problems)
	}
	return n
}

func (s heldStretch) tell(t tongue) string {
	text := fmt.Sprintf("%s–%s (%.1f s)", clock(s.Start), clock(s.End), s.End-s.Start)
	if s.Estimated {
		text += t.say(", by the clock", ", theo đồng hồ")
	}
	if s.Who != "" {
		text += ", " + printable(s.Who)
	}
	if s.Reason != "" {
		text += ": " + printable(s.why(t))
	}
	if !s.Clock.IsZero() {
		text += s.Clock.Local().Format(" [2006-01-02 15:04:05]")
	}
	return text
}

// problemText says a problem in a tongue.
func problemText(p record.Problem, t tongue) string {
	what := t.reason(p.What)
	if p.Chunk < 0 {
		return p.Segment + ": " + what
	}
	return fmt.Sprintf(t.say("%s: chunk %d at byte %d, second %.1f: %s", "%s: khối %d ở byte %d, giây %.1f: %s"), p.Segment, p.Chunk, p.Offset, p.Second, what)
}

// why is the reason as a person is told it: what the program wrote is translated, what people wrote stands as it is.
func (s heldStretch) why(t tongue) string {
	if s.Who != "" {
		return s.Reason
	}
	return t.reason(s.Reason)
}
