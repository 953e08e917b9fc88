package form

import (
	"strings"

	"bienban/templates"
)

// faces are the four of a family: bold is bit 0, italic bit 1.
type faces [4]*face

const (
	bold   = 1
	italic = 2
)

// piece is a stretch of a word in one face.
type piece struct {
	text  string
	face  int
	width float64 // points
}

// word is what no line break divides, unless it is longer than the line.
type word struct {
	pieces []piece
	width  float64
	space  float64 // points of the blank before it
}

// wrapped is a line of words.
type wrapped struct {
	words []word
	width float64 // natural
	last  bool    // of its paragraph
}

// split makes words of runs. Two blanks or more in a row are a gap left for a
// pen: they stay together.
func (fs *faces) split(runs []run, s templates.Style) []word {
	var out []word
	space, open := 0.0, false
	for _, r := range runs {
		kind := 0
		if s.Bold || r.bold {
			kind |= bold
		}
		if s.Italic || r.italic {
			kind |= italic
		}
		f := fs[kind]
		text := r.text
		if s.Upper {
			text = strings.ToUpper(text)
		}
		for i, part := range strings.Split(keepGaps(text), " ") {
			if i > 0 {
				open, space = false, f.width(" ")*s.Size/1000
			}
			if part == "" {
				continue
			}
			text := f.show(part)
			p := piece{text: text, face: kind, width: f.width(text) * s.Size / 1000}
			if open {
				w := &out[len(out)-1]
				w.pieces = append(w.pieces, p)
				w.width += p.width
				continue
			}
			out = append(out, word{pieces: []piece{p}, width: p.width, space: space})
			open = true
		}
	}
	return out
}

func keepGaps(s string) string {
	if !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := 0
		for i+n < len(s) && s[i+n] == ' ' {
			n++
		}
		switch {
		case n >= 2:
			b.WriteString(strings.Repeat("\u00A0", n))
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// wrap breaks words into lines; the first one is narrower by indent.
func (fs *faces) wrap(words []word, width, indent, size float64) []wrapped {
	var lines []wrapped
	var l wrapped
	room := width - indent
	end := func() {
		lines = append(lines, l)
		l, room = wrapped{}, width
	}
	for len(words) > 0 {
		w := words[0]
		need := w.width
		if len(l.words) > 0 {
			need += w.space
		}
		if l.width+need <= room+0.01 {
			l.words = append(l.words, w)
			l.width += need
			words = words[1:]
			continue
		}
		if len(l.words) > 0 && w.width <= width {
			end()
			continue
		}
		if len(l.words) > 0 {
			end()
		}
		head, tail := fs.cut(w, room, size)
		words = append([]word{head, tail}, words[1:]...)
		if tail.pieces == nil {
			words = append([]word{head}, words[2:]...)
		}
		l.words, l.width = []word{head}, head.width
		words = words[1:]
		if len(words) > 0 && tail.pieces != nil {
			end()
		}
	}
	if len(l.words) > 0 || len(lines) == 0 {
		lines = append(lines, l)
	}
	lines[len(lines)-1].last = true
	return lines
}

// cut divides a word that is longer than a line after the last rune that fits,
// after the first at least.
func (fs *faces) cut(w word, room, size float64) (head, tail word) {
	head.space = w.space
	for i, p := range w.pieces {
		f := fs[p.face]
		used := 0.0
		for at, r := range p.text {
			rw := f.widths[r] * size / 1000
			if head.width+used+rw > room && (at > 0 || len(head.pieces) > 0) {
				if at > 0 {
					head.pieces = append(head.pieces, piece{p.text[:at], p.face, used})
					head.width += used
				}
				tail.pieces = append([]piece{{p.text[at:], p.face, p.width - used}}, w.pieces[i+1:]...)
				for _, q := range tail.pieces {
					tail.width += q.width
				}
				return head, tail
			}
			used += rw
		}
		head.pieces = append(head.pieces, p)
		head.width += p.width
	}
	return head, tail
}

// balance wraps into as few lines as wrap does, but about equally long ones:
// how a centred title is set.
func (fs *faces) balance(words []word, width, size float64) []wrapped {
	best := fs.wrap(words, width, 0, size)
	if len(best) < 2 || len(best) > 12 {
		return best
	}
	if two := fs.byPhrase(words, width, size); len(best) == 2 && two != nil {
		return two
	}
	lo, hi := 0.0, width
	for hi-lo > 0.5 {
		mid := (lo + hi) / 2
		if l := fs.wrap(words, mid, 0, size); len(l) <= len(best) && widest(l) <= mid+0.01 {
			hi = mid
		} else {
			lo = mid
		}
	}
	if l := fs.wrap(words, hi, 0, size); len(l) <= len(best) {
		return l
	}
	return best
}

// byPhrase breaks what takes two lines after a comma, where that leaves neither
// line too short: "… lần thứ I, / nhiệm kỳ 2025 - 2030".
func (fs *faces) byPhrase(words []word, width, size float64) []wrapped {
	const shortest = 0.25 // of the longer line
	var best []wrapped
	for i := 1; i < len(words); i++ {
		last := words[i-1].pieces[len(words[i-1].pieces)-1].text
		if !strings.HasSuffix(last, ",") && !strings.HasSuffix(last, ";") {
			continue
		}
		a, b := fs.wrap(words[:i], width, 0, size), fs.wrap(words[i:], width, 0, size)
		if len(a) != 1 || len(b) != 1 || min(a[0].width, b[0].width) < shortest*max(a[0].width, b[0].width) {
			continue
		}
		two := []wrapped{a[0], b[0]}
		two[0].last = false
		if best == nil || widest(two) < widest(best) {
			best = two
		}
	}
	return best
}

func widest(lines []wrapped) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, l.width)
	}
	return w
}
