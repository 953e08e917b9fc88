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
	// wishes are the words of who wants something that is not decided.
	wishes = map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`\b(?:propos\w+|suggest\w*|recommend\w*|would|could|hop(?:e|es|ed|ing)|wish\w*|want\w*|ask(?:s|ed|ing)?(?: for)?|request\w*|i move|moves? that|i'd|we'd|like to|might|considering|perhaps)\b`),
		"vi": regexp.MustCompile(`đề nghị|đề xuất|kiến nghị|xin |mong |nên |cần |phấn đấu|dự kiến|sẽ |hãy |phải |mời |yêu cầu|để |nhằm |chuẩn bị|tôi nghĩ|theo tôi`),
	}
	// settled are the words of what is decided or done.
	settled = map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`\b(?:will|'ll|shall|is to|are to|going to|agreed|approved|carried|resolved|decided|adopted|passe[sd]|confirmed|instructed)\b|\b(?:i|we|they|he|she|it)'ll\b|any objections?\?.{0,20}none`),
	}
	enWill = regexp.MustCompile(`\b(?:will|shall)\b|\b(?:is|are) now\b`)
	enHeld = regexp.MustCompile(`\b(?:if|whether|would|propos\w+|suggest\w*|recommend\w*|mov(?:e|ed|es)|hop(?:e|es|ed)|ask(?:ed|s)?|request\w*|wish\w*|want\w*)\b`)
)

// promised flags what is told as settled ("the fee will rise") where the evidence
// only proposes it.
func (c *sentenceCase) promised() {
	own := lang.Fold(c.text)
	loc := enWill.FindStringIndex(own)
	if c.language != "en" || loc == nil || enHeld.MatchString(own[:loc[0]]) || c.citesVote() {
		return
	}
	if slices.ContainsFunc(c.cited, func(e minutes.Evidence) bool { return e.Kind == minutes.EvidenceData }) {
		return
	}
	near := c.relevant()
	if near == "" || !wishes["en"].MatchString(near) || settled["en"].MatchString(near) {
		return
	}
	if settled["en"].MatchString(lang.Fold(c.proof)) && !c.singleSpeaker() {
		return // somebody else may settle it there
	}
	c.flag(minutes.FlagDecision, "nguồn chỉ đề nghị, chưa quyết định", "the evidence only proposes this")
}

// singleSpeaker says whether all cited speech is of one person.
func (c *sentenceCase) singleSpeaker() bool {
	who := map[string]bool{}
	for _, e := range c.cited {
		if e.Kind == minutes.EvidenceSegment {
			who[e.Speaker] = true
		}
	}
	return len(who) <= 1
}

// granted are verbs by which somebody is given something.
var granted = regexp.MustCompile(`được (?:bổ sung|cấp|hỗ trợ|chấp thuận|cho phép|công nhận|khen thưởng|tặng|trao|bố trí|phân bổ|phong tặng|biểu dương)`)

// done flags what the sentence tells as done or granted ("đã tặng", "được cấp")
// where the evidence has it only as a wish or a plan.
func (c *sentenceCase) done() {
	if !c.vi {
		return
	}
	own, proof := lang.Words(lang.Fold(c.text)), cleaned(c.language, c.proof)
	for i, w := range own {
		if w != "đã" || i+2 >= len(own) {
			continue
		}
		verb := own[i+1 : i+3]
		if verb[0] == "được" {
			if i+3 >= len(own) {
				continue
			}
			verb = own[i+2 : i+4]
		}
		// The verb with the word behind it where the evidence has both, else the verb.
		planned, real := c.plannedOnly(proof, verb)
		if planned && !real {
			c.flag(minutes.FlagDecision, "nguồn chưa nói là đã “%s”", "the evidence does not say that “%s” was done", strings.Join(verb, " "))
			return
		}
	}
	low := lang.Fold(c.text)
	for _, m := range granted.FindAllString(low, -1) {
		text := lang.Fold(c.proof)
		verb := strings.TrimPrefix(m, "được ")
		if wishedOnly(text) && !strings.Contains(text, "được "+verb) && !strings.Contains(text, "đã "+verb) && !c.directed() {
			c.flag(minutes.FlagDecision, "nguồn chỉ đề nghị, chưa có “%s”", "the evidence only asks for “%s”", m)
			return
		}
	}
}

// wishedOnly says whether a text wishes and nothing in it grants.
func wishedOnly(low string) bool {
	return wishes["vi"].MatchString(low) && !granting.MatchString(low)
}

// granting are the words of who grants what is asked.
var granting = regexp.MustCompile(`(?:^|[\s.,])(?:đồng ý|thống nhất|nhất trí|chấp thuận|quyết định|thông qua)(?:[\s.,]|$)`)

// plannedOnly says whether the evidence has the two words of a verb as planned, and
// whether as anything else.
func (c *sentenceCase) plannedOnly(proof, verb []string) (planned, real bool) {
	for j, w := range proof {
		if w != verb[0] || j+1 >= len(proof) || proof[j+1] != verb[1] {
			continue
		}
		state := 0
		for k := j - 1; k >= max(0, j-8) && proof[k] != stop; k-- {
			switch proof[k] {
			case "đã", "vừa", "được":
				state = 2
			case "sẽ", "cần", "nghị", "xuất", "kiến", "nên", "phải", "mong", "xin", "hãy", "để", "đấu", "cầu", "nhằm":
				state = 1
			}
			if state > 0 {
				break
			}
		}
		planned, real = planned || state == 1, real || state != 1
	}
	return planned, real
}

// directed says whether the cited evidence holds what binds: a recorded vote that
// carried, a task, or the word of who presides or directs.
func (c *sentenceCase) directed() bool {
	said := c.canonicalSet(c.text)
	for i, v := range c.m.Votes {
		cited := c.cites("vote:" + strconv.Itoa(i+1))
		// A vote that is not cited may be on another matter of the item.
		about := v.Item == c.item && v.Subject != "" && share(c.content(v.Subject), said) >= concludedShare
		if yes, known := c.m.Outcome(v); known && yes && (cited || about) {
			return true
		}
	}
	for _, e := range c.cited {
		if strings.HasPrefix(e.ID, "action:") || strings.HasPrefix(e.ID, "appointment:") {
			return true
		}
		p := c.m.Person(e.Speaker)
		if e.Speaker == "" || p == nil || !(p.Role.Has(minutes.RoleChair) || p.Role.Has(minutes.RolePresidium)) {
			continue
		}
		low := lang.Fold(e.Text)
		for _, m := range directs.FindAllStringIndex(low, -1) {
			if !viNotJust.MatchString(low[:m[0]]) {
				return true
			}
		}
	}
	return false
}

// directs are the words by which who presides settles a matter.
var directs = regexp.MustCompile(`giao |yêu cầu|kết luận|đồng ý|thống nhất|nhất trí|quyết định|quyết nghị|tiếp thu|chấp thuận|thông qua|vậy |như vậy`)
