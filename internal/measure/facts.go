package measure

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/lang"
)

// Fact is what minutes must state under an item: all of All, or one of Any.
// As a forbidden string it must stand nowhere.
type Fact struct {
	Item string   `yaml:"item"`
	All  []string `yaml:"all"`
	Any  []string `yaml:"any"`
}

// String names the fact in a report.
func (f Fact) String() string {
	if len(f.All) > 0 {
		return f.Item + ": " + strings.Join(f.All, " + ")
	}
	return f.Item + ": " + strings.Join(f.Any, " | ")
}

// Score is how minutes did against a case.
type Score struct {
	Found     []Fact
	Missing   []Fact
	Forbidden []string // forbidden strings that stand in the minutes
}

// Recall is the share of facts found, 1 when there are none to find.
func (s Score) Recall() float64 {
	n := len(s.Found) + len(s.Missing)
	if n == 0 {
		return 1
	}
	return float64(len(s.Found)) / float64(n)
}

// Facts scores minutes exported as txt. titles maps an item's id to its title,
// which stands on a line of its own; an item's text runs to the next title.
func Facts(language, txt string, titles map[string]string, facts, forbidden []Fact) Score {
	parts := split(txt, titles)
	whole := canonical(language, txt)
	var s Score
	for _, f := range facts {
		in := whole
		if f.Item != "*" {
			in = canonical(language, parts[f.Item])
		}
		if f.holds(language, in) {
			s.Found = append(s.Found, f)
		} else {
			s.Missing = append(s.Missing, f)
		}
	}
	for _, f := range forbidden {
		for _, text := range slices.Concat(f.All, f.Any) {
			if stands(whole, canonical(language, text)) {
				s.Forbidden = append(s.Forbidden, f.Item+": "+text)
			}
		}
	}
	return s
}

func (f Fact) holds(language string, in []string) bool {
	stand := func(text string) bool { return stands(in, canonical(language, text)) }
	for _, text := range f.All {
		if !stand(text) {
			return false
		}
	}
	return len(f.Any) == 0 || slices.ContainsFunc(f.Any, stand)
}

func split(txt string, titles map[string]string) map[string]string {
	byTitle := map[string]string{}
	for id, title := range titles {
		byTitle[lang.Fold(title)] = id
	}
	parts := map[string]string{}
	item := ""
	for line := range strings.Lines(txt) {
		if id, ok := byTitle[lang.Fold(strings.TrimSpace(line))]; ok {
			item = id
		}
		parts[item] += line
	}
	return parts
}

var (
	groupedDots   = regexp.MustCompile(`\b\d{1,3}(?:[. ]\d{3})+\b`)
	groupedCommas = regexp.MustCompile(`\b\d{1,3}(?:[, ]\d{3})+\b`)
	slashDate     = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4})\b`)
	spelledDate   = regexp.MustCompile(`(?:ngày )?\b(\d{1,2}) tháng (\d{1,2}) năm (\d{4})\b`)
	dayMonth      = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)? (january|february|march|april|may|june|july|august|september|october|november|december)\b`)
	monthDay      = regexp.MustCompile(`\b(january|february|march|april|may|june|july|august|september|october|november|december) (\d{1,2})(?:st|nd|rd|th)?\b,?`)
	leadingZero   = regexp.MustCompile(`(^|[^\d.,])0+(\d)`)
	token         = regexp.MustCompile(`@\S+|\d+(?:[.,:]\d+)*(?:h\d+)?|[\p{L}\p{M}]+|[^\s\p{L}\p{M}\d]`)
)

var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// canonical turns a text into tokens that are equal where the case rules call
// two strings equal: case, blanks, tone placement, digit grouping, leading
// zeros and date styles (internal/casefile/cases/README.md). Because it compares whole
// tokens, 143 does not stand in 1143.
func canonical(language, text string) []string {
	s := lang.Fold(text)
	grouped := groupedDots
	if strings.HasPrefix(language, "en") {
		grouped = groupedCommas
	}
	s = grouped.ReplaceAllStringFunc(s, func(n string) string { return strings.NewReplacer(".", "", ",", "", " ", "").Replace(n) })
	s = leadingZero.ReplaceAllString(s, "$1$2")
	s = slashDate.ReplaceAllStringFunc(s, func(d string) string {
		m := slashDate.FindStringSubmatch(d)
		return date(m[1], m[2]) + " " + m[3]
	})
	s = spelledDate.ReplaceAllStringFunc(s, func(d string) string {
		m := spelledDate.FindStringSubmatch(d)
		return date(m[1], m[2]) + " " + m[3]
	})
	s = dayMonth.ReplaceAllStringFunc(s, func(d string) string {
		m := dayMonth.FindStringSubmatch(d)
		return date(m[1], month(m[2]))
	})
	s = monthDay.ReplaceAllStringFunc(s, func(d string) string {
		m := monthDay.FindStringSubmatch(d)
		return date(m[2], month(m[1]))
	})
	return token.FindAllString(s, -1)
}

func month(name string) string { return strconv.Itoa(slices.Index(months, name) + 1) }

func date(day, month string) string {
	return " @" + strings.TrimLeft(day, "0") + "-" + strings.TrimLeft(month, "0") + " "
}

func stands(in, what []string) bool {
	if len(what) == 0 {
		return false
	}
	for i := 0; i+len(what) <= len(in); i++ {
		if slices.Equal(in[i:i+len(what)], what) {
			return true
		}
	}
	return false
}
