package minutes

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// Kinds of conflict.
const (
	ConflictVote       = "vote"
	ConflictOutcome    = "outcome"
	ConflictAttendance = "attendance"
	ConflictElection   = "election"
)

// Conflicts finds where what was announced differs from what people entered: a
// tally or an outcome against the recorded vote, a count of those present
// against the attendance, a ballot against the recorded election.
//
// Only who leads the meeting, counts or verifies announces; a figure said in a
// debate is nobody's result. What agrees in other words (143/143, 100%,
// unanimous) is no conflict, and neither is a figure that nothing was entered
// for.
func Conflicts(m *Meeting, x *Index) []Conflict {
	f := &finder{m: m, x: x, language: m.Language}
	items := []string{""}
	for _, a := range m.Agenda {
		items = append(items, a.ID)
	}
	for _, item := range items {
		turns := f.turns(item)
		f.tallies(item, turns)
		f.outcomes(item, turns)
		f.attendance(item, turns)
		f.elections(item, turns)
	}
	return f.found
}

type finder struct {
	m        *Meeting
	x        *Index
	language string
	found    []Conflict
}

// turn is what one person says in one go, of however many segments.
type turn struct {
	speaker string
	text    string
	ids     []string
	starts  []int // where each segment begins in text
}

// at gives the segments that the bytes from start to end belong to.
func (t turn) at(start, end int) []string {
	var out []string
	for i, s := range t.starts {
		next := len(t.text)
		if i+1 < len(t.starts) {
			next = t.starts[i+1]
		}
		if s < end && next > start {
			out = append(out, t.ids[i])
		}
	}
	return out
}

// turns joins an item's segments by speaker; only who may announce is kept.
func (f *finder) turns(item string) []turn {
	var out []turn
	last := ""
	for _, e := range f.x.ForItem(item) {
		if e.Kind != EvidenceSegment {
			continue
		}
		if !f.announces(e.Speaker) {
			last = "\x00"
			continue
		}
		if len(out) == 0 || last != e.Speaker {
			out = append(out, turn{speaker: e.Speaker})
		}
		last = e.Speaker
		t := &out[len(out)-1]
		if t.text != "" {
			t.text += " "
		}
		t.starts = append(t.starts, len(t.text))
		t.ids = append(t.ids, e.ID)
		t.text += e.Text
	}
	return out
}

func (f *finder) announces(name string) bool {
	if name == "" || f.m.presides(name) {
		return true
	}
	p := f.m.Person(name)
	if p == nil {
		return false
	}
	title := lang.Fold(p.Title)
	return p.Role.Has(RoleTeller) || p.Role.Has(RoleVerification) ||
		strings.Contains(title, "thẩm tra") || strings.Contains(title, "kiểm phiếu") || strings.Contains(title, "teller") || strings.Contains(title, "clerk")
}

func (f *finder) add(item, kind, spoken, recorded, label string, cites []string) {
	text := fmt.Sprintf("announced %s%s, recorded %s", spoken, label, recorded)
	if f.language == "vi" {
		text = fmt.Sprintf("công bố %s%s, ghi nhận %s", spoken, label, recorded)
	}
	for _, c := range f.found {
		if c.Item == item && c.Kind == kind && c.Text == text {
			return
		}
	}
	f.found = append(f.found, Conflict{Item: item, Kind: kind, Spoken: spoken, Recorded: recorded, Text: text, Cites: cites})
}

// say picks between the languages in which conflicts are shown.
func (f *finder) say(vi, en string) string {
	if f.language == "vi" {
		return vi
	}
	return en
}

// recordedVote is a vote with figures, and its evidence id.
type recordedVote struct {
	Vote
	id string
}

func (f *finder) votesOf(item string) []recordedVote {
	var out []recordedVote
	for i, v := range f.m.Votes {
		if v.Item == item {
			out = append(out, recordedVote{v, "vote:" + strconv.Itoa(i+1)})
		}
	}
	return out
}

// spokenTally is a tally with the segments that tell it.
type spokenTally struct {
	Tally
	ids []string
}

var voteContext = regexp.MustCompile(`(?i)biểu quyết|đại biểu|đảng viên|ủy viên|thành viên|phiếu|đồng chí|tán thành`)

func (f *finder) tallies(item string, turns []turn) {
	votes := f.votesOf(item)
	votes = slices.DeleteFunc(votes, func(v recordedVote) bool { return v.For+v.Against+v.Abstain == 0 })
	if len(votes) == 0 {
		return
	}
	var said []spokenTally
	for _, t := range turns {
		for _, y := range Tallies(f.language, t.text) {
			around := t.text[max(0, y.Start-80):min(len(t.text), y.End+40)]
			if f.language == "vi" && !voteContext.MatchString(around) || y.For < 0 && y.Percent == "" && y.Against < 0 {
				continue
			}
			if y.For < 0 && (len(votes) > 1 || !strings.Contains(lang.Fold(t.text), "biểu quyết")) {
				continue // "the cell agrees, 100%": on what, the text does not say
			}
			said = append(said, spokenTally{y, t.at(y.Start, y.End)})
		}
	}
	paired := len(said) == len(votes)
	for i, s := range said {
		if !paired && slices.ContainsFunc(votes, func(v recordedVote) bool { return f.agrees(s.Tally, v.Vote) }) {
			continue
		}
		v := votes[min(i, len(votes)-1)]
		if !paired {
			v = nearestVote(s.Tally, votes)
		}
		if !f.agrees(s.Tally, v.Vote) {
			f.differ(item, s, v)
		}
	}
}

// nearestVote is the vote that shares most figures with a tally, the first of equals.
func nearestVote(t Tally, votes []recordedVote) recordedVote {
	best, most := votes[0], -1
	for _, v := range votes {
		n := 0
		for _, p := range [][2]int{{t.For, v.For}, {t.Against, v.Against}, {t.Abstain, v.Abstain}} {
			if p[0] == p[1] {
				n++
			}
		}
		if n > most {
			best, most = v, n
		}
	}
	return best
}

// agrees says whether a tally tells nothing else than the vote.
func (f *finder) agrees(t Tally, v Vote) bool {
	same := func(said, recorded int) bool { return said < 0 || said == recorded }
	return same(t.For, v.For) && same(t.Against, v.Against) && same(t.Abstain, v.Abstain) &&
		(t.For >= 0 || t.Percent == "" || f.percentFits(t.Percent, v)) && f.baseFits(t.Base, v)
}

func (f *finder) bases(v Vote) []int {
	n, _ := f.m.VoteBase(v)
	return []int{n, v.Present, v.Total, f.m.Delegates.Summoned, f.m.Presence(v.Item), v.For + v.Against + v.Abstain}
}

func (f *finder) baseFits(base int, v Vote) bool {
	bases := f.bases(v)
	return base < 0 || slices.Contains(bases, base) || !slices.ContainsFunc(bases[:5], func(n int) bool { return n > 0 })
}

// percentFits allows any base and any rounding to whole or tenth parts.
func (f *finder) percentFits(percent string, v Vote) bool {
	p, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return true
	}
	for _, n := range f.bases(v) {
		if n > 0 {
			if d := p - 100*float64(v.For)/float64(n); d < 0.51 && d > -0.51 && (p < 100 || v.For == n) {
				return true
			}
		}
	}
	return false
}

func (f *finder) differ(item string, s spokenTally, v recordedVote) {
	cites := append(slices.Clone(s.ids), v.id)
	figures := []struct {
		said, recorded int
		label          string
	}{
		{s.For, v.For, ""},
		{s.Against, v.Against, f.say(" không tán thành", " against")},
		{s.Abstain, v.Abstain, f.say(" không biểu quyết", " abstentions")},
	}
	for _, x := range figures {
		if x.said >= 0 && x.said != x.recorded {
			f.add(item, ConflictVote, strconv.Itoa(x.said), strconv.Itoa(x.recorded), x.label, cites)
		}
	}
	if base, _ := f.m.VoteBase(v.Vote); !f.baseFits(s.Base, v.Vote) && base > 0 {
		f.add(item, ConflictAttendance, strconv.Itoa(s.Base), strconv.Itoa(base), f.say(" có mặt", " present"), cites)
	}
	if s.For < 0 && s.Percent != "" {
		base, _ := f.m.VoteBase(v.Vote)
		mark := strings.ReplaceAll(s.Percent, ".", f.say(",", "."))
		f.add(item, ConflictVote, mark+"%", Percent(f.language, v.For, base)+"%", "", cites)
	}
}

var (
	outcomeSaid = map[string]*regexp.Regexp{
		"en": regexp.MustCompile(`(?i)\b(motion|amendment|resolution|proposal|recommendation)\b[^.;?]{0,40}?\b(not carried|not passed|not agreed|carried|lost|defeated|rejected|passed|fails|falls)\b`),
		"vi": regexp.MustCompile(`(?i)(nghị quyết|báo cáo|tờ trình|đề án|dự thảo|chương trình|nội dung|quy chế)[^.;?]{0,60}?(không được (?:đại hội |hội đồng |hội nghị )?thông qua|bị bác|(?:đã |chính thức )?được (?:đại hội |hội đồng |hội nghị |kỳ họp )?(?:chính thức )?thông qua)`),
	}
	outcomeNo  = regexp.MustCompile(`(?i)^(?:not|lost|defeated|rejected|fails|falls|không|bị)`)
	unanimous  = regexp.MustCompile(`(?i)\b(?:carried|passed|agreed|approved) unanimously\b|\b(?:that|it|vote) is unanimous\b`)
	outcomeAsk = regexp.MustCompile(`(?i)\b(?:if|whether|should|unless)\b|nếu|đề nghị`)
)

func (f *finder) outcomes(item string, turns []turn) {
	re, ok := outcomeSaid[f.language]
	votes := slices.DeleteFunc(f.votesOf(item), func(v recordedVote) bool { return v.Passed == nil })
	if !ok || len(votes) == 0 {
		return
	}
	type spoken struct {
		what    string
		carried bool
		ids     []string
	}
	var said []spoken
	for _, t := range turns {
		for _, g := range re.FindAllStringSubmatchIndex(t.text, -1) {
			if outcomeAsk.MatchString(t.text[max(0, g[0]-30):g[0]]) {
				continue
			}
			said = append(said, spoken{strings.ToLower(t.text[g[2]:g[3]]), !outcomeNo.MatchString(t.text[g[4]:g[5]]), t.at(g[0], g[1])})
		}
		if loc := unanimous.FindStringIndex(t.text); loc != nil && len(votes) == 1 && votes[0].Against > 0 {
			f.add(item, ConflictVote, "unanimous", fmt.Sprintf("%d–%d", votes[0].For, votes[0].Against), "", append(t.at(loc[0], loc[1]), votes[0].id))
		}
	}
	for i, s := range said {
		candidates := votes
		if len(said) == len(votes) {
			candidates = votes[i : i+1]
		} else if named := slices.DeleteFunc(slices.Clone(votes), func(v recordedVote) bool {
			return !strings.Contains(lang.Fold(v.Subject), s.what)
		}); len(named) > 0 {
			candidates = named
		}
		if slices.ContainsFunc(candidates, func(v recordedVote) bool { return *v.Passed == s.carried }) {
			continue
		}
		word := map[bool]string{true: f.say("thông qua", "carried"), false: f.say("không thông qua", "not carried")}
		f.add(item, ConflictOutcome, word[s.carried], word[!s.carried], "", append(slices.Clone(s.ids), candidates[0].id))
	}
}
