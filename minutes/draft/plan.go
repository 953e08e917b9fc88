package draft

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// plan is the extractive draft of one item, before it is put together.
type plan struct {
	item  minutes.AgendaItem
	head  []minutes.Sentence         // data that stands before what was said
	units []unit                     // what was said and noted, each with its extractive sentence
	at    map[int][]minutes.Sentence // data that stands before units[i]; len(units) = after the last
	tail  []minutes.Sentence
	votes []minutes.Vote
	// ballots is the evidence of spoken ballots that elections record.
	ballots []string
	scene   *scene
	flags   []minutes.Flag
}

func (d *drafter) scene(item minutes.AgendaItem, evidence []minutes.Evidence) *scene {
	sc := &scene{m: d.m, item: item, language: d.m.Language, speaks: map[string]bool{}, introduced: map[string]bool{}, address: d.address}
	for _, e := range evidence {
		if e.Speaker != "" {
			sc.speaks[lang.Fold(e.Speaker)] = true
		}
	}
	return sc
}

// plan drafts one item by rule.
func (d *drafter) plan(item minutes.AgendaItem) *plan {
	p := &plan{item: item, at: map[int][]minutes.Sentence{}}
	evidence := d.spoken(item.ID)
	sc := d.scene(item, evidence)
	units := unitsOf(d.m.Language, evidence)
	units = introduced(d.m.Language, d.dropInjected(p, units))
	kept := units[:0]
	question := ""
	for _, u := range units {
		if !u.note && !u.told {
			said := u.text
			if joined := d.voice.answer(question, said); joined != "" {
				u.text = joined
			} else {
				u.text = d.voice.clean(sc, u)
			}
			before := u.text
			u.text = d.neutral(u)
			u.hole = before != "" && u.text == "" && d.voice.tells(before).any()
			// "Those in favour? That's four.": people enter the count, nobody's ear does.
			if d.voice.callsTally(question) && len(strings.Fields(said)) <= 5 && d.hasVote(item.ID) {
				u.text, u.hole = "", true
			}
			question = said
		}
		if u.text != "" || u.hole {
			kept = append(kept, u)
		}
	}
	kept = d.dropReflected(kept)
	units = d.placeVotes(p, sc, kept)

	d.head(p, sc, units)
	turn := -1
	for i := range units {
		u := &units[i]
		u.first = u.turn != turn
		d.data(p, i)
		u.out, u.exact = d.voice.report(sc, *u)
		if u.told {
			u.out, u.exact = d.voice.told(u.text), true
		}
		if u.speaker == "" || named(u.out, u.speaker) {
			turn = u.turn // else the next sentence of the turn names its speaker
		}
	}
	d.data(p, len(units))
	p.units = units
	d.tail(p, sc)
	return p
}

func (d *drafter) hasVote(item string) bool {
	return slices.ContainsFunc(d.m.Votes, func(v minutes.Vote) bool { return v.Item == item })
}

// spoken is the item's segments and notes in the order of time; a note that
// nothing places in time comes last.
func (d *drafter) spoken(item string) []minutes.Evidence {
	var out []minutes.Evidence
	for _, e := range d.idx.ForItem(item) {
		if e.Kind == minutes.EvidenceSegment || e.Kind == minutes.EvidenceNote {
			out = append(out, e)
		}
	}
	late := func(e minutes.Evidence) bool { return e.Kind == minutes.EvidenceNote && e.Start == 0 }
	sort.SliceStable(out, func(i, j int) bool {
		if late(out[i]) != late(out[j]) {
			return late(out[j])
		}
		return out[i].Start < out[j].Start
	})
	return out
}

// dropInjected takes away what speaks to the machine, and lists it.
func (d *drafter) dropInjected(p *plan, units []unit) []unit {
	bad := injected(d.m.Language, units)
	f := minutes.Flag{Code: minutes.FlagInstructed, Severity: transcribe.Info}
	var kept []unit
	for i, u := range units {
		if !bad[i] {
			kept = append(kept, u)
			continue
		}
		f.Cites = union(f.Cites, u.cites)
	}
	if len(f.Cites) > 0 {
		f.Text = d.say("left out of the record: words that speak to the machine, not to the meeting",
			"không đưa vào biên bản: lời nói với máy, không phải với cuộc họp")
		p.flags = append(p.flags, f)
	}
	return kept
}

// say picks the language of a flag.
func (d *drafter) say(en, vi string) string {
	if strings.HasPrefix(d.m.Language, "vi") {
		return vi
	}
	return en
}

// neutral takes a spoken figure or outcome that a conflict names out of a
// sentence: the clause that holds it, or the whole sentence when nothing of
// weight is left. The recorded one stands in the minutes, from data.
func (d *drafter) neutral(u unit) string {
	text := u.text
	for _, c := range d.conflicts {
		if text == "" || !overlaps(c.Cites, u.cites) || c.Kind == minutes.ConflictVote && d.tellsVote(c.Item, text) {
			continue
		}
		wrong := d.misspoken(c)
		about := d.voice.tells(text)
		hit := func(clause string) bool { return d.conflicting(c, wrong, about, clause) }
		if !hit(text) {
			continue
		}
		var rest []string
		for _, clause := range clauses(text) {
			// "no other view", beside a tally that is not the recorded one, is part of it.
			part := c.Kind == minutes.ConflictVote && len(strings.Fields(clause)) <= 6 && d.voice.tells(clause).tally && !d.voice.tells(clause).outcome
			if !hit(clause) && !part {
				rest = append(rest, clause)
			}
		}
		text = strings.Join(rest, " ")
		// What is left of a tally ("1 against") says nothing that the recorded vote does not.
		if len(strings.Fields(text)) < 4 || hit(text) || d.voice.fragment(text) && containsAll(d.subjectFigures(c.Item), values(d.m.Language, text, false)) {
			text = ""
		} else {
			text = endSentence(upper(text))
		}
	}
	return text
}

// misspoken is the figures of a conflict that are not the recorded ones.
func (d *drafter) misspoken(c minutes.Conflict) []string {
	recorded := values(d.m.Language, c.Recorded, true)
	var wrong []string
	for _, v := range values(d.m.Language, c.Spoken, true) {
		if !slices.Contains(recorded, v) {
			wrong = append(wrong, v)
		}
	}
	return wrong
}

// conflicting says whether a clause, in a sentence that is about something,
// tells what the conflict names. A figure counts only where the sentence is
// about the same matter, for 3 absent members are not 3 roads.
func (d *drafter) conflicting(c minutes.Conflict, wrong []string, about telling, clause string) bool {
	tells := d.voice.tells(clause)
	figures := values(d.m.Language, clause, true)
	holds := overlaps(figures, wrong)
	switch c.Kind {
	case minutes.ConflictVote:
		if len(wrong) == 0 {
			return tells.outcome
		}
		return holds && (about.tally || about.outcome) || tells.tally && len(figures) > 0 && containsAll(append(d.votesFigures(c.Item), wrong...), figures)
	case minutes.ConflictOutcome:
		return tells.outcome
	case minutes.ConflictAttendance:
		return holds && (about.attendance || about.tally)
	}
	return holds
}

// dropReflected takes away notes of which what was said already holds every
// figure and most words.
func (d *drafter) dropReflected(units []unit) []unit {
	said := map[string]bool{}
	var figures []string
	for _, u := range units {
		if !u.note {
			for _, w := range lang.Words(u.text) {
				said[w] = true
			}
			figures = append(figures, values(d.m.Language, u.text, true)...)
		}
	}
	var kept []unit
	for _, u := range units {
		if u.note {
			words := lang.Words(u.text)
			known := 0
			for _, w := range words {
				if said[w] {
					known++
				}
			}
			// Four fifths: a note may spell a word or two as nobody said them, and no more.
			if containsAll(figures, values(d.m.Language, u.text, false)) && 5*known >= 4*len(words) {
				continue
			}
		}
		kept = append(kept, u)
	}
	return kept
}

// placeVotes finds where each recorded vote was taken. A spoken tally that says
// what the vote records is read once, from data, which then cites it too.
func (d *drafter) placeVotes(p *plan, sc *scene, units []unit) []unit {
	type placed struct {
		vote  minutes.Vote
		id    string
		cites []string
		at    int // index in the units kept
	}
	var votes []placed
	for i, v := range d.m.Votes {
		if v.Item == p.item.ID {
			votes = append(votes, placed{vote: v, id: fmt.Sprintf("vote:%d", i+1), at: -1})
			p.votes = append(p.votes, v)
		}
	}
	var kept []unit
	for _, u := range units {
		if d.restatesElection(p.item.ID, u) {
			p.ballots = union(p.ballots, u.cites)
			continue
		}
		absorbed := u.hole
		if u.hole {
			for i := range votes {
				if votes[i].at < 0 {
					votes[i].at = len(kept)
					break
				}
			}
		}
		for i := range votes {
			rest, ok := d.beyondTally(u, votes[i].vote)
			if !ok {
				continue
			}
			votes[i].cites = union(votes[i].cites, u.cites)
			if votes[i].at < 0 {
				votes[i].at = len(kept)
			}
			u.text, absorbed = rest, rest == ""
			break
		}
		if !absorbed {
			kept = append(kept, u)
		}
	}
	// A vote whose tally nobody spoke stands before the first outcome that is left, else at the end.
	from := 0
	for i := range votes {
		if votes[i].at >= 0 && votes[i].at < len(kept) && d.voice.tells(kept[votes[i].at].text).outcome {
			from = max(from, votes[i].at+1) // that outcome is this vote's
		}
		if votes[i].at < 0 {
			votes[i].at = len(kept)
			for j := from; j < len(kept); j++ {
				if t := d.voice.tells(kept[j].text); t.outcome && !kept[j].note && len(strings.Fields(kept[j].text)) <= 12 {
					votes[i].at, from = j, j+1
					break
				}
			}
		}
	}
	sort.SliceStable(votes, func(i, j int) bool { return votes[i].at < votes[j].at })
	for _, v := range votes {
		p.at[v.at] = append(p.at[v.at], minutes.Sentence{Text: v.id, Cites: append([]string{v.id}, v.cites...), Origin: minutes.OriginData})
	}
	p.scene = sc
	return kept
}

var ballotWords = regexp.MustCompile(`(?i)phiếu|\bballots?\b|\bvotes?\b`)

// restatesElection says whether a sentence tells ballots and no more than the
// recorded elections of the item hold.
func (d *drafter) restatesElection(item string, u unit) bool {
	if u.note || u.hole || !ballotWords.MatchString(u.text) || len(strings.Fields(u.text)) > 45 {
		return false
	}
	var known []string
	for _, e := range d.m.Elections {
		if e.Item == item {
			for _, n := range []int{e.Seats, e.Nominated, e.Withdrawn, e.Issued, e.Returned, e.Valid, e.Invalid} {
				known = append(known, fmt.Sprint(n))
			}
			for _, r := range e.Results {
				known = append(known, fmt.Sprint(r.Votes))
				for _, base := range []int{d.m.Delegates.Summoned, d.m.Delegates.Present, e.Valid, e.Issued} {
					known = append(known, fmt.Sprintf("%d/%d", r.Votes, base), fmt.Sprint(base), minutes.Percent("en", r.Votes, base))
				}
			}
		}
	}
	figures := values(d.m.Language, u.text, false)
	return len(known) > 0 && len(figures) > 0 && containsAll(known, figures)
}

// soThen leads from a tally to its outcome, and hangs in the air without the tally.
var soThen = regexp.MustCompile(`(?i)^(?:(?:so|and|and so|therefore|thus|như vậy|vậy|do đó),? )+`)
