package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// figure is a quantity with the unit of measure that follows it.
type figure struct {
	lang.Quantity
	measure string // canonical: "m", "km", "day", …; "" = none that is known
	per     string // "a week", "mỗi năm": "week", "year", …
	next    string // the word behind it, folded
	before  string // the content words before it, the last first; "" where a clause or another figure begins
	counted string // what it counts: the word behind it, in Vietnamese two
	hour    bool   // "in the morning", "o'clock" follows: a bare number that is a time
}

var (
	perPeriod = regexp.MustCompile(`^[^.,;]{0,24}?(?:\b(?:a|per|each|every)\s+(day|week|month|quarter|year)\b|\b(dai|week|month|quarter|year|annual)ly\b|(?:mỗi|một|hằng|hàng|/)\s*(ngày|tuần|tháng|quý|năm)(?:\s|[.,;]|$))`)
	oClock    = regexp.MustCompile(`(?i)^\s*(?:o'clock|in the (?:morning|afternoon|evening)|at night|sáng|chiều|tối|giờ)`)
)

func periodAfter(s string) string {
	m := perPeriod.FindStringSubmatch(lang.Fold(s[:min(len(s), 60)]))
	if m == nil {
		return ""
	}
	switch p := m[1] + m[2] + m[3]; p {
	case "dai":
		return "day"
	case "annual":
		return "year"
	default:
		if u := measures[p]; u != "" {
			return u
		}
		return p
	}
}

// measures maps folded unit words to canonical units, so that km for m is seen
// and ki lô mét for km is not. Only units that people swap are here.
var measures = map[string]string{
	"km": "km", "ki lô mét": "km", "ki-lô-mét": "km", "kilômét": "km", "kilometre": "km", "kilometres": "km", "kilometer": "km", "kilometers": "km", "cây số": "km",
	"m": "m", "mét": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
	"m2": "m2", "mét vuông": "m2", "m²": "m2", "ha": "ha", "héc ta": "ha", "hecta": "ha", "hectare": "ha", "hectares": "ha", "acre": "acre", "acres": "acre",
	"mile": "mile", "miles": "mile", "cm": "cm", "mm": "mm", "kg": "kg", "ki lô gam": "kg", "kilos": "kg", "tấn": "t", "tonne": "t", "tonnes": "t", "tons": "t", "tạ": "q",
	"phút": "min", "minute": "min", "minutes": "min", "giờ": "h", "tiếng": "h", "hour": "h", "hours": "h",
	"ngày": "day", "day": "day", "days": "day", "tuần": "week", "week": "week", "weeks": "week", "tháng": "month", "month": "month", "months": "month",
	"quý": "quarter", "năm": "year", "year": "year", "years": "year", "nhiệm kỳ": "term",
	"đồng": "vnd", "dollars": "usd", "dollar": "usd", "pounds": "gbp", "euros": "eur", "điểm": "point", "points": "point",
}

var unitWord = regexp.MustCompile(`^[\s-]*([\p{L}²]+2?(?:[\s-]\p{L}+){0,2})`)

func measureAfter(s string) string {
	m := unitWord.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	words := strings.Fields(lang.Fold(m[1]))
	if len(words) > 1 && words[0] == "đồng" && words[1] == "chí" {
		return "" // comrades, no money
	}
	for n := min(3, len(words)); n > 0; n-- {
		if u := measures[strings.Join(words[:n], " ")]; u != "" {
			return u
		}
	}
	return ""
}

func (c *sentenceCase) figuresOf(text string) []figure {
	var out []figure
	for _, q := range lang.Quantities(c.language, text) {
		f := figure{Quantity: q}
		if q.Kind == lang.KindNumber || q.Kind == lang.KindRatio {
			f.measure = measureAfter(text[q.End:])
		}
		rest := text[q.End:]
		f.per, f.hour, f.next = periodAfter(rest), oClock.MatchString(rest), lang.Fold(firstWords(strings.TrimLeft(rest, " "), 1))
		f.before, f.counted = c.wordsBefore(text[max(0, q.Start-80):q.Start]), c.wordsBehind(rest)
		out = append(out, f)
	}
	return out
}

var (
	clauseBreak = regexp.MustCompile(`[,.;:!?()\n\d]`)
	filler      = set(`là có được khoảng hơn gần chỉ đạt thì mà về của với cho từ đến the a an of to is are was were at about in on by for than that with and has have had been be`)
)

// everybody is whom a meeting counts all the time, each time for another thing.
var everybody = map[string]bool{"đại biểu": true, "đồng chí": true, "thành viên": true, "đảng viên": true, "ủy viên": true,
	"members": true, "councillors": true, "delegates": true, "people": true}

// wordsBefore gives the last content words of a text, within its clause.
func (c *sentenceCase) wordsBefore(text string) string {
	if cuts := clauseBreak.FindAllStringIndex(text, -1); len(cuts) > 0 {
		text = text[cuts[len(cuts)-1][1]:]
	}
	n := 2
	if c.vi {
		n = 3 // a word is mostly of two syllables
	}
	var out []string
	words := lang.Words(text)
	for i := len(words) - 1; i >= 0 && len(out) < n; i-- {
		if !filler[words[i]] {
			out = append(out, stem(c.language, words[i]))
		}
	}
	if len(out) < 2 {
		return ""
	}
	return strings.Join(out, " ")
}

// wordsBehind gives what a figure counts.
func (c *sentenceCase) wordsBehind(text string) string {
	if cut := clauseBreak.FindStringIndex(text); cut != nil {
		text = text[:cut[0]]
	}
	words := lang.Words(firstWords(text, 3))
	n := 1
	if c.vi {
		n = 2
	}
	if len(words) < n || filler[words[0]] || measureAfter(text) != "" || everybody[strings.Join(words[:n], " ")] {
		return ""
	}
	return strings.Join(stems(c.language, words[:n]), " ")
}

// misplaced says whether the evidence has the figure, but of something else:
// what the sentence counts with it, or says before it, the evidence says of
// other figures only ("the oldest is 68, the youngest 23" turned round).
func misplaced(q figure, proof []figure) bool {
	for _, context := range []func(figure) string{func(f figure) string { return f.before }, func(f figure) string { return f.counted }} {
		key := context(q)
		if key == "" {
			continue
		}
		same, of := false, 0
		for _, p := range proof {
			if context(p) == key && !p.Weak && (p.Kind == q.Kind || p.Kind == lang.KindRatio) {
				of++
				a, b, _ := strings.Cut(p.Value, "/")
				same = same || p.Value == q.Value || a == q.Value || b == q.Value
			}
		}
		if of > 0 && !same {
			return true
		}
	}
	return false
}

// spelled are the small figures as words: "năm hồ sơ" may stay a word in the
// evidence, for năm is also a year.
var spelled = map[string][]string{
	"vi": {"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"},
	"en": {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
}

// inWords says whether the evidence has a small figure as a word before the
// same noun.
func (c *sentenceCase) inWords(q figure) bool {
	n, err := strconv.Atoi(q.Value)
	words := spelled[c.language]
	if q.Kind != lang.KindNumber || err != nil || n < 1 || n >= len(words) {
		return false
	}
	if !c.vi && (n == 1 && hasWords(wordsIn(c.proof), "once") || n == 2 && hasWords(wordsIn(c.proof), "twice")) {
		return true
	}
	noun := lang.Words(q.next)
	return len(noun) > 0 && hasWords(wordsIn(c.proof), words[n]+" "+noun[0])
}

// quantities confirms every firm figure of the sentence.
func (c *sentenceCase) quantities() {
	c.weekdays()
	own := c.figuresOf(c.text)
	if len(own) == 0 {
		return
	}
	proof := c.figuresOf(c.proof + "\n" + c.about())
	c.pairs(proof)
	for _, q := range own {
		if q.Weak || c.inName(q) || c.inWords(q) {
			continue
		}
		if slices.ContainsFunc(proof, func(p figure) bool { return c.bears(q, p, proof) }) {
			if q.Kind != lang.KindDate && q.Kind != lang.KindTime && c.s.Origin != minutes.OriginData && misplaced(q, proof) {
				c.flag(minutes.FlagNumber, "trong nguồn, số %q nói về điều khác", "in the evidence, the figure %q is of something else", strings.TrimSpace(q.Text))
			}
			continue
		}
		if (q.Kind == lang.KindDate || q.Kind == lang.KindTime) && c.ownDay(q) {
			continue
		}
		switch q.Kind {
		case lang.KindDate:
			c.flag(minutes.FlagDate, "ngày %q không có trong nguồn", "the date %q is not in the evidence", q.Text)
		case lang.KindTime:
			c.flag(minutes.FlagDate, "giờ %q không có trong nguồn", "the time %q is not in the evidence", q.Text)
		default:
			what := strings.TrimSpace(q.Text)
			if q.measure != "" && !strings.Contains(what, " ") {
				what += " " + strings.TrimSpace(firstWords(c.text[q.End:], 1))
			}
			c.flag(minutes.FlagNumber, "số %q không có trong nguồn", "the figure %q is not in the evidence", what)
		}
	}
}

func firstWords(s string, n int) string {
	w := strings.Fields(s)
	return strings.Join(w[:min(n, len(w))], " ")
}

// about is what the item and the meeting are called, with the data of the item
// that the sentence is about: a vote's figures count for a sentence on a vote.
func (c *sentenceCase) about() string {
	var out []string
	low := lang.Fold(c.text)
	if titled.MatchString(low) || strings.Contains(low, lang.Fold(firstWords(c.m.Title, 4))) {
		out = append(out, c.m.Title) // its term and number count only where the meeting itself is spoken of
	}
	if a := c.m.Item(c.item); a != nil {
		out = append(out, a.Title)
	}
	if voteTalk.MatchString(low) {
		out = append(out, c.nearText("vote", "election"))
	}
	for _, e := range c.cited {
		out = append(out, e.Title)
		if p := c.m.Person(e.Speaker); p != nil && e.Speaker != "" {
			out = append(out, p.Unit)
		}
	}
	for _, p := range c.mentioned() {
		out = append(out, p.Title, p.Unit)
	}
	return strings.Join(out, "\n")
}

var titled = regexp.MustCompile(`nhiệm kỳ|lần thứ|khóa|kỳ họp thứ|\bterm\b`)

var voteTalk = regexp.MustCompile(`biểu quyết|tán thành|phiếu|bỏ phiếu|trúng cử|\bvot|in favou?r|\bagainst\b|\babst|\bcarried\b|\bmotion\b|\bmoved\b|\bseconded\b|\belected\b|\bfor:`)

// inName says whether the figure belongs to a name that names() looks at, such
// as "khóm 3" in a person's title.
func (c *sentenceCase) inName(q figure) bool {
	for _, p := range c.mentioned() {
		for _, t := range []string{p.Title, p.Unit} {
			if t = lang.Normalize(c.language, t); t != "" {
				if i := strings.Index(c.text, t); i >= 0 && q.Start >= i && q.End <= i+len(t) {
					return true
				}
			}
		}
	}
	return false
}
