package form

import (
	"strings"
)

// signatures adds the places to sign: the meeting's own, else the form's by
// role.
func (b *builder) signatures() {
	var left, right []*signature
	put := func(side string, s *signature) {
		if side == "left" {
			left = append(left, s)
		} else {
			right = append(right, s)
		}
	}
	given := b.m.Meeting.Signers
	for i, s := range given {
		side := s.Side
		if side == "" { // the last one named signs on the right, where authority stands
			side = "left"
			if i == len(given)-1 {
				side = "right"
			}
		}
		put(side, &signature{authority: squeeze(s.Authority), title: squeeze(s.Title), name: squeeze(s.Person)})
	}
	if len(given) == 0 {
		for _, s := range b.words.Signers {
			if len(s.Kinds) > 0 && !contains(s.Kinds, b.m.Meeting.Kind) ||
				s.Needs != "" && len(b.people([]string{s.Needs})) == 0 ||
				s.Unless != "" && len(b.people([]string{s.Unless})) > 0 {
				continue
			}
			put(s.Side, &signature{authority: b.spell(s.Authority), title: b.spell(s.Title), name: b.holder(s.Roles)})
		}
	}
	t := &signatures{}
	for i := range max(len(left), len(right)) {
		var row [2]*signature
		if i < len(left) {
			row[0] = left[i]
		}
		if i < len(right) {
			row[1] = right[i]
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) > 0 {
		b.add(t)
	}
}

// holder is the first person who has the first role that anybody has; "" is
// left for the clerk.
func (b *builder) holder(roles []string) string {
	for _, r := range roles {
		if p := b.people([]string{r}); len(p) > 0 {
			return squeeze(p[0].Name)
		}
	}
	return ""
}

func (b *builder) recipients() {
	var lines []string
	for _, r := range b.m.Meeting.Recipients {
		if r = strings.TrimLeft(squeeze(r), "-– "); r != "" {
			lines = append(lines, "- "+r)
		}
	}
	if len(lines) == 0 {
		return
	}
	b.add(&paragraph{style: "recipients_label", role: roleRecipients, runs: []run{{text: b.labels["recipients"]}}})
	for _, l := range lines {
		b.add(&paragraph{style: "recipients", role: roleRecipients, list: true, runs: []run{{text: l}}})
	}
}
