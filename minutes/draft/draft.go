package draft

import (
	"context"
	"fmt"
	"slices"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/minutes/check"
	"bienban/transcribe"
)

// Options of a draft. The zero value drafts by rule alone.
type Options struct {
	// LLM is the language model to write with; nil = extractive.
	LLM *LLM
	// Progress is called as each item is done: its id, how many are done, of how many.
	Progress func(item string, done, total int)
}

// Draft writes the minutes of a meeting from its transcript, which may be nil
// or empty: what people entered is then all there is.
//
// Sections stand in the agenda's order, one for each item, also when it is
// empty. Segments are filed as minutes.AssignItems and AssignSpeakers have it,
// on a copy of the
// transcript. Every sentence cites its evidence.
//
// A language model that fails is no error: its items are drafted by rule and
// flagged. The only error is the context's.
func Draft(ctx context.Context, m *minutes.Meeting, t *transcribe.Transcript, o Options) (*minutes.Minutes, error) {
	if t == nil {
		t = &transcribe.Transcript{Language: m.Language}
	}
	filed := *t
	filed.Segments = slices.Clone(t.Segments)
	filed.Suggestions = slices.Clone(t.Suggestions)
	minutes.AssignItems(m, &filed)
	minutes.AssignSpeakers(m, &filed)
	t = &filed

	idx := minutes.NewEvidence(m, t)
	out := &minutes.Minutes{Meeting: *m, Conflicts: minutes.Conflicts(m, idx), Drafted: &minutes.Drafted{Transcript: t.Model}}
	out.Conflicts = minutes.Conflicts(m, idx)
	d := &drafter{m: m, idx: idx, voice: voiceOf(m.Language), conflicts: out.Conflicts}
	if m.Language == "vi" || m.Language == "" {
		var texts []string
		for _, e := range idx.All() {
			if e.Kind == minutes.EvidenceSegment {
				texts = append(texts, lang.Fold(e.Text))
			}
		}
		d.address = addresses(m, texts)
	}
	w := newWriter(o.LLM, d)
	for i := range m.Agenda {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := d.plan(m.Agenda[i])
		section, err := w.write(ctx, p)
		if err != nil {
			return nil, err
		}
		for k := range section.Sentences {
			x := &section.Sentences[k]
			x.Flags = append(x.Flags, check.Sentence(*x, section.Item, idx)...)
		}
		out.Sections = append(out.Sections, section)
		if o.Progress != nil {
			o.Progress(m.Agenda[i].ID, i+1, len(m.Agenda))
		}
	}
	out.Flags = append(out.Flags, w.flags()...)
	out.Flags = append(out.Flags, d.unfiled()...)
	out.Flags = append(out.Flags, suggested(m, t, out.Sections)...)
	out.Flags = append(out.Flags, damaged(t)...)
	if w.used() {
		out.Drafted.LLM, out.Drafted.Prompts = w.model(), w.prompts()
	}
	if out.Conflicts == nil {
		out.Conflicts = []minutes.Conflict{}
	}
	out.Evidence = d.cited(out)
	return out, nil
}

// drafter holds what the items of one meeting share.
type drafter struct {
	m         *minutes.Meeting
	idx       *minutes.Index
	voice     voice
	conflicts []minutes.Conflict
	address   map[string]string
	strict    bool // a small model writes: nothing may be lost, nothing added
}

// unfiled lists speech that belongs to no item of the agenda. It blocks unless
// all of it is courtesy: else the record lacks something that was said.
func (d *drafter) unfiled() []minutes.Flag {
	var lost []minutes.Evidence
	for _, e := range d.idx.All() {
		if e.Kind == minutes.EvidenceSegment && d.m.Item(e.Item) == nil {
			lost = append(lost, e)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	f := minutes.Flag{Code: minutes.FlagUnfiled, Severity: transcribe.Info}
	sc := d.scene(minutes.AgendaItem{}, nil)
	for _, u := range unitsOf(d.m.Language, lost) {
		if d.voice.clean(sc, u) != "" {
			f.Severity = transcribe.Block
		}
	}
	for _, e := range lost {
		f.Cites = append(f.Cites, e.ID)
	}
	if d.m.Language == "vi" {
		f.Text = fmt.Sprintf("%d đoạn lời nói chưa được xếp vào nội dung nào: xếp chúng vào chương trình rồi soạn lại", len(lost))
	} else {
		f.Text = fmt.Sprintf("%d segments of speech are filed under no agenda item: file them, then draft again", len(lost))
	}
	return []minutes.Flag{f}
}

// suggested tells each section whose beginning a machine suggested. With a
// closed item among them nobody has said what is closed: that blocks.
func suggested(m *minutes.Meeting, t *transcribe.Transcript, sections []minutes.Section) []minutes.Flag {
	bounds := minutes.Flag{Code: minutes.FlagClosedBounds, Severity: transcribe.Block}
	for _, s := range t.Segments {
		for _, f := range s.Flags {
			if f.Code != minutes.FlagSuggested || f.Resolved != nil || s.Struck {
				continue
			}
			bounds.Cites = append(bounds.Cites, s.ID)
			i := slices.IndexFunc(sections, func(x minutes.Section) bool { return x.Item == s.Item })
			if i >= 0 {
				sections[i].Flags = append(sections[i].Flags, f)
			}
		}
	}
	closed := slices.ContainsFunc(m.Agenda, func(a minutes.AgendaItem) bool { return a.Closed })
	if !closed || len(bounds.Cites) == 0 {
		return nil
	}
	bounds.Text = "the meeting has a closed item, and where items begin is only suggested: mark them (marks), then draft again, or confirm it here; until then there is no public copy"
	if m.Language == "vi" {
		bounds.Text = "cuộc họp có nội dung kín mà ranh giới các nội dung mới chỉ do máy gợi ý: đánh dấu (marks) rồi soạn lại, hoặc xác nhận tại đây; trước đó không có bản công khai"
	}
	return []minutes.Flag{bounds}
}

// damaged passes on the transcript's own doubts about the sound.
func damaged(t *transcribe.Transcript) []minutes.Flag {
	var out []minutes.Flag
	for _, f := range t.Flags {
		if f.Code == transcribe.FlagDamaged || f.Code == transcribe.FlagGap {
			out = append(out, f)
		}
	}
	return out
}

// cited lists the evidence that sentences, flags and conflicts refer to.
func (d *drafter) cited(out *minutes.Minutes) []minutes.Evidence {
	want := map[string]bool{}
	note := func(ids []string) {
		for _, id := range ids {
			want[id] = true
		}
	}
	flags := func(fs []minutes.Flag) {
		for _, f := range fs {
			note(f.Cites)
		}
	}
	flags(out.Flags)
	for _, c := range out.Conflicts {
		note(c.Cites)
	}
	for _, s := range out.Sections {
		flags(s.Flags)
		for _, x := range s.Sentences {
			note(x.Cites)
			flags(x.Flags)
		}
	}
	var list []minutes.Evidence
	for _, e := range d.idx.All() {
		if want[e.ID] {
			list = append(list, e)
		}
	}
	return list
}
