package transcribe

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// WriteJSON writes transcript.json: indented, UTF-8, no HTML escapes, the
// same bytes for the same transcript. ReadTranscript reads it back.
func WriteJSON(w io.Writer, t *Transcript) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(orEmpty(t))
}

// orEmpty gives a transcript without segments an empty list, not null.
func orEmpty(t *Transcript) *Transcript {
	if t.Segments != nil {
		return t
	}
	c := *t
	c.Segments = []Segment{}
	return &c
}

// WriteJSONL writes one segment a line, struck ones too (they say so).
func WriteJSONL(w io.Writer, t *Transcript) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for i := range t.Segments {
		if err := enc.Encode(&t.Segments[i]); err != nil {
			return err
		}
	}
	return b.Flush()
}

// WriteTXT writes the speech and nothing else: one segment a line, a blank
// line where the speaker's microphone changes; no times, names or gap notes.
func WriteTXT(w io.Writer, t *Transcript) error {
	b := bufio.NewWriter(w)
	first, last := true, 0
	for _, s := range spoken(t) {
		if !first && s.Channel != last {
			fmt.Fprintln(b)
		}
		first, last = false, s.Channel
		fmt.Fprintln(b, oneLine(s.Text))
	}
	return b.Flush()
}

// WriteSRT writes SubRip subtitles, with the speaker's name where it is known.
func WriteSRT(w io.Writer, t *Transcript) error {
	b := bufio.NewWriter(w)
	for i, s := range spoken(t) {
		fmt.Fprintf(b, "%d\n%s --> %s\n%s\n\n", i+1, clock(s.Start, ','), clock(s.End, ','), cue(s, named))
	}
	return b.Flush()
}

// WriteVTT writes WebVTT subtitles; the speaker is a voice tag.
func WriteVTT(w io.Writer, t *Transcript) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "WEBVTT\n\n")
	for _, s := range spoken(t) {
		fmt.Fprintf(b, "%s --> %s\n%s\n\n", clock(s.Start, '.'), clock(s.End, '.'), cue(s, voiced))
	}
	return b.Flush()
}

// spoken gives the segments that are text of the meeting: not struck, not empty.
func spoken(t *Transcript) []Segment {
	var out []Segment
	for _, s := range t.Segments {
		if !s.Struck && strings.TrimSpace(s.Text) != "" {
			out = append(out, s)
		}
	}
	return out
}

func cue(s Segment, with func(speaker, text string) string) string {
	return with(oneLine(s.Speaker), oneLine(s.Text))
}

// named keeps "-->" out of the text: SubRip has no escape for it.
func named(speaker, text string) string {
	text = strings.ReplaceAll(text, "-->", "→")
	if speaker == "" {
		return text
	}
	return speaker + ": " + text
}

// voiced escapes what WebVTT reads as markup (W3C WebVTT section 3.4).
func voiced(speaker, text string) string {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	text = esc.Replace(text)
	if speaker == "" {
		return text
	}
	return "<v " + esc.Replace(speaker) + ">" + text
}

// clock is HH:MM:SS and milliseconds after the separator sep.
func clock(seconds float64, sep byte) string {
	ms := int64(math.Round(max(seconds, 0) * 1000))
	return fmt.Sprintf("%02d:%02d:%02d%c%03d", ms/3600000, ms/60000%60, ms/1000%60, sep, ms%1000)
}

// Speech is all that was said, as one line of text: what WriteTXT writes.
func (t *Transcript) Speech() string {
	var parts []string
	for _, s := range spoken(t) {
		parts = append(parts, oneLine(s.Text))
	}
	return strings.Join(parts, " ")
}
