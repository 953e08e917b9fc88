package check

import (
	"strconv"

	"bienban/internal/lang"
	"bienban/minutes"
)

// votes confirms the figures of a vote, each on its side. Where the sentence
// cites the recorded vote, or the item has one, that holds; else what was said.
func (c *sentenceCase) votes() {
	own := minutes.Tallies(c.language, c.text)
	if len(own) == 0 {
		return
	}
	var said, recorded []minutes.Tally
	for _, e := range c.cited {
		said = append(said, minutes.Tallies(c.language, e.Text)...)
	}
	for i, v := range c.m.Votes {
		id := "vote:" + strconv.Itoa(i+1)
		if (v.Item == c.item || c.cites(id)) && v.For+v.Against+v.Abstain > 0 {
			base, _ := c.m.VoteBase(v)
			recorded = append(recorded, minutes.Tally{For: v.For, Against: v.Against, Abstain: v.Abstain, Base: base})
		}
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
			ok = ok || fits(t.For, p.For) && fits(t.Against, p.Against) && fits(t.Abstain, p.Abstain)
		}
		if !ok {
			c.flag(minutes.FlagVote, "kết quả biểu quyết không khớp với nguồn", "the result of the vote is not that of the evidence")
		}
	}
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
