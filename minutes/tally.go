package minutes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// Tally is the result of one vote as a text tells it. What the text does not
// tell is -1.
type Tally struct {
	For, Against, Abstain int
	Base                  int    // "143/143", "7 of the 8": how many could vote
	Percent               string // of the votes in favour, as a plain decimal: "100"; "" = not told
	Start, End            int    // bytes in the text
}

// sides of a vote, in the order in which their phrases are looked for:
// "không tán thành" holds "tán thành".
const (
	sideAbstain = iota
	sideAgainst
	sideFor
)

var tallyWords = map[string][3]*regexp.Regexp{
	"vi": {
		regexp.MustCompile(`(?i)không (?:tham gia )?biểu quyết|không có ý kiến|phiếu trắng|bỏ phiếu trắng|ý kiến khác`),
		regexp.MustCompile(`(?i)(?:không|chưa) (?:tán thành|đồng ý|nhất trí|đồng tình|ủng hộ)|phản đối|phiếu chống|phiếu không thuận`),
		regexp.MustCompile(`(?i)tán thành|đồng ý|nhất trí|đồng tình|thống nhất|phiếu thuận`),
	},
	"en": {
		regexp.MustCompile(`(?i)\babst(?:entions?|ain(?:ed|ing|s)?)\b`),
		regexp.MustCompile(`(?i)\bagainst\b|\bopposed\b|\bnoes\b|\bnays?\b`),
		regexp.MustCompile(`(?i)\bin favou?r\b|\bayes?\b|\bvotes? for\b|^\W*for\b:?|\bfor\W*$`),
	},
}

var (
	tallyClause = regexp.MustCompile(`[,;.!?](?:\s|$)|[()]|\s(?:và|and|còn|with|while|but)\s`)
	tallyNumber = regexp.MustCompile(`(\d[\d.,]*\d|\d)(?:\s*(?:/|trên|trong số|trong tổng số|of the|of|out of)\s*(\d+))?(\s*%)?`)
	tallyZero   = regexp.MustCompile(`(?i)\b(?:no|none|nobody|no one|nil|zero|without)\b|không (?:có|ai)`)
	tallyTo     = regexp.MustCompile(`(?i)(?:^|[^\d\pL/.,-])(\d+|` + smallCount + `)(?: votes?)? to (\d+|` + smallCount + `)\b`)
	tallyFromTo = regexp.MustCompile(`(?i)\bfrom (?:\d+|` + smallCount + `) to\b|\bto (?:a\.?m|p\.?m|o'clock)\b|\bto (?:\d+|` + smallCount + `) (?:a\.?m|p\.?m|o'clock|years?|months?|weeks?|days?|hours?|minutes|per|%|miles?|metres?)`)
	tallyToDate = regexp.MustCompile(`(?i)\bto \d+(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|September|October|November|December)\b`)
	tallyVoteEn = regexp.MustCompile(`(?i)\bvot|\bcarried\b|\blost\b|\bin favou?r\b|\bagainst\b|\babst|\bdefeated\b`)
	tallyOf     = regexp.MustCompile(`(?i)%\s*(?:of(?: the)?|tổng số|trên|trong(?: tổng)? số)\s*$`)
	allForVi    = regexp.MustCompile(`(?i)(?:100|một trăm)\s*(?:%|phần trăm)|tất cả (?:các )?(?:đại biểu|đồng chí|thành viên)|toàn thể`)
)

// Tallies finds the results of votes that a text tells, in order. Figures must
// be digits (lang.Normalize). Languages other than Vietnamese and English have
// none.
func Tallies(language, text string) []Tally {
	language, _, _ = strings.Cut(language, "-")
	words, ok := tallyWords[language]
	if !ok {
		return nil
	}
	var out []Tally
	open := func(side int, at int) *Tally {
		if n := len(out); n > 0 {
			last := &out[n-1]
			had := [3]int{last.Abstain, last.Against, last.For}
			if had[side] < 0 && side != sideFor && at-last.End < 240 || side == sideFor && last.For < 0 && last.Percent == "" && at-last.End < 60 {
				return last
			}
		}
		out = append(out, Tally{For: -1, Against: -1, Abstain: -1, Base: -1, Start: at})
		return &out[len(out)-1]
	}
	from := 0
	cuts := tallyClause.FindAllStringIndex(text, -1)
	cuts = append(cuts, []int{len(text), len(text)})
	for _, c := range cuts {
		clause, at := text[from:c[0]], from
		from = c[1]
		if m := tallyTo.FindStringSubmatch(clause); m != nil && language == "en" && !tallyToDate.MatchString(clause) && !tallyFromTo.MatchString(clause) &&
			tallyVoteEn.MatchString(text[max(0, at-tallyNear):min(len(text), at+len(clause)+tallyNear)]) {
			t := open(sideFor, at)
			t.For, t.Against, t.End = smallNumber(m[1]), smallNumber(m[2]), at+len(clause)
			continue
		}
		for side, re := range words {
			loc := re.FindStringIndex(clause)
			if loc == nil {
				continue
			}
			plainFor := language == "en" && strings.EqualFold(strings.Trim(clause[loc[0]:loc[1]], " :"), "for")
			if plainFor && !tallyVoteEn.MatchString(text) {
				break
			}
			n, base, percent, found := tallyFigure(clause, loc, plainFor)
			if !found {
				if tallyZero.MatchString(clause[:loc[0]]) && side != sideFor {
					n, found = 0, true
				} else if side == sideFor && language == "vi" && allForVi.MatchString(clause) {
					percent, found = "100", true
				}
			}
			if !found {
				break
			}
			if n < 0 && side != sideFor {
				break
			}
			t := open(side, at)
			switch side {
			case sideAbstain:
				t.Abstain = n
			case sideAgainst:
				t.Against = n
			default:
				if n >= 0 {
					t.For, t.Base = n, base
				}
				t.Percent = percent
			}
			t.End = at + len(clause)
			break
		}
		// "143/143 đại biểu có mặt tán thành, đạt 100%": the share follows.
		if n := len(out); n > 0 && out[n-1].Percent == "" && out[n-1].For >= 0 && at-out[n-1].End < 4 {
			if m := tallyNumber.FindStringSubmatch(clause); m != nil && m[3] != "" && strings.Contains(strings.ToLower(clause), "đạt") {
				out[n-1].Percent, out[n-1].End = plainDecimal(language, m[1]), at+len(clause)
			}
		}
	}
	return out
}

// tallyFigure finds the count that belongs to the phrase at loc of a clause:
// the last one before it, else the first after it.
func tallyFigure(clause string, loc []int, plainFor bool) (n, base int, percent string, ok bool) {
	n, base = -1, -1
	read := func(m []string) bool {
		if m[3] != "" {
			percent = plainDecimal("", m[1])
			return true
		}
		v, err := strconv.Atoi(strings.NewReplacer(".", "", ",", "").Replace(m[1]))
		if err != nil {
			return false
		}
		n = v
		if m[2] != "" {
			base = atoi(m[2])
		}
		return true
	}
	before := tallyNumber.FindAllStringSubmatchIndex(clause[:loc[0]], -1)
	for k := len(before) - 1; k >= 0; k-- {
		between, lead := clause[before[k][1]:loc[0]], clause[:before[k][0]]
		if strings.Contains(between, ":") || tallyOf.MatchString(lead) {
			break // "… năm 2026: tán thành 21", "87.5% of the 8 present in favour"
		}
		if len(strings.Fields(between)) > 7 || plainFor && strings.TrimSpace(between) != "" && !strings.Contains(between, "vote") {
			break
		}
		if read(groups(clause, before[k])) && n >= 0 {
			return n, base, percent, true
		}
	}
	if m := tallyNumber.FindStringSubmatchIndex(clause[loc[1]:]); m != nil {
		between := clause[loc[1] : loc[1]+m[0]]
		if f := strings.Trim(between, " :="); f == "" || f == "là" || f == "có" || f == "were" || f == "was" {
			if read(groups(clause[loc[1]:], m)) {
				return n, base, percent, n >= 0 || percent != ""
			}
		}
	}
	return n, base, percent, n >= 0 || percent != ""
}

func groups(s string, m []int) []string {
	out := make([]string, len(m)/2)
	for i := range out {
		if m[2*i] >= 0 {
			out[i] = s[m[2*i]:m[2*i+1]]
		}
	}
	return out
}

// smallCount is the counts that a text may leave in words, "the vote is five to one".
const smallCount = `zero|nil|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve`

// tallyNear is the bytes around "five to one" in which a word of voting makes a tally of it.
const tallyNear = 60

func smallNumber(s string) int {
	if n := slices.Index(strings.Split(smallCount, "|"), strings.ToLower(s)); n >= 0 {
		return max(0, n-2)
	}
	return atoi(s)
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// plainDecimal turns "99,3" into "99.3".
func plainDecimal(language, s string) string {
	for _, q := range lang.Quantities(language, s) {
		return q.Value
	}
	return strings.ReplaceAll(s, ",", ".")
}
