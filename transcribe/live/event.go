package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"bienban/transcribe"
)

// Type says what an event does.
type Type string

// Types of events.
const (
	// Provisional text replaces all text beyond the last commit.
	Provisional Type = "provisional"
	// Committed text is final. It ends the provisional text; what lies beyond
	// it comes again with the next provisional event.
	Committed Type = "committed"
)

// Event is what the committer has to say about a stretch of sound.
type Event struct {
	Type Type

	// FromSample and ToSample (not included) bound the stretch, at 16 kHz. A
	// commit begins where the one before ended. A provisional event begins
	// there too, and ends where its sound ended.
	FromSample, ToSample int64

	// Segments are in order, with times in seconds of the recording, and
	// without ids. In a commit they hold also what the guards struck.
	Segments []transcribe.Segment
	// Text is that of the segments that are not struck.
	Text string
	// Stable is how many words of provisional Text, counted between blanks, two
	// decodes in a row agreed on: they will hardly change.
	Stable int
	// Coverage accounts for a commit's stretch, in order, without overlap or
	// hole. A provisional event has none.
	Coverage []transcribe.Cover
	// Language is Whisper's code of it, "" when not settled yet.
	Language string
	// Lag is how far behind the sound the committer was, in seconds.
	Lag float64
	// At is when the event came, in seconds since the first sample was played.
	// Only Play knows that.
	At float64
}

// Gap says that people must look at the stretch: speech without text, or
// missing sound.
func (e Event) Gap() bool {
	for _, c := range e.Coverage {
		if c.Kind == transcribe.CoveredGap {
			return true
		}
	}
	return false
}

// line is an event in JSON lines (docs/design.md section 7).
type line struct {
	Type  Type    `json:"type"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Text  string  `json:"text"`
	At    float64 `json:"at"`
}

// gapLine is the type of a line for sound that has no text and should have.
const gapLine Type = "gap"

// WriteEvent writes an event as one line of JSON. Times are seconds of audio:
// start is where its first words begin, end is up to where the event accounts
// for the sound. Commits without text are not written, except that one with a
// gap is a line of type "gap".
func WriteEvent(w io.Writer, e Event) error {
	l := line{Type: e.Type, Start: seconds(e.FromSample), End: seconds(e.ToSample), Text: e.Text, At: e.At}
	if e.Type == Committed && e.Text == "" {
		if !e.Gap() {
			return nil
		}
		l.Type = gapLine
	}
	for _, s := range e.Segments {
		if !s.Struck {
			l.Start = s.Start
			break
		}
	}
	l.Start, l.End, l.At = milli(l.Start), milli(l.End), milli(l.At)
	// In one write, and as it is said: nobody reads this as HTML.
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func milli(sec float64) float64 { return math.Round(sec*1e3) / 1e3 }

// seconds converts a sample position.
func seconds(n int64) float64 { return float64(n) / transcribe.SampleRate }
