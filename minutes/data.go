package minutes

import (
	"fmt"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// phrases are the words in which data is rendered as evidence. Languages other
// than Vietnamese take the English ones: they are labels, not minutes.
type phrases struct {
	from, to, at, chair, presidium, secretary, presenter                    string
	summoned, present, absent, of                                           string
	vote, moved, seconded, yes, no, abstain, share, total, carried, lost    string
	roll, election, seats, nominated, withdrawn, issued, returned, valid    string
	invalid, votes, elected, notElected, round, decision, by, reader        string
	appoint, members, paper, spoken, written, task, due, arrive, leave, now string
	dated, number                                                           string
}

func (m *Meeting) words() phrases {
	if m.Language == "vi" {
		return phrases{
			from: "Bắt đầu", to: "kết thúc", at: "Địa điểm", chair: "Chủ trì", presidium: "Đoàn Chủ tịch", secretary: "Thư ký",
			presenter: "Người trình bày", summoned: "Triệu tập", present: "có mặt", absent: "vắng", of: "số",
			vote: "Biểu quyết", moved: "Người đề nghị", seconded: "Người ủng hộ", yes: "Tán thành", no: "không tán thành",
			abstain: "không biểu quyết", share: "Tỷ lệ tán thành", total: "tổng số", carried: "Thông qua", lost: "Không được thông qua",
			roll: "Tên", election: "Bầu cử", seats: "Số lượng bầu", nominated: "danh sách", withdrawn: "xin rút", issued: "Phát ra",
			returned: "thu về", valid: "hợp lệ", invalid: "không hợp lệ", votes: "phiếu", elected: "trúng cử", notElected: "không trúng cử",
			round: "vòng", decision: "Quyết định", by: "của", reader: "Người công bố", appoint: "chỉ định", members: "gồm",
			paper: "Tham luận", spoken: "trình bày trực tiếp", written: "gửi bằng văn bản", task: "Giao", due: "thời hạn",
			arrive: "đến", leave: "rời cuộc họp", now: "có mặt từ đó", dated: "ngày", number: "số",
		}
	}
	return phrases{
		from: "From", to: "to", at: "Place", chair: "Chair", presidium: "Presidium", secretary: "Secretary",
		presenter: "Presented by", summoned: "Members", present: "present", absent: "absent", of: "of those",
		vote: "Vote", moved: "Moved by", seconded: "seconded by", yes: "For", no: "against", abstain: "abstained", share: "In favour",
		total: "of the total of", carried: "Carried", lost: "Not carried", roll: "Names", election: "Election", seats: "Seats",
		nominated: "nominated", withdrawn: "withdrawn", issued: "Ballots issued", returned: "returned", valid: "valid", invalid: "invalid",
		votes: "votes", elected: "elected", notElected: "not elected", round: "round", decision: "Decision", by: "of", reader: "Read by",
		appoint: "appointed", members: "members", paper: "Paper", spoken: "spoken", written: "in writing", task: "Assigned to", due: "by",
		arrive: "arrived", leave: "left", now: "present from then", dated: "dated", number: "number",
	}
}

var englishMonths = []string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// FormatDate writes a day in the meeting's language: "18 tháng 8 năm 2025",
// "12 March 2026"; other languages take the ISO form.
func (m *Meeting) FormatDate(t Time) string {
	switch {
	case t.IsZero():
		return ""
	case m.Language == "vi":
		return fmt.Sprintf("%d tháng %d năm %d", t.Day(), int(t.Month()), t.Year())
	case m.Language == "en":
		return fmt.Sprintf("%d %s %d", t.Day(), englishMonths[t.Month()], t.Year())
	}
	return t.Format("2006-01-02")
}

// FormatClock writes the time of day on the hall's own clock: "7 giờ 30 phút",
// "18:30"; "" for a day without a clock.
func (m *Meeting) FormatClock(t Time) string {
	if t.IsZero() || t.DateOnly {
		return ""
	}
	if m.Language != "vi" {
		return t.Format("15:04")
	}
	if t.Minute() == 0 {
		return fmt.Sprintf("%d giờ", t.Hour())
	}
	return fmt.Sprintf("%d giờ %02d phút", t.Hour(), t.Minute())
}

func (m *Meeting) moment(t Time) string {
	day := m.FormatDate(t)
	if day != "" && m.Language == "vi" {
		day = "ngày " + day
	}
	return list(", ", m.FormatClock(t), day)
}

// list joins what is not empty.
func list(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// labelled writes "label value", or nothing without a value.
func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func count(label string, n int) string {
	if n == 0 {
		return ""
	}
	return label + " " + strconv.Itoa(n)
}

// data renders what people entered, notes excepted.
func (m *Meeting) data() []Evidence {
	w := m.words()
	var out []Evidence
	add := func(id, item, text string) {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, Evidence{ID: id, Kind: EvidenceData, Item: item, Text: text})
		}
	}
	nth := func(kind string, i int) string { return kind + ":" + strconv.Itoa(i+1) }

	add("meeting", "", m.meetingText(w))
	if d := m.Delegates; d.Summoned+d.Present+d.Absent > 0 {
		text := fmt.Sprintf("%s %d, %s %d, %s %d.", w.summoned, d.Summoned, w.present, d.Present, w.absent, d.Absent)
		if p := Percent(m.Language, d.Present, d.Summoned); p != "" {
			text += " " + p + "%."
		}
		add("delegates", "", text)
	}
	add("register", "", m.registerText())
	for i, e := range m.AttendanceEvents {
		verb := w.arrive
		if e.Event == EventLeave {
			verb = w.leave
		}
		who := e.Person
		if e.Count > 0 && who == "" {
			who = strconv.Itoa(e.Count)
		}
		text := list(" ", who, verb)
		text = list(", ", m.FormatClock(e.At), text, e.Reason)
		if e.Present != nil {
			text += fmt.Sprintf("; %s %d", w.now, *e.Present)
		}
		add(nth("attendance", i), e.Item, text+".")
	}
	for _, a := range m.Agenda {
		add("agenda:"+a.ID, a.ID, list(" ", a.Title+".", sentence(labelled(w.presenter+":", m.withTitle(a.Presenter)))))
	}
	for i, v := range m.Votes {
		add(nth("vote", i), v.Item, m.voteText(w, v))
	}
	for i, e := range m.Elections {
		add(nth("election", i), e.Item, m.electionText(w, e))
	}
	for i, a := range m.Appointments {
		add(nth("appointment", i), a.Item, m.appointmentText(w, a))
	}
	for i, c := range m.Contributions {
		how := w.written
		if c.Spoken {
			how = w.spoken
		}
		add(nth("contribution", i), c.Item, list(", ", w.paper+": "+m.withTitle(c.Person), c.Title, how, c.Document)+".")
	}
	for i, a := range m.Actions {
		text := a.Task
		if a.Owner != "" {
			text = w.task + " " + m.withTitle(a.Owner) + ": " + text
		}
		if due := m.FormatDate(a.Due); due != "" {
			text += ", " + w.due + " " + due
		}
		add(nth("action", i), a.Item, text+".")
	}
	for i, d := range m.Documents {
		text := list(", ", d.Title, labelled(w.number, d.Number), labelled(w.dated, m.FormatDate(d.Date)))
		out = append(out, Evidence{ID: nth("document", i), Kind: EvidenceDocument, Item: d.Item, Text: text + "."})
	}
	return out
}

// registerText counts the register, as the verification of delegates reports it.
func (m *Meeting) registerText() string {
	women, alternates := 0, 0
	for _, d := range m.Register {
		switch lang.FoldPlain(d.Sex) {
		case "nu", "f", "female", "woman":
			women++
		}
		if d.Alternate {
			alternates++
		}
	}
	if len(m.Register) == 0 {
		return ""
	}
	if m.Language == "vi" {
		return fmt.Sprintf("Danh sách đại biểu: %d đại biểu, nữ %d (%s%%), dự khuyết %d.", len(m.Register), women, Percent("vi", women, len(m.Register)), alternates)
	}
	return fmt.Sprintf("Register: %d delegates, %d women (%s%%), %d alternates.", len(m.Register), women, Percent(m.Language, women, len(m.Register)), alternates)
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return s + "."
}

// withTitle writes a name with its registered title behind it.
func (m *Meeting) withTitle(name string) string {
	if p := m.Person(name); p != nil && name != "" {
		return list(", ", p.Name, p.Title)
	}
	return name
}

func (m *Meeting) meetingText(w phrases) string {
	text := list(" ", sentence(m.Title), sentence(list(", ", m.Issuer, m.Body)),
		sentence(list(", ", labelled(w.from, m.moment(m.Start)), labelled(w.to, m.moment(m.End)))),
		sentence(labelled(w.at+":", list(", ", m.Venue, m.Place))))
	for _, r := range []struct{ label, role string }{{w.chair, RoleChair}, {w.presidium, RolePresidium}, {w.secretary, RoleSecretary}} {
		var names []string
		for _, p := range m.People {
			if p.Role.Has(r.role) {
				names = append(names, m.withTitle(p.Name))
			}
		}
		if len(names) > 0 {
			text += " " + r.label + ": " + strings.Join(names, "; ") + "."
		}
	}
	return text
}

func (m *Meeting) voteText(w phrases, v Vote) string {
	text := list(" ", w.vote+":", sentence(v.Subject), sentence(v.Text),
		sentence(list(", ", labelled(w.moved, v.Moved), labelled(w.seconded, v.Seconded))))
	text += fmt.Sprintf(" %s %d, %s %d, %s %d.", w.yes, v.For, w.no, v.Against, w.abstain, v.Abstain)
	base, kind := m.VoteBase(v)
	if kind == BasePresent {
		text += " " + capital(count(w.present, base)) + "."
		text += fmt.Sprintf(" %s %s%% %s %s.", w.share, Percent(m.Language, v.For, base), w.of, w.present)
	}
	if total := m.VoteTotal(v); total > 0 && total >= v.For {
		text += fmt.Sprintf(" %s %s%% %s %d.", w.share, Percent(m.Language, v.For, total), w.total, total)
	}
	if carried, known := m.Outcome(v); known && v.Passed != nil {
		text += " " + map[bool]string{true: w.carried, false: w.lost}[carried] + "."
	}
	if r := v.Roll; r != nil {
		for _, l := range []struct {
			word  string
			names []string
		}{{w.yes, r.For}, {w.no, r.Against}, {w.abstain, r.Abstain}} {
			if len(l.names) > 0 {
				text += " " + capital(l.word) + ": " + strings.Join(l.names, ", ") + "."
			}
		}
	}
	return text
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func (m *Meeting) electionText(w phrases, e Election) string {
	text := list(" ", w.election+":", sentence(e.Subject),
		sentence(capital(list(", ", count(w.round, e.Round), count(w.seats, e.Seats), count(w.nominated, e.Nominated), count(w.withdrawn, e.Withdrawn)))),
		sentence(capital(list(", ", count(w.issued, e.Issued), count(w.returned, e.Returned), count(w.valid, e.Valid)))))
	if e.Issued+e.Returned+e.Valid+e.Invalid > 0 {
		text += fmt.Sprintf(" %s %d.", capital(w.invalid), e.Invalid)
	}
	for _, r := range e.Results {
		text += fmt.Sprintf(" %s: %d %s", r.Name, r.Votes, w.votes)
		if p := Percent(m.Language, r.Votes, m.Delegates.Summoned); p != "" {
			text += fmt.Sprintf(" (%s%% / %d %s)", p, m.Delegates.Summoned, strings.ToLower(w.summoned))
		}
		text += ", " + map[bool]string{true: w.elected, false: w.notElected}[r.Elected] + "."
	}
	return text
}

func (m *Meeting) appointmentText(w phrases, a Appointment) string {
	text := w.decision
	text = list(" ", text, a.Decision, labelled(w.dated, m.FormatDate(a.Date)), labelled(w.by, a.Authority))
	if a.Body != "" {
		text += ", " + w.appoint + " " + a.Body
	}
	text += "."
	if a.Reader != "" {
		text += " " + w.reader + ": " + m.withTitle(a.Reader) + "."
	}
	if len(a.Members) > 0 {
		text += fmt.Sprintf(" %s %d:", capital(w.members), len(a.Members))
		for i, p := range a.Members {
			if i > 0 {
				text += ";"
			}
			text += " " + list(", ", p.Name, p.Position)
		}
		text += "."
	}
	return text
}
