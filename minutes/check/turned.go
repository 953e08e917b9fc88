package check

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// boundary is a word that sets a limit and the words that it stands before.
type boundary struct {
	side   int // 0 before or below, 1 after or above
	anchor []string
}

// sided are pairs of words of which one may not stand for the other before the
// same day, event or figure. A group matches the words, its first is the lower.
var sided = map[string][][2]*regexp.Regexp{
	"vi": {
		{regexp.MustCompile(`(?:^|\s)trước(?:\s(?:ngày|khi|lúc|thời điểm|tháng|năm|giờ|cuối|đầu))?\s`), regexp.MustCompile(`(?:^|\s)sau(?:\s(?:ngày|khi|lúc|thời điểm|tháng|năm|giờ|cuối|đầu))?\s`)},
		{regexp.MustCompile(`(?:^|\s)dưới\s`), regexp.MustCompile(`(?:^|\s)trên\s`)},
	},
	"en": {
		{regexp.MustCompile(`\b(?:before|prior to|ahead of|by|until)\s(?:the )?(?:end of )?`), regexp.MustCompile(`\b(?:after|following|since)\s(?:the )?(?:end of )?`)},
		{regexp.MustCompile(`\b(?:under|below)\s(?:the )?`), regexp.MustCompile(`\b(?:over|above|beyond)\s(?:the )?`)},
	},
}

// boundaries finds what the words of a pair stand before: the next content words
// and figures, up to two.
func (c *sentenceCase) boundaries(pair [2]*regexp.Regexp, low string) []boundary {
	var out []boundary
	for side, re := range pair {
		for _, m := range re.FindAllStringIndex(low, -1) {
			rest := low[m[1]:]
			if i := strings.IndexAny(rest, ",;:!?"); i >= 0 {
				rest = rest[:i]
			}
			var anchor []string
			for _, w := range lang.Words(rest) {
				if len(anchor) == 2 {
					break
				}
				if !strings.ContainsAny(w, "0123456789") && w != "may" && (filler[w] || formal[c.language][stem(c.language, w)] || len([]rune(w)) < 2) {
					continue
				}
				anchor = append(anchor, c.canonical(w))
			}
			if len(anchor) > 0 {
				out = append(out, boundary{side, anchor})
			}
		}
	}
	return out
}

// lateWord ends a clause as an adverb of order: "lấy ý kiến trước"; "tháng trước" is none.
var lateWord = regexp.MustCompile(`(\S+) (trước|sau)(?:[.,;:]|$)`)

var lateNot = set("tháng năm ngày tuần lần kỳ hôm như buổi quý phía khóa đợt đêm sáng mặt đằng về đời cùng phiên mùa")

// orders gives the adverbs of order in a text.
func orders(low string) (before, after bool) {
	for _, m := range lateWord.FindAllStringSubmatch(low, -1) {
		if !lateNot[m[1]] && !strings.ContainsAny(m[1], "0123456789") {
			before, after = before || m[2] == "trước", after || m[2] == "sau"
		}
	}
	return before, after
}

// bounded flags a limit that the evidence sets the other way: after a day for
// before it, above a figure for below it.
func (c *sentenceCase) bounded() {
	own, proof := lang.Fold(c.text), lang.Fold(c.proof)
	for _, pair := range sided[c.language] {
		theirs := c.boundaries(pair, proof)
		both := pair[0].MatchString(proof) && pair[1].MatchString(proof)
		for _, b := range c.boundaries(pair, own) {
			same, other := false, false
			for _, p := range theirs {
				if p.anchor[0] != b.anchor[0] || len(p.anchor) > 1 && len(b.anchor) > 1 && p.anchor[1] != b.anchor[1] {
					continue
				}
				same, other = same || p.side == b.side, other || p.side != b.side
			}
			// Where the evidence has both, "before it" may mean the same event.
			if other && !same && !(both && !strings.ContainsAny(b.anchor[0], "0123456789")) {
				c.flag(minutes.FlagDecision, "nguồn nói ngược về giới hạn “%s”", "the evidence sets the limit “%s” the other way", strings.Join(b.anchor, " "))
				return
			}
		}
	}
	if c.vi {
		before, after := orders(own)
		wasBefore, wasAfter := orders(proof)
		if before && !after && wasAfter && !wasBefore || after && !before && wasBefore && !wasAfter {
			c.flag(minutes.FlagDecision, "nguồn nói thứ tự ngược lại", "the evidence has the order the other way")
		}
	}
}

var (
	fromWord = regexp.MustCompile(`(?:^|\s)(?:from|từ)\s$`)
	toWord   = regexp.MustCompile(`^[^.;,]{0,24}?\s(?:to|lên(?: đến)?|xuống(?: còn)?|còn|thành|đến|sang)\s$`)
)

// spans finds the changes "from X to Y" of a text, as canonical values.
func (c *sentenceCase) spans(text string) [][2]string {
	list := lang.Quantities(c.language, text)
	var out [][2]string
	for i := 0; i+1 < len(list) && i < maxSwapped; i++ {
		a, b := list[i], list[i+1]
		before := lang.Fold(text[max(0, a.Start-12):a.Start])
		if strings.HasSuffix(text[:a.Start], " ") {
			before += " "
		}
		between := " " + lang.Fold(text[a.End:b.Start]) + " "
		if fromWord.MatchString(strings.ToValidUTF8(before, "")) && toWord.MatchString(between) {
			out = append(out, [2]string{a.Value, b.Value})
		}
	}
	return out
}

// spanned flags "from Y to X" where the evidence has "from X to Y".
func (c *sentenceCase) spanned() {
	theirs := c.spans(c.proof)
	for _, s := range c.spans(c.text) {
		if s[0] != s[1] && slices.Contains(theirs, [2]string{s[1], s[0]}) && !slices.Contains(theirs, s) {
			c.flag(minutes.FlagNumber, "nguồn nói từ %[2]s thành %[1]s", "the evidence says from %[2]s to %[1]s", s[0], s[1])
			return
		}
	}
}
