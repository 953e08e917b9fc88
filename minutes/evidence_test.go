package minutes_test

import (
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/transcribe"
)

func decode(t *testing.T, yaml string) *minutes.Meeting {
	t.Helper()
	m, _, err := minutes.DecodeMeeting("m.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const congress = `kind: dai-hoi
title: Đại hội đại biểu Đảng bộ phường Hòa Thành
venue: Hội trường
place: Hòa Thành
start: 2025-08-18T07:30:00+07:00
end: 2025-08-18T11:00:00+07:00
delegates: {summoned: 145, present: 143, absent: 2}
people:
  - {name: Lê Quốc Khánh, title: Bí thư, role: chair, channel: 1}
  - {name: Võ Thị Loan, title: Hiệu trưởng, channel: 2}
  - {name: Bùi Thanh Phong, title: Phó Trưởng Ban, channel: 2}
register:
  - {name: A, sex: Nữ}
  - {name: B, sex: Nam, alternate: true}
agenda:
  - {id: C1, title: Khai mạc, presenter: Lê Quốc Khánh}
  - {id: C2, title: Nghị quyết}
  - {id: C3, title: Nhân sự, closed: true}
  - {id: C4, title: Danh sách, parent: C3}
attendance_events:
  - {item: C2, person: Võ Thị Loan, event: leave, reason: họp ở trường, at: 2025-08-18T09:05:00+07:00}
votes:
  - {item: C1, subject: Chương trình, for: 143}
  - {item: C2, subject: Nghị quyết Đại hội, for: 141, abstain: 1, passed: true}
elections:
  - {item: C4, subject: Ban Chấp hành, seats: 1, issued: 142, returned: 142, valid: 141, invalid: 1, results: [{name: Lê Văn An, votes: 140, elected: true}]}
appointments:
  - {item: C4, decision: 123-QĐ/TU, date: 2025-08-01, authority: Ban Thường vụ Tỉnh ủy, reader: Bùi Thanh Phong, body: Ban Chấp hành, members: [{name: Lê Quốc Khánh, position: Bí thư}, {name: Trần B}]}
contributions:
  - {item: C1, person: Võ Thị Loan, title: Chuyển đổi số, spoken: true}
actions:
  - {item: C2, owner: Võ Thị Loan, task: Báo cáo, due: 2025-09-30}
documents:
  - {item: C2, title: Dự thảo Nghị quyết, number: 01-NQ/ĐH, date: 2025-08-10}
notes:
  - {item: C2, text: Có mười hai ý kiến.}
glossary: [chuyển đổi số, Hòa Thành]
`

func TestWhatWasEnteredIsEvidenceWithItsFiguresComputed(t *testing.T) {
	m := decode(t, congress)
	x := minutes.NewEvidence(m, &transcribe.Transcript{Language: "vi", Segments: []transcribe.Segment{
		{ID: "s1", Item: "C1", Speaker: "Lê Quốc Khánh", Text: "Tôi khai mạc."},
		{ID: "s2", Item: "C1", Text: "bịa", Struck: true},
		{ID: "vote:1", Item: "C1", Text: "Tán thành 3."},
	}})
	for id, want := range map[string]string{
		"meeting":        "Đại hội đại biểu Đảng bộ phường Hòa Thành. Bắt đầu 7 giờ 30 phút, ngày 18 tháng 8 năm 2025, kết thúc 11 giờ, ngày 18 tháng 8 năm 2025. Địa điểm: Hội trường, Hòa Thành. Chủ trì: Lê Quốc Khánh, Bí thư.",
		"delegates":      "Triệu tập 145, có mặt 143, vắng 2. 98,62%.",
		"register":       "Danh sách đại biểu: 2 đại biểu, nữ 1 (50%), dự khuyết 1.",
		"attendance:1":   "9 giờ 05 phút, Võ Thị Loan rời cuộc họp, họp ở trường.",
		"agenda:C1":      "Khai mạc. Người trình bày: Lê Quốc Khánh, Bí thư.",
		"vote:1":         "Biểu quyết: Chương trình. Tán thành 143, không tán thành 0, không biểu quyết 0. Có mặt 143. Tỷ lệ tán thành 100% số có mặt. Tỷ lệ tán thành 98,62% tổng số 145.",
		"vote:2":         "Biểu quyết: Nghị quyết Đại hội. Tán thành 141, không tán thành 0, không biểu quyết 1. Có mặt 142. Tỷ lệ tán thành 99,3% số có mặt. Tỷ lệ tán thành 97,24% tổng số 145. Thông qua.",
		"election:1":     "Bầu cử: Ban Chấp hành. Số lượng bầu 1. Phát ra 142, thu về 142, hợp lệ 141. Không hợp lệ 1. Lê Văn An: 140 phiếu (96,55% / 145 triệu tập), trúng cử.",
		"appointment:1":  "Quyết định 123-QĐ/TU ngày 1 tháng 8 năm 2025 của Ban Thường vụ Tỉnh ủy, chỉ định Ban Chấp hành. Người công bố: Bùi Thanh Phong, Phó Trưởng Ban. Gồm 2: Lê Quốc Khánh, Bí thư; Trần B.",
		"contribution:1": "Tham luận: Võ Thị Loan, Hiệu trưởng, Chuyển đổi số, trình bày trực tiếp.",
		"action:1":       "Giao Võ Thị Loan, Hiệu trưởng: Báo cáo, thời hạn 30 tháng 9 năm 2025.",
		"document:1":     "Dự thảo Nghị quyết, số 01-NQ/ĐH, ngày 10 tháng 8 năm 2025.",
		"note:1":         "Có 12 ý kiến.",
		"s1":             "Tôi khai mạc.",
	} {
		if e, ok := x.Get(id); !ok || e.Text != want {
			t.Errorf("%s: %q\nwant %q", id, e.Text, want)
		}
	}
	if e, _ := x.Get("s1"); e.Title != "Bí thư" {
		t.Errorf("the speaker's title is %q", e.Title)
	}
	if _, ok := x.Get("s2"); ok {
		t.Error("struck speech is evidence")
	}
	if e, _ := x.Get("vote:1"); e.Kind != minutes.EvidenceData {
		t.Error("a segment took the place of a recorded vote")
	}
}

func TestPresenceFollowsTheEvents(t *testing.T) {
	m := decode(t, congress)
	for item, want := range map[string]int{"C1": 143, "C2": 142, "C4": 142} {
		if got := m.Presence(item); got != want {
			t.Errorf("%s: %d present, want %d", item, got, want)
		}
	}
	if !m.ClosedItem("C4") || m.ClosedItem("C2") {
		t.Error("what stands under a closed item is closed, and nothing else")
	}
}

func TestAnOutcomeIsTheEnteredOneElseByTheBodysRule(t *testing.T) {
	no := false
	for _, c := range []struct {
		kind           string
		v              minutes.Vote
		carried, known bool
	}{
		{minutes.KindCouncil, minutes.Vote{For: 4, Against: 3}, true, true},
		{minutes.KindCouncil, minutes.Vote{For: 4, Against: 3, Passed: &no}, false, true},
		{minutes.KindCouncil, minutes.Vote{}, false, false},
		{minutes.KindPeoplesCouncil, minutes.Vote{For: 13, Against: 1, Present: 20, Total: 26}, false, true},
		{minutes.KindPeoplesCouncil, minutes.Vote{For: 14, Against: 6, Present: 20, Total: 26}, true, true},
		{minutes.KindCell, minutes.Vote{For: 6, Against: 4, Present: 10}, true, true},
	} {
		m := &minutes.Meeting{Kind: c.kind}
		if carried, known := m.Outcome(c.v); carried != c.carried || known != c.known {
			t.Errorf("%s %+v: %v %v", c.kind, c.v, carried, known)
		}
	}
}

func TestPercentRoundsHalfUpAndNamesNoBaseOfZero(t *testing.T) {
	for _, c := range []struct {
		language string
		n, base  int
		want     string
	}{{"vi", 142, 143, "99,3"}, {"en", 7, 8, "87.5"}, {"vi", 143, 143, "100"}, {"vi", 1, 3, "33,33"}, {"en", 2, 3, "66.67"}, {"vi", 0, 5, "0"}, {"vi", 3, 0, ""}, {"vi", 1, 800, "0,13"}} {
		if got := minutes.Percent(c.language, c.n, c.base); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.n, c.base, got, c.want)
		}
	}
}

func TestTheGlossaryComesFirstAndNothingTwice(t *testing.T) {
	got := decode(t, congress).GlossaryTerms()
	if got[0] != "chuyển đổi số" || got[1] != "Hòa Thành" || got[2] != "Bí thư Lê Quốc Khánh" {
		t.Errorf("terms %q", got)
	}
	seen := map[string]bool{}
	for _, g := range got {
		if seen[strings.ToLower(g)] {
			t.Errorf("%q twice in %q", g, got)
		}
		seen[strings.ToLower(g)] = true
	}
}

func TestATranscriptMustFitTheMeeting(t *testing.T) {
	m := decode(t, congress)
	tr := &transcribe.Transcript{Segments: []transcribe.Segment{{Item: "C1", Speaker: "Khách Mời"}, {Item: "C9"}}}
	if _, err := minutes.CheckTranscript("t.json", m, tr); err == nil || err.Error() != `t.json: segments[1].item: no agenda item "C9"; the agenda has C1, C2, C3, C4` {
		t.Errorf("error %v", err)
	}
	tr.Segments[1].Item = ""
	remarks, err := minutes.CheckTranscript("t.json", m, tr)
	if err != nil || len(remarks) != 1 || !strings.Contains(remarks[0], "Khách Mời") {
		t.Errorf("remarks %q, %v", remarks, err)
	}
}
