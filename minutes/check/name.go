package check

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
	"bienban/minutes"
)

// token is a word of a text as written.
type token struct {
	text, key  string // as written; folded
	start, end int
	upper      bool // begins with a capital
	first      bool // begins a sentence or a quotation
	joined     bool // only a blank stands between it and the word before
}

var wordRun = regexp.MustCompile(`[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}]+)*`)

func tokens(s string) []token {
	var out []token
	last := 0
	for _, m := range wordRun.FindAllStringIndex(s, -1) {
		between := s[last:m[0]]
		r, _ := utf8.DecodeRuneInString(s[m[0]:])
		t := token{text: s[m[0]:m[1]], start: m[0], end: m[1], upper: unicode.IsUpper(r)}
		t.text = strings.TrimSuffix(strings.TrimSuffix(t.text, "'s"), "’s")
		t.key = lang.Fold(t.text)
		t.joined = len(out) > 0 && strings.TrimSpace(between) == ""
		t.first = len(out) == 0 || strings.ContainsAny(between, ".!?:“\"«(")
		if strings.Contains(between, ".") && len(out) > 0 && titleBefore[out[len(out)-1].key] {
			t.first, t.joined = false, true // "Mr. Osei"
		}
		last = m[1]
		out = append(out, t)
	}
	return out
}

var titleBefore = set(`mr mrs ms miss mister dr sir dame cllr councillor councilor mayor alderman chair chairman chairwoman chairperson deputy
 chief director officer inspector sergeant captain superintendent commissioner trustee supervisor
 ông bà anh chị cô chú bác madam mme prof professor reverend rev`)

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// plainCapitals are words that minutes write with a capital and that name nobody.
var plainCapitals = set(`the a an in on at it its they he she there this that these those i we to by for from with and or but if when while after before as
 of no not any all some each one council councils committee board meeting members member mayor clerk chair chairman chairperson chairwoman deputy town parish
 district borough county city councillor councillors motion item agenda report minutes resolution amendment officer officers director residents resident
 january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
 mr mrs ms miss mister dr sir vote votes for against abstain abstained present carried moved seconded members' following during under
 chamber hall treasurer secretary manager head department service services public standing orders act
 đảng nhà nước đại hội hội nghị đoàn ban ủy chấp hành thường vụ đảng ủy tỉnh ủy thành ủy bí thư phó chủ tịch chủ trưởng nghị quyết quyết định báo cáo
 trung ương bộ chính trị quốc hội chính phủ ủy ban mặt trận tổ quốc việt nam hội đồng văn phòng kỳ họp phiên họp chủ tọa thư ký đồng chí đồng ông bà anh chị
 khai mạc bế mạc chi bộ đảng bộ luật nghị định thông tư công an quân sự đại biểu tổ`)

// honorific stands before a Vietnamese person's name.
var honorific = regexp.MustCompile(`(?i)(?:đồng chí|đ/c|ông|bà|anh|chị|cô|chú|bác|đại biểu|cử tri|thầy)\s+$`)

// wordsIn gives the folded words of a text between blanks, for whole-word search.
func wordsIn(text string) string { return " " + strings.Join(lang.Words(text), " ") + " " }

func hasWords(hay, needle string) bool {
	return needle != "" && strings.Contains(hay, " "+needle+" ")
}

// mentioned lists the registered people whom the sentence names in full, or by
// surname (English) or by honorific and given name (Vietnamese).
func (c *sentenceCase) mentioned() []minutes.Person {
	if !c.isNamed {
		c.named, c.isNamed = c.findMentioned(), true
	}
	return c.named
}

func (c *sentenceCase) findMentioned() []minutes.Person {
	var out []minutes.Person
	hay := wordsIn(c.text)
	for _, p := range c.m.People {
		if hasWords(hay, lang.Fold(p.Name)) || c.shortName(p, c.text) {
			out = append(out, p)
		}
	}
	return out
}

// shortName says whether text calls a person by a part of the name.
func (c *sentenceCase) shortName(p minutes.Person, text string) bool {
	parts := strings.Fields(p.Name)
	if len(parts) < 2 {
		return false
	}
	last := parts[len(parts)-1]
	toks, ok := c.split[text]
	if !ok {
		toks = tokens(text)
		c.split[text] = toks
	}
	key := lang.Fold(last)
	for i, t := range toks {
		if t.key != key || !t.upper {
			continue
		}
		if !c.vi {
			// A forename that is not hers makes it somebody else.
			if i > 0 && toks[i-1].upper && t.joined && !plainCapitals[toks[i-1].key] && toks[i-1].key != lang.Fold(parts[0]) {
				continue
			}
			return true
		}
		if honorific.MatchString(text[:t.start]) {
			return true
		}
	}
	return false
}

// supported lists the people whom the cited evidence brings in: who speaks in
// it, who is named in it (also as a recogniser may spell it), whose title
// stands in it; and, where the sentence speaks of a vote, who moved it.
func (c *sentenceCase) supported() []minutes.Person {
	if !c.isBacked {
		c.backed, c.isBacked = c.findSupported(), true
	}
	return c.backed
}

func (c *sentenceCase) findSupported() []minutes.Person {
	proof := c.proof + "\n" + c.voteNames()
	hay := wordsIn(proof)
	plain := lang.FoldPlain(proof)
	words := strings.Fields(lang.FoldPlain(hay))
	var out []minutes.Person
	for _, p := range c.m.People {
		ok := hasWords(hay, lang.Fold(p.Name)) || c.shortName(p, proof) || heard(words, p.Name, c.vi)
		for _, e := range c.cited {
			ok = ok || e.Speaker == p.Name && e.Speaker != ""
		}
		if t := lang.FoldPlain(p.Title); !ok && t != "" && strings.Contains(" "+plain+" ", " "+t) {
			same := 0
			for _, o := range c.m.People {
				if lang.FoldPlain(o.Title) == t {
					same++
				}
			}
			ok = same == 1
		}
		if ok {
			out = append(out, p)
		}
	}
	return out
}

func (c *sentenceCase) voteNames() string {
	if !voteTalk.MatchString(lang.Fold(c.text)) {
		return ""
	}
	var out []string
	for _, v := range c.m.Votes {
		if v.Item == c.item {
			out = append(out, v.Moved, v.Seconded)
		}
	}
	return strings.Join(out, "\n")
}

// heard finds a registered name as a recogniser may have spelled it: in
// English the surname within a letter in four, in Vietnamese the whole name
// without diacritics and with one syllable off by a letter.
func heard(words []string, name string, vi bool) bool {
	parts := strings.Fields(lang.FoldPlain(name))
	if len(parts) < 2 {
		return false
	}
	if !vi {
		last := parts[len(parts)-1]
		return len(last) >= 5 && slices.ContainsFunc(words, func(w string) bool {
			return len(w) >= 4 && w[0] == last[0] && lang.Distance(w, last) <= len(last)/4
		})
	}
	for i := 0; i+len(parts) <= len(words); i++ {
		off := 0
		for j, p := range parts {
			if w := words[i+j]; w != p {
				if lang.Distance(w, p) > 1 {
					off = 2
					break
				}
				off++
			}
		}
		if off <= 1 {
			return true
		}
	}
	return false
}

// known is every word that a name in the sentence may take from: the evidence,
// what the meeting and the item are called, and the names, titles and units of
// the people whom the evidence brings in.
func (c *sentenceCase) known() string {
	m := c.m
	out := []string{c.proof, c.about(), m.Issuer, m.Body, m.Superior, m.Place, m.Venue, c.voteNames()}
	for _, p := range c.supported() {
		out = append(out, p.Name, p.Title, p.Unit)
	}
	for _, e := range c.cited {
		out = append(out, e.Speaker, e.Title)
	}
	proof := strings.Fields(lang.FoldPlain(c.proof))
	for _, g := range m.Glossary { // a glossary's spelling of what was misheard
		if key := lang.FoldPlain(g); len(key) >= 5 && nearRun(proof, strings.Fields(key)) {
			out = append(out, g)
		}
	}
	return wordsIn(strings.Join(out, "\n"))
}

// nearRun says whether the words hold a run that sounds like the term.
func nearRun(words, term []string) bool {
	key := strings.Join(term, "")
	for i := range words {
		for n := max(1, len(term)-1); n <= len(term)+1 && i+n <= len(words); n++ {
			if run := strings.Join(words[i:i+n], ""); lang.Distance(strings.Trim(run, ".,;:!?"), key) <= len(key)/4 {
				return true
			}
		}
	}
	return false
}

// names confirms every name-like run of capitals, and the title behind a name.
func (c *sentenceCase) names() {
	known := c.known()
	supported := c.supported()
	for _, p := range c.mentioned() {
		if !slices.ContainsFunc(supported, func(s minutes.Person) bool { return s.Name == p.Name }) {
			c.flag(minutes.FlagName, "%s không có trong nguồn", "%s is not in the evidence", p.Name)
		}
	}
	toks := tokens(c.text)
	for i := 0; i < len(toks); {
		if !toks[i].upper {
			i++
			continue
		}
		j := i + 1
		for j < len(toks) && toks[j].upper && toks[j].joined {
			j++
		}
		c.run(toks, i, j, known)
		i = j
	}
	c.titles()
}

// run confirms one run of capitalised words toks[i:j].
func (c *sentenceCase) run(toks []token, i, j int, known string) {
	run := toks[i:j]
	if c.vi {
		if len(run) == 1 && !honorific.MatchString(c.text[:run[0].start]) {
			return // one capital opens a body's name or a sentence
		}
	} else if c.language != "en" && len(run) == 1 {
		return // German nouns, and the like
	}
	// Titles and words that open a sentence are not part of a name.
	for len(run) > 0 && (plainCapitals[run[0].key] || titleBefore[run[0].key]) {
		run = run[1:]
	}
	for len(run) > 0 && plainCapitals[run[len(run)-1].key] {
		run = run[:len(run)-1]
	}
	if len(run) == 0 {
		return
	}
	if len(run) == 1 && run[0].first {
		next := j < len(toks) && personVerb[toks[j].key]
		if !next || hasWords(known, run[0].key) {
			return
		}
	}
	keys := make([]string, len(run))
	for k, t := range run {
		keys[k] = strings.Join(lang.Words(t.text), " ")
	}
	if !covered(keys, known, !c.vi) {
		name := c.text[run[0].start:run[len(run)-1].end]
		c.flag(minutes.FlagName, "%q không có trong nguồn", "%q is not in the evidence", name)
	}
}

// covered says whether the words of a name stand in known, together. Bodies'
// names may be put together from two parts, people's may not; in English one
// word is a part, in Vietnamese it takes two.
func covered(keys []string, known string, single bool) bool {
	if hasWords(known, strings.Join(keys, " ")) {
		return true
	}
	for cut := 1; cut < len(keys); cut++ {
		head, tail := keys[:cut], keys[cut:]
		okHead := hasWords(known, strings.Join(head, " ")) && (len(head) > 1 || plainCapitals[head[0]])
		okTail := covered(tail, known, single) && (len(tail) > 1 || plainCapitals[tail[0]])
		if okHead && okTail {
			return true
		}
	}
	if len(keys) == 1 && single { // plural and possessive
		k := strings.TrimSuffix(keys[0], "s")
		return strings.Contains(known, " "+k) && len(k) > 3
	}
	return false
}

// personVerb follows the name of who acts.
var personVerb = set(`moved seconded proposed said stated asked reported requested suggested noted explained recommended announced declared objected
 supported opposed replied added agreed disagreed voted presented thanked insisted confirmed expressed welcomed withdrew`)
