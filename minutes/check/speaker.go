package check

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// reports is a verb that tells whose words or act a sentence records, right
// behind the person's name and title.
var reports = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`\b(?:moved|seconded|proposed|said|stated|reported|asked|requested|suggested|noted|explained|recommended|announced|declared|opened|closed|adjourned|accepted|agreed|disagreed|objected|supported|opposed|invited|informed|confirmed|presented|replied|answered|stressed|added|withdrew|considered|expressed|wanted|welcomed|undertook|promised|estimated|told|advised|warned|thanked|put|called|argued|urged|pointed|observed|could not|did not|would not)\b`),
	"vi": regexp.MustCompile(`đề nghị|kiến nghị|cho biết|báo cáo|trình bày|phát biểu|nêu|đề xuất|khẳng định|nhấn mạnh|tuyên bố|công bố|kết luận|yêu cầu|giao|hỏi|trả lời|tiếp thu|phản ánh|cho rằng|thông báo|biểu dương|điều hành|đọc|đồng ý|tán thành|thống nhất|kính mời|mời|giới thiệu|bày tỏ|phản đối|góp ý|tham luận|giải trình|cam kết|bổ sung|chất vấn|ủng hộ|nhất trí|đồng tình|băn khoăn|lưu ý|đăng ký`),
}

var (
	movedWord    = regexp.MustCompile(`(?i)\bmoved?\b|\bpropos(?:e[ds]?|ing|als?)\b|\bmotion\b`)
	secondedWord = regexp.MustCompile(`(?i)\bsecond(?:ed|s)?\b`)
	calling      = regexp.MustCompile(`mời|nhường lời|đề nghị|\binvite|\bcall|\bover to\b|\bplease\b|\bask\b|\bhear from\b|\bwelcome\b|\bfloor\b`)
	calledUpon   = regexp.MustCompile(`trình bày|báo cáo|phát biểu|đọc|công bố|thông qua|\breported\b|\bpresented\b|\bspoke\b`)
)

// subjectOf finds the first registered person whom the sentence names before a
// verb of reporting, and that verb.
func (c *sentenceCase) subjectOf() (p minutes.Person, verb string, ok bool) {
	re := reports[c.language]
	if re == nil {
		return p, "", false
	}
	folded := lang.Fold(c.text)
	first := len(folded)
	for _, x := range c.mentioned() {
		parts := strings.Fields(lang.Fold(x.Name))
		at := strings.Index(folded, lang.Fold(x.Name))
		if at < 0 {
			at = strings.Index(folded, parts[len(parts)-1])
		}
		if at >= 0 && at < first && !aside.MatchString(folded[:at]) {
			first, p, ok = at, x, true
		}
	}
	if !ok {
		return p, "", false
	}
	// Only titles may stand before and between: "Councillor X, Head of Leisure, said".
	if before := strings.Fields(folded[:first]); len(before) > 6 || re.MatchString(folded[:first]) {
		return p, "", false
	}
	rest := folded[first:]
	loc := re.FindStringIndex(rest)
	limit := len(lang.Fold(p.Name)) + len(lang.Fold(p.Title)) + len(lang.Fold(p.Unit)) + 40
	if loc == nil || loc[0] > limit {
		return p, "", false
	}
	return p, rest[loc[0]:loc[1]], true
}

// speaker confirms whose words the sentence records.
func (c *sentenceCase) speaker() {
	speakers := []string{}
	for _, e := range c.cited {
		if e.Kind == minutes.EvidenceSegment && e.Speaker != "" && !slices.Contains(speakers, e.Speaker) {
			speakers = append(speakers, e.Speaker)
		}
	}
	if c.s.Speaker != "" && len(speakers) > 0 && !slices.ContainsFunc(speakers, func(s string) bool { return lang.Fold(s) == lang.Fold(c.s.Speaker) }) {
		c.flag(minutes.FlagSpeaker, "%s không phải người nói trong nguồn", "%s is not who speaks in the evidence", c.s.Speaker)
		return
	}
	p, verb, ok := c.subjectOf()
	if !ok || len(speakers) == 0 {
		return
	}
	if !slices.Contains(speakers, p.Name) {
		if c.told(p, verb) {
			return
		}
		c.flag(minutes.FlagSpeaker, "lời này không phải của %s theo nguồn", "the evidence does not have this from %s", p.Name)
		return
	}
	if len(speakers) < 2 || len(c.mentioned()) > 1 {
		return
	}
	// Of several who speak in the evidence: are these this person's words?
	own, others := 0.0, 0.0
	for _, e := range c.cited {
		if share := c.overlap(e.Text); e.Speaker == p.Name {
			own = max(own, share)
		} else {
			others = max(others, share)
		}
	}
	if own < 0.25 && others > 0.5 && !calledUpon.MatchString(verb) {
		c.flag(minutes.FlagSpeaker, "lời này không phải của %s theo nguồn", "the evidence does not have this from %s", p.Name)
	}
}

// told says whether somebody else, or what people entered, tells the act of p.
func (c *sentenceCase) told(p minutes.Person, verb string) bool {
	for _, e := range c.cited {
		named := hasWords(wordsIn(e.Text), lang.Fold(p.Name)) || c.shortName(p, e.Text) ||
			p.Title != "" && strings.Contains(lang.FoldPlain(e.Text), lang.FoldPlain(p.Title))
		if !named {
			continue
		}
		if e.Kind != minutes.EvidenceSegment {
			return true
		}
		low := lang.Fold(e.Text)
		if calledUpon.MatchString(verb) && calling.MatchString(low) {
			return true
		}
		parts := strings.Fields(lang.Fold(p.Name))
		for rest := low; ; {
			at := strings.Index(rest, parts[len(parts)-1])
			if at < 0 {
				break
			}
			rest = rest[at+len(parts[len(parts)-1]):]
			near := rest[:min(len(rest), 80)]
			if at := strings.Index(near, verb[:min(len(verb), 5)]); at >= 0 && !firstPerson.MatchString(near[:at]) {
				return true // and not "unlike đồng chí Triết, tôi ủng hộ"
			}
		}
	}
	return false
}

// aside stands before a person of whom somebody else speaks: "trái với ý kiến đồng chí Triết".
var aside = regexp.MustCompile(`(?:ý kiến(?: của)?|trái với|khác với|\bunlike|\bcontrary to|\bin reply to)\s+(?:(?:đồng chí|ông|bà|anh|chị|đại biểu|councillor|mr|mrs|ms|miss|council member)\s+)?(?:[\p{L}]+\s+){0,3}$`)

var firstPerson = regexp.MustCompile(`(?:^|[\s,])(?:tôi|chúng tôi|i|we)\s`)
