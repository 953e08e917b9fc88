package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"bienban/audio"
	"bienban/transcribe"
)

// tape is a source at 16 kHz with one channel.
type tape struct {
	pcm    []float32
	pos    int
	damage error
}

func (s *tape) Format() audio.Format {
	return audio.Format{Rate: rate, Channels: 1, Frames: int64(len(s.pcm))}
}

func (s *tape) Read(ctx context.Context, dst []float32) (int, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	n := copy(dst, s.pcm[s.pos:])
	s.pos += n
	if n == 0 && s.damage != nil {
		return 0, s.damage
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (s *tape) Close() error { return nil }

// handClock stands still but for waiting and for what an engine costs.
type handClock struct{ now time.Duration }

func (c *handClock) Now() time.Duration { return c.now }

func (c *handClock) WaitUntil(ctx context.Context, t time.Duration) error {
	c.now = max(c.now, t)
	return ctx.Err()
}

// costly takes a share of real time for each window.
func costly(c *handClock, share float64) *hearer {
	return &hearer{before: func(_ int, r transcribe.Request) error {
		c.now += time.Duration(share * float64(len(r.PCM)) / rate * float64(time.Second))
		return nil
	}}
}

func TestPlayKeepsThePaceOfRealTime(t *testing.T) {
	script := talk(60, usual)
	k := render(script)
	clock := &handClock{now: time.Hour}
	var events []Event
	err := Play(t.Context(), &tape{pcm: k.PCM}, costly(clock, 0.05), &ears{}, PlayOptions{Options: Options{Language: "vi"}, Realtime: true, Clock: clock}, func(e Event) error {
		if end := seconds(e.ToSample); e.At < end-1e-6 {
			t.Fatalf("%s text up to %.2f s came at %.2f s", e.Type, end, e.At)
		} else if e.Text != "" && e.At > end+2 {
			t.Errorf("%s text up to %.2f s came at %.2f s", e.Type, end, e.At)
		}
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, events, 0, int64(len(k.PCM)))
	if got := textsOf(events); got != words(script) {
		t.Errorf("got %s", got)
	}
}

func TestASlowEngineLagsAndSkipsNothing(t *testing.T) {
	script := talk(60, usual)
	k := render(script)
	clock := &handClock{}
	lag := 0.0
	var events []Event
	err := Play(t.Context(), &tape{pcm: k.PCM}, costly(clock, 1.5), &ears{}, PlayOptions{Options: Options{Language: "vi"}, Realtime: true, Clock: clock}, func(e Event) error {
		lag = max(lag, e.Lag)
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, events, 0, int64(len(k.PCM)))
	if got := textsOf(events); got != words(script) {
		t.Errorf("got %s", got)
	}
	if lag < 5 {
		t.Errorf("a machine at two thirds of real time says a lag of %.1f s", lag)
	}
	if n := len(events) - len(committed(events)); n > 4 {
		t.Errorf("%d provisional decodes under overload", n)
	}
}

func TestAFastPlayMakesTheSameText(t *testing.T) {
	k := render(talk(60, usual))
	play := func(o PlayOptions) (out []Event) {
		o.Language = "vi"
		if err := Play(t.Context(), &tape{pcm: k.PCM}, &hearer{}, &ears{}, o, func(e Event) error { out = append(out, e); return nil }); err != nil {
			t.Fatal(err)
		}
		out = committed(out)
		for i := range out {
			out[i].At = 0
		}
		return out
	}
	want := play(PlayOptions{Realtime: true, Clock: &handClock{}})
	equal(t, "commits", play(PlayOptions{}), want)
	half := want[len(want)/2]
	rest := play(PlayOptions{Options: Options{From: half.ToSample, Before: ContextOf(segmentsOf(want[:len(want)/2+1]))}})
	equal(t, "commits after a start in the middle", rest, want[len(want)/2+1:])
}

func TestADamagedSourceIsPlayedAsFarAsItIsWhole(t *testing.T) {
	script := talk(9, usual)
	damage := &audio.DamageError{Path: "họp.wav", Reason: "cut"}
	var events []Event
	err := Play(t.Context(), &tape{pcm: render(script).PCM, damage: damage}, &hearer{}, &ears{}, PlayOptions{}, func(e Event) error { events = append(events, e); return nil })
	if !errors.Is(err, error(damage)) || textsOf(events) != words(script) {
		t.Errorf("%v, %s", err, textsOf(events))
	}
}

func TestPlayStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	k := render(talk(60, usual))
	err := Play(ctx, &tape{pcm: k.PCM}, &hearer{}, &ears{}, PlayOptions{Realtime: true, Clock: &handClock{}}, func(Event) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if err := newWallClock().WaitUntil(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("the wall clock waited: %v", err)
	}
}

func TestEventsAreLinesOfJSON(t *testing.T) {
	seg := []transcribe.Segment{{Text: "Hãy subscribe", Start: 0.2, Struck: true}, {Text: "Kính thưa <đại hội>.", Start: 1.23456, End: 3}}
	gap := []transcribe.Cover{{From: 0, To: 16000, Kind: transcribe.CoveredGap, Note: noSound}}
	still := []transcribe.Cover{{From: 0, To: 16000, Kind: transcribe.CoveredNonSpeech}}
	for name, c := range map[string]struct {
		event Event
		want  string
	}{
		"committed":          {Event{Type: Committed, FromSample: 0, ToSample: 51200, Segments: seg, Text: "Kính thưa <đại hội>.", At: 4.00049}, `{"type":"committed","start":1.235,"end":3.2,"text":"Kính thưa <đại hội>.","at":4}`},
		"provisional":        {Event{Type: Provisional, FromSample: 16000, ToSample: 32000, Text: "a", At: 2}, `{"type":"provisional","start":1,"end":2,"text":"a","at":2}`},
		"nothing any more":   {Event{Type: Provisional, FromSample: 16000, ToSample: 32000}, `{"type":"provisional","start":1,"end":2,"text":"","at":0}`},
		"silence is no line": {Event{Type: Committed, ToSample: 16000, Coverage: still}, ``},
		"a gap":              {Event{Type: Committed, ToSample: 16000, Coverage: gap}, `{"type":"gap","start":0,"end":1,"text":"","at":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteEvent(&b, c.event); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(b.String(), "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	if err := WriteEvent(io.Discard, Event{Type: Committed, Text: "a", At: math.Inf(1)}); err == nil {
		t.Error("a time that is no number was written")
	}
}
