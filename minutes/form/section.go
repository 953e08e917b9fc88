package form

import (
	"unicode/utf8"

	"bienban/minutes"
	"bienban/templates"
)

// longParagraph is where a turn's paragraph is ended at the next sentence, in
// characters: about ten lines of a page. One block of several pages cannot be
// read.
const longParagraph = 900

func (b *builder) section(s *minutes.Section) {
	level := b.level(s.Item)
	b.add(&heading{level: level, number: b.number(level), text: title(s.Title), item: s.Item, closed: s.Closed})
	if s.Closed && b.copy == Public {
		return
	}
	b.sentences(s.Sentences)
	b.data(s)
	b.conflicts(s.Item)
}

// sentences makes a paragraph of each speaker's turn; what was rendered from
// data stands alone.
func (b *builder) sentences(list []minutes.Sentence) {
	var p *paragraph
	var speaker string
	length := 0
	for _, s := range list {
		text := sentence(squeeze(s.Text))
		if text == "" {
			continue
		}
		r := run{text: text, cites: s.Cites}
		if s.Origin == minutes.OriginData {
			role := roleBody
			if citesKind(s.Cites, "vote") {
				role = roleVote
			}
			b.add(&paragraph{style: "body", role: role, runs: []run{r}})
			p = nil
			continue
		}
		if p == nil || s.Speaker != speaker || length > longParagraph {
			p = &paragraph{style: "body", role: roleBody}
			b.add(p)
			length = 0
		} else {
			r.text = " " + r.text
		}
		speaker = s.Speaker
		length += utf8.RuneCountInString(text)
		p.runs = append(p.runs, r)
	}
}

// conflicts shows the open ones of an item ("" = of none) to whoever must
// check them.
func (b *builder) conflicts(item string) {
	for _, c := range b.m.Conflicts {
		if c.Resolved != nil || c.Item != item && !(item == "" && !b.hasSection(c.Item)) {
			continue
		}
		b.add(&paragraph{style: "body", role: roleConflict, runs: []run{{text: templates.Fill(b.plain.Labels["conflict"], map[string]string{"text": squeeze(c.Text)}), italic: true, cites: c.Cites}}})
	}
}

func (b *builder) hasSection(item string) bool {
	for _, s := range b.m.Sections {
		if s.Item == item {
			return true
		}
	}
	return false
}
