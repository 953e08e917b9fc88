package lang

import "strings"

// Change is one place that Rewrite changed.
type Change struct {
	Start, End int    // bytes in the output
	Spoken     string // the words of the NFC input
	Written    string // what stands in the output, out[Start:End]
}

// maxPasses bounds the repeated passes of Rewrite. A pass can make room for another where a
// figure it wrote is context for a word left before ("hai đến ba người"); two or three passes
// settle any real text. Every pass leaves fewer number words, so the result is stable long before.
const maxPasses = 8

// Rewrite writes the spoken numbers, amounts, percentages, dates, times and compound ordinals
// of text as figures in the house style of language ("vi", "en", also "vi-VN"); any other
// language comes back as it is. The text is made NFC; without a spoken number nothing else
// changes. The changes are in order and do not overlap.
func Rewrite(language, text string) (string, []Change) {
	out := NFC(text)
	if b := base(language); b != "vi" && b != "en" {
		return out, nil
	}
	var changes []Change
	for range maxPasses {
		next, more := rewriteOnce(language, out)
		if len(more) == 0 {
			break
		}
		out, changes = next, compose(out, changes, next, more)
	}
	return out, changes
}

// Normalize is Rewrite without the changes.
func Normalize(language, text string) string {
	out, _ := Rewrite(language, text)
	return out
}

// edit is a change with its place in the input of the pass.
type edit struct {
	from, to int
	Change
}

func rewriteOnce(language, in string) (string, []edit) {
	t := newText(in)
	var b strings.Builder
	var edits []edit
	last := 0
	for _, m := range scan(language, t) {
		if !m.spoken || m.weak || m.written == "" {
			continue
		}
		from, to := t.tokens[m.i].start, t.tokens[m.j-1].end
		if in[from:to] == m.written {
			continue
		}
		b.WriteString(in[last:from])
		start := b.Len()
		b.WriteString(m.written)
		edits = append(edits, edit{from, to, Change{start, b.Len(), in[from:to], m.written}})
		last = to
	}
	if edits == nil {
		return in, nil
	}
	b.WriteString(in[last:])
	return b.String(), edits
}

// compose joins the changes that led to mid with the edits from mid to out. Changes and edits
// that overlap become one change, so that Spoken is always text of the first input.
func compose(mid string, old []Change, out string, edits []edit) []Change {
	var merged []Change
	shift, k, e := 0, 0, 0
	for k < len(old) || e < len(edits) {
		var lo, hi int
		if e == len(edits) || k < len(old) && old[k].Start <= edits[e].from {
			lo, hi = old[k].Start, old[k].End
		} else {
			lo, hi = edits[e].from, edits[e].to
		}
		start, at := lo+shift, lo
		var spoken strings.Builder
		for {
			if k < len(old) && old[k].Start < hi {
				spoken.WriteString(mid[at:old[k].Start])
				spoken.WriteString(old[k].Spoken)
				at = old[k].End
				hi = max(hi, at)
				k++
				continue
			}
			if e < len(edits) && edits[e].from < hi {
				hi = max(hi, edits[e].to)
				shift += len(edits[e].Written) - (edits[e].to - edits[e].from)
				e++
				continue
			}
			break
		}
		spoken.WriteString(mid[at:hi])
		merged = append(merged, Change{start, hi + shift, spoken.String(), out[start : hi+shift]})
	}
	return merged
}
