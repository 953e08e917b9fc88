package desk

import (
	"slices"

	"bienban/minutes"
)

// OpenPoint is something that the record still lacks.
type OpenPoint struct {
	Key  string  `json:"key"`  // of the thing: "vote:v3", "point:o2", "head.delegates"
	What Summary `json:"what"` // what is to do
	Item string  `json:"item,omitempty"`
	Text string  `json:"text,omitempty"` // of the thing
}

// OpenPoints lists what was left for later: what people noted, and what acts of one
// key left out. Conflicts come first.
func (s *State) OpenPoints() []OpenPoint {
	var out []OpenPoint
	add := func(key, vi, en, item, text string) {
		out = append(out, OpenPoint{Key: key, What: Summary{VI: vi, EN: en}, Item: item, Text: clip(text)})
	}
	for _, c := range s.Conflicts {
		add("conflict:"+c.ID, "Chọn một trong hai bản", "Choose one of two versions", "", c.Mine)
	}
	for _, p := range s.Points {
		if p.Closed == nil {
			add("point:"+p.ID, "Việc để lại", "Left for later", p.Item, p.Text)
		}
	}
	if d := s.Head.Delegates; s.Phase != Prepared && (d.Summoned == 0 || d.Present == 0 && len(s.Attendance) == 0) {
		add("head.delegates", "Ghi số đại biểu được triệu tập và có mặt", "Enter how many were summoned and are present", "", "")
	}
	for _, v := range s.Votes {
		s.openResult("vote:"+v.ID, v.Item, v.Subject, v.For+v.Against+v.Abstain == 0, v.Published == nil, add)
	}
	for _, e := range s.Elections {
		s.openResult("election:"+e.ID, e.Item, e.Subject, !counted(e.Results), e.Published == nil, add)
	}
	for _, a := range s.Attendance {
		if a.Person == "" && a.Count <= 1 && a.Present == nil {
			add("attendance:"+a.ID, "Ghi tên người đến hoặc rời cuộc họp", "Say who arrived or left", a.Item, a.Reason)
		}
	}
	for _, n := range s.Notes {
		if n.Item == "" && len(s.Marks) > 0 {
			add("note:"+n.ID, "Xếp ghi chú vào nội dung", "File the note under an item", "", n.Text)
		}
	}
	if s.Phase != Prepared && !s.Phase.Live() {
		for _, i := range s.Items {
			parent := slices.ContainsFunc(s.Items, func(x Item) bool { return x.Parent == i.ID })
			marked := slices.ContainsFunc(s.Marks, func(m MarkAt) bool { return m.Item == i.ID })
			if !i.Skipped && i.Into == "" && !parent && !marked {
				add("item:"+i.ID, "Nội dung chưa có mốc: đánh dấu hoặc bỏ qua", "The item was never begun: mark it or skip it", i.ID, i.Title)
			}
		}
	}
	return out
}

// counted says whether an election has an outcome: names that were listed before the
// ballots were counted have neither votes nor a seat.
func counted(names []minutes.Result) bool {
	return slices.ContainsFunc(names, func(r minutes.Result) bool { return r.Votes > 0 || r.Elected })
}

func (s *State) openResult(key, item, subject string, noFigures, unpublished bool, add func(key, vi, en, item, text string)) {
	switch {
	case subject == "":
		add(key, "Ghi nội dung biểu quyết hoặc bầu cử", "Say what was voted on", item, "")
	case item == "":
		add(key, "Xếp kết quả vào nội dung", "File the result under an item", "", subject)
	case noFigures:
		add(key, "Ghi số phiếu", "Enter the figures", item, subject)
	case unpublished:
		add(key, "Kết quả chưa công bố", "The result is not published", item, subject)
	}
}
