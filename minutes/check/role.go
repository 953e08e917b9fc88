package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

var (
	enMovedBy    = regexp.MustCompile(`(?i)(?:moved|proposed) by ((?:[\p{L}.'’-]+ ){0,3}[\p{L}'’-]+)`)
	enSecondedBy = regexp.MustCompile(`(?i)seconded by ((?:[\p{L}.'’-]+ ){0,3}[\p{L}'’-]+)`)
)

// movers confirms who moved, who seconded and who voted how.
func (c *sentenceCase) movers() {
	if c.language != "en" || !movedWord.MatchString(c.text) && !secondedWord.MatchString(c.text) && !votedWord.MatchString(c.text) {
		return
	}
	for _, p := range c.mentioned() {
		parts := strings.Fields(p.Name)
		last := regexp.QuoteMeta(parts[len(parts)-1])
		behind := `(?i)\b` + last + `(?:, [^,]{1,60},)? (?:(?:formally|also|then|duly|had|has) )?`
		if movedWord.MatchString(c.text) && regexp.MustCompile(behind+`(?:moved|proposed)\b`).MatchString(c.text) || names(enMovedBy, c.text, parts[len(parts)-1]) {
			c.did(p, movedWord, func(v minutes.Vote) string { return v.Moved })
		}
		if secondedWord.MatchString(c.text) && regexp.MustCompile(behind+`seconded\b`).MatchString(c.text) || names(enSecondedBy, c.text, parts[len(parts)-1]) {
			c.did(p, secondedWord, func(v minutes.Vote) string { return v.Seconded })
		}
		if !votedWord.MatchString(c.text) {
			continue
		}
		if m := regexp.MustCompile(behind + `(voted (?:against|for|in favou?r)|abstained|opposed the)\b`).FindStringSubmatch(c.text); m != nil {
			c.voted(p, strings.ToLower(m[1]))
		}
	}
}

func names(re *regexp.Regexp, text, surname string) bool {
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		for i, w := range words {
			if strings.EqualFold(w, "and") || strings.EqualFold(w, "seconded") {
				break
			}
			if strings.EqualFold(strings.TrimRight(w, "."), surname) && i < 4 {
				return true
			}
		}
	}
	return false
}

// did flags p unless the evidence has p doing it: the recorded votes of the item,
// or of those that the sentence cites; p's own words; or a clause that names p
// beside the word.
func (c *sentenceCase) did(p minutes.Person, word *regexp.Regexp, recorded func(minutes.Vote) string) {
	someone := false
	for i, v := range c.m.Votes {
		cited := c.cites("vote:" + strconv.Itoa(i+1))
		if v.Item != c.item && !cited || c.citesVote() && !cited {
			continue
		}
		if recorded(v) == p.Name {
			return
		}
		someone = someone || cited && recorded(v) != ""
	}
	for _, e := range c.cited {
		if e.Kind == minutes.EvidenceData || !word.MatchString(e.Text) {
			continue
		}
		if e.Speaker == p.Name || e.Speaker == "" && e.Kind == minutes.EvidenceSegment && !someone || c.beside(p, word, e.Text) {
			return
		}
	}
	c.flag(minutes.FlagSpeaker, "theo nguồn, việc này không phải của %s", "the evidence does not have %s do this", p.Name)
}

// citesVote says whether the sentence cites a recorded vote.
func (c *sentenceCase) citesVote() bool {
	return slices.ContainsFunc(c.cited, func(e minutes.Evidence) bool { return strings.HasPrefix(e.ID, "vote:") })
}

var besideCut = regexp.MustCompile(`[,;.:!?]\s|\sand\s`)

// beside says whether a clause of text names p and holds the word; in a text that
// names one person only, the text.
func (c *sentenceCase) beside(p minutes.Person, word *regexp.Regexp, text string) bool {
	others := 0
	for _, o := range c.m.People {
		if o.Name != p.Name && c.shortName(o, text) {
			others++
		}
	}
	if others == 0 {
		return c.shortName(p, text)
	}
	for _, clause := range besideCut.Split(text, -1) {
		if word.MatchString(clause) && c.shortName(p, clause) {
			return true
		}
	}
	return false
}

var (
	votedWord = regexp.MustCompile(`(?i)\bvoted (?:against|for|in favou?r)|\babstained\b|\bopposed the\b`)
	// sides are the words with which somebody says how they vote.
	sides = map[byte]*regexp.Regexp{
		'a': regexp.MustCompile(`(?i)\babst`),
		'f': regexp.MustCompile(`(?i)\b(?:in favou?r|for|support|aye|yes|agree)\b`),
		'n': regexp.MustCompile(`(?i)\b(?:against|oppos\w*|object\w*|cannot|can't|won't|will not|no|not)\b`),
	}
)

// voted confirms that p voted the way that the sentence says: the recorded roll,
// p's own words, or words that name p.
func (c *sentenceCase) voted(p minutes.Person, how string) {
	side := byte('f')
	switch {
	case strings.HasPrefix(how, "abst"):
		side = 'a'
	case strings.Contains(how, "against"), strings.HasPrefix(how, "opposed"):
		side = 'n'
	}
	for _, v := range c.recordedVotes() {
		if r := v.Roll; r != nil && slices.Contains(map[byte][]string{'a': r.Abstain, 'f': r.For, 'n': r.Against}[side], p.Name) {
			return
		}
	}
	for _, e := range c.cited {
		if e.Kind != minutes.EvidenceData && sides[side].MatchString(e.Text) && (e.Speaker == p.Name || c.beside(p, sides[side], e.Text)) {
			return
		}
	}
	c.flag(minutes.FlagSpeaker, "nguồn không cho biết %s biểu quyết như vậy", "the evidence does not say that %s voted so", p.Name)
}

// offices begin the titles of people. A longer one stands before the one it holds.
var offices = map[string][]string{
	"vi": {"phó bí thư thường trực", "phó bí thư", "bí thư", "phó chủ tịch", "chủ tịch", "phó trưởng", "chi hội trưởng", "hiệu trưởng", "tổ trưởng",
		"đội trưởng", "trưởng", "phó giám đốc", "giám đốc", "phó chánh", "chánh", "phó chủ nhiệm", "chủ nhiệm", "ủy viên", "chi ủy viên", "đảng ủy viên", "tổng giám đốc", "thường trực"},
	"en": {"deputy mayor", "mayor", "vice-chair", "vice chair", "chairman", "chairwoman", "chairperson", "chair", "deputy clerk", "town clerk", "city clerk", "clerk", "treasurer", "director",
		"head of", "chief", "city attorney", "town attorney", "attorney", "city engineer", "engineer", "city manager", "town manager", "manager", "leader", "president", "vice-president", "commissioner", "minister", "governor"},
}

// office gives the office that a folded text begins with, "" for none.
func (c *sentenceCase) office(text string) string {
	for _, o := range offices[c.language] {
		if strings.HasPrefix(text, o) && (len(text) == len(o) || !wordStart.MatchString(text[len(o):])) {
			return o
		}
	}
	return ""
}

// titles flags a person's name with an office behind it that neither the register
// nor the evidence gives this person.
func (c *sentenceCase) titles() {
	folded := lang.Fold(c.text)
	for _, p := range c.mentioned() {
		name := lang.Fold(p.Name)
		at := strings.Index(folded, name)
		if at < 0 {
			continue
		}
		if c.language == "en" {
			c.styled(p, folded[:at])
		}
		rest, found := strings.CutPrefix(folded[at+len(name):], ", ")
		if !found {
			if rest, found = strings.CutPrefix(folded[at+len(name):], " ("); !found {
				continue
			}
		}
		if i := strings.IndexAny(rest, ",;:.()–"); i >= 0 {
			rest = rest[:i]
		}
		if o := c.office(rest); o != "" && !c.holds(p, o, rest) {
			c.flag(minutes.FlagName, "%s không mang chức vụ “%s”", "%s does not hold the title “%s”", p.Name, strings.TrimSpace(rest))
		}
	}
}

// styled flags an office right before a name: "Mayor Graham Stott".
func (c *sentenceCase) styled(p minutes.Person, before string) {
	for _, o := range offices["en"] {
		if strings.HasSuffix(before, o+" ") && (len(before) == len(o)+1 || !wordEnd.MatchString(before[:len(before)-len(o)-1])) {
			if !c.holds(p, o, o) {
				c.flag(minutes.FlagName, "%s không mang chức vụ “%s”", "%s does not hold the title “%s”", p.Name, o)
			}
			return
		}
	}
}

var wordEnd = regexp.MustCompile(`[\p{L}-]$`)

// holds says whether p has the office, told in full as title: in the register, by
// the part that p has in the meeting, in an appointment or in the evidence.
func (c *sentenceCase) holds(p minutes.Person, office, title string) bool {
	own := []string{p.Title, p.Unit}
	for _, a := range c.m.Appointments {
		for _, b := range a.Members {
			if b.Name == p.Name {
				own = append(own, b.Position)
			}
		}
	}
	for _, d := range c.m.Register {
		if d.Name == p.Name {
			own = append(own, d.Unit)
		}
	}
	if p.Role.Has(minutes.RoleChair) {
		own = append(own, "chair", "chairman", "chairwoman", "chairperson")
	}
	if p.Role.Has(minutes.RoleSecretary) {
		own = append(own, "clerk")
	}
	for _, t := range own {
		key := lang.Fold(t)
		if c.office(key) != office && !strings.HasSuffix(key, " "+office) && key != office {
			continue
		}
		// The words behind the office: those of the title, or together those of the body or of the evidence.
		rest := titleWords(title, office)
		known, all := wordsIn(strings.Join(own, " ")), true
		for _, w := range rest {
			all = all && strings.Contains(known, " "+w+" ")
		}
		if all || hasWords(wordsIn(c.m.Issuer+"\n"+c.m.Body+"\n"+c.proof), strings.Join(rest, " ")) {
			return true
		}
	}
	// Said so in the evidence: the office within a few words of the name.
	low := lang.Fold(c.proof)
	name := lang.Fold(p.Name)
	parts := strings.Fields(name)
	for _, n := range []string{name, parts[len(parts)-1]} {
		for from := 0; ; {
			i := strings.Index(low[from:], n)
			if i < 0 {
				break
			}
			i += from
			from = i + len(n)
			if near := low[max(0, i-60):min(len(low), from+60)]; strings.Contains(near, office) {
				return true
			}
		}
	}
	return false
}

// titleWords are the words of a title behind its office, up to the first verb.
func titleWords(title, office string) []string {
	words := lang.Words(strings.TrimPrefix(title, office))
	for i, w := range words {
		if titleEnd[w] {
			return words[:i]
		}
	}
	return words
}

// titleEnd are words that no title has.
var titleEnd = set(`đã đang sẽ báo phát trình đề nêu kết cho khai bế công đọc thay điều là yêu giao phản kiến mong không said was is has will moved seconded reported and who thanked`)
