package transcribetest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"bienban/internal/measure"
	"bienban/transcribe"
)

// Sample is speech with what is said in it.
type Sample struct {
	PCM      []float32 // at transcribe.SampleRate, at most 30 s
	Language string
	Text     string
	MaxWER   float64 // share of wrong words that is accepted, 0 to 1
	Prompt   string
	From, To float64 // seconds: the speech lies between, ± Slack
	Slack    float64
}

func (s Sample) request() transcribe.Request {
	return transcribe.Request{PCM: s.PCM, Language: s.Language, Prompt: s.Prompt, AudioContext: context50(len(s.PCM))}
}

// context50 is the audio context that covers n samples and 2.5 seconds more.
func context50(n int) int { return min(1500, n*50/transcribe.SampleRate+128) }

// Engine checks an engine against the contract, with real speech. open gives a
// new engine; each check closes its own.
func Engine(t *testing.T, open func(t *testing.T) transcribe.Engine, samples ...Sample) {
	if len(samples) == 0 {
		t.Fatal("the suite needs at least one sample of speech")
	}
	e := open(t)
	t.Cleanup(func() {
		for range 2 {
			if err := e.Close(); err != nil {
				t.Errorf("Close, which may be called twice: %v", err)
			}
		}
	})
	t.Run("hears the words that were said, with their times", func(t *testing.T) {
		for _, s := range samples {
			res := decode(t, e, s.request())
			if wer := measure.WER(s.Language, s.Text, res.Text).Rate(); wer > s.MaxWER {
				t.Errorf("%.0f %% of words are wrong, at most %.0f are accepted\nsaid:  %s\nheard: %s", 100*wer, 100*s.MaxWER, s.Text, res.Text)
			}
			wellFormed(t, res, s)
			if s.To > 0 && len(res.Words) > 0 {
				first, last := res.Words[0].Start, res.Words[len(res.Words)-1].End
				if math.Abs(first-s.From) > s.Slack || math.Abs(last-s.To) > s.Slack {
					t.Errorf("speech from %.2f to %.2f s was heard from %.2f to %.2f", s.From, s.To, first, last)
				}
			}
		}
	})
	t.Run("keeps no state between windows", func(t *testing.T) {
		first := decode(t, e, samples[0].request())
		other := samples[len(samples)-1].request()
		other.PCM = other.PCM[:len(other.PCM)/2]
		other.AudioContext = context50(len(other.PCM))
		other.Prompt = "A prompt of another window."
		decode(t, e, other)
		if again := decode(t, e, samples[0].request()); !reflect.DeepEqual(first, again) {
			t.Errorf("the same window, decoded again after another:\n%+v\n%+v", first, again)
		}
		// A longer window in between leaves more behind than a shorter one.
		short := samples[0].request()
		short.PCM = short.PCM[:len(short.PCM)/3]
		short.AudioContext = context50(len(short.PCM))
		first = decode(t, e, short)
		for _, s := range samples {
			decode(t, e, s.request())
		}
		if again := decode(t, e, short); !reflect.DeepEqual(first, again) {
			t.Errorf("a short window, decoded again after longer ones:\n%+v\n%+v", first, again)
		}
	})
	t.Run("draws no dice of an earlier window", func(t *testing.T) {
		beam, warm := samples[0].request(), samples[0].request()
		beam.Beam, warm.Temperature = 5, 0.8
		beams, warms := decode(t, e, beam), decode(t, e, warm)
		for range 2 {
			if again := decode(t, e, beam); !reflect.DeepEqual(beams, again) {
				t.Errorf("five beams, again:\n%+v\n%+v", beams, again)
			}
			if again := decode(t, e, warm); !reflect.DeepEqual(warms, again) {
				t.Errorf("at a temperature, again:\n%+v\n%+v", warms, again)
			}
		}
	})
	t.Run("hears the same when windows are decoded at once", func(t *testing.T) {
		p, ok := e.(transcribe.Parallel)
		if !ok || p.Lanes() < 2 {
			t.Skip("it decodes one at a time")
		}
		want := make([]transcribe.Result, len(samples))
		for i, s := range samples {
			want[i] = decode(t, e, s.request())
		}
		var all sync.WaitGroup
		for lane := range p.Lanes() {
			all.Go(func() {
				for i := range samples {
					at := (i + lane) % len(samples)
					got, err := e.Transcribe(t.Context(), samples[at].request())
					if err != nil || !reflect.DeepEqual(want[at], got) {
						t.Errorf("beside another window: %v\n%+v\n%+v", err, want[at], got)
					}
				}
			})
		}
		all.Wait()
	})
	t.Run("detects the language when none is given, whatever came before", func(t *testing.T) {
		for _, s := range samples {
			r := s.request()
			r.Language = ""
			if res := decode(t, e, r); res.Language != s.Language {
				t.Errorf("language %q was heard as %q", s.Language, res.Language)
			}
		}
	})
	t.Run("stops at MaxTokens", func(t *testing.T) {
		r := samples[0].request()
		r.MaxTokens = 5
		if res := decode(t, e, r); res.Tokens == 0 || res.Tokens > 6 {
			t.Errorf("asked for at most 5 tokens, got %d", res.Tokens)
		}
	})
	t.Run("a cancelled context ends the call with its error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := e.Transcribe(ctx, samples[0].request()); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before the call: got %v", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		time.AfterFunc(50*time.Millisecond, cancel)
		r := samples[0].request()
		r.AudioContext = 0
		start := time.Now()
		_, err := e.Transcribe(ctx, r)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled during the call: got %v", err)
		}
		if took := time.Since(start); err != nil && took > 1500*time.Millisecond {
			t.Errorf("cancelling took %s, a second is allowed", took)
		}
		wellFormed(t, decode(t, e, samples[0].request()), samples[0]) // and it still works
	})
	t.Run("refuses a window without samples", func(t *testing.T) {
		if _, err := e.Transcribe(t.Context(), transcribe.Request{Language: samples[0].Language}); err == nil {
			t.Error("a window of nothing was accepted")
		}
	})
	t.Run("refuses a language that does not exist", func(t *testing.T) {
		r := samples[0].request()
		r.Language = "no such"
		if res, err := e.Transcribe(t.Context(), r); err == nil {
			t.Errorf("it was accepted: %+v", res)
		}
	})
}

func decode(t *testing.T, e transcribe.Engine, r transcribe.Request) transcribe.Result {
	t.Helper()
	res, err := e.Transcribe(t.Context(), r)
	if err != nil {
		t.Fatalf("Transcribe: %v", err)
	}
	return res
}

// wellFormed checks what holds for every result.
func wellFormed(t *testing.T, res transcribe.Result, s Sample) {
	t.Helper()
	if s.Language != "" && res.Language != s.Language {
		t.Errorf("language: got %q, want %q", res.Language, s.Language)
	}
	if !utf8.ValidString(res.Text) {
		t.Errorf("text is not UTF-8: %q", res.Text)
	}
	if res.NoSpeech < 0 || res.NoSpeech > 1 || math.IsNaN(res.NoSpeech) {
		t.Errorf("no-speech probability %g", res.NoSpeech)
	}
	if res.AvgLogProb > 0 || math.IsNaN(res.AvgLogProb) {
		t.Errorf("mean log probability %g", res.AvgLogProb)
	}
	joined, at := make([]string, 0, len(res.Words)), 0.0
	total := float64(len(s.PCM)) / transcribe.SampleRate
	for _, w := range res.Words {
		if w.Start < at || w.End < w.Start || w.End > total+1e-6 {
			t.Errorf("word %q from %.3f to %.3f s: not after the one before (%.3f) or not in the window (%.3f)", w.Text, w.Start, w.End, at, total)
		}
		if w.Text == "" || w.Text != strings.TrimSpace(w.Text) || !utf8.ValidString(w.Text) {
			t.Errorf("word %q", w.Text)
		}
		if !(w.P >= 0 && w.P <= 1) {
			t.Errorf("word %q has probability %g", w.Text, w.P)
		}
		joined, at = append(joined, w.Text), w.Start
	}
	if got, want := squeeze(strings.Join(joined, " ")), squeeze(res.Text); got != want {
		t.Errorf("the words do not make the text:\n%s\n%s", got, want)
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
