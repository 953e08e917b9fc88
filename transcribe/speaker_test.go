package transcribe

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"bienban/audio"
)

// mixerTurn is a line of council-demo's turns.tsv.
type mixerTurn struct {
	start, end float64
	channel    int
	speaker    string
}

func mixerTurns(t *testing.T) []mixerTurn {
	t.Helper()
	b, err := os.ReadFile("../internal/casefile/cases/council-demo/turns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []mixerTurn
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(line, "\t")
		var m mixerTurn
		if _, err := fmt.Sscan(strings.Join(f[:3], " "), &m.start, &m.end, &m.channel); err != nil {
			t.Fatal(err)
		}
		m.speaker = f[3]
		out = append(out, m)
	}
	return out
}

// turnEngine says a word every 0.4 s of each turn, with times that are off by
// as much as a real engine's, and a full stop at each turn's end.
type turnEngine struct {
	turns []mixerTurn
	from  *int64 // where the window begins
}

func (e turnEngine) Transcribe(_ context.Context, r Request) (Result, error) {
	from := seconds(*e.from)
	to := from + float64(len(r.PCM))/SampleRate
	res := Result{Language: "en", AvgLogProb: -0.2}
	for i, m := range e.turns {
		for at := m.start; at+0.4 <= m.end; at += 0.4 {
			if at+0.2 < from || at+0.2 >= to {
				continue
			}
			text := fmt.Sprintf("w%d", i)
			if at+0.8 > m.end {
				text += "."
			}
			off := 0.25 * math.Sin(at*7)
			res.Words = append(res.Words, Word{Text: text, Start: at - from + off, End: at - from + off + 0.4, P: 0.9})
		}
	}
	for _, w := range res.Words {
		res.Text += " " + w.Text
	}
	return res, nil
}

func (turnEngine) Close() error { return nil }

// loudDetector calls frames above a level speech.
type loudDetector struct{ levelDetector }

func (d *loudDetector) Feed(_ context.Context, pcm []float32) ([]float32, error) {
	var out []float32
	for ; len(pcm) >= DetectorFrame; pcm = pcm[DetectorFrame:] {
		var sum float64
		for _, v := range pcm[:DetectorFrame] {
			sum += float64(v) * float64(v)
		}
		p := float32(0.05)
		if math.Sqrt(sum/DetectorFrame) > 0.012 {
			p = 0.95
		}
		out = append(out, p)
	}
	return out, nil
}

func TestSpeechAtAMixerIsGivenToTheRightMicrophone(t *testing.T) {
	turns := mixerTurns(t)
	src, err := audio.Open(t.Context(), "../internal/casefile/cases/council-demo/mixer.flac")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	reader, err := audio.NewSpeechReader(src, audio.MixOptions{})
	if err != nil {
		t.Fatal(err)
	}
	people := map[int][]string{1: {"Margaret Doyle"}, 2: {"Daniel Osei", "Priya Nair"}, 3: {"Helen Fraser", "Robert Lindqvist"}}
	l := &listener{src: reader, det: &loudDetector{}, pack: newPacker(fileLimits()), levels: audio.NewLevels(4)}
	windows := make(chan window)
	ended := make(chan error, 1)
	go func() {
		ended <- l.run(t.Context(), windows)
		close(windows)
	}()
	var from int64
	j := newJob(turnEngine{turns, &from}, Options{Language: "en", Channels: people})
	for w := range windows {
		from = w.from
		if err := j.take(t.Context(), begun{window: w}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var all, right, single, named float64
	for _, m := range turns {
		for at := m.start; at < m.end; at += 0.01 {
			all++
			if len(people[m.channel]) == 1 {
				single++
			}
			for _, s := range j.work.Segments {
				if at < s.Start || at >= s.End {
					continue
				}
				if s.Channel == m.channel {
					right++
				}
				if len(people[m.channel]) == 1 && s.Speaker == m.speaker {
					named++
				}
			}
		}
	}
	if right < 0.95*all || named < 0.95*single {
		t.Errorf("%.1f %% of speech at the right microphone, %.1f %% with the right name; want 95 %%", 100*right/all, 100*named/single)
	}
	for _, s := range j.work.Segments {
		if s.Speaker != "" && len(people[s.Channel]) != 1 {
			t.Errorf("%g s: %q is a guess: microphone %d has several people", s.Start, s.Speaker, s.Channel)
		}
		first := strings.Trim(s.Words[0].Text, ".")
		for _, w := range s.Words {
			if turn := strings.Trim(w.Text, "."); turn != first {
				var a, b int
				if _, err := fmt.Sscanf(first+" "+turn, "w%d w%d", &a, &b); err != nil {
					t.Fatal(err)
				}
				if turns[a].channel != turns[b].channel {
					t.Errorf("%g s: the words of two microphones are in one segment: %s", s.Start, s.Text)
					break
				}
			}
		}
	}
}

func TestShortChangesOfMicrophoneAreNotBelieved(t *testing.T) {
	sec := func(a, b float64) span { return span{samples(a), samples(b)} }
	for name, c := range map[string]struct{ in, want []turn }{
		"a cough": {
			[]turn{{sec(0, 2), 1, false}, {sec(2, 2.1), 3, false}, {sec(2.1, 4), 1, false}},
			[]turn{{sec(0, 4), 1, false}},
		},
		"an answer": {
			[]turn{{sec(0, 2), 1, false}, {sec(2, 2.5), 3, false}, {sec(2.5, 4), 1, false}},
			[]turn{{sec(0, 2), 1, false}, {sec(2, 2.5), 3, false}, {sec(2.5, 4), 1, false}},
		},
		"nobody stood out": {
			[]turn{{sec(0, 1), 0, false}, {sec(1, 4), 2, false}},
			[]turn{{sec(0, 4), 2, false}},
		},
		"alone": {[]turn{{sec(0, 0.2), 2, true}}, []turn{{sec(0, 0.2), 2, true}}},
		"between two": { // must end, whatever it gives
			[]turn{{sec(0, 0.2), 1, false}, {sec(0.3, 0.5), 2, false}, {sec(0.6, 0.8), 3, false}}, nil,
		},
	} {
		got := smooth(c.in)
		if c.want == nil {
			continue
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestASourceOfOneChannelHasNoSpeaker(t *testing.T) {
	tr := mustFile(t, writeWAV(t, talk(30)), &burstEngine{}, Options{Language: "vi", Channels: map[int][]string{1: {"Trần Thị Hòa"}}})
	for _, s := range tr.Segments {
		if s.Channel != 0 || s.Speaker != "" {
			t.Errorf("segment %s: channel %d, speaker %q", s.ID, s.Channel, s.Speaker)
		}
	}
}
