package draft

import (
	"fmt"
	"slices"
	"strings"

	"bienban/minutes"
)

// tellsVote says whether a sentence tells a tally that some vote of the item has.
func (d *drafter) tellsVote(item, text string) bool {
	said := minutes.Tallies(d.m.Language, text)
	if len(said) != 1 || said[0].For < 0 || said[0].Against < 0 {
		return false
	}
	return slices.ContainsFunc(d.m.Votes, func(v minutes.Vote) bool {
		return v.Item == item && v.For == said[0].For && v.Against == said[0].Against && (said[0].Abstain < 0 || v.Abstain == said[0].Abstain)
	})
}

// subjectFigures is every figure in what an item votes on, and in its votes.
func (d *drafter) subjectFigures(item string) []string {
	out := d.votesFigures(item)
	for _, v := range d.m.Votes {
		if v.Item == item {
			out = append(out, values(d.m.Language, v.Subject+" "+v.Text, true)...)
		}
	}
	return out
}

// votesFigures is every figure of the votes of an item.
func (d *drafter) votesFigures(item string) []string {
	var out []string
	for _, v := range d.m.Votes {
		if v.Item == item {
			out = append(out, d.voteFigures(v)...)
		}
	}
	return out
}

// voteFigures is every figure that a faithful tally of the vote may hold.
func (d *drafter) voteFigures(v minutes.Vote) []string {
	base, _ := d.m.VoteBase(v)
	total := d.m.VoteTotal(v)
	var out []string
	for _, n := range []int{v.For, v.Against, v.Abstain} {
		out = append(out, fmt.Sprint(n))
		for _, b := range []int{base, total} {
			out = append(out, fmt.Sprint(b), fmt.Sprintf("%d/%d", n, b))
			if b > 0 {
				share := minutes.Percent("en", n, b)
				out = append(out, share)
				if dot := strings.IndexByte(share, '.'); dot >= 0 {
					out = append(out, fmt.Sprintf("%.1f", float64(n)*100/float64(b)))
				}
			}
		}
	}
	return out
}

// beyondTally gives what a sentence says besides the tally that the vote
// records; ok is false when it holds no such tally.
func (d *drafter) beyondTally(u unit, v minutes.Vote) (rest string, ok bool) {
	if u.note || u.hole || !d.voice.tells(u.text).tally {
		return "", false
	}
	known := d.voteFigures(v)
	var kept []string
	for _, clause := range clauses(u.text) {
		figures := values(d.m.Language, clause, false)
		words := len(strings.Fields(clause))
		tally := d.voice.tells(clause).tally
		switch {
		case len(figures) > 0 && !containsAll(known, figures):
			return "", false // a figure that the vote has not: the sentence is of more than the vote
		case len(figures) > 0 && (tally && words <= 20 || words <= 4):
			ok = true // "142 members in favour", "đạt 100%"
		case len(figures) == 0 && tally && words <= 8:
			// "no abstentions": the vote says it in figures
		default:
			kept = append(kept, clause)
		}
	}
	if !ok {
		return "", false
	}
	if rest = soThen.ReplaceAllString(strings.Join(kept, " "), ""); len(strings.Fields(rest)) < 4 ||
		containsAll(append(known, values(d.m.Language, v.Subject+" "+v.Text, true)...), values(d.m.Language, rest, false)) && d.voice.fragment(rest) {
		return "", true
	}
	return endSentence(upper(rest)), true
}
