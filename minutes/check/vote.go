package check

import (
	"regexp"
	"strconv"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// votes confirms the figures of a vote, each on its side, and its outcome. Where
// the sentence cites the recorded vote, or the item has one, that holds; else
// what was said.
func (c *sentenceCase) votes() {
	own := minutes.Tallies(c.language, c.text)
	c.outcome(own)
	if len(own) == 0 {
		return
	}
	var said, recorded []minutes.Tally
	for _, e := range c.cited {
		said = append(said, minutes.Tallies(c.language, e.Text)...)
	}
	for _, v := range c.recordedVotes() {
		recorded = append(recorded, c.tallyOf(v))
	}
	proof := append(said, recorded...)
	if len(proof) == 0 {
		return
	}
	for _, t := range own {
		ok, against := false, proof
		// One side alone ("141 letters, 119 against") need not be of a vote.
		if len(recorded) > 0 && (t.For >= 0 && (t.Against >= 0 || t.Abstain >= 0) || voteTalk.MatchString(lang.Fold(c.text))) {
			against = recorded // a tally announced wrongly is a conflict, not the result
		}
		for _, p := range against {
			ok = ok || sameTally(t, p)
		}
		if !ok {
			c.flag(minutes.FlagVote, "kết quả biểu quyết không khớp với nguồn", "the result of the vote is not that of the evidence")
		}
	}
}

// recordedVotes are the votes with figures that the sentence may tell of: those
// of its item and those that it cites.
func (c *sentenceCase) recordedVotes() []minutes.Vote {
	var out []minutes.Vote
	for i, v := range c.m.Votes {
		if (v.Item == c.item || c.cites("vote:"+strconv.Itoa(i+1))) && v.For+v.Against+v.Abstain > 0 {
			out = append(out, v)
		}
	}
	return out
}

func (c *sentenceCase) tallyOf(v minutes.Vote) minutes.Tally {
	base, _ := c.m.VoteBase(v)
	return minutes.Tally{For: v.For, Against: v.Against, Abstain: v.Abstain, Base: base}
}

func sameTally(own, proof minutes.Tally) bool {
	return fits(own.For, proof.For) && fits(own.Against, proof.Against) && fits(own.Abstain, proof.Abstain)
}

func fits(own, proof int) bool {
	return own < 0 || own == proof || own == 0 && proof < 0
}

func (c *sentenceCase) cites(id string) bool {
	for _, e := range c.cited {
		if e.ID == id {
			return true
		}
	}
	return false
}

// voteRatio says whether a/b is a side of a recorded vote and those who could
// vote in it: the sentence may write it so whatever other ratio its evidence has.
func (c *sentenceCase) voteRatio(ratio string) bool {
	a, b, _ := strings.Cut(ratio, "/")
	for _, v := range c.recordedVotes() {
		base, _ := c.m.VoteBase(v)
		for _, n := range []int{v.For, v.Against, v.Abstain} {
			if n > 0 && strconv.Itoa(n) == a && (strconv.Itoa(base) == b || strconv.Itoa(c.m.VoteTotal(v)) == b) {
				return true
			}
		}
	}
	return false
}

var (
	outcomeLost = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`(?:không|chưa) (?:được )?(?:hội đồng |đại hội |chi bộ )?(?:thông qua|chấp thuận|phê duyệt|phê chuẩn)|bị bác|bác bỏ|không đạt (?:quá bán|tỷ lệ)`),
		"en": regexp.MustCompile(`\bnot (?:been )?(?:carried|passed|adopted|approved|agreed)\b|\b(?:lost|defeated|rejected|refused|falls|fell|fails|failed|negatived)\b`),
	}
	outcomeCarried = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`thông qua|được chấp thuận|được phê duyệt|được phê chuẩn`),
		"en": regexp.MustCompile(`\b(?:carried|passed|passes|adopted|approved|agreed|granted)\b`),
	}
	// outcomeAsked are words with which something is put to the vote, which tell no outcome.
	outcomeAsked = map[string]*regexp.Regexp{
		"vi": regexp.MustCompile(`(?:về việc|việc|để|xem xét|biểu quyết|đề nghị|trình|cho ý kiến) (?:\S+ ){0,2}thông qua`),
		"en": regexp.MustCompile(`\b(?:to be|be|whether|if|proposal|motion) (?:carried|passed|adopted|approved|agreed|refused|rejected)\b`),
	}
)

// outcome confirms that a vote whose figures the sentence tells, or that it
// cites, went the way that the sentence says.
func (c *sentenceCase) outcome(own []minutes.Tally) {
	if outcomeLost[c.language] == nil || c.s.Origin != minutes.OriginData && len(own) == 0 && !voteTalk.MatchString(lang.Fold(c.text)) {
		return
	}
	won, lost := false, false
	low := lang.Fold(c.text)
	for i, v := range c.m.Votes {
		cited := c.cites("vote:" + strconv.Itoa(i+1))
		if v.Item != c.item && !cited || len(own) == 0 && !cited {
			continue
		}
		told := len(own) == 0
		for _, t := range own {
			told = told || sameTally(t, c.tallyOf(v))
		}
		if yes, known := c.m.Outcome(v); told && known {
			won, lost = won || yes, lost || !yes
			// What was voted on may be "the approval of …" itself.
			if v.Subject != "" {
				low = strings.ReplaceAll(low, lang.Fold(v.Subject), " ")
			}
			if v.Text != "" {
				low = strings.ReplaceAll(low, lang.Fold(v.Text), " ")
			}
		}
	}
	if won == lost { // none, or of both kinds in one sentence
		return
	}
	for _, a := range c.m.Agenda {
		low = strings.ReplaceAll(low, lang.Fold(a.Title), " ")
	}
	saysLost := outcomeLost[c.language].MatchString(low)
	rest := outcomeAsked[c.language].ReplaceAllString(outcomeLost[c.language].ReplaceAllString(low, " "), " ")
	saysWon := outcomeCarried[c.language].MatchString(rest)
	if saysLost && !saysWon && won || saysWon && !saysLost && lost {
		c.flag(minutes.FlagVote, "nói ngược kết quả biểu quyết đã ghi nhận", "says the reverse of the recorded outcome of the vote")
	}
}
