package minutes_test

import (
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/transcribe"
)

func meetingIn(language string) *minutes.Meeting {
	return &minutes.Meeting{Kind: minutes.KindCouncil, Language: language, Agenda: []minutes.AgendaItem{{ID: "1", Title: "Một"}}}
}

// say makes a transcript of item 1; each text is a segment, "A: text" by A.
func say(language string, texts ...string) *transcribe.Transcript {
	t := &transcribe.Transcript{Language: language}
	for i, x := range texts {
		speaker, text, ok := strings.Cut(x, ": ")
		if !ok || len(speaker) > 12 {
			speaker, text = "", x
		}
		t.Segments = append(t.Segments, transcribe.Segment{Start: float64(i), End: float64(i) + 0.9, Speaker: speaker, Item: "1", Text: text})
	}
	return t
}

func TestWhatASpeakerTookBackIsNotEvidence(t *testing.T) {
	for _, c := range []struct {
		language   string
		said       []string
		want, gone string
	}{
		{"en", []string{"The estimate is forty five thousand dollars, sorry, I correct that, fifty four thousand dollars, and the work would take six weeks."},
			"The estimate is $54,000, and the work would take 6 weeks.", "45"},
		{"en", []string{"Burglaries fell from thirty one to nineteen. Correction, burglaries fell from thirty one to seventeen."}, "Burglaries fell from 31 to 17.", "19"},
		{"en", []string{"It covers two beeches and a walnut, about one hundred and forty years old. Scratch that, the walnut is ninety years old, the beeches are one hundred and forty."},
			"It covers 2 beeches and a walnut. The walnut is 90 years old, the beeches are 140.", "about"},
		{"en", []string{"The fund ended fiscal year 2025 with a deficit of $318,000. Let me rephrase, the operating deficit was $318,000."},
			"The fund ended fiscal year 2025 with a deficit of $318,000. The operating deficit was $318,000.", "rephrase"},
		{"en", []string{"The lane is open. Strike that. The lane is closed."}, "The lane is closed.", "open"},
		{"vi", []string{"Thu nhập đạt sáu mươi tám triệu đồng, à, tôi xin nói lại, bảy mươi sáu triệu đồng một năm."}, "Thu nhập đạt 76 triệu đồng một năm.", "68"},
		{"vi", []string{"Thư viện chỉ có bốn nghìn đầu sách, à nhầm, sáu nghìn đầu sách mới đúng."}, "Thư viện chỉ có 6.000 đầu sách.", "mới đúng"},
		{"vi", []string{"Toàn xã có 3105 người, không phải chín mươi phần trăm mà là tám mươi chín phần trăm có sổ."}, "Toàn xã có 3105 người, 89% có sổ.", "90"},
		{"vi", []string{"Mời cô Trà, à nhầm, đồng chí Tráng báo cáo."}, "Mời đồng chí Tráng báo cáo.", "Trà"},
		{"en", []string{"The estimate is forty five thousand dollars. Sorry. I correct that. Fifty four thousand dollars and the work would take six weeks."},
			"The estimate is $54,000 and the work would take 6 weeks.", "45"},
		{"en", []string{"A: The estimate is $45,000.", "A: Sorry, I correct that, $54,000."}, "The estimate is $54,000.", "45"},
		{"en", []string{"A: The estimate is $45,000.", "A: Sorry, I correct that.", "A: It is $54,000."}, "The estimate is $54,000.", "45"},
		{"en", []string{"A: The estimate is $45,000. Sorry, I correct that.", "A: $54,000. And the work would take six weeks."}, "The estimate is $54,000.", "45"},
		{"en", []string{"Running it for ten more weeks would cost twenty six thousand pounds, no, I beg your pardon, thirty six thousand pounds."},
			"Running it for 10 more weeks would cost £36,000.", "26"},
		{"vi", []string{"Đã lập dự toán một tỷ hai trăm triệu đồng, xin đính chính, một tỷ tám trăm triệu đồng. Công trình sẽ khởi công."},
			"Đã lập dự toán 1,8 tỷ đồng. Công trình sẽ khởi công.", "1,2"},
		{"en", []string{"We counted 68 boats, sorry, 86 boats in the harbour."}, "We counted 86 boats in the harbour.", "68"},
		{"en", []string{"It opens on Saturday, sorry, I mean, on Sunday."}, "It opens on Sunday.", "Saturday"},
		{"en", []string{"A: There are 68 houses.", "B: Noted.", "A: Let me correct that: the number of houses is 86, not 68."}, "There are 86 houses.", "68"},
		{"vi", []string{"Có sáu mươi tám hộ, xin lỗi, tôi nói lại, tám mươi sáu hộ bị ngập."}, "Có 86 hộ bị ngập.", "68"},
		{"vi", []string{"A: Số hộ bị ảnh hưởng là 68 hộ.", "A: Xin đính chính: số hộ là 86, không phải 68."}, "Số hộ bị ảnh hưởng là 86 hộ.", "68"},
		{"vi", []string{"A: Số hộ bị ảnh hưởng là 68.", "B: Cảm ơn đồng chí.", "A: Tôi xin đính chính, số hộ không phải 68 mà là 86."}, "Số hộ bị ảnh hưởng là 86.", "68"},
		{"vi", []string{"Kinh phí là hai tỷ đồng, à xin lỗi, ba tỷ đồng."}, "Kinh phí là 3 tỷ đồng.", "2"},
		{"vi", []string{"Mời đồng chí Lê Văn Nam, xin lỗi, tôi nói lại, đồng chí Lê Văn Nhâm phát biểu."}, "Mời đồng chí Lê Văn Nhâm phát biểu.", "Nam"},
	} {
		x := minutes.NewEvidence(meetingIn(c.language), say(c.language, c.said...))
		var all []string
		for _, e := range x.ForItem("1") {
			if e.Kind == minutes.EvidenceSegment {
				all = append(all, e.Text)
			}
		}
		if len(all) == 0 || all[0] != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.said, all, c.want)
		}
		if strings.Contains(strings.Join(all, " "), c.gone) {
			t.Errorf("%q: %q is left in %q", c.said, c.gone, all)
		}
	}
}

func TestCourtesyCorrectsNothing(t *testing.T) {
	for _, c := range []struct{ language, text string }{
		{"en", "Councillor Walsh has sent his apologies; 8 members are present."},
		{"en", "Sorry, I was 15 minutes late. The budget is $9,000."},
		{"en", "There are no corrections to the 12 pages."},
		{"en", "I correct that at once when a resident of the 3 wards writes to us."},
		{"vi", "Xin lỗi các đồng chí, tôi đến muộn 15 phút. Có 86 hộ."},
		{"vi", "Năm 2024 có 45 hộ, năm 2025 có 32 hộ."},
		{"vi", "Đề nghị đọc lại nghị quyết có 5 điều."},
	} {
		x := minutes.NewEvidence(meetingIn(c.language), say(c.language, c.text))
		if got := x.ForItem("1"); got[len(got)-1].Text != c.text {
			t.Errorf("%q became %q", c.text, got[len(got)-1].Text)
		}
	}
}

func TestACorrectionLeavesOtherFiguresAlone(t *testing.T) {
	x := minutes.NewEvidence(meetingIn("en"), say("en", "A: We found rot in, 40, of the 32 boards.", "A: The estimate is $45,000. Sorry, I correct that.", "A: $54,000. And it takes six weeks."))
	for id, want := range map[string]string{"s1": "We found rot in, 40, of the 32 boards.", "s2": "The estimate is $54,000."} {
		if e, _ := x.Get(id); e.Text != want {
			t.Errorf("%s: %q, want %q", id, e.Text, want)
		}
	}
}

func TestARawTextIsKeptWhereItDiffers(t *testing.T) {
	x := minutes.NewEvidence(meetingIn("vi"), say("vi", "Có tám mươi sáu hộ.", "Có hộ nghèo."))
	a, _ := x.Get("s1")
	b, _ := x.Get("s2")
	if a.Text != "Có 86 hộ." || a.Raw != "Có tám mươi sáu hộ." || b.Raw != "" {
		t.Errorf("%+v %+v", a, b)
	}
}
