package form_test

import (
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
)

func TestAVoteIsPrintedOnceWhereverItIsTold(t *testing.T) {
	vote := minutes.Vote{Item: "1", Subject: "the bridge", For: 7, Against: 1}
	other := minutes.Vote{Item: "1", Subject: "the library", For: 5, Against: 3}
	for _, c := range []struct {
		name     string
		sentence minutes.Sentence
		votes    []minutes.Vote // of the section
		want     int            // times that the form tells the bridge's vote itself
	}{
		{"no sentence tells it", minutes.Sentence{Text: "The bridge was discussed."}, nil, 1},
		{"the section holds it too", minutes.Sentence{Text: "The bridge was discussed."}, []minutes.Vote{vote, other}, 1},
		{"the section leaves the item out", minutes.Sentence{Text: "x"}, []minutes.Vote{{Subject: "the bridge", For: 7, Against: 1}, other}, 1},
		{"a sentence from data", minutes.Sentence{Text: "Carried by 7 to 1.", Cites: []string{"vote:1"}, Origin: minutes.OriginData}, []minutes.Vote{vote, other}, 0},
		{"a sentence by a person", minutes.Sentence{Text: "It was carried.", Cites: []string{"vote:1"}, Origin: minutes.OriginPerson}, nil, 0},
		{"a machine's sentence with the figures", minutes.Sentence{Text: "The motion was carried, 7 for and 1 against.", Cites: []string{"s1", "vote:1"}, Origin: minutes.OriginLLM}, nil, 0},
		{"a machine's sentence without them", minutes.Sentence{Text: "The motion was carried.", Cites: []string{"vote:1"}, Origin: minutes.OriginLLM}, nil, 1},
		{"a machine's sentence with another figure", minutes.Sentence{Text: "Carried, 17 for and 1 against.", Cites: []string{"vote:1"}, Origin: minutes.OriginLLM}, nil, 1},
		{"an id that is none", minutes.Sentence{Text: "Carried, 7 to 1.", Cites: []string{"vote:99", "vote:x", "vote:0"}, Origin: minutes.OriginLLM}, nil, 1},
	} {
		m := &minutes.Minutes{
			Meeting:  minutes.Meeting{Kind: "council", Language: "en", Agenda: []minutes.AgendaItem{{ID: "1", Title: "Works"}}, Votes: []minutes.Vote{vote, other}},
			Sections: []minutes.Section{{Item: "1", Title: "Works", Sentences: []minutes.Sentence{c.sentence}, Votes: c.votes}},
		}
		got := string(export(t, m, form.Options{Format: form.Text}))
		if n := strings.Count(got, "Vote on the bridge: 7 in favour"); n != c.want {
			t.Errorf("%s: the vote is told %d times, want %d:\n%s", c.name, n, c.want, got)
		}
		if n := strings.Count(got, "Vote on the library: 5 in favour"); n != 1 {
			t.Errorf("%s: the other vote is told %d times:\n%s", c.name, n, got)
		}
	}
}

func TestPercentagesStandWithTheirBase(t *testing.T) {
	for _, c := range []struct {
		delegates minutes.Delegates
		vote      minutes.Vote
		want      string
		not       string
	}{
		{minutes.Delegates{Summoned: 9, Present: 8}, minutes.Vote{For: 7, Against: 1}, "in favour 87.5% of the 8 members present, 77.78% of all 9 members", ""},
		{minutes.Delegates{}, minutes.Vote{For: 7, Against: 1, Present: 9}, "in favour 77.78% of the 9 members present.", "of all"},
		{minutes.Delegates{}, minutes.Vote{For: 7, Against: 1}, "7 in favour, 1 against, 0 abstained. Carried.", "%"},
		{minutes.Delegates{Summoned: 3, Present: 3}, minutes.Vote{For: 1, Against: 2}, "33.33% of the 3 members present, 33.33% of all 3 members. Not carried.", ""},
		{minutes.Delegates{Summoned: 9, Present: 8}, minutes.Vote{}, "Vote on it.", "0 in favour"},
	} {
		c.vote.Item, c.vote.Subject = "1", "it"
		m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "council", Language: "en", Delegates: c.delegates,
			Agenda: []minutes.AgendaItem{{ID: "1", Title: "Works"}}, Votes: []minutes.Vote{c.vote}}}
		got := string(export(t, m, form.Options{Format: form.Text}))
		_, body, _ := strings.Cut(got, "Works\n")
		if !strings.Contains(body, c.want) || c.not != "" && strings.Contains(body, c.not) {
			t.Errorf("want %q, not %q:\n%s", c.want, c.not, body)
		}
	}
}

func TestAPageIsWellFormed(t *testing.T) {
	void := map[string]bool{"meta": true, "!DOCTYPE": true}
	for _, m := range []*minutes.Minutes{sample(t, "dai-hoi-mau"), hostileMinutes("dai-hoi"), rich("en"), tallCell(), {}} {
		for _, c := range []string{form.Public, form.Full} {
			page := string(export(t, m, form.Options{Format: form.HTML, Copy: c}))
			var open []string
			ids := map[string]bool{}
			for i := strings.IndexByte(page, '<'); i >= 0; {
				tag, rest, _ := strings.Cut(page[i+1:], ">")
				name := strings.FieldsFunc(tag, func(r rune) bool { return r == ' ' || r == '/' })[0]
				switch {
				case strings.HasPrefix(tag, "/"):
					if n := len(open); n == 0 || open[n-1] != name {
						t.Fatalf("</%s> closes %v", name, open)
					}
					open = open[:len(open)-1]
				case !void[name]:
					open = append(open, name)
				}
				if _, id, ok := strings.Cut(tag, ` id="`); ok {
					id, _, _ = strings.Cut(id, `"`)
					if ids[id] {
						t.Errorf("the id %s stands twice", id)
					}
					ids[id] = true
				}
				page = rest
				i = strings.IndexByte(page, '<')
			}
			if len(open) > 0 {
				t.Errorf("left open: %v", open)
			}
		}
	}
}
