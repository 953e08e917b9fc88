package live

import (
	"context"
	"errors"
	"slices"
	"testing"

	"bienban/transcribe"
)

// undecided hears a language of its own in each window while it is told none: told by the window's first word.
func undecided(languages map[string]string) *hearer {
	return &hearer{after: func(_ int, r transcribe.Request, res transcribe.Result) transcribe.Result {
		if r.Language != "" {
			res.Language = r.Language
		} else if len(res.Words) > 0 {
			res.Language = languages[res.Words[0].Text]
		}
		return res
	}}
}

func TestTheLanguageIsSettledByTheSameWindowsWhoeverHearsThem(t *testing.T) {
	// Four windows of five words, the first word of each another one.
	var script []said
	at := int64(rate)
	for i, first := range []int{0, 10, 1, 11, 2} {
		for k := range 5 {
			w := first
			if k > 0 {
				w = 2 + (3*i+2*k)%8
			}
			script = append(script, said{w, 0, at})
			at += burst + between
		}
		at += 2 * rate
	}
	k := render(script)
	for _, c := range []struct {
		name  string
		first []string // what windows 1 to 3 are heard in
		want  string
	}{
		{"two agree at once", []string{"vi", "vi", "en"}, "vi"},
		{"the second and third agree", []string{"en", "vi", "vi"}, "vi"},
		{"none agree: the one with the most words, the first of them", []string{"en", "vi", "fr"}, "en"},
	} {
		languages := map[string]string{"đại": c.first[0], "council": c.first[1], "hội": c.first[2]}
		o := Options{NoProvisional: true}
		want := committed(listenTo(t, undecided(languages), &ears{}, o, k, 1600))
		if got := want[len(want)-1].Language; got != c.want {
			t.Fatalf("%s: settled on %q, want %q", c.name, got, c.want)
		}
		// Another committer after each commit.
		over := errors.New("handed over")
		var got []Event
		for from, last := int64(0), false; !last; {
			done := 0
			cm := New(undecided(languages), &ears{}, Options{NoProvisional: true, From: from, Before: ContextOf(segmentsOf(got)), Language: settledIn(got)}, func(e Event) error {
				if e.Type != Committed {
					return nil
				}
				if done++; done > 1 {
					return over
				}
				got = append(got, e)
				return nil
			})
			cm.Recall(VotesOf(segmentsOf(got)))
			err := cm.Feed(context.Background(), k.part(from, int64(len(k.PCM))), 0)
			if err == nil {
				err = cm.Flush(context.Background())
			}
			if last = err == nil; !last && !errors.Is(err, over) {
				t.Fatal(err)
			}
			from = cm.FinalUpTo()
		}
		equal(t, c.name, got, want)
	}
}

// settledIn is the language that a store keeps: the first that an event names.
func settledIn(events []Event) string {
	i := slices.IndexFunc(events, func(e Event) bool { return e.Language != "" })
	if i < 0 {
		return ""
	}
	return events[i].Language
}

func TestVotesOfSegmentsAreThoseOfTheirWindows(t *testing.T) {
	words := make([]transcribe.Word, 4)
	got := VotesOf([]transcribe.Segment{{Words: words}, {Language: "vi", Words: words}, {Words: words[:2]}, {Language: "en", Words: words[:3]}, {Language: "fr"}, {Language: "de"}})
	if want := []Vote{{"vi", 6}, {"en", 3}, {"fr", 0}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
