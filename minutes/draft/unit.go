package draft

import (
	"regexp"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// unit is one sentence of the evidence on its way into the minutes.
type unit struct {
	text    string   // as evidence has it: figures as digits, corrected
	speaker string   // registered name; "" = not known
	title   string   // registered title
	cites   []string // ids of the evidence that it was taken from, in order
	start   float64  // seconds from the recording's first sample
	turn    int      // number of the speaker's turn within the item, from 0
	first   bool     // first unit of its turn that stands in the minutes
	hole    bool     // all of it named a conflict: only its place is left, for the recorded vote
	told    bool     // only says who its speaker is
	note    bool     // typed by the secretary, not said

	out   string // the extractive sentence
	exact bool   // out is a set formula or a whole third-person sentence: a model has nothing to add
}

// unitsOf cuts the evidence of one item (segments and notes, in order of time)
// into sentences. Consecutive segments of one speaker are read as one text, so
// that a sentence cut by a pause comes out whole; it cites all its segments.
func unitsOf(language string, evidence []minutes.Evidence) []unit {
	var units []unit
	turn := -1
	for i := 0; i < len(evidence); {
		e := evidence[i]
		if e.Kind == minutes.EvidenceNote {
			turn++
			units = append(units, unit{text: strings.TrimSpace(e.Text), cites: []string{e.ID}, start: e.Start, turn: turn, note: true})
			i++
			continue
		}
		j := i + 1
		for j < len(evidence) && evidence[j].Kind == e.Kind && evidence[j].Speaker == e.Speaker {
			j++
		}
		turn++
		units = append(units, unitsOfTurn(language, evidence[i:j], turn)...)
		i = j
	}
	return units
}

func unitsOfTurn(language string, segments []minutes.Evidence, turn int) []unit {
	var text strings.Builder
	ends := make([]int, len(segments)) // byte in text at which each segment ends
	for i, s := range segments {
		if t := strings.TrimSpace(s.Text); t != "" {
			if text.Len() > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(t)
		}
		ends[i] = text.Len()
	}
	var units []unit
	whole := text.String()
	for _, span := range sentences(language, whole) {
		u := unit{text: strings.TrimSpace(whole[span.start:span.end]), speaker: segments[0].Speaker, title: segments[0].Title, turn: turn}
		if u.text == "" {
			continue
		}
		begin := 0
		for i, s := range segments {
			if begin < span.end && ends[i] > span.start && ends[i] > begin {
				if len(u.cites) == 0 {
					u.start = s.Start
				}
				u.cites = append(u.cites, s.ID)
			}
			begin = ends[i]
		}
		units = append(units, u)
	}
	return units
}

// Somebody whom nobody registered says who they are: "My name is Ottoline
// Crabbe", "I'm Delbert Ruiz, 44 Sycamore Court", "Tôi là Trần Văn Ba, ở tổ 5".
var introduces = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`^(?:(?:Yes|Hello|Hi|Good (?:morning|afternoon|evening))[,.]? (?:\w+, )?)?(?:[Mm]y name is|I am|I'm|[Tt]his is) (\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+){1,3})(?:(,| and| of| from| at)(.*))?$`),
	"vi": regexp.MustCompile(`^(?:[Dd]ạ,? |[Kk]ính thưa [^,]{2,60}, |[Tt]hưa [^,]{2,60}, )?(?:[Tt]ôi|[Ee]m) (?:tên )?là (\p{Lu}\p{L}+(?: \p{Lu}\p{L}*){1,4})(?:(,| ở| thuộc| đại diện)(.*))?$`),
}

// introduced gives the turns of an unknown speaker the name that they begin
// with. The introduction is evidence of every sentence of the turn.
func introduced(language string, units []unit) []unit {
	language, _, _ = strings.Cut(language, "-")
	re := introduces[language]
	if re == nil {
		return units
	}
	for i := range units {
		u := units[i]
		if u.speaker != "" || u.note {
			continue
		}
		if i > 1 && units[i-2].turn == u.turn && units[i-2].speaker == "" && i > 2 && units[i-3].turn == u.turn {
			continue // not at the beginning of what they say
		}
		m := re.FindStringSubmatch(bare(u.text))
		if m == nil {
			continue
		}
		if rest := strings.TrimSpace(m[3]); language == "en" && m[2] == " and" {
			units[i].text = endSentence(upper(rest))
		} else {
			units[i].text, units[i].told = endSentence(strings.TrimSpace(m[1]+m[2]+m[3])), true
		}
		for j := i; j < len(units) && units[j].turn == u.turn; j++ {
			units[j].speaker = m[1]
			units[j].cites = union(units[j].cites, u.cites)
		}
	}
	return units
}

type span struct{ start, end int }

// hasFigure says whether the text holds a figure that is surely one.
func hasFigure(language, text string) bool {
	return slices.ContainsFunc(lang.Quantities(language, text), func(q lang.Quantity) bool { return !q.Weak })
}

// values gives the canonical figures of a text; a ratio counts as itself and
// as its two parts.
func values(language, text string, weak bool) []string {
	var out []string
	for _, q := range lang.Quantities(language, text) {
		if q.Weak && !weak {
			continue
		}
		out = append(out, q.Value)
		if q.Kind == lang.KindRatio {
			out = append(out, strings.Split(q.Value, "/")...)
		}
	}
	return out
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// union appends to a what of b is not yet in it, keeping order.
func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}
