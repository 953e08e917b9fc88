package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bienban/internal/lang"
	"bienban/minutes"
)

// scene is what cleaning and reporting know about the item they work in.
type scene struct {
	m          *minutes.Meeting
	item       minutes.AgendaItem
	language   string
	speaks     map[string]bool   // registered people who speak in the item, by folded name
	introduced map[string]bool   // people already named with their title in this item
	amending   bool              // English: what was last moved is an amendment
	address    map[string]string // Vietnamese: how the hall addresses a person (đồng chí, ông, bà, đại biểu), by folded name
}

// voice is the rules of one language: what is courtesy, how a sentence is
// reported, how recorded figures are worded.
type voice interface {
	// clean gives what of a sentence belongs in minutes, "" when nothing does.
	// It never takes away a figure.
	clean(sc *scene, u unit) string
	// answer makes one statement of a question to the hall, which clean drops, and
	// of the reply that follows it; "" when they make none.
	answer(question, reply string) string
	// callsTally says whether a question asks the hall to vote.
	callsTally(question string) bool
	// report writes the sentence as an official record has it: in the third
	// person with its speaker where the turn begins. exact: a set formula or a
	// whole third-person sentence.
	report(sc *scene, u unit) (text string, exact bool)
	// told records that somebody said who they are.
	told(who string) string
	// fragment says whether what is left beside a tally tells nothing by itself.
	fragment(rest string) bool
	// tells says whether a clause tells a vote's tally or outcome, or an attendance.
	tells(clause string) telling

	attendance(m *minutes.Meeting) string
	event(m *minutes.Meeting, e minutes.AttendanceEvent) string
	vote(sc *scene, v minutes.Vote) string
	appointment(sc *scene, a minutes.Appointment) string
	contribution(sc *scene, c minutes.Contribution) string
	election(m *minutes.Meeting, e minutes.Election) []string
	action(sc *scene, a minutes.Action) string
	document(sc *scene, d minutes.Document) string

	attendanceItem(title string) bool // an item under which attendance belongs
}

// telling is what a clause is about, as far as figures that people also enter go.
type telling struct{ tally, outcome, attendance bool }

func (t telling) any() bool { return t.tally || t.outcome || t.attendance }

// voiceOf picks the rules: Vietnamese, English, or plain ones for any other language.
func voiceOf(language string) voice {
	switch {
	case strings.HasPrefix(language, "vi"):
		return vietnamese{}
	case strings.HasPrefix(language, "en"):
		return english{}
	}
	return plain{}
}

func (sc *scene) person(name string) *minutes.Person {
	if name == "" {
		return nil
	}
	return sc.m.Person(name)
}

// presides says whether the person leads the meeting, so that what they say is
// mostly procedure.
func presides(p *minutes.Person) bool {
	return p != nil && (p.Role.Has(minutes.RoleChair) || p.Role.Has(minutes.RolePresidium))
}

// introduce says whether the person is named for the first time in the item.
func (sc *scene) introduce(name string) bool {
	key := lang.Fold(name)
	if sc.introduced[key] {
		return false
	}
	sc.introduced[key] = true
	return true
}

// namesSilent says whether the text names a registered person who is not known to
// speak in the item: an invitation is then the only trace of them.
func (sc *scene) namesSilent(text string) bool {
	folded := " " + strings.Join(lang.Words(text), " ") + " "
	for _, p := range sc.m.People {
		key := strings.Join(lang.Words(p.Name), " ")
		if key != "" && !sc.speaks[lang.Fold(p.Name)] && strings.Contains(folded, " "+key+" ") {
			return true
		}
	}
	return false
}

// upper and lower change the case of the first letter alone.
func upper(s string) string { return firstRune(s, unicode.ToUpper) }

// lower leaves an abbreviation (UBND) as it is.
func lower(s string) string {
	if r := []rune(s[:min(len(s), 12)]); len(r) > 1 && unicode.IsUpper(r[1]) {
		return s
	}
	return firstRune(s, unicode.ToLower)
}

func firstRune(s string, f func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(f(r)) + s[n:]
}

// endSentence makes sure that a sentence ends as one.
func endSentence(s string) string {
	s = strings.TrimRight(s, " ,;:–-")
	if s == "" {
		return ""
	}
	switch s[len(s)-1] {
	case '.', '!', '?':
		return s
	}
	for _, closing := range []string{".”", "?”", "!”", ".\"", "?\"", "…"} {
		if strings.HasSuffix(s, closing) {
			return s
		}
	}
	return s + "."
}

// bare is the sentence without its final mark.
func bare(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".!?…;:, ") }

// clauses cuts a sentence at commas and semicolons that are not inside a figure.
func clauses(s string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] != ',' && s[i] != ';' {
			continue
		}
		if i+1 < len(s) && s[i+1] != ' ' {
			continue
		}
		out = append(out, strings.TrimSpace(s[start:i+1]))
		start = i + 1
	}
	if rest := strings.TrimSpace(s[start:]); rest != "" {
		out = append(out, rest)
	}
	return out
}

// withoutPeople takes registered names and titles out of a text, so that the
// figures left are not those of a title ("Bí thư Chi bộ khóm 3").
func (sc *scene) withoutPeople(text string) string {
	folded := lang.Fold(text)
	for _, p := range sc.m.People {
		for _, s := range []string{p.Title, p.Name, p.Unit} {
			if key := lang.Fold(lang.Normalize(sc.language, s)); key != "" {
				folded = strings.ReplaceAll(folded, key, " ")
			}
		}
	}
	return folded
}

// named says whether the text names the person, by the last word of the name at least.
func named(text, name string) bool {
	words := strings.Fields(name)
	return len(words) > 0 && strings.Contains(text, words[len(words)-1])
}
