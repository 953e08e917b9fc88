package live

import (
	"context"
	"fmt"
	"math"
	"strings"

	"bienban/transcribe"
)

// due commits what can be committed now, and says whether it did.
func (c *Committer) due(ctx context.Context) (bool, error) {
	current, speaking := c.current()
	now := c.now()
	if len(c.heard) == 0 && !speaking {
		_, silent := c.gate.Current() // what the detector calls speech, with no sound in it
		if now-c.upTo < quiet || c.gate.Open() && !silent {
			return false, nil
		}
		return true, c.commit(ctx, nil, now-pad, nil)
	}
	all := c.heard
	if speaking {
		all = append(all[:len(all):len(all)], current)
	}
	if !c.gate.Open() {
		if last := all[len(all)-1]; now-last.To >= patience(all) {
			return true, c.final(ctx, all, last.To+pad, last.To+pad, "")
		}
	}
	if now-c.start(all) < most {
		return false, nil
	}
	return true, c.force(ctx, all)
}

// patience is how much silence commits the speech before it.
func patience(heard []transcribe.Heard) int64 {
	speech := int64(0)
	for _, h := range heard {
		speech += h.To - h.From
	}
	if speech < shortSpeech {
		return shortSilence
	}
	return silence
}

// start is where the window of these stretches begins.
func (c *Committer) start(heard []transcribe.Heard) int64 { return max(heard[0].From-pad, c.upTo) }

// force commits a part of speech that is as long as a window may be: up to its
// best pause, else up to the last words on which two decodes agree, else all.
func (c *Committer) force(ctx context.Context, all []transcribe.Heard) error {
	start, now := c.start(all), c.now()
	if err := c.lastGlance(ctx, all, now); err != nil {
		return err
	}
	best, at, n := 0.0, int64(0), 0
	for i := range all {
		next := now
		if i+1 < len(all) {
			next = all[i+1].From
		} else if c.gate.Open() {
			break
		}
		mid := all[i].To + (next-all[i].To)/2
		if mid-start < cutLeast {
			continue
		}
		pause := float64(next-all[i].To) / silence
		if score := pause * (0.5 + float64(mid-start)/most); score >= best {
			best, at, n = score, mid, i+1
		}
	}
	if n > 0 {
		return c.final(ctx, all[:n], at, at, "")
	}
	c.eng.careful = true
	whole := c.sound(all, now)
	second, err := c.dec.Decode(ctx, whole, c.before)
	if err != nil {
		return err
	}
	if second.Failed() != nil {
		return c.put(ctx, second, now, "")
	}
	first, err := c.dec.Glance(ctx, c.sound(all, now-agreeStep), c.before)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && !first.Doubtful() && !second.Doubtful() {
		if n, cut := agreedCut(first.Words(), second.Words(), start+cutLeast, now-agreeStep); n > 0 {
			return c.put(ctx, second.Cut(n, cut), cut, "")
		}
	}
	cut := c.leastSpeech(start+most*3/4, now)
	return c.final(ctx, all, cut, cut, FlagCut)
}

// leastSpeech is the middle of the frame between from and to in which the
// detector was least sure of speech, the last of several.
func (c *Committer) leastSpeech(from, to int64) int64 {
	at, least := to, float32(math.MaxFloat32)
	for f := (from - c.upTo) / transcribe.DetectorFrame; f < (to-c.upTo)/transcribe.DetectorFrame; f++ {
		if p := c.probs[f]; p <= least {
			at, least = c.upTo+f*transcribe.DetectorFrame+transcribe.DetectorFrame/2, p
		}
	}
	return at
}

// sound is the window of these stretches up to to.
func (c *Committer) sound(heard []transcribe.Heard, to int64) transcribe.Sound {
	return c.soundFrom(c.start(heard), heard, to)
}

// soundFrom is such a window that begins later.
func (c *Committer) soundFrom(from int64, heard []transcribe.Heard, to int64) transcribe.Sound {
	s := transcribe.Sound{From: from, PCM: c.pcm[from-c.upTo : to-c.upTo], Heard: heard, Levels: c.levels.of()}
	if s.Levels != nil {
		s.Rows = c.rows
	}
	return s
}

// final decodes the window of these stretches up to until with all guards, and
// commits it as the text up to to.
func (c *Committer) final(ctx context.Context, heard []transcribe.Heard, until, to int64, flag string) error {
	c.learn(to)
	c.eng.careful = true
	got, err := c.dec.Decode(ctx, c.sound(heard, until), c.before)
	if err != nil {
		return err
	}
	return c.put(ctx, got, to, flag)
}

// put commits what was decoded.
func (c *Committer) put(ctx context.Context, got transcribe.Decoded, to int64, flag string) error {
	if err := got.Failed(); err == nil {
		c.failures = 0
	} else if c.failures++; c.failures >= failuresMost {
		return fmt.Errorf("the recogniser failed on %d windows in a row: %w", c.failures, err)
	}
	voted := c.vote(got)
	segs, covers := got.Segments()
	if voted && len(segs) > 0 {
		segs[0].Language = got.Language()
	}
	if e := got.Evidence(); murmur(e) || gabble(e, wordsOf(segs)) {
		strike(segs, covers)
	}
	mark := func(f transcribe.Flag) {
		if n := len(segs); n > 0 {
			segs[n-1].Flags = append(segs[n-1].Flags, f)
		}
	}
	if flag != "" {
		mark(transcribe.Flag{Code: flag, Severity: transcribe.Info, Text: "long speech was cut here without a pause; a word may be missing or doubled"})
	}
	if got.Doubtful() && !poisoned(segs) {
		mark(transcribe.Flag{Code: transcribe.FlagRepetition, Severity: transcribe.Info, Text: "the recogniser may have repeated itself"})
	}
	return c.commit(ctx, segs, to, covers)
}

// commit emits the stretch up to to and begins anew behind it.
func (c *Committer) commit(ctx context.Context, segs []transcribe.Segment, to int64, covers []transcribe.Cover) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := c.emit(Event{
		Type: Committed, FromSample: c.upTo, ToSample: to, Segments: segs, Text: textOf(segs),
		Coverage: fill(covers, c.upTo, to), Language: c.dec.Language(), Lag: c.Lag(),
	})
	if err != nil {
		return fmt.Errorf("live text from sample %d to %d: %w", c.upTo, to, err)
	}
	c.before = contextAfter(c.before, segs)
	c.pcm = append([]float32(nil), c.pcm[min(to, c.Next())-c.upTo:]...)
	c.upTo = to
	c.learn(to)
	c.gate, c.fed, c.heard, c.going = transcribe.Gate{}, 0, nil, false
	c.probs, c.power = c.probs[:0], c.power[:0]
	c.preview.restart(to)
	return nil
}

func textOf(segs []transcribe.Segment) string {
	var parts []string
	for _, s := range segs {
		if !s.Struck {
			parts = append(parts, s.Text)
		}
	}
	return strings.Join(parts, " ")
}
