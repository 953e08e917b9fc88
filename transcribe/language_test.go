package transcribe

import (
	"testing"
)

func TestTheLanguageIsWhatMostOfTheFirstSpeechIsIn(t *testing.T) {
	for name, c := range map[string]struct {
		votes []vote
		want  string
		sure  bool
	}{
		"nothing":        {nil, "", false},
		"one":            {[]vote{{"vi", 8}}, "vi", false},
		"two agree":      {[]vote{{"vi", 8}, {"vi", 3}}, "vi", true},
		"a jingle first": {[]vote{{"ko", 2}, {"vi", 20}, {"vi", 9}}, "vi", true},
		"all differ":     {[]vote{{"ko", 2}, {"vi", 20}, {"en", 9}}, "vi", false},
		"unknown":        {[]vote{{"", 20}, {"vi", 2}}, "vi", false},
	} {
		if got, sure := majority(c.votes); got != c.want || sure != c.sure {
			t.Errorf("%s: %q, sure %v", name, got, sure)
		}
	}
}

func TestAGuessedLanguageIsUsedForAllAndSaidSo(t *testing.T) {
	path := writeWAV(t, talk(60))
	asked := map[string]int{}
	eng := &burstEngine{language: "vi", before: func(_ int, r Request) error {
		asked[r.Language]++
		return nil
	}}
	tr := mustFile(t, path, eng, Options{})
	if tr.Language != "vi" || len(tr.Flags) != 1 || tr.Flags[0].Code != FlagLanguage || tr.Flags[0].Severity != Info {
		t.Errorf("language %q, flags %+v", tr.Language, tr.Flags)
	}
	if asked[""] != 2 || asked["vi"] == 0 {
		t.Errorf("asked %v: want two windows without language, the rest in vi", asked)
	}
	if got := len(heardWords(tr)); got != 60 {
		t.Errorf("%d words of 60", got)
	}
}

func TestAnEngineThatKnowsNoLanguageStillTranscribes(t *testing.T) {
	tr := mustFile(t, writeWAV(t, talk(60)), &burstEngine{}, Options{})
	if got := len(heardWords(tr)); got != 60 {
		t.Errorf("%d words of 60", got)
	}
}
