package draft_test

import (
	"bytes"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/draft"
	"bienban/minutes/form"
	"bienban/transcribe"
)

// closedMeetings are two meetings with a closed item, as they were spoken.
var closedMeetings = []struct {
	language, kind string
	agenda         []minutes.AgendaItem
	said           []string
	secret         string // of the closed item
	closedFrom     int    // its first segment
}{
	{"vi", "chi-bo", []minutes.AgendaItem{
		{ID: "1", Title: "Khai mạc"}, {ID: "2", Title: "Kế hoạch sửa đường Rạch Gốc"}, {ID: "3", Title: "Xem xét kỷ luật", Closed: true}, {ID: "4", Title: "Bế mạc"}},
		[]string{
			"Thưa các đồng chí, tôi tuyên bố khai mạc cuộc họp chi bộ.",
			"Tiếp theo là kế hoạch sửa đường Rạch Gốc. Đoạn đường dài hai cây số đã hư hỏng nặng.",
			"Bây giờ chi bộ chuyển sang họp kín, mời các vị khách mời tạm ra ngoài.",
			"Đề nghị khiển trách đồng chí Châu Văn Út vì vi phạm quy chế.",
			"Xin kết thúc phần họp kín. Cuộc họp đến đây kết thúc, tôi tuyên bố bế mạc.",
		}, "Châu Văn Út", 2},
	{"en", "council", []minutes.AgendaItem{
		{ID: "1", Title: "Opening"}, {ID: "2", Title: "Harbour lights"}, {ID: "3", Title: "Staffing", Closed: true}, {ID: "4", Title: "Close of the meeting"}},
		[]string{
			"Good evening, I declare the meeting open.",
			"We come to the harbour lights. Three of the lamps on the east pier have failed.",
			"I move that the press and public be excluded for the next business.",
			"The grievance of Mister Palmer should be settled for eleven hundred pounds.",
			"The public may come back in. There is no further business and the meeting is closed.",
		}, "Palmer", 2},
}

func spoken(language string, said []string) *transcribe.Transcript {
	t := &transcribe.Transcript{Language: language}
	for i, text := range said {
		t.Segments = append(t.Segments, transcribe.Segment{ID: "s" + string(rune('1'+i)), Start: float64(20 * i), End: float64(20*i + 18), Text: text})
	}
	return t
}

func public(t *testing.T, m *minutes.Minutes) (string, error) {
	t.Helper()
	var b bytes.Buffer
	err := form.Export(&b, m, form.Options{Format: form.Text})
	return b.String(), err
}

func TestNoPublicCopyWhileOnlyAMachineSaysWhatIsClosed(t *testing.T) {
	for _, c := range closedMeetings {
		t.Run(c.language, func(t *testing.T) {
			m := &minutes.Meeting{Kind: c.kind, Language: c.language, Title: "T", Agenda: c.agenda}
			mins, err := draft.Draft(t.Context(), m, spoken(c.language, c.said), draft.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !mins.NeedsPerson() {
				t.Error("nobody is asked where the closed item begins")
			}
			if _, err := public(t, mins); err == nil || !strings.Contains(err.Error(), minutes.FlagClosedBounds) {
				t.Errorf("a public copy was made: %v", err)
			}
			var full bytes.Buffer
			if err := form.Export(&full, mins, form.Options{Format: form.Text, Copy: form.Full}); err != nil || !strings.Contains(full.String(), c.secret) {
				t.Errorf("the full copy: %v", err)
			}

			// What is suggested is right, once a person has said so.
			for i := range mins.Flags {
				if mins.Flags[i].Code == minutes.FlagClosedBounds {
					mins.Flags[i].Resolved = &transcribe.Act{By: "Clerk", At: "2026-05-04T10:00:00+07:00", Reason: "read"}
				}
			}
			text, err := public(t, mins)
			if err != nil || strings.Contains(text, c.secret) {
				t.Errorf("after a person's word: %v\n%s", err, text)
			}
		})
	}
}

func TestMarksSayWhatIsClosed(t *testing.T) {
	for _, c := range closedMeetings {
		t.Run(c.language, func(t *testing.T) {
			m := &minutes.Meeting{Kind: c.kind, Language: c.language, Title: "T", Agenda: c.agenda}
			at := func(i int) *float64 { s := float64(20 * i); return &s }
			m.Marks = []minutes.Mark{{T: at(0), Item: "1"}, {T: at(1), Item: "2"}, {T: at(c.closedFrom), Item: "3"}, {T: at(4), Item: "4"}}
			mins, err := draft.Draft(t.Context(), m, spoken(c.language, c.said), draft.Options{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := public(t, mins)
			if err != nil || strings.Contains(text, c.secret) {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}
