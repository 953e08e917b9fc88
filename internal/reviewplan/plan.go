package reviewplan

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bienban/internal/lang"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// Times of the model in seconds, as its authors give them.
const (
	Key     = 0.28 // K, an average typist of 40 words a minute; Shift and Ctrl are keys
	Point   = 1.10 // P, the mouse to a target
	Button  = 0.10 // B, a press or a release
	Hands   = 0.40 // H, between mouse and keyboard
	Think   = 1.35 // M, to see what is wrong and decide
	React   = 0.70 // from noticing to a key's way down (the same, 1983: two cognitive cycles, a motor one, a keystroke)
	Read    = 0.30 // from a word's end to noticing: an eye movement of 0.23 s and a perception of 0.1 s; 0.1 to 0.5 s here
	doubted = 2.2  // what the page plays around a doubtful word
)

// How the page works.
const (
	doubtful = 0.5 // confidence under which a word is marked
	vicinity = 0.5 // seconds within which a marked word is taken for the one meant
	before   = 0.2 // seconds before the next word from which the page plays on
)

// Step is one correction.
type Step struct {
	Segment string
	// From and To are the words of the segment as they stand that it replaces; none
	// when words were missing, which go behind word From.
	From, To int
	Noticed  float64 // second of the recording at which the person knows, at normal speed
	Heard    int     // the word that the page selects when a key follows then
	Name     bool    // one key puts a name into all lines that have it wrong
	Again    string  // words that the same correction put right elsewhere by one key more; "" for none
	Text     string  // what is typed; "" deletes
	Keys     int     // pressed in all

	oldHeard int     // the word that the page used to select
	again    float64 // seconds that are heard again
}

// Cost is a person's time in seconds, by what it goes to.
type Cost struct {
	Listen, Decide, Type, Keys float64
	Steps                      int
}

// Sum is all of it.
func (c Cost) Sum() float64 { return c.Listen + c.Decide + c.Type + c.Keys }

// Way is a way of working.
type Way int

// Ways of working.
const (
	Mouse Way = iota // all by ear; back 3 s, and the word by mouse
	Old              // doubtful words by their key, then all by ear: the page before this way was counted
	New              // once by ear, doubtful words on the way, names everywhere by one key
)

// Plan lists the corrections that make a text what was said, in the order of the
// sound. names are what the page knows of names; nil: nothing.
func Plan(rng *rand.Rand, heard, said []transcribe.Segment, names *desk.Names) []Step {
	var steps []Step
	done := map[string]bool{} // corrections that were made everywhere already
	for i, g := range heard {
		tokens, want := strings.Fields(g.Text), strings.Fields(said[i].Text)
		near := map[int]desk.Near{}
		if names != nil {
			for _, n := range names.Near(g.Text) {
				for w := n.From; w < n.To; w++ {
					near[w] = n
				}
			}
		}
		for _, c := range differences(tokens, want) {
			was, now := bare(tokens[c.from:c.to]), bare(want[c.wantFrom:c.wantTo])
			s := Step{Segment: g.ID, From: c.from, To: c.to, Text: now}
			if n, is := near[c.from]; is && c.to > c.from && strings.Contains(n.Now, now) {
				if done[n.Was] {
					continue
				}
				done[n.Was] = true
				s.Name, s.Text, s.Keys = true, n.Now, 1
				s.Noticed = g.Words[n.To-1].End
				steps = append(steps, s)
				continue
			}
			if done[was+"→"+now] {
				continue
			}
			last := max(c.from, c.to-1)
			s.Noticed = g.Words[min(last, len(g.Words)-1)].End + Read + (rng.Float64()-0.5)*0.4
			s.Heard = taken(g, s.Noticed-Read)
			s.oldHeard = taken(g, s.Noticed)
			s.again = s.Noticed - g.Words[min(last, len(g.Words)-1)].End + React + before
			target := min(c.from, len(tokens)-1)
			if c.from == c.to {
				target = max(0, c.from-1) // selected, then left by →
				s.From, s.To = target, target
			}
			s.Keys = 1 + SelectKeys(s.Heard, target, max(target+1, c.to)) + Typed(now) + 1
			if c.from == c.to {
				s.Keys += 2 // → and a blank
			}
			if now == "" {
				s.Keys++
			}
			if worthAll(was, now) && others(heard[i+1:], was) {
				done[was+"→"+now] = true
				s.Again = was
				s.Keys++
			}
			steps = append(steps, s)
		}
	}
	return steps
}

// Price is what a text costs a person in one way of working; speed is how fast the
// sound is played.
func Price(way Way, rng *rand.Rand, heard, said []transcribe.Segment, names *desk.Names, speed float64) Cost {
	seconds := said[len(said)-1].End
	c := Cost{Listen: seconds}
	if way != Mouse {
		c.Listen = seconds / speed
	}
	if way != New {
		names = nil
	}
	for _, s := range Plan(rng, heard, said, names) {
		c.Steps++
		c.Decide += Think
		letters := float64(Typed(s.Text)) * Key
		switch {
		case way == New && s.Name:
			c.Keys += Key
		case way == New:
			c.Type += letters
			c.Keys += float64(s.Keys)*Key - letters
			c.Listen += s.again
			if s.Again != "" {
				c.Decide += Think
			}
		case way == Mouse:
			c.Type += letters
			c.Keys += Key + Hands + 2*Point + 8*Button + Hands + 2*Key // stop; double click on the line, on the word; leave it, play
			c.Listen += 3
		default:
			c.Type += letters
			c.Listen++ // from a second before the stop on
			c.Keys += 2 * Key
			if s.oldHeard != s.From {
				c.Keys += 5 * Key // the browser's own keys: Ctrl, ← twice, Shift, →
			}
			if s.To-s.From > 1 {
				c.Keys += float64(2+s.To-s.From-1) * Key
			}
		}
	}
	if way == Old { // marks on right words are visited for nothing; on wrong ones instead of by ear
		for i, g := range heard {
			for _, w := range g.Words {
				if w.P < doubtful && slices.Contains(strings.Fields(said[i].Text), w.Text) {
					c.Keys += Key
					c.Listen += doubted
					c.Decide += Think
				}
			}
		}
	}
	return c
}

// taken is the word that the page takes when it is stopped by somebody who noticed
// at that second: the one heard then, or a doubtful one beside it.
func taken(g transcribe.Segment, at float64) int {
	word := 0
	for i, w := range g.Words {
		if w.P < doubtful && at-w.Start-0.2 < vicinity && w.Start+0.2-at < vicinity {
			return i
		}
		if w.Start <= at+0.03 {
			word = i
		}
	}
	return word
}

// SelectKeys is how many keys select words from one to before another when the page
// has selected one: Ctrl and an arrow for each word on the way, then Shift and an
// arrow for each word more.
func SelectKeys(selected, from, to int) int {
	n := 0
	switch {
	case selected < from:
		n = 1 + from - selected
	case selected >= to:
		n = 1 + selected - to + 1
	}
	if more := to - from - 1; more > 0 {
		n += 2 + more
	}
	return n
}

// Typed counts the keys of a text by Telex: a letter each, a key for each mark
// over or under it, two for đ, Shift for a capital.
func Typed(text string) int {
	n := 0
	for _, r := range norm.NFC.String(text) {
		for range norm.NFD.String(string(r)) {
			n++
		}
		if r == 'đ' || r == 'Đ' {
			n++
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

// worthAll says whether a correction is one to make everywhere: of a name, or of
// several words. A single word that is wrong here may be right elsewhere.
func worthAll(was, now string) bool {
	r := []rune(now)
	return was != "" && now != "" && (strings.Contains(was, " ") || unicode.IsUpper(r[0]))
}

func others(later []transcribe.Segment, was string) bool {
	return slices.ContainsFunc(later, func(g transcribe.Segment) bool {
		return strings.Contains(" "+bare(strings.Fields(g.Text))+" ", " "+was+" ")
	})
}

func bare(words []string) string { return strings.TrimFunc(strings.Join(words, " "), outside) }

// change is words of a text that must become others.
type change struct{ from, to, wantFrom, wantTo int }

// differences aligns two texts by their longest common words, wrong words that
// stand beside each other as one change.
func differences(have, want []string) []change {
	var out []change
	c := change{}
	for i, j := range append(lang.Common(have, want), len(want)) {
		if j < 0 {
			continue
		}
		if c.to, c.wantTo = i, j; c.from < c.to || c.wantFrom < c.wantTo {
			out = append(out, c)
		}
		c.from, c.wantFrom = i+1, j+1
	}
	return out
}
