package draft

import (
	"fmt"
	"strings"

	"bienban/minutes"
)

// member is what a body of that kind calls those who sit in it.
func (vietnamese) member(m *minutes.Meeting) string {
	switch m.Kind {
	case minutes.KindCell:
		return "đảng viên"
	case minutes.KindCommittee, minutes.KindStandingCommittee:
		return "đồng chí"
	case minutes.KindPeoplesCommittee:
		return "thành viên"
	}
	return "đại biểu"
}

func (v vietnamese) attendance(m *minutes.Meeting) string {
	d := m.Delegates
	if d.Summoned+d.Present == 0 {
		return ""
	}
	if d.Summoned == 0 {
		return fmt.Sprintf("Có mặt: %d %s.", d.Present, v.member(m))
	}
	s := fmt.Sprintf("Tổng số %s được triệu tập: %d; có mặt: %d", v.member(m), d.Summoned, d.Present)
	if p := minutes.Percent("vi", d.Present, d.Summoned); p != "" {
		s += fmt.Sprintf(" (đạt %s%% số được triệu tập)", p)
	}
	return s + fmt.Sprintf("; vắng: %d.", d.Absent)
}

func (v vietnamese) withTitle(sc *scene, name string) string {
	out := strings.TrimSpace(v.addressOf(sc, name) + " " + name)
	if p := sc.person(name); p != nil && p.Title != "" && sc.introduce(name) {
		out += ", " + p.Title
	}
	return out
}

func (v vietnamese) event(m *minutes.Meeting, e minutes.AttendanceEvent) string {
	who := e.Person
	if p := m.Person(e.Person); p != nil && p.Title != "" && e.Person != "" {
		who += ", " + p.Title + ","
	}
	where := "cuộc họp"
	switch m.Kind {
	case minutes.KindCongress:
		where = "Đại hội"
	case minutes.KindCommittee, minutes.KindStandingCommittee:
		where = "Hội nghị"
	case minutes.KindPeoplesCouncil:
		where = "kỳ họp"
	}
	switch {
	case who == "" && e.Count > 1:
		who = fmt.Sprintf("%d %s", e.Count, v.member(m))
	case who == "":
		who = "Một " + v.member(m)
	case where == "Đại hội" || where == "Hội nghị" || m.Kind == minutes.KindCell:
		who = "Đồng chí " + who
	}
	verb := "đến dự"
	if e.Event == minutes.EventLeave {
		verb = "rời " + where
	}
	s := who + " " + verb
	if c := m.FormatClock(e.At); c != "" {
		s += " lúc " + c
	}
	if e.Reason != "" {
		s += " (lý do: " + e.Reason + ")"
	}
	if e.Present != nil {
		s += fmt.Sprintf("; từ đó có mặt: %d", *e.Present)
	}
	return s + "."
}

func (v vietnamese) vote(sc *scene, vote minutes.Vote) string {
	m := sc.m
	var b strings.Builder
	fmt.Fprintf(&b, "Kết quả biểu quyết về %s", vote.Subject)
	if vote.Text != "" {
		fmt.Fprintf(&b, " (“%s”)", bare(vote.Text))
	}
	if vote.Moved != "" {
		fmt.Fprintf(&b, ", do %s đề nghị", v.withTitle(sc, vote.Moved))
	}
	if vote.Seconded != "" {
		fmt.Fprintf(&b, ", %s ủng hộ", v.withTitle(sc, vote.Seconded))
	}
	base, kind := m.VoteBase(vote)
	total := m.VoteTotal(vote)
	noun := v.member(m)
	fmt.Fprintf(&b, ": tán thành %d", vote.For)
	if p := minutes.Percent("vi", vote.For, base); p != "" {
		of := map[string]string{minutes.BasePresent: noun + " có mặt", minutes.BaseTotal: "tổng số " + noun, minutes.BaseSummoned: noun + " được triệu tập"}[kind]
		fmt.Fprintf(&b, "/%d %s, đạt %s%%", base, of, p)
	} else {
		fmt.Fprintf(&b, " %s", noun)
	}
	if m.Kind == minutes.KindPeoplesCouncil && kind == minutes.BasePresent && total > base {
		// A resolution of the people's council counts all its deputies, so this base is printed too.
		fmt.Fprintf(&b, " (đạt %s%% tổng số %d %s)", minutes.Percent("vi", vote.For, total), total, noun)
	}
	fmt.Fprintf(&b, "; không tán thành %d; không biểu quyết %d", vote.Against, vote.Abstain)
	if vote.Passed != nil {
		b.WriteString(map[bool]string{true: "; được thông qua", false: "; không được thông qua"}[*vote.Passed])
	}
	b.WriteString(".")
	if r := vote.Roll; r != nil {
		for _, l := range []struct {
			word  string
			names []string
		}{{"Tán thành", r.For}, {"Không tán thành", r.Against}, {"Không biểu quyết", r.Abstain}} {
			if len(l.names) > 0 {
				fmt.Fprintf(&b, " %s: %s.", l.word, strings.Join(l.names, ", "))
			}
		}
	}
	return b.String()
}

func (v vietnamese) appointment(sc *scene, a minutes.Appointment) string {
	s := "Công bố quyết định"
	if a.Decision != "" {
		s = "Công bố Quyết định số " + strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(a.Decision, "Quyết định"), " số"))
	}
	if a.Reader != "" {
		who := upper(v.withTitle(sc, a.Reader))
		if strings.Contains(who, ", ") {
			who += ","
		}
		s = who + " " + lower(s)
	}
	if d := sc.m.FormatDate(a.Date); d != "" {
		s += " ngày " + d
	}
	if a.Authority != "" {
		s += " của " + a.Authority
	}
	switch {
	case a.Body == "":
	case strings.Contains(strings.ToLower(a.Body), "chỉ định"):
		s += " về việc " + lower(a.Body)
	default:
		s += " về việc chỉ định " + a.Body
	}
	return s + members(a.Members, fmt.Sprintf(", gồm %d đồng chí", len(a.Members))) + "."
}

func (v vietnamese) contribution(sc *scene, c minutes.Contribution) string {
	how := "gửi tham luận bằng văn bản"
	if c.Spoken {
		how = "trình bày tham luận"
	}
	who := v.withTitle(sc, c.Person)
	if strings.Contains(who, ", ") {
		who += ","
	}
	s := fmt.Sprintf("Tham luận: %s %s", who, how)
	if c.Title != "" {
		s += " “" + c.Title + "”"
	}
	return s + "."
}

func (v vietnamese) election(m *minutes.Meeting, e minutes.Election) []string {
	s := "Kết quả bầu cử: " + e.Subject
	if e.Round > 0 {
		s += fmt.Sprintf(", vòng %d", e.Round)
	}
	var parts []string
	add := func(label string, n int) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", label, n))
		}
	}
	add("số lượng bầu", e.Seats)
	add("danh sách", e.Nominated)
	add("xin rút", e.Withdrawn)
	add("số phiếu phát ra", e.Issued)
	add("thu về", e.Returned)
	if e.Valid+e.Invalid > 0 {
		parts = append(parts, fmt.Sprintf("hợp lệ %d", e.Valid), fmt.Sprintf("không hợp lệ %d", e.Invalid))
	}
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	out := []string{s + "."}
	for _, r := range e.Results {
		s := fmt.Sprintf("%s: %d phiếu", r.Name, r.Votes)
		if p := minutes.Percent("vi", r.Votes, m.Delegates.Summoned); p != "" {
			s += fmt.Sprintf(", đạt %s%% so với %d %s được triệu tập", p, m.Delegates.Summoned, v.member(m))
		}
		out = append(out, s+map[bool]string{true: "; trúng cử.", false: "; không trúng cử."}[r.Elected])
	}
	return out
}

func (v vietnamese) action(sc *scene, a minutes.Action) string {
	s := "Nhiệm vụ: " + bare(a.Task)
	if a.Owner != "" {
		who := a.Owner
		if sc.person(a.Owner) != nil {
			who = v.withTitle(sc, a.Owner)
		}
		s = "Giao " + who + ": " + lower(bare(a.Task))
	}
	if d := sc.m.FormatDate(a.Due); d != "" {
		s += "; thời hạn: ngày " + d
	}
	return s + "."
}

func (vietnamese) document(sc *scene, d minutes.Document) string {
	s := "Tài liệu: " + d.Title
	if d.Number != "" {
		s += ", số " + d.Number
	}
	if day := sc.m.FormatDate(d.Date); day != "" {
		s += ", ngày " + day
	}
	return s + "."
}
