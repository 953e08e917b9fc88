package form_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
	"bienban/transcribe"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample makes minutes of a case of internal/casefile/cases by hand: every turn that is
// in the file is a sentence of its speaker.
func sample(t testing.TB, name string) *minutes.Minutes {
	t.Helper()
	m, _, err := minutes.ReadMeeting(filepath.Join("..", "..", "internal", "casefile", "cases", name, "meeting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return draft(t, name, m)
}

// rich has everything that people can enter and no sentence tells.
func rich(language string) *minutes.Minutes {
	at := func(s string) minutes.Time {
		t, err := minutes.ParseTime(s)
		if err != nil {
			panic(err)
		}
		return t
	}
	kind, yes, after := "dai-hoi", true, 141
	if language == "en" {
		kind = "council"
	}
	m := minutes.Meeting{
		Kind: kind, Language: language, Title: "Đại hội đại biểu lần thứ II", Issuer: "ĐẢNG BỘ PHƯỜNG AN HÒA", Place: "An Hòa", Number: "12-BB/ĐH",
		Start: at("2026-06-01T07:00:00+07:00"), End: at("2026-02-05T17:05:00+07:00"),
		Sessions:  []minutes.Session{{ID: "1", Start: at("2026-06-01T07:00:00+07:00"), End: at("2026-06-01T11:00:00+07:00")}, {ID: "2", Start: at("2026-06-02"), Place: "Hội trường B"}},
		Delegates: minutes.Delegates{Summoned: 1450, Present: 1430, Absent: 20},
		People: []minutes.Person{
			{Name: "Phạm Thị Duyên", Title: "Phó Bí thư", Role: minutes.Roles{"presidium"}}, {Name: "Lê Quốc Khánh", Role: minutes.Roles{"chair", "presidium"}},
			{Name: "Trần Văn A", Role: minutes.Roles{"secretary"}}, {Name: "Nguyễn Thị B", Title: "Trưởng đoàn", Role: minutes.Roles{"head-secretary"}},
			{Name: "Đỗ C", Role: minutes.Roles{"verification"}}, {Name: "Bùi Phong", Title: "Tỉnh ủy viên", Role: minutes.Roles{"superior"}}, {Name: "Jean Dupont", Role: minutes.Roles{"guest"}},
		},
		Agenda: []minutes.AgendaItem{{ID: "A", Title: "Khai mạc"}, {ID: "A1", Title: "Chào cờ", Parent: "A"}, {ID: "B", Title: "Bầu cử"}, {ID: "B1", Title: "Nhân sự", Parent: "B", Closed: true}},
		AttendanceEvents: []minutes.AttendanceEvent{
			{Item: "A", Person: "Võ D", Event: "leave", At: at("2026-06-01T08:15:00+07:00"), Reason: "họp khẩn", Present: &after}, {Item: "A", Person: "Lý E", Event: "arrive"}},
		Contributions: []minutes.Contribution{{Item: "A1", Person: "Phạm Thị Duyên", Title: "Chuyển đổi số", Spoken: true}, {Item: "A1", Person: "Võ D"}},
		Appointments: []minutes.Appointment{{Item: "B", Decision: "Quyết định 123-QĐ/TU", Date: at("2026-01-09"), Authority: "Ban Thường vụ Tỉnh ủy", Reader: "Bùi Phong", Body: "Ban Chấp hành",
			Members: []minutes.Member{{Name: "Lê Quốc Khánh", Position: "Bí thư"}, {Name: "Phạm Thị Duyên"}}}},
		Elections: []minutes.Election{{Item: "B", Subject: "Ủy ban Kiểm tra", Seats: 1, Nominated: 2, Withdrawn: 1, Round: 2, Issued: 1430, Returned: 1429, Valid: 1400, Invalid: 29,
			Results: []minutes.Result{{Name: "Võ D", Votes: 1001, Elected: true}, {Name: "Lý E", Votes: 399}}}},
		Votes: []minutes.Vote{
			{Item: "B", Subject: "danh sách", Text: "Chốt danh sách hai người", Moved: "Võ D", Seconded: "Lý E", For: 1300, Against: 100, Abstain: 30, Present: 1430, Total: 1450, Passed: &yes,
				Roll: &minutes.Roll{For: []string{"Võ D", "Lý E"}, Against: []string{"Đỗ C"}}},
			{Item: "B", Subject: "chưa có số liệu"}},
		Actions:    []minutes.Action{{Item: "A", Owner: "Đỗ C", Task: "Báo cáo kết quả.", Due: at("2026-10-03")}, {Item: "B", Task: "Lưu hồ sơ"}},
		Signers:    []minutes.Signer{{Person: "Nguyễn Thị B", Authority: "T/M ĐOÀN THƯ KÝ", Title: "TRƯỞNG ĐOÀN", Side: "left"}, {Person: "Lê Quốc Khánh", Authority: "T/M ĐOÀN CHỦ TỊCH", Side: "right"}, {Person: "Phan F", Authority: "T/L BAN THƯỜNG VỤ", Title: "CHÁNH VĂN PHÒNG", Side: "left"}},
		Recipients: []string{"Tỉnh ủy", "- Lưu"},
	}
	return &minutes.Minutes{Meeting: m,
		Sections: []minutes.Section{
			{Item: "A", Title: "Khai mạc", Sentences: []minutes.Sentence{
				{Text: "Đồng chí Lê Quốc Khánh khai mạc", Speaker: "Lê Quốc Khánh", Origin: minutes.OriginLLM, Cites: []string{"s1"}},
				{Text: "Đồng chí nêu ý nghĩa của Đại hội.", Speaker: "Lê Quốc Khánh", Origin: minutes.OriginLLM, Cites: []string{"s1", "s2"}},
				{Text: "Đại biểu hỏi về quy chế?", Speaker: "Võ D", Origin: minutes.OriginExtract, Cites: []string{"s2"}},
				{Text: "Giao Đỗ C báo cáo trước ngày 03 tháng 10 năm 2026.", Origin: minutes.OriginData, Cites: []string{"action:1"}},
			}},
			{Item: "B1", Title: "Nhân sự", Closed: true, Sentences: []minutes.Sentence{{Text: "Kín.", Cites: []string{"s3"}}}},
		},
		Conflicts: []minutes.Conflict{{Item: "B", Text: "công bố 1310, ghi nhận 1300", Cites: []string{"s2"}}, {Item: "B", Text: "đã đối chiếu", Resolved: &transcribe.Act{By: "x"}}},
		Evidence:  []minutes.Evidence{{ID: "s1", Speaker: "Lê Quốc Khánh", Item: "A", Text: "Tôi xin khai mạc"}, {ID: "s2", Item: "A", Text: "Ý nghĩa 2 điều", Raw: "Ý nghĩa hai điều"}, {ID: "s3", Item: "B1", Text: "kín"}},
	}
}

func export(t testing.TB, m *minutes.Minutes, o form.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := form.Export(&b, m, o); err != nil {
		t.Fatalf("export %+v: %v", o, err)
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it, then run go test -update\n%s", file, got)
	}
}

func TestTextAndPageAreAsTheyWereSeenAndAccepted(t *testing.T) {
	for _, c := range []string{"dai-hoi-mau", "council-demo"} {
		for _, f := range []string{form.Text, form.HTML} {
			golden(t, c+"."+f, export(t, sample(t, c), form.Options{Format: f}))
		}
	}
	for _, language := range []string{"vi", "en"} {
		golden(t, "rich-"+language+".txt", export(t, rich(language), form.Options{Format: form.Text}))
		golden(t, "rich-full-"+language+".html", export(t, rich(language), form.Options{Format: form.HTML, Copy: form.Full}))
	}
}
