package minutes

import (
	"fmt"
	"regexp"
	"strings"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// FlagSpeakerSuggested marks a speaker who was named by an invitation, not
// known from the microphone.
const FlagSpeakerSuggested = "speaker_suggested"

// invitations call somebody to speak. In English a bare name that ends what
// the chair says ("Councillor Lindqvist.") calls, too.
var invitations = map[string]*regexp.Regexp{
	"vi": regexp.MustCompile(`(?i)(?:kính mời|xin mời|mời|đề nghị|nhường lời cho|giao cho)\s+(?:đồng chí|đ/c|ông|bà|anh|chị|cô|chú|đại biểu|đại diện|trưởng|phó|chủ tịch|bí thư|phòng|ban|công an|hội|đoàn)`),
	"en": regexp.MustCompile(`(?i)\b(?:i |we |may i |can i |could i |i will |i'd like to |i would like to )(?:now )?(?:invite|call on|call upon|ask|welcome|hand over to|hear from)\b|\bover to\b|\bplease\b|\b(?:go ahead|you have the floor|the floor is yours)\b|\bthe attendance\b`),
}

const (
	turnPause  = 0.75 // seconds: behind a longer one at a shared microphone, somebody else may speak
	answerGap  = 20.0
	callLength = 8 // words: a sentence of a bare name has no more
)

// AssignSpeakers names who speaks where the microphone does not tell: several
// people share a channel, or the recording has none. Who leads the meeting
// calls somebody ("Mời đồng chí Huỳnh Văn Lộc", "Councillor Lindqvist.", "I
// invite the Director of Works"), and the next turn at a microphone of that
// person is taken for theirs; a turn lasts until another microphone speaks, or
// somebody else is called. Each first segment of such a turn is flagged, with
// the invitation as its evidence.
//
// Whoever moves or seconds is taken from the recorded vote of the item.
//
// A segment that has a speaker keeps it, and so does everybody who alone has a
// channel. Without channels only the first segment behind an invitation is
// named, for nothing tells where that turn ends. When several people are
// called at once, nobody is named.
func AssignSpeakers(m *Meeting, t *transcribe.Transcript) {
	if t == nil || len(m.People) == 0 {
		return
	}
	language := t.Language
	if language == "" {
		language = m.Language
	}
	language, _, _ = strings.Cut(language, "-")
	s := &seating{m: m, language: language, byChannel: m.PeopleByChannel()}
	for i := range t.Segments {
		s.segment(&t.Segments[i])
	}
}

// seating follows who was called to speak.
type seating struct {
	m         *Meeting
	language  string
	byChannel map[int][]Person
	called    *Person // nobody after the call was answered
	by        string  // segment with the call
	byChan    int
	byName    string
	until     float64 // when the call lapses, unless answered
	holder    *Person // who has the turn on channel
	channel   int
	last      float64 // end of the last segment of that turn
}

func (s *seating) segment(g *transcribe.Segment) {
	if g.Struck || strings.TrimSpace(g.Text) == "" {
		return
	}
	if g.Speaker == "" && g.Channel > 0 && len(s.byChannel[g.Channel]) == 1 {
		g.Speaker = s.byChannel[g.Channel][0].Name
	}
	if g.Speaker == "" {
		s.name(g)
	} else if s.holder != nil && g.Speaker != s.holder.Name {
		s.holder = nil
	}
	if p := s.calls(g); p != nil {
		s.called, s.by, s.byChan, s.byName, s.until = p, g.ID, g.Channel, g.Speaker, g.End+answerGap
		s.holder = nil
	} else if g.Speaker != "" && s.called != nil && g.Speaker == s.called.Name {
		s.called = nil // answered, and known without us
	}
}

// name gives the segment its speaker, when the call or the turn tells.
func (s *seating) name(g *transcribe.Segment) {
	shared := len(s.byChannel[g.Channel]) > 1
	if p, vote := s.mover(g); p != nil && shared {
		g.Speaker = p.Name
		g.Flags = append(g.Flags, s.flag(vote, "%s is taken for the speaker: the recorded vote names who moved and seconded",
			"người nói được gợi ý là %s theo biểu quyết đã ghi", p.Name))
		s.called, s.holder, s.channel, s.last = nil, p, g.Channel, g.End
		return
	}
	switch {
	case s.called != nil && g.Start <= s.until && s.mayAnswer(g):
		p := s.called
		s.called = nil
		g.Speaker = p.Name
		g.Flags = append(g.Flags, s.flag(s.by, "%s is taken for the speaker: called in %s", "người nói được gợi ý là %s: được mời ở %s", p.Name, s.by))
		s.holder, s.channel, s.last = p, g.Channel, g.End
		if !shared {
			s.holder = nil
		}
	case s.holder != nil && shared && g.Channel == s.channel && g.Start-s.last <= turnPause && !reacts.MatchString(g.Text):
		g.Speaker, s.last = s.holder.Name, g.End
	default:
		s.holder = nil
	}
}

func (s *seating) flag(cite, en, vi string, args ...any) Flag {
	if s.m.Language == "vi" {
		en = vi
	}
	return Flag{Code: FlagSpeakerSuggested, Severity: transcribe.Info, Text: fmt.Sprintf(en, args...), Cites: []string{cite}}
}

var (
	moves   = regexp.MustCompile(`(?i)^\W*(?:(?:mister|mr|madam) \w+[,.] )?(?:i|may i)(?: would like to|'d like to| formally| hereby| so)* (?:move|propose)\b`)
	reacts  = regexp.MustCompile(`(?i)^\W*(?:i (?:accept|agree|disagree|object|second|move|support|withdraw)|seconded|agreed|yes|no|dạ|vâng|tôi (?:đồng ý|nhất trí|không đồng ý|xin trả lời))\b`)
	seconds = regexp.MustCompile(`(?i)^\W*(?:i(?: am happy to|'ll| will)? second\b|seconded\b|second\.)`)
)

// mover finds who moves or seconds at a shared microphone: the person whom the
// only recorded vote of the item names for it.
func (s *seating) mover(g *transcribe.Segment) (p *Person, vote string) {
	move, second := moves.MatchString(g.Text), seconds.MatchString(g.Text)
	if !move && !second || g.Item == "" {
		return nil, ""
	}
	name := ""
	for i, v := range s.m.Votes {
		if v.Item != g.Item {
			continue
		}
		if vote != "" {
			return nil, "" // which of them, the words do not say
		}
		vote, name = fmt.Sprintf("vote:%d", i+1), v.Seconded
		if move {
			name = v.Moved
		}
	}
	p = s.m.Person(name)
	if name == "" || p == nil || p.Channel > 0 && p.Channel != g.Channel {
		return nil, ""
	}
	return p, vote
}

// mayAnswer says whether the segment can be the called person's: it comes from
// that person's own microphone when that is known, and not from the caller's.
func (s *seating) mayAnswer(g *transcribe.Segment) bool {
	if g.Channel == 0 {
		return s.called.Channel == 0 || s.byChan == 0
	}
	if s.called.Channel > 0 {
		return g.Channel == s.called.Channel
	}
	return g.Channel != s.byChan && len(s.byChannel[g.Channel]) == 0
}

// calls finds whom a segment calls to speak: one registered person, and not
// the speaker. Only who leads the meeting calls, or who nobody knows.
func (s *seating) calls(g *transcribe.Segment) *Person {
	if g.Speaker != "" && !s.m.presides(g.Speaker) {
		return nil
	}
	sentences := lang.Sentences(s.language, g.Text)
	for i := len(sentences) - 1; i >= max(0, len(sentences)-3); i-- {
		x := sentences[i]
		invited := invitations[s.language] != nil && invitations[s.language].MatchString(x)
		bare := s.language != "vi" && i == len(sentences)-1 && len(strings.Fields(x)) <= callLength
		if !invited && !bare {
			continue
		}
		var found []*Person
		for j := range s.m.People {
			p := &s.m.People[j]
			if p.Name != g.Speaker && s.named(p, x, bare && !invited) {
				found = append(found, p)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
		if len(found) > 1 {
			return nil
		}
	}
	return nil
}

// named says whether a sentence names a person: in full, by surname with a
// title (English) or by honorific and given name (Vietnamese), by a title that
// nobody else holds, each also as a recogniser may spell it. bare asks that
// little else stands in the sentence.
func (s *seating) named(p *Person, sentence string, bare bool) bool {
	words := lang.Words(sentence)
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = lang.FoldPlain(w)
	}
	parts := strings.Fields(lang.FoldPlain(p.Name))
	if len(parts) == 0 {
		return false
	}
	for i := 0; i+len(parts) <= len(plain); i++ {
		off := 0
		for j, w := range parts {
			off += lang.Distance(w, plain[i+j])
		}
		if off <= max(1, len(strings.Join(parts, ""))/8) {
			return true
		}
	}
	last := parts[len(parts)-1]
	title := lang.FoldPlain(p.Title)
	for i, w := range plain {
		near := w == last || len(last) >= 5 && len(w) >= 4 && w[0] == last[0] && lang.Distance(w, last) <= 1+len(last)/6
		if !near || i == 0 {
			continue
		}
		before := plain[i-1]
		if s.language == "vi" {
			if w == last && (before == "chi" && i > 1 && plain[i-2] == "dong" || before == "ong" || before == "ba" || before == "anh" || before == "chi" || before == "bieu") {
				return s.alone(last)
			}
			continue
		}
		if isHonorific(before) || strings.Contains(title, before) && len(before) > 3 {
			return s.alone(last)
		}
	}
	if title == "" || bare {
		return false
	}
	if strings.Contains(" "+strings.Join(plain, " ")+" ", " "+strings.Join(strings.Fields(title), " ")+" ") {
		for i := range s.m.People {
			if o := &s.m.People[i]; o.Name != p.Name && lang.FoldPlain(o.Title) == title {
				return false
			}
		}
		return true
	}
	return false
}

// alone says whether only one of the people has that last name.
func (s *seating) alone(last string) bool {
	n := 0
	for _, p := range s.m.People {
		parts := strings.Fields(lang.FoldPlain(p.Name))
		if len(parts) > 0 && parts[len(parts)-1] == last {
			n++
		}
	}
	return n == 1
}

func isHonorific(w string) bool {
	switch w {
	case "mr", "mister", "mrs", "missus", "ms", "miss", "dr", "councillor", "councilor", "counsellor", "counselor", "cllr", "alderman", "madam", "sir", "deputy", "officer":
		return true
	}
	return false
}
