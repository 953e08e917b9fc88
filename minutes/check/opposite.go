package check

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// opposite is two groups of words that say the reverse of each other.
type opposite struct{ a, b *regexp.Regexp }

var opposites = map[string][]opposite{
	"en": {
		{regexp.MustCompile(`\b(?:increas\w+|ris(?:e|es|en|ing)|rose|rais\w+|up|higher|grew|grown)\b`),
			regexp.MustCompile(`\b(?:decreas\w+|fall(?:s|en|ing)?|fell|reduc\w+|down|lower\w*|drop\w*|fewer)\b`)},
		{regexp.MustCompile(`\b(?:support\w*|in favou?r|backed|backs)\b`), regexp.MustCompile(`\b(?:oppos\w+|object\w*|disagree\w*|against)\b`)},
		{regexp.MustCompile(`\b(?:approv\w+|grant(?:ed|s|ing)?|carried|passed|adopt\w+)\b`),
			regexp.MustCompile(`\b(?:refus\w+|reject\w+|lost|defeated|declin\w+|dies|died|falls)\b`)},
		{regexp.MustCompile(`\b(?:gain\w*|surplus\w*|profits?|earned)\b`), regexp.MustCompile(`\b(?:lost|loss(?:es)?|los(?:e|es|ing)|deficits?|shortfalls?)\b`)},
		{regexp.MustCompile(`\bagree(?:d|s|ing)?\b`), regexp.MustCompile(`\bdisagree\w*\b`)},
	},
	"vi": {
		{regexp.MustCompile(`(?:^|\s)(?:tăng|cao hơn|nâng|vượt)(?:\s|[.,;]|$)`), regexp.MustCompile(`(?:^|\s)(?:giảm|thấp hơn|hạ)(?:\s|[.,;]|$)`)},
		{regexp.MustCompile(`giữ (?:nguyên|mức|như)`), regexp.MustCompile(`(?:^|\s)(?:nâng|rút|giảm|tăng|bỏ)(?:\s|[.,;]|$)`)},
	},
}

// bounds are opposites that deny by themselves: a floor told as a ceiling, a lack as plenty.
var bounds = map[string][]opposite{
	"en": {
		{regexp.MustCompile(`\b(?:no more than|not more than|at most|up to|not exceed\w*|maximum)\b`), regexp.MustCompile(`\b(?:at least|no (?:fewer|less) than|minimum|or more|upwards)\b`)},
		{regexp.MustCompile(`\d\S* (?:under|below)\b|\b(?:pounds|dollars|euros|percent) (?:under|below)\b|\b(?:under|below) (?:the )?(?:estimate|budget|plan|target)\b`),
			regexp.MustCompile(`\d\S* (?:over|above)\b|\b(?:pounds|dollars|euros|percent) (?:over|above)\b|\b(?:over|above) (?:the )?(?:estimate|budget|plan|target)\b`)},
		{regexp.MustCompile(`\bvot(?:e|ed|es|ing) (?:in favou?r|for)\b`), regexp.MustCompile(`\bvot(?:e|ed|es|ing) against\b`)},
		{regexp.MustCompile(`\b(?:half|part of|partly)\b`), regexp.MustCompile(`\b(?:in full|fully|the whole|entire(?:ly)?)\b`)},
	},
	"vi": {
		{regexp.MustCompile(`không quá|tối đa|nhiều nhất|không vượt`), regexp.MustCompile(`trở lên|tối thiểu|ít nhất|không dưới`)},
		{regexp.MustCompile(`còn thiếu|thiếu hụt`), regexp.MustCompile(`(?:đã|có) đủ|đầy đủ`)},
	},
}

// grades are words of which a sentence may not have one for another.
var grades = map[string][]*regexp.Regexp{
	"vi": {regexp.MustCompile(`phê bình|khiển trách|cảnh cáo|cách chức|khai trừ`), regexp.MustCompile(`huân chương|bằng khen|giấy khen`)},
	"en": {regexp.MustCompile(`reprimand|warning|suspension|dismissal`)},
}

var (
	viStance  = regexp.MustCompile(`đồng ý|tán thành|nhất trí|đồng tình|ủng hộ|hài lòng|thống nhất|chấp thuận`)
	viAgainst = regexp.MustCompile(`phản đối|bác bỏ|không đồng thuận`)
	viNotJust = regexp.MustCompile(`(?:không|chưa|chẳng)(?:\s\S+){0,2}\s$`)
)

// relevantShare of a sentence's content words makes a sentence of the evidence one that it may be taken from.
const relevantShare = 0.34

// relevant gives the sentences of the cited speech that the sentence may be
// taken from: the nearest, and others that share much with it.
func (c *sentenceCase) relevant() string {
	own := c.content(c.text)
	var out []string
	best, most := "", 0.0
	var said []string
	for _, e := range c.cited {
		if e.Kind == minutes.EvidenceSegment {
			said = append(said, c.meant(e))
		}
	}
	figures := map[string]bool{}
	for _, q := range lang.Quantities(c.language, c.text) {
		figures[q.Value] = !q.Weak
	}
	for _, s := range lang.Sentences(c.language, strings.Join(said, " ")) {
		n := share(own, c.canonicalSet(s))
		shared := slices.ContainsFunc(lang.Quantities(c.language, s), func(q lang.Quantity) bool { return !q.Weak && figures[q.Value] })
		if n >= relevantShare || shared {
			out = append(out, s)
		}
		if n > most {
			best, most = s, n
		}
	}
	if most > 0.2 && !slices.Contains(out, best) {
		out = append(out, best)
	}
	return lang.Fold(strings.Join(out, " "))
}

// reversed finds a rise told as a fall, support as objection, an approval as a refusal.
func (c *sentenceCase) reversed() {
	if opposites[c.language] == nil {
		return
	}
	own, proof := lang.Fold(c.text), c.relevant()
	if len(minutes.Tallies(c.language, c.text)) > 0 { // the sides of a vote are looked at in votes
		own, proof = withoutTallies(c.language, own), withoutTallies(c.language, proof)
	}
	if strings.TrimSpace(own) == "" || proof == "" {
		return
	}
	flag := func() {
		c.flag(minutes.FlagDecision, "nói ngược với nguồn", "says the reverse of the evidence")
	}
	ownNo := len(negationsIn(c.language, cleaned(c.language, own))) > 0
	proofNo := len(negationsIn(c.language, cleaned(c.language, proof))) > 0
	for _, o := range opposites[c.language] {
		if c.language == "en" && (ownNo || proofNo) {
			continue // "did not object" is no objection
		}
		a, b := o.a.MatchString(own), o.b.MatchString(own)
		pa, pb := o.a.MatchString(proof), o.b.MatchString(proof)
		if a && !b && pb && !pa || b && !a && pa && !pb {
			flag()
			return
		}
	}
	for _, o := range bounds[c.language] {
		a, b := o.a.MatchString(own), o.b.MatchString(own)
		pa, pb := o.a.MatchString(proof), o.b.MatchString(proof)
		if a && !b && pb && !pa || b && !a && pa && !pb {
			flag()
			return
		}
	}
	if c.vi {
		yes, no := stance(own)
		pYes, pNo := stance(proof)
		if yes && !no && pNo && !pYes || no && !yes && pYes && !pNo {
			flag()
			return
		}
	}
	whole := lang.Fold(c.proof)
	for _, re := range grades[c.language] {
		have := re.FindAllString(whole, -1)
		for _, w := range re.FindAllString(own, -1) {
			if len(have) > 0 && !slices.Contains(have, w) {
				c.flag(minutes.FlagUnfounded, "“%s” không có trong nguồn", "“%s” is not in the evidence", w)
				return
			}
		}
	}
}

// withoutTallies leaves out the results of votes that a text tells.
func withoutTallies(language, low string) string {
	var out strings.Builder
	last := 0
	for _, t := range minutes.Tallies(language, low) {
		if t.Start >= last && t.End <= len(low) {
			out.WriteString(low[last:t.Start])
			last = t.End
		}
	}
	out.WriteString(low[last:])
	return out.String()
}

// stance says whether a text agrees somewhere, and whether it refuses somewhere.
func stance(low string) (yes, no bool) {
	no = viAgainst.MatchString(low)
	for _, m := range viStance.FindAllStringIndex(low, -1) {
		if viNotJust.MatchString(low[:m[0]]) {
			no = true
		} else {
			yes = true
		}
	}
	return yes, no
}

// around gives the content words beside a figure: up to four on each side in its clause.
func (c *sentenceCase) around(text string, q lang.Quantity) map[string]bool {
	out := map[string]bool{}
	before, behind := text[:q.Start], text[q.End:]
	if i := strings.LastIndexAny(before, ",.;:"); i >= 0 {
		before = before[i:]
	}
	if i := strings.IndexAny(behind, ",.;:"); i >= 0 {
		behind = behind[:i]
	}
	left, right := lang.Words(before), lang.Words(behind)
	for _, w := range append(slices.Clone(left[max(0, len(left)-4):]), right[:min(4, len(right))]...) {
		if strings.ContainsAny(w, "0123456789") || formal[c.language][stem(c.language, w)] && w != "trên" && w != "dưới" {
			continue
		}
		out[c.canonical(w)] = true
	}
	return out
}

// swapped finds two figures of one kind that have changed places: each stands
// among the words of the other.
func (c *sentenceCase) swapped() {
	proof := lang.Quantities(c.language, c.proof)
	all := func(v lang.Quantity) []map[string]bool {
		var out []map[string]bool
		for _, p := range proof {
			if p.Kind == v.Kind && p.Value == v.Value {
				out = append(out, c.around(c.proof, p))
			}
		}
		return out
	}
	own := lang.Quantities(c.language, c.text)
	if len(own) > maxSwapped || len(proof) > maxSwapped {
		return
	}
	for i, x := range own {
		for _, y := range own[i+1:] {
			if x.Kind != y.Kind || x.Value == y.Value {
				continue
			}
			ex, ey := all(x), all(y)
			if len(ex) == 0 || len(ey) == 0 {
				continue
			}
			ox, oy := c.around(c.text, x), c.around(c.text, y)
			if common(ox, ey) > common(ox, ex) && common(oy, ex) > common(oy, ey) {
				c.flag(minutes.FlagNumber, "“%s” và “%s” bị đổi chỗ so với nguồn", "“%s” and “%s” have changed places", x.Text, y.Text)
				return
			}
		}
	}
}

// maxSwapped figures in a sentence or its evidence are compared; a table read out has more.
const maxSwapped = 60

// common is the most words that a has in common with one of the others.
func common(a map[string]bool, others []map[string]bool) int {
	most := 0
	for _, b := range others {
		n := 0
		for w := range a {
			if b[w] {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// bodies are named by what they are and whose they are.
var viBodies = regexp.MustCompile(`(?:^|\s)((?i:chi hội|hội|phòng|sở|trung tâm|trạm|trường|công an|chi bộ|tổ dân phố|khóm|ấp|liên đoàn))\s(\p{Lu}\p{L}*)(\s\p{L}+)?`)

// otherBody finds a body that is named instead of another of its kind.
func (c *sentenceCase) otherBody() {
	if !c.vi {
		return
	}
	known := " " + strings.Join(lang.Words(c.proof+" "+c.about()), " ") + " "
	for _, e := range c.near {
		known += strings.Join(lang.Words(e.Text), " ") + " "
	}
	for _, p := range c.m.People {
		known += strings.Join(lang.Words(p.Title+" "+p.Unit), " ") + " "
	}
	for _, g := range viBodies.FindAllStringSubmatch(c.text, -1) {
		head, name := lang.Fold(g[1]), lang.Fold(strings.TrimSpace(g[2]+g[3]))
		first, _, _ := strings.Cut(name, " ")
		if strings.Contains(known, " "+head+" ") && !strings.Contains(known, " "+first+" ") {
			c.flag(minutes.FlagName, "“%s” không có trong nguồn", "“%s” is not in the evidence", strings.TrimSpace(g[0]))
			return
		}
	}
}

// classifier words may come and go before a noun.
var classifier = set("căn ngôi chiếc cái con vị bản suất lượt mức khoản thành đại đồng ông bà members councillors people persons items votes new more further other")

// counted confirms that a bare figure counts what it counts in the evidence:
// 4,300 households are not 4,300 businesses.
func (c *sentenceCase) counted() {
	proof := lang.Quantities(c.language, c.proof)
	inOwn, inProof := c.canonicalSet(c.text), c.canonicalSet(c.proof)
	for _, q := range lang.Quantities(c.language, c.text) {
		noun := c.nounBehind(c.text[q.End:])
		if q.Kind != lang.KindNumber || q.Weak || noun == "" || inProof[noun] {
			continue
		}
		wrong := false
		for _, p := range proof {
			if p.Kind != lang.KindNumber || p.Value != q.Value {
				continue
			}
			other := c.nounBehind(c.proof[p.End:])
			if other == "" || inOwn[other] || other == noun {
				wrong = false
				break
			}
			wrong = true
		}
		if wrong {
			c.flag(minutes.FlagNumber, "số %q không đi với “%s” trong nguồn", "the figure %q is not of “%s” in the evidence", q.Text, noun)
			return
		}
	}
}

// nounBehind is the canonical word right behind a figure, "" where none is or it tells little.
func (c *sentenceCase) nounBehind(rest string) string {
	if !strings.HasPrefix(rest, " ") {
		return ""
	}
	rest = rest[1:]
	if !wordStart.MatchString(rest) {
		return ""
	}
	words := lang.Words(rest[:min(len(rest), 40)])
	if len(words) == 0 || classifier[words[0]] || formal[c.language][stem(c.language, words[0])] || len([]rune(words[0])) < 2 {
		return ""
	}
	return c.canonical(words[0])
}
