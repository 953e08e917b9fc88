package check

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// Finding is where minutes differ from the meeting that they are checked against.
type Finding struct {
	Item string       `json:"item,omitempty"` // "" = of the meeting itself
	Flag minutes.Flag `json:"flag"`
}

// Against compares what minutes carry of the meeting (its data, and each section's
// title, votes and closed mark) with the meeting that people entered. Minutes of
// another meeting altogether are fault.Invalid: none of their sentences could be
// confirmed, and a list of them would hide why.
func Against(m *minutes.Minutes, meeting *minutes.Meeting) ([]Finding, error) {
	if another(m, meeting) {
		return nil, fault.New(fault.Invalid, "these minutes are of another meeting, “%s” (%s), not of “%s” (%s): give the meeting.yaml that they were drafted from",
			m.Meeting.Title, day(m.Meeting.Start), meeting.Title, day(meeting.Start))
	}
	a := against{vi: strings.HasPrefix(meeting.Language, "vi") || meeting.Language == ""}
	if !reflect.DeepEqual(m.Meeting, minutes.Meeting{}) {
		a.data(&m.Meeting, meeting)
	}
	at := map[string]*minutes.Section{}
	for i := range m.Sections {
		s := &m.Sections[i]
		if meeting.Item(s.Item) == nil {
			a.add(s.Item, minutes.FlagCitation, "chương trình không có nội dung này", "the agenda has no such item")
			continue
		}
		if at[s.Item] != nil {
			a.add(s.Item, minutes.FlagCitation, "có hai phần cho nội dung này", "there are two sections for this item")
		}
		at[s.Item] = s
	}
	if len(m.Sections) == 0 {
		return a.found, nil
	}
	for _, item := range meeting.Agenda {
		s := at[item.ID]
		if s == nil {
			a.add(item.ID, minutes.FlagCitation, "thiếu phần biên bản của nội dung này", "the section of this item is missing")
			continue
		}
		if lang.Fold(s.Title) != lang.Fold(item.Title) {
			a.add(item.ID, minutes.FlagName, "tên nội dung khác chương trình", "the title is not the agenda's")
		}
		if closed := meeting.ClosedItem(item.ID); closed && !s.Closed {
			a.add(item.ID, minutes.FlagClosedBounds, "nội dung họp kín nhưng không được đánh dấu", "the item is closed, the section is not marked so")
		}
		var votes []minutes.Vote
		for _, v := range meeting.Votes {
			if v.Item == item.ID {
				votes = append(votes, v)
			}
		}
		if !same(s.Votes, votes) {
			a.add(item.ID, minutes.FlagVote, "kết quả biểu quyết khác với dữ liệu đã ghi nhận", "its votes are not the recorded ones")
		}
	}
	return a.found, nil
}

type against struct {
	vi    bool
	found []Finding
}

func (a *against) add(item, code, vi, en string) {
	text := en
	if a.vi {
		text = vi
	}
	a.found = append(a.found, Finding{Item: item, Flag: minutes.Flag{Code: code, Severity: transcribe.Block, Text: text}})
}

// data flags each key of the meeting that differs.
func (a *against) data(own, meeting *minutes.Meeting) {
	x, y := keys(own), keys(meeting)
	names := make([]string, 0, len(x)+len(y))
	for k := range x {
		names = append(names, k)
	}
	for k := range y {
		if _, ok := x[k]; !ok {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	for _, k := range names {
		if k != "glossary" && !reflect.DeepEqual(x[k], y[k]) { // a glossary is a hint for the recogniser, no data
			code := minutes.FlagNumber
			switch k {
			case "votes":
				code = minutes.FlagVote
			case "title", "people", "issuer", "body", "superior", "place", "venue":
				code = minutes.FlagName
			case "start", "end":
				code = minutes.FlagDate
			}
			a.add("", code, "“meeting."+k+"” khác với tệp cuộc họp", "“meeting."+k+"” is not as in the meeting's file")
		}
	}
}

// keys gives a meeting's data as minutes.json holds it, so that what is left out
// and what is empty are the same.
func keys(m *minutes.Meeting) map[string]any {
	out := map[string]any{}
	b, err := json.Marshal(m)
	if err != nil {
		return out
	}
	if json.Unmarshal(b, &out) != nil {
		return map[string]any{}
	}
	for k, v := range out {
		if empty(v) {
			delete(out, k)
		}
	}
	return out
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case float64:
		return x == 0
	case bool:
		return !x
	case []any:
		return len(x) == 0
	case map[string]any:
		for _, e := range x {
			if !empty(e) {
				return false
			}
		}
		return true
	}
	return false
}

// same compares votes as minutes.json holds them, in their order.
func same(a, b []minutes.Vote) bool {
	if len(a) != len(b) {
		return false
	}
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && (len(a) == 0 || string(x) == string(y))
}

func day(t minutes.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02")
}

// another says whether minutes are of another meeting: title and day differ, and
// fewer than half of the sections have the number and title of an agenda item.
func another(m *minutes.Minutes, meeting *minutes.Meeting) bool {
	sameTitle := lang.Fold(m.Meeting.Title) == lang.Fold(meeting.Title)
	if m.Meeting.Title == "" && m.Meeting.Start.IsZero() {
		sameTitle = false // the sections alone tell
	}
	if sameTitle || !m.Meeting.Start.IsZero() && day(m.Meeting.Start) == day(meeting.Start) && lang.Fold(m.Meeting.Issuer) == lang.Fold(meeting.Issuer) {
		return false
	}
	of, fit := 0, 0
	for _, s := range m.Sections {
		of++
		if a := meeting.Item(s.Item); a != nil && lang.Fold(a.Title) == lang.Fold(s.Title) {
			fit++
		}
	}
	return of > 0 && 2*fit < of
}
