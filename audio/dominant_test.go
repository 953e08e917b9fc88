package audio_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"testing"

	"bienban/audio"
)

const council = "../internal/casefile/cases/council-demo/"

type turn struct {
	from, to int64 // 16 kHz samples
	channel  int   // from 0
}

// councilTurns reads who spoke when in the sample meeting.
func councilTurns(t *testing.T) []turn {
	t.Helper()
	f, err := os.Open(council + "turns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var turns []turn
	sc := bufio.NewScanner(f)
	sc.Scan()
	for sc.Scan() {
		var from, to float64
		var ch int
		if _, err := fmt.Sscanf(sc.Text(), "%f\t%f\t%d", &from, &to, &ch); err != nil {
			t.Fatalf("turns.tsv: %q: %v", sc.Text(), err)
		}
		turns = append(turns, turn{int64(from * audio.SpeechRate), int64(to * audio.SpeechRate), ch - 1})
	}
	if len(turns) == 0 {
		t.Fatal("turns.tsv holds no turn")
	}
	return turns
}

// councilRows are the energies of the sample meeting's mixer, read once.
var councilRows = sync.OnceValues(func() ([]audio.ChannelEnergy, error) {
	src, err := audio.Open(context.Background(), council+"mixer.flac")
	if err != nil {
		return nil, err
	}
	defer src.Close()
	r, err := audio.NewSpeechReader(src, audio.MixOptions{})
	if err != nil {
		return nil, err
	}
	var rows []audio.ChannelEnergy
	buf := make([]float32, 1<<15)
	for {
		_, err := r.Read(context.Background(), buf)
		if rows = append(rows, r.Energies()...); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return rows, err
		}
	}
})

// withGain returns the rows as badly set preamplifiers would give them.
func withGain(t *testing.T, gain []float32) []audio.ChannelEnergy {
	t.Helper()
	rows, err := councilRows()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]audio.ChannelEnergy, len(rows))
	for i, row := range rows {
		out[i] = audio.ChannelEnergy{Start: row.Start}
		for c, v := range row.RMS {
			out[i].RMS = append(out[i].RMS, v*gain[c])
		}
	}
	return out
}

// hear reads a source to its end.
func hear(t testing.TB, src audio.Source, o audio.MixOptions) (pcm []float32, rows []audio.ChannelEnergy, end error) {
	t.Helper()
	r, err := audio.NewSpeechReader(src, o)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]float32, 5000)
	for {
		n, err := r.Read(context.Background(), buf)
		pcm = append(pcm, buf[:n]...)
		rows = append(rows, r.Energies()...)
		if err != nil {
			return pcm, rows, err
		}
	}
}

func open(t testing.TB, path string) audio.Source {
	t.Helper()
	src, err := audio.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

func TestDominantFindsTheSpeakersMicrophone(t *testing.T) {
	turns := councilTurns(t)
	db := func(v ...float64) (g []float32) {
		for _, x := range v {
			g = append(g, float32(math.Pow(10, x/20)))
		}
		return g
	}
	for _, tc := range []struct {
		name       string
		gain       []float32
		candidates []int
		least      float64 // share of speech time
	}{
		{"as recorded", db(0, 0, 0, 0), nil, 0.99},
		{"as recorded, room microphone ruled out", db(0, 0, 0, 0), []int{0, 1, 2}, 0.99},
		{"clerk's microphone 15 dB too low", db(0, -15, 0, 0), nil, 0.99},
		{"floor microphone 10 dB low, chair's 8 dB low", db(-8, 0, -10, 0), nil, 0.99},
		{"room microphone 10 dB too high", db(0, 0, 0, 10), nil, 0.99},
		{"all 20 dB too low", db(-20, -20, -20, -20), nil, 0.99},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rows := withGain(t, tc.gain)
			levels := audio.NewLevels(4)
			levels.Add(rows)
			o := audio.DominantOptions{Candidates: tc.candidates, Levels: levels}
			var right, all, seconds, secondsRight, quiet int64
			for _, turn := range turns {
				got, conf := audio.Dominant(rows, turn.from, turn.to, o)
				all += turn.to - turn.from
				if got == turn.channel {
					right += turn.to - turn.from
				} else {
					t.Logf("turn at %.2f s: channel %d (%.2f), want %d", float64(turn.from)/audio.SpeechRate, got, conf, turn.channel)
				}
				for s := turn.from; s < turn.to; s += audio.SpeechRate { // a second at a time
					got, _ := audio.Dominant(rows, s, min(s+audio.SpeechRate, turn.to), o)
					seconds++
					switch got {
					case turn.channel:
						secondsRight++
					case -1:
						quiet++ // the last breath of a turn, say
					}
				}
			}
			share := float64(right) / float64(all)
			t.Logf("right for %.2f %% of speech time by turns; of %d single seconds %d right, %d with nobody audible",
				100*share, seconds, secondsRight, quiet)
			if share < tc.least {
				t.Errorf("right for %.2f %% of speech time, want %.0f %%", 100*share, 100*tc.least)
			}
			if wrong := seconds - secondsRight - quiet; wrong*100 > seconds || quiet*20 > seconds {
				t.Errorf("of %d single seconds %d are wrong and %d undecided", seconds, wrong, quiet)
			}
		})
	}
}

func TestDominantKnowsTheSpeakerFromTheFirstTurnOn(t *testing.T) {
	rows := withGain(t, []float32{1, 1, 1, 1})
	levels := audio.NewLevels(4)
	next := 0
	for _, turn := range councilTurns(t) { // only what was heard by the end of the turn is known
		for next < len(rows) && rows[next].Start < turn.to {
			levels.Add(rows[next : next+1])
			next++
		}
		if got, conf := audio.Dominant(rows, turn.from, turn.to, audio.DominantOptions{Levels: levels}); got != turn.channel {
			t.Errorf("turn at %.2f s: channel %d (%.2f), want %d", float64(turn.from)/audio.SpeechRate, got, conf, turn.channel)
		}
	}
}

func TestDominantNamesNobodyInSilence(t *testing.T) {
	rows := withGain(t, []float32{1, 1, 1, 1})
	if got, conf := audio.Dominant(rows, 0, audio.SpeechRate, audio.DominantOptions{}); got != -1 || conf != 0 {
		t.Errorf("channel %d (%.2f) in the silence before the meeting", got, conf)
	}
	if got, _ := audio.Dominant(nil, 0, audio.SpeechRate, audio.DominantOptions{}); got != -1 {
		t.Errorf("channel %d without any row", got)
	}
	if got, _ := audio.Dominant(rows, 0, 1<<40, audio.DominantOptions{Candidates: []int{}}); got != -1 {
		t.Errorf("channel %d without any candidate", got)
	}
}

// TestMixOfTheSampleMeetingIsItsCloseMicrophones compares the automix of each turn with the speaker's own microphone.
func TestMixOfTheSampleMeetingIsItsCloseMicrophones(t *testing.T) {
	all, end := drain(t, open(t, council+"mixer.flac"))
	if !errors.Is(end, io.EOF) {
		t.Fatal(end)
	}
	mix, _, _ := hear(t, open(t, council+"mixer.flac"), audio.MixOptions{})
	if len(mix) != len(all)/4 {
		t.Fatalf("%d samples of %d", len(mix), len(all)/4)
	}
	// power is of the microphone alone, or of what the mix has beside it.
	power := func(from, to int64, ch int, beside float64) float64 {
		sum := 0.0
		for i := from; i < to; i++ {
			sum += math.Pow(float64(all[i*4+int64(ch)])-beside*float64(mix[i]), 2)
		}
		return 10 * math.Log10(sum/float64(to-from))
	}
	for _, turn := range councilTurns(t) {
		voice := power(turn.from, turn.to, turn.channel, 0)
		whole := power(turn.from, turn.to, turn.channel, 1) - voice
		onset := power(turn.from, turn.from+audio.SpeechRate/5, turn.channel, 1) - voice
		t.Logf("turn at %6.2f s: the mix differs from its microphone by %.1f dB, in its first 200 ms by %.1f dB",
			float64(turn.from)/audio.SpeechRate, whole, onset)
		if whole > -35 || onset > -25 {
			t.Errorf("turn at %.2f s: the mix differs from its microphone by %.1f dB, in its first 200 ms by %.1f dB",
				float64(turn.from)/audio.SpeechRate, whole, onset)
		}
	}
}
