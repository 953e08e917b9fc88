package check_test

import (
	"testing"

	"bienban/minutes"
	"bienban/minutes/check"
	"bienban/transcribe"
)

// planted is a meeting of one item with what was said and what a draft made of it.
type planted struct {
	name, speaker, said, wrote string
	cites                      []string
	origin                     string
	caught                     bool
}

func (p planted) flags(m minutes.Meeting) []minutes.Flag {
	tr := &transcribe.Transcript{Language: m.Language, Segments: []transcribe.Segment{{ID: "s1", End: 9, Item: "1", Speaker: p.speaker, Text: p.said}}}
	if p.cites == nil {
		p.cites = []string{"s1"}
	}
	if p.origin == "" {
		p.origin = minutes.OriginLLM
	}
	return check.Sentence(minutes.Sentence{Text: p.wrote, Cites: p.cites, Origin: p.origin}, "1", minutes.NewEvidence(&m, tr))
}

func run(t *testing.T, m minutes.Meeting, table []planted) {
	t.Helper()
	for _, p := range table {
		if flags := p.flags(m); len(flags) > 0 != p.caught {
			t.Errorf("%s: %q said, %q written: flags %v, want caught %v", p.name, p.said, p.wrote, flags, p.caught)
		}
	}
}

func TestFaultsPlantedInAChibosMinutesAreCaughtAndFaithfulOnesPass(t *testing.T) {
	m := minutes.Meeting{Kind: minutes.KindCell, Language: "vi", Delegates: minutes.Delegates{Summoned: 9, Present: 9},
		People: []minutes.Person{{Name: "Ngô Đình Khương", Title: "Trưởng ấp"}, {Name: "Lý Ngọc Quyên", Title: "Bí thư Chi bộ", Role: minutes.Roles{minutes.RoleChair}}},
		Agenda: []minutes.AgendaItem{{ID: "1", Title: "Chiếu sáng công cộng"}},
		Votes:  []minutes.Vote{{Item: "1", Subject: "Lắp đèn", For: 8, Against: 1, Present: 9}}}
	run(t, m, []planted{
		{name: "a ratio of the vote beside another ratio", speaker: "Lý Ngọc Quyên", said: "Tám đồng ý, một không. Tỉnh hỗ trợ hai phần ba.",
			wrote: "Kết quả biểu quyết: 8/9 đồng ý, 1 không đồng ý.", cites: []string{"s1", "vote:1"}, origin: minutes.OriginData},
		{name: "a wrong ratio beside another", speaker: "Lý Ngọc Quyên", said: "Tám đồng ý, một không. Tỉnh hỗ trợ hai phần ba.",
			wrote: "Kết quả biểu quyết: 7/9 đồng ý.", cites: []string{"s1", "vote:1"}, origin: minutes.OriginData, caught: true},
		{name: "a proposal told as a decision", speaker: "Ngô Đình Khương", said: "Tôi đề nghị sửa sáu trụ đèn trước ngày hai mươi tháng chín.", wrote: "Chi bộ quyết định sửa 6 trụ đèn trước ngày 20 tháng 9.", caught: true},
		{name: "a proposal told as one", speaker: "Ngô Đình Khương", said: "Tôi đề nghị sửa sáu trụ đèn trước ngày hai mươi tháng chín.", wrote: "Đồng chí Ngô Đình Khương, Trưởng ấp, đề nghị sửa 6 trụ đèn trước ngày 20 tháng 9."},
		{name: "a refusal told as a decision", speaker: "Ngô Đình Khương", said: "Tôi không đồng ý thu thêm tiền của dân.", wrote: "Chi bộ quyết nghị thu thêm tiền của dân.", caught: true},
		{name: "a claim put behind a true one", speaker: "Ngô Đình Khương", said: "Đề nghị sửa sáu trụ đèn trước ngày hai mươi tháng chín.",
			wrote: "Đồng chí Ngô Đình Khương đề nghị sửa 6 trụ đèn trước ngày 20 tháng 9, viết rằng chi bộ đã được tặng bằng khen.", caught: true},
		{name: "an office that nobody has", speaker: "Ngô Đình Khương", said: "Đề nghị sửa sáu trụ đèn.", wrote: "Đồng chí Ngô Đình Khương, Bí thư Đảng ủy phường, đề nghị sửa 6 trụ đèn.", caught: true},
		{name: "an office of the evidence", speaker: "Lý Ngọc Quyên", said: "Mời đồng chí Ngô Đình Khương, Tổ trưởng tổ tự quản, nêu ý kiến về đèn.", wrote: "Đồng chí Ngô Đình Khương, Tổ trưởng tổ tự quản, nêu ý kiến về đèn."},
		{name: "a negation moved", speaker: "Ngô Đình Khương", said: "Ấp không cần thêm người, cần ba bóng đèn.", wrote: "Ấp cần thêm người, không cần 3 bóng đèn.", caught: true},
		{name: "the same in its place", speaker: "Ngô Đình Khương", said: "Ấp không cần thêm người, cần ba bóng đèn.", wrote: "Ấp không cần thêm người, chỉ cần 3 bóng đèn."},
		{name: "before told as after", speaker: "Lý Ngọc Quyên", said: "Giao đồng chí Khương làm xong trước ngày hai mươi tháng chín.", wrote: "Giao đồng chí Khương làm xong sau ngày 20 tháng 9.", caught: true},
		{name: "the chair's decision", speaker: "Lý Ngọc Quyên", said: "Chi bộ thống nhất lắp sáu trụ đèn. Giao đồng chí Khương thực hiện.", wrote: "Chi bộ quyết định lắp 6 trụ đèn, giao đồng chí Khương thực hiện."},
	})
}

func TestFaultsPlantedInACouncilsMinutesAreCaughtAndFaithfulOnesPass(t *testing.T) {
	yes, no := true, false
	m := minutes.Meeting{Kind: minutes.KindCouncil, Language: "en", Delegates: minutes.Delegates{Summoned: 13, Present: 13},
		People: []minutes.Person{{Name: "Niamh O'Hara", Title: "Councillor"}, {Name: "Pavel Zieliński", Title: "Councillor"}, {Name: "Ada Roper", Title: "Clerk", Role: minutes.Roles{minutes.RoleSecretary}},
			{Name: "Ewan Bligh", Title: "Chair", Role: minutes.Roles{minutes.RoleChair}}},
		Agenda: []minutes.AgendaItem{{ID: "1", Title: "Hall hire"}, {ID: "2", Title: "Ferry"}},
		Votes: []minutes.Vote{{Item: "1", Subject: "Hire charges", Moved: "Pavel Zieliński", Seconded: "Niamh O'Hara", For: 9, Against: 3, Abstain: 1, Present: 13, Passed: &yes},
			{Item: "2", Subject: "Ferry subsidy", For: 5, Against: 8, Present: 13, Passed: &no}}}
	vote := []string{"vote:1"}
	run(t, m, []planted{
		{name: "carried told as lost", wrote: "9 in favour, 3 against, 1 abstention; not carried.", cites: vote, origin: minutes.OriginData, caught: true},
		{name: "carried", wrote: "9 in favour, 3 against, 1 abstention; carried.", cites: vote, origin: minutes.OriginData},
		{name: "lost told as carried", wrote: "5 in favour, 8 against: carried.", cites: []string{"vote:2"}, origin: minutes.OriginData, caught: true},
		{name: "mover and seconder swapped", wrote: "O'Hara moved, seconded by Zieliński.", cites: vote, caught: true},
		{name: "mover and seconder", wrote: "Zieliński moved, seconded by O'Hara.", cites: vote},
		{name: "the seconder voted against", wrote: "Councillor O'Hara voted against the hire charges.", cites: vote, caught: true},
		{name: "a loss told as a gain", speaker: "Ada Roper", said: "The reserves lost one point four million pounds.", wrote: "The reserves gained £1.4 million.", caught: true},
		{name: "from and to swapped", speaker: "Ada Roper", said: "The charge goes from eight hundred to nine hundred pounds.", wrote: "The charge goes from £900 to £800.", caught: true},
		{name: "from and to", speaker: "Ada Roper", said: "The charge goes from eight hundred to nine hundred pounds.", wrote: "The charge rises from £800 to £900."},
		{name: "a proposal told as settled", speaker: "Pavel Zieliński", said: "I'd propose that the fee rises on the first of January.", wrote: "The fee will rise on 1 January.", caught: true},
		{name: "a proposal told as one", speaker: "Pavel Zieliński", said: "I'd propose that the fee rises on the first of January.", wrote: "Councillor Zieliński proposed that the fee will rise on 1 January."},
		{name: "a task of somebody else", speaker: "Ewan Bligh", said: "The clerk shall report on the boiler.", wrote: "The chair shall report on the boiler.", caught: true},
		{name: "a task", speaker: "Ewan Bligh", said: "The clerk shall report on the boiler.", wrote: "The clerk will report on the boiler."},
	})
}
