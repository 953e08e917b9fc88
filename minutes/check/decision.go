package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// decision is a word by which a body decides.
type decision struct {
	class    string
	proposed bool // only asked for, or still to come
	negated  bool
	at       int
}

type decisionWords struct{ class, words string }

// Decisions by class. A longer phrase stands before the word it holds.
var decisionForms = map[string][]decisionWords{
	"vi": {
		{"reject", `không được (?:thông qua|phê duyệt|chấp thuận)|không (?:thông qua|phê duyệt|chấp thuận)|bác bỏ|bị bác|(?:đã |quyết định )bác|từ chối`},
		{"defer", `tạm hoãn|hoãn|dời sang|lùi thời hạn`},
		{"approve", `(?:kỳ họp|hội đồng nhân dân|hội đồng|đại hội|hội nghị|chi bộ|ban thường vụ|ban chấp hành|ủy ban nhân dân \S+) (?:đã |cơ bản )?(?:đồng ý|tán thành)|thông qua|phê duyệt|chấp thuận|phê chuẩn|nhất trí|thống nhất`},
		{"withdraw", `thu hồi|hủy bỏ|bãi bỏ`},
		{"dismiss", `miễn nhiệm|bãi nhiệm|cách chức`},
		{"appoint", `bổ nhiệm|chỉ định|trúng cử|được bầu`},
		{"close", `bế mạc`},
	},
	"en": {
		{"reject", `not (?:carried|approved|adopted|passed|agreed)|rejected|refused|dismissed|defeated|(?:motion|amendment|proposal|resolution|vote|it|this|that)(?: as amended)?,? (?:was |is |be |were )?(?:therefore |then )?lost|turned down|declined|voted down`},
		{"defer", `deferred|postponed|adjourned to|tabled until|referred back`},
		{"withdraw", `withdrawn|withdrew|revoked|rescinded|cancelled|repealed`},
		{"approve", `approved?|adopted?|carried|pass(?:ed|es)|resolved|ratified|authorised|authorized|endorsed|granted|agreed`},
		{"appoint", `appointed|elected|nominated`},
		{"close", `(?:meeting|session) (?:was|is) (?:closed|adjourned)`},
	},
}

var decisionRE = compileDecisions()

type decisionRule struct {
	class string
	re    *regexp.Regexp
}

func compileDecisions() map[string][]decisionRule {
	out := map[string][]decisionRule{}
	for language, forms := range decisionForms {
		for _, f := range forms {
			expr := `(?:` + f.words + `)`
			if language == "en" {
				expr = `\b` + expr + `\b`
			}
			out[language] = append(out[language], decisionRule{f.class, regexp.MustCompile(expr)})
		}
	}
	return out
}

var (
	proposing = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`đề nghị|kiến nghị|đề xuất|xin ý kiến|trình (?:đại hội|hội đồng|kỳ họp|hội nghị)|xem xét|dự thảo|sẽ |để |nhằm |biểu quyết thông qua|cần |nếu `),
		"en": regexp.MustCompile(`\b(?:move[sd]?|propose[sd]?|recommend(?:s|ed)?|suggest(?:s|ed)?|ask(?:s|ed)?|request(?:s|ed)?|invite[sd]?|urge[sd]?|want(?:s|ed)?|would|will|should|could|to be|to|whether|if|may|might|be|must|cannot|shall)\b`),
	}
	// consent carries a matter without a count.
	consent = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`nhất trí|thống nhất|tán thành|đồng ý|không (?:có )?ai (?:có )?ý kiến|không có (?:ai |đại biểu nào |đồng chí nào )?(?:ý kiến|phản đối)|tiếp thu`),
		"en": regexp.MustCompile(`\b(?:no objections?|without objection|pass(?:es|ed)?|general consent|unanimous|all in favour|carried|agreed|approved|agree|accept|adopted|so (?:ordered|resolved|agreed)|that is (?:agreed|carried)|happy with that)\b|any objections?\?.{0,20}\bnone\b|objection\? there (?:is|are) none`),
	}
	refusal = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`không (?:được )?(?:thông qua|tán thành|đồng ý|chấp nhận|nhất trí)|bác|từ chối|phản đối`),
		"en": regexp.MustCompile(`\b(?:lost|defeated|reject(?:ed)?|refused?|falls|fails|failed|not carried|not agreed|voted down|object(?:s|ed)?)\b`),
	}
	// individual says that a person agrees, not that a body decides.
	individual = regexp.MustCompile(`(?:đồng chí|ông|bà|đại biểu|tôi|cử tri)[^.;]{0,60}(?:thống nhất|nhất trí)|thống nhất (?:với|cao|ý kiến)`)
)

// newClause begins what no longer hangs on a proposal before it: "moved this and
// it was carried".
var newClause = regexp.MustCompile(`[;:]|,? (?:and|but)(?: (?:it|this|that|which|the (?:motion|amendment|proposal|resolution|council|committee)))? (?:was|were|is|are|has|had|carried|approved|rejected)\b|, (?:và )?(?:được|bị|đã) `)

// decide finds the decisions that a text tells.
func decide(language, text string) []decision {
	var out []decision
	for _, sentence := range lang.Sentences(language, text) {
		low := lang.Fold(sentence)
		taken := make([]bool, len(low)+1)
		for _, rule := range decisionRE[language] {
			for _, m := range rule.re.FindAllStringIndex(low, -1) {
				if taken[m[0]] {
					continue
				}
				for k := m[0]; k < m[1]; k++ {
					taken[k] = true
				}
				clause := low[:m[0]]
				if cuts := newClause.FindAllStringIndex(clause, -1); len(cuts) > 0 {
					clause = clause[cuts[len(cuts)-1][0]:]
				}
				d := decision{class: rule.class, at: m[0]}
				if re := proposing[language]; re != nil {
					d.proposed = re.MatchString(clause)
				}
				d.negated = negatedBefore(language, clause)
				out = append(out, d)
			}
		}
	}
	return out
}

// decisions confirms that what the sentence says was decided was decided, not
// only moved, and the same way.
func (c *sentenceCase) decisions() {
	if decisionRE[c.language] == nil {
		return
	}
	own := decide(c.language, c.text)
	if len(own) == 0 {
		return
	}
	proof := decide(c.language, c.proof)
	low := tallyLabels.ReplaceAllString(lang.Fold(c.proof), "")
	carried, lost := c.outcomes()
	for _, d := range own {
		if d.proposed || d.negated || c.vi && d.class == "approve" && individual.MatchString(lang.Fold(c.text)) {
			continue
		}
		ok := slices.ContainsFunc(proof, func(p decision) bool { return p.class == d.class && !p.proposed && !p.negated })
		switch d.class {
		case "approve":
			ok = ok || carried || consent[c.language].MatchString(low)
			if c.concluded() {
				continue
			}
			if lost && !carried && !ok || ok && !carried && lost && !slices.ContainsFunc(proof, func(p decision) bool { return p.class == "approve" && !p.proposed }) {
				ok = false
			}
		case "reject":
			ok = ok || lost || refusal[c.language].MatchString(low)
			ok = ok && (!carried || lost || refusal[c.language].MatchString(low))
		case "appoint":
			ok = ok || strings.Contains(low, "appoint") || strings.Contains(low, "elect") || slices.ContainsFunc(proof, func(p decision) bool { return p.class == "appoint" })
		case "close", "dismiss", "defer", "withdraw":
			ok = ok || d.class == "defer" && later[c.language].MatchString(low) || slices.ContainsFunc(proof, func(p decision) bool { return p.class == d.class }) ||
				d.class == "close" && closing.MatchString(low)
		}
		if !ok {
			c.flag(minutes.FlagDecision, "nguồn không có quyết định này", "the evidence does not hold this decision")
			return
		}
	}
}

// later are other words for putting something off.
var later = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`\b(?:leave|left|hold|held|put|keep|bring|come)\b[^.]{0,30}\b(?:until|over|off|back)\b|\bpostpon|\bdefer|\badjourn|\bnext (?:meeting|month|time)\b`),
	"vi": regexp.MustCompile(`để (?:lại|sang|đến|qua)|dời|hoãn|lùi|kỳ (?:họp )?sau|tháng sau|lần sau|phiên sau`),
}

var conclusion = map[string]*regexp.Regexp{
	"vi": regexp.MustCompile(`^(?:vậy|như vậy|thế là|tôi kết luận|kết luận)`),
	"en": regexp.MustCompile(`^(?:so|then|therefore|that means|right, so)\b`),
}

// concluded says whether who presides draws the conclusion that the sentence
// tells: "Vậy giữ mức thu cũ" for "Chi bộ thống nhất giữ mức thu cũ".
func (c *sentenceCase) concluded() bool {
	own := c.content(c.text)
	for _, e := range c.cited {
		p := c.m.Person(e.Speaker)
		if e.Speaker == "" || p == nil || !p.Role.Has(minutes.RoleChair) {
			continue
		}
		for _, s := range lang.Sentences(c.language, c.meant(e)) {
			if conclusion[c.language].MatchString(lang.Fold(s)) && len(own) > 0 && share(own, c.canonicalSet(s)) >= concludedShare {
				return true
			}
		}
	}
	return false
}

// concludedShare of the sentence's content words must stand in the conclusion.
const concludedShare = 0.6

var closing = regexp.MustCompile(`bế mạc|kết thúc|\bclos|\badjourn|no further business`)

// outcomes says whether a recorded vote of the item, or one that is cited,
// carried, and whether one was lost.
func (c *sentenceCase) outcomes() (carried, lost bool) {
	cited := c.citesVote()
	for i, v := range c.m.Votes {
		if is := c.cites("vote:" + strconv.Itoa(i+1)); cited && !is || v.Item != c.item && !is {
			continue
		}
		if yes, known := c.m.Outcome(v); known {
			carried = carried || yes
			lost = lost || !yes
		}
	}
	if carried && lost && !cited {
		return false, false // of several votes it may be either: what was said decides
	}
	return carried, lost
}
