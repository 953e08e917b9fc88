package minutes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// announced is one figure of a sentence on attendance or ballots.
type announced struct {
	re       *regexp.Regexp
	recorded func(m *Meeting, item string) int // for the first group; 0 = nothing entered
	second   func(m *Meeting, item string) int // for the second group
	label    [2]string
}

func present(m *Meeting, item string) int {
	if item == "" {
		return m.Delegates.Present
	}
	return m.Presence(item)
}
func summoned(m *Meeting, _ string) int { return m.Delegates.Summoned }

func absent(m *Meeting, _ string) int { return m.Delegates.Absent }

const viMember = `(?:đại biểu|đảng viên|đồng chí|thành viên|ủy viên)`

var attendanceSaid = map[string][]announced{
	"vi": {
		{regexp.MustCompile(`(?i)có mặt(?: hôm nay| tại (?:đại hội|hội nghị|kỳ họp|cuộc họp))?,?(?: là| có|:)?\s+(\d+)(?:/(\d+))?(?:\s+` + viMember + `|\s*[,.;]|$)`), present, summoned, [2]string{" có mặt", " có mặt"}},
		{regexp.MustCompile(`(?i)(\d+)(?:/(\d+))?\s+` + viMember + `(?: \p{L}+){0,3}? (?:có mặt|tham dự|dự họp|dự kỳ họp)`), present, summoned, [2]string{"", ""}},
		{regexp.MustCompile(`(?i)triệu tập(?: là| có|:)?\s+(\d+)()(?:\s+` + viMember + `|\s*[,.;]|$)`), summoned, nil, [2]string{" được triệu tập", ""}},
		{regexp.MustCompile(`(?i)vắng(?: mặt)?(?: là| có|:)?\s+(\d+)()(?:\s+` + viMember + `|\s*[,.;]|$)`), absent, nil, [2]string{" vắng", ""}},
	},
	"en": {
		{regexp.MustCompile(`(?i)(\d+)(?:/| of (?:the |our )?| out of (?:the )?)(\d+) (?:members|councillors|councilors|delegates|deputies|representatives)[^.;,]{0,24}\b(?:present|in attendance|attending|here)\b`), present, summoned, [2]string{" present", " members"}},
		{regexp.MustCompile(`(?i)(?:^|[^\d/])(?:there are |we have )?(\d+)() (?:members|councillors|councilors|delegates|deputies|representatives)(?: are| were)? (?:present|in attendance|here)\b`), present, nil, [2]string{" present", ""}},
	},
}

var votedThere = regexp.MustCompile(`(?i)^[^.;,]{0,30}(?:tán thành|đồng ý|nhất trí|biểu quyết|in favou?r|voted)`)

var outOf = regexp.MustCompile(`(?i)\bof (?:the |our )?$`)

func (f *finder) attendance(item string, turns []turn) {
	for _, a := range attendanceSaid[f.language] {
		for _, t := range turns {
			for _, g := range a.re.FindAllStringSubmatchIndex(t.text, -1) {
				if votedThere.MatchString(t.text[g[1]:]) || outOf.MatchString(t.text[:g[2]]) {
					continue // the base of a vote, looked at with the vote; "8 of the 9 members"
				}
				ids := append(t.at(g[0], g[1]), "delegates")
				check := func(lo, hi int, want func(*Meeting, string) int, label string) {
					if lo < 0 || lo == hi || want == nil {
						return
					}
					n, recorded := atoi(t.text[lo:hi]), want(f.m, item)
					if f.m.Delegates.Summoned+f.m.Delegates.Present == 0 || n < 0 || recorded == n || recorded == 0 && label != f.say(" vắng", "") {
						return
					}
					if f.alsoPresent(n) && want(f.m, item) == present(f.m, item) {
						return
					}
					f.add(item, ConflictAttendance, strconv.Itoa(n), strconv.Itoa(recorded), "", ids)
				}
				check(g[2], g[3], a.recorded, a.label[0])
				check(g[4], g[5], a.second, a.label[1])
			}
		}
	}
}

// alsoPresent says whether so many were in the hall at some time.
func (f *finder) alsoPresent(n int) bool {
	opening, steps := f.m.presence()
	return n == opening && n > 0 || slices.ContainsFunc(steps, func(s step) bool { return s.present == n })
}

var (
	ballotSaid = []struct {
		re  *regexp.Regexp
		get func(Election) int
	}{
		{regexp.MustCompile(`(?i)(?:phát ra|số phiếu phát ra|ballots issued)(?: là|:| were| was)?\s+(\d+)|(\d+) ballots (?:were )?issued`), func(e Election) int { return e.Issued }},
		{regexp.MustCompile(`(?i)(?:thu về|số phiếu thu về|ballots returned)(?: là|:| were| was)?\s+(\d+)|(\d+) (?:ballots )?(?:were )?returned`), func(e Election) int { return e.Returned }},
		{regexp.MustCompile(`(?i)(?:số phiếu |phiếu |, )hợp lệ(?: là|:)?\s+(\d+)|(\d+) (?:were |ballots )?valid`), func(e Election) int { return e.Valid }},
	}
	votesFor = regexp.MustCompile(`(?i)^[^.;]{0,60}?(\d+)(?:/\d+)?\s+(?:phiếu|votes?|đại biểu)`)
)

func (f *finder) elections(item string, turns []turn) {
	var of []int
	for i, e := range f.m.Elections {
		if e.Item == item {
			of = append(of, i)
		}
	}
	for _, i := range of {
		e, id := f.m.Elections[i], "election:"+strconv.Itoa(i+1)
		for _, t := range turns {
			folded := t.text
			for _, r := range e.Results {
				at := strings.Index(folded, r.Name)
				if at < 0 || len(of) > 1 {
					continue // the same names may stand in two rounds
				}
				rest := folded[at+len(r.Name):]
				g := votesFor.FindStringSubmatchIndex(rest)
				if g == nil || namesBetween(rest[:g[2]], e.Results) {
					continue
				}
				if n := atoi(rest[g[2]:g[3]]); n >= 0 && n != r.Votes {
					f.add(item, ConflictElection, strconv.Itoa(n), strconv.Itoa(r.Votes), " ("+r.Name+")", append(t.at(at, at+len(r.Name)+g[1]), id))
				}
			}
			for _, b := range ballotSaid {
				want := b.get(e)
				if want == 0 || len(of) > 1 {
					continue
				}
				for _, g := range b.re.FindAllStringSubmatchIndex(t.text, -1) {
					lo, hi := g[2], g[3]
					if lo < 0 {
						lo, hi = g[4], g[5]
					}
					if n := atoi(t.text[lo:hi]); n >= 0 && n != want {
						f.add(item, ConflictElection, strconv.Itoa(n), strconv.Itoa(want), f.say(" phiếu", " ballots"), append(t.at(g[0], g[1]), id))
					}
				}
			}
		}
	}
}

func namesBetween(s string, results []Result) bool {
	return slices.ContainsFunc(results, func(r Result) bool { return strings.Contains(s, r.Name) })
}
