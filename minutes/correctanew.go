package minutes

import (
	"slices"
	"strings"

	"bienban/internal/lang"
)

// Corrections in which the second go is a sentence of its own, and those that hold no better figure.

// restated mends "Burglaries fell from 31 to 19. Correction, burglaries fell
// from 31 to 17.": what follows the cue begins with the very words of the first
// go and holds as many figures, so that it stands in its place whole.
func restated(language, before, after string, end, reach int) (string, bool) {
	lead := strings.Fields(after[:end])
	if reach == weakReach || len(lead) < 3 {
		return "", false
	}
	for n := min(4, len(lead)-1); n >= 2; n-- {
		phrase := strings.ToLower(strings.Join(lead[:n], " "))
		at := strings.LastIndex(strings.ToLower(before), phrase)
		if at < 0 || len(strings.ToLower(before)) != len(before) || at > 0 && before[at-1] != ' ' || firstWord(phrase) == "" {
			continue
		}
		first, second := figures(language, before[at:]), figures(language, after[:end])
		if len(first) == 0 || len(first) > len(second) || len(lang.Sentences(language, before[at:])) > 1 {
			return "", false
		}
		head, rest := before[:at], after
		if lead := strings.TrimRight(head, " "); lead == "" || strings.ContainsAny(lead[len(lead)-1:], ".!?") {
			rest = upperFirst(rest)
		} else {
			rest = strings.ToLower(rest[:1]) + rest[1:]
		}
		return head + rest, true
	}
	return "", false
}

// anew mends "… two beeches and a walnut, about 140 years old. Scratch that, the
// walnut is 90 years old, the beeches are 140.": the second go is a sentence of
// its own subject, so the clause that it takes back goes and the sentence stays.
func anew(language, before, after string, a, b value) (string, bool) {
	lead := after[:b.start]
	if language != "en" || !finite.MatchString(" "+lead) || again.MatchString(lead) {
		return "", false
	}
	cut := strings.LastIndexAny(before[:a.start], ",;.!?")
	if cut < 0 || before[cut] != ',' || strings.ContainsAny(before[a.end:], ",;") || len(figures(language, before[cut:])) > 1 {
		return "", false
	}
	return before[:cut] + ". " + upperFirst(after), true
}

// retracted mends what holds no better figure: "Strike that." takes the sentence
// before it back; of other cues only their own words go.
func retracted(language, text string, cue []int) (string, bool) {
	before, after := strings.TrimRight(text[:cue[0]], " "), text[cue[1]:]
	said := strings.ToLower(text[cue[0]:cue[1]])
	switch {
	case strings.Contains(said, "scratch") || strings.Contains(said, "strike"):
		list := lang.Sentences(language, before)
		if len(list) == 0 {
			return "", false
		}
		before = strings.TrimRight(strings.TrimSuffix(before, list[len(list)-1]), " ")
	case strings.Contains(said, "rephrase") || strings.Contains(said, "restate") || strings.Contains(said, "again") || strings.Contains(said, "another way"):
		list := lang.Sentences(language, before)
		if n := len(list); n > 0 && sameStart(list[n-1], after) {
			before = strings.TrimRight(strings.TrimSuffix(before, list[n-1]), " ")
		} else if n > 0 && !strings.ContainsAny(before[len(before)-1:], ".!?") {
			before += "."
		}
	default:
		return "", false
	}
	if strings.TrimSpace(after) == "" {
		return before, before != ""
	}
	return strings.TrimLeft(before+" "+upperFirst(strings.TrimLeft(after, " ,")), " "), true
}

// sameStart says whether two sentences begin with the same two words.
func sameStart(a, b string) bool {
	x, y := lang.Words(a), lang.Words(b)
	return len(x) > 1 && len(y) > 1 && x[0] == y[0] && x[1] == y[1]
}

// disputes says whether the figure that a mended text has lost was somebody
// else's: then two views stand against each other, and both are recorded.
func disputes(language string, said []Evidence, i int, mended string) bool {
	left := figures(language, mended)
	for _, v := range figures(language, said[i].Text) {
		if slices.ContainsFunc(left, func(x value) bool { return x.key == v.key }) {
			continue
		}
		for k := max(0, i-lookBack); k < i; k++ {
			if said[k].Item == said[i].Item && said[k].Speaker != said[i].Speaker &&
				slices.ContainsFunc(figures(language, said[k].Text), func(x value) bool { return x.key == v.key }) {
				return true
			}
		}
	}
	return false
}

// notButs mends "không phải 90% mà là 89%": a figure that is named to be denied,
// with the right one of its kind at once behind it.
func notButs(language, text string) (string, bool) {
	vs := figures(language, text)
	for k := len(vs) - 2; k >= 0; k-- {
		a, b := vs[k], vs[k+1]
		if a.kind != b.kind || a.key == b.key || a.noun != b.noun && b.noun != "" && a.noun != "mà" && a.noun != "but" {
			continue
		}
		m, d := denied.FindStringIndex(text[:a.start]), denialEnd.FindStringIndex(text[a.end:b.start])
		if m == nil || d == nil || a.end+d[1] != b.start {
			continue
		}
		join := " "
		if strings.HasPrefix(text[m[0]:], ",") {
			join = ", "
		}
		return strings.TrimLeft(strings.TrimRight(text[:m[0]], " ,")+join, " ,") + text[b.start:], true
	}
	return "", false
}
