package minutes

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
)

// answeredNext mends "The estimate is $45,000. Sorry, I correct that." whose
// right value begins the same speaker's next segment.
func answeredNext(language string, said []Evidence, i int, cue []int) (string, bool) {
	if i+1 >= len(said) || strings.Trim(said[i].Text[cue[1]:], " ,.;:") != "" {
		return "", false
	}
	next := &said[i+1]
	if next.Speaker != said[i].Speaker || next.Item != said[i].Item {
		return "", false
	}
	before := said[i].Text[:cue[0]]
	head := next.Text[:sentenceEnd(language, next.Text)]
	for _, list := range []func(string, string) []value{figures, proper} {
		olds, news := list(language, before), list(language, head)
		for _, b := range news {
			for k := len(olds) - 1; k >= 0; k-- {
				if a := olds[k]; alike(a, b) {
					next.Note = "corrects what was said before"
					if strings.Trim(head, " .!") == b.text && len(next.Text) > len(head) {
						next.Text = upperFirst(strings.TrimLeft(next.Text[len(head):], " "))
					}
					return strings.TrimRight(before[:a.start]+b.text+before[a.end:], " ,;:") + ending(said[i].Text[cue[0]:]), true
				}
			}
		}
	}
	return "", false
}

// across mends a correction of what stands in an earlier segment of the same
// speaker and item.
func across(language string, said []Evidence, i int, cue []int) bool {
	e := &said[i]
	right := i
	text := e.Text[cue[1]:]
	if strings.Trim(text, " ,.;:") == "" { // "Sorry, I correct that." and the value comes next
		if i+1 >= len(said) || said[i+1].Speaker != e.Speaker || said[i+1].Item != e.Item {
			return false
		}
		right, text = i+1, said[i+1].Text
	}
	end := sentenceEnd(language, text)
	head, gone := withoutDenied(language, text[:end], 0)
	done := false
	for k := i - 1; k >= 0 && k >= i-lookBack; k-- {
		p := &said[k]
		if p.Speaker != e.Speaker || p.Item != e.Item {
			continue
		}
		fixed, ok := replaceOld(language, p.Text, head, gone, k == i-1)
		if !ok {
			continue
		}
		p.Text, p.Note, done = fixed, "superseded by "+said[right].ID, true
		if len(gone) == 0 {
			break // the nearest is meant; a value that is named is mended wherever it stands
		}
	}
	if !done && len(gone) == 0 {
		return false
	}
	mended := upperFirst(strings.TrimLeft(head+text[end:], " ,;:"))
	lead := strings.TrimRight(e.Text[:cue[0]], " ,;:")
	if right != i {
		said[right].Text = mended
		e.Text = lead
		if lead == "" {
			e.Text = "…" // a cue alone holds nothing to cite
		}
	} else {
		e.Text = strings.TrimLeft(lead+" "+mended, " ")
		if lead != "" && !strings.ContainsAny(lead[len(lead)-1:], ".!?") {
			e.Text = lead + ". " + mended
		}
	}
	e.Note = "corrects what was said before"
	return true
}

// replaceOld puts the right value of a correction in the place of the old one.
// Where the speaker does not name the old value, it must be of the very kind of
// the new one, and a bare figure must count the same thing or have been said
// just before (next).
func replaceOld(language, old, correction string, gone []value, next bool) (string, bool) {
	for _, list := range []func(string, string) []value{figures, proper} {
		olds, news := list(language, old), list(language, correction)
		out, done := old, false
		for k := len(olds) - 1; k >= 0; k-- {
			a := olds[k]
			for _, b := range news {
				named := false
				for _, g := range gone {
					named = named || g.kind == a.kind && g.key == a.key
				}
				if named && len(gone) > 0 && alike(a, b) ||
					len(gone) == 0 && a.kind == b.kind && a.kind != "name" && a.noun == b.noun && alike(a, b) &&
						(a.noun != "" || a.kind != string(lang.KindNumber) || next) {
					out = out[:a.start] + b.text + out[a.end:]
					done = true
					break
				}
			}
			if done && len(gone) == 0 {
				break
			}
		}
		if done {
			return out, true
		}
	}
	return "", false
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
