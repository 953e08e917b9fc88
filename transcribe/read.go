package transcribe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"bienban/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// maxTranscriptBytes bounds what is read as a transcript. A day of speech with
// every word's time is about 30 MB.
const maxTranscriptBytes = 512 << 20

// maxSeconds is a year: a time beyond it is milliseconds or garbage.
const maxSeconds = 366 * 24 * 3600

// ReadTranscript reads a transcript.json: our own, or one that somebody else
// made, of which only start, end and text of each segment are required
// (docs/design.md section 7). Unknown keys are ignored, text becomes NFC,
// missing ids are given, segments keep their order and must start in order.
//
// Every error is a fault.Invalid of one line that names the segment and field.
func ReadTranscript(r io.Reader) (*Transcript, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxTranscriptBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read transcript: %w", err)
	}
	switch {
	case len(b) > maxTranscriptBytes:
		return nil, fault.New(fault.Invalid, "transcript: larger than %d MB; is this a transcript.json?", maxTranscriptBytes>>20)
	case len(bytes.TrimSpace(b)) == 0:
		return nil, fault.New(fault.Invalid, "transcript: the file is empty")
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // a byte order mark, as some editors write
	if !utf8.Valid(b) {
		return nil, fault.New(fault.Invalid, "transcript: not UTF-8 (byte %d); save it as UTF-8", badByte(b))
	}
	var raw rawTranscript
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&raw); err != nil {
		return nil, fault.New(fault.Invalid, "transcript: %s", jsonReason(b, err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "transcript: something follows the closing brace")
	}
	t, err := raw.check()
	if err != nil {
		return nil, &namedError{name: "transcript", err: err}
	}
	return t, nil
}

// ReadTranscriptFile reads a transcript.json by path; errors name its base name.
func ReadTranscriptFile(path string) (*Transcript, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "%s: no such transcript: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("read transcript: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fault.New(fault.Invalid, "%s: is a folder, not a transcript.json", path)
	}
	t, err := ReadTranscript(f)
	if err != nil {
		if fault.CodeOf(err) == fault.Invalid {
			return nil, fault.New(fault.Invalid, "%s: %s", name, strings.TrimPrefix(err.Error(), "transcript: "))
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// namedError puts a name before an error and keeps its code.
type namedError struct {
	name string
	err  error
}

func (e *namedError) Error() string { return e.name + ": " + e.err.Error() }
func (e *namedError) Unwrap() error { return e.err }

// raw… are the types as a stranger may write them: required fields are
// pointers, so that a missing one is told from zero.
type rawTranscript struct {
	Language    string        `json:"language"`
	Model       string        `json:"model"`
	Audio       *Audio        `json:"audio"`
	Segments    *[]rawSegment `json:"segments"`
	Coverage    []Stretch     `json:"coverage"`
	Suggestions []Suggestion  `json:"suggestions"`
	Flags       []looseFlag   `json:"flags"`
}

type rawSegment struct {
	ID      looseID     `json:"id"`
	Start   *float64    `json:"start"`
	End     *float64    `json:"end"`
	Speaker string      `json:"speaker"`
	Item    looseID     `json:"item"`
	Text    *string     `json:"text"`
	Channel int         `json:"channel"`
	Words   []Word      `json:"words"`
	Flags   []looseFlag `json:"flags"`
	Struck  bool        `json:"struck"`
}

// looseID is a string, or a whole number as many tools number their segments.
type looseID string

func (l *looseID) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = looseID(s)
		return nil
	}
	var n int64
	if err := json.Unmarshal(b, &n); err != nil {
		return errors.New("want a string or a whole number")
	}
	*l = looseID(strconv.FormatInt(n, 10))
	return nil
}

// looseFlag is a Flag, or only its code as a string.
type looseFlag Flag

func (l *looseFlag) UnmarshalJSON(b []byte) error {
	var code string
	if json.Unmarshal(b, &code) == nil {
		*l = looseFlag{Code: code, Severity: Info}
		return nil
	}
	var f Flag
	if err := json.Unmarshal(b, &f); err != nil {
		return errors.New("want a string or an object with code, severity and text")
	}
	if f.Severity == "" {
		f.Severity = Info
	}
	*l = looseFlag(f)
	return nil
}

func (raw *rawTranscript) check() (*Transcript, error) {
	if raw.Segments == nil {
		return nil, fault.New(fault.Invalid, "no segments: want an object with a list called segments")
	}
	t := &Transcript{
		Language: nfc(raw.Language), Model: raw.Model, Audio: raw.Audio,
		Coverage: raw.Coverage, Suggestions: raw.Suggestions,
		Segments: make([]Segment, 0, len(*raw.Segments)),
	}
	if t.Audio != nil && (!validTime(t.Audio.Seconds) || t.Audio.Channels < 0 || t.Audio.Rate < 0) {
		return nil, fault.New(fault.Invalid, "audio: seconds, rate and channels must not be negative")
	}
	var err error
	if t.Flags, err = checkFlags("flags", raw.Flags); err != nil {
		return nil, err
	}
	for i := range *raw.Segments {
		s, err := (*raw.Segments)[i].check(i + 1)
		if err != nil {
			return nil, err
		}
		if n := len(t.Segments); n > 0 && s.Start < t.Segments[n-1].Start {
			return nil, fault.New(fault.Invalid, "segment %d: starts at %g s, before segment %d (%g s); sort them by start",
				i+1, s.Start, i, t.Segments[n-1].Start)
		}
		t.Segments = append(t.Segments, s)
	}
	if err := giveIDs(t.Segments); err != nil {
		return nil, err
	}
	if err := checkCoverage(t.Coverage); err != nil {
		return nil, err
	}
	for i, s := range t.Suggestions {
		if !validTime(s.At) {
			return nil, fault.New(fault.Invalid, "suggestion %d: at is not a time in seconds", i+1)
		}
	}
	return t, nil
}

func (raw *rawSegment) check(n int) (Segment, error) {
	bad := func(format string, args ...any) (Segment, error) {
		return Segment{}, fault.New(fault.Invalid, "segment %d: %s", n, fmt.Sprintf(format, args...))
	}
	switch {
	case raw.Start == nil:
		return bad("start is missing")
	case raw.End == nil:
		return bad("end is missing")
	case raw.Text == nil:
		return bad("text is missing")
	case !validTime(*raw.Start):
		return bad("start %g is not a time in seconds", *raw.Start)
	case !validTime(*raw.End):
		return bad("end %g is not a time in seconds", *raw.End)
	case *raw.End < *raw.Start:
		return bad("end %g before start %g", *raw.End, *raw.Start)
	case raw.Channel < 0:
		return bad("channel %d; microphones count from 1", raw.Channel)
	}
	s := Segment{
		ID: nfc(strings.TrimSpace(string(raw.ID))), Start: *raw.Start, End: *raw.End,
		Speaker: nfc(strings.TrimSpace(raw.Speaker)), Item: nfc(strings.TrimSpace(string(raw.Item))),
		Text: nfc(*raw.Text), Channel: raw.Channel, Struck: raw.Struck, Words: raw.Words,
	}
	for i := range s.Words {
		w := &s.Words[i]
		w.Text = nfc(w.Text)
		if !validTime(w.Start) || !validTime(w.End) || w.End < w.Start {
			return bad("word %d (%q): wants 0 ≤ start ≤ end in seconds", i+1, w.Text)
		}
		if !(w.P >= 0 && w.P <= 1) {
			return bad("word %d (%q): p %g is not between 0 and 1", i+1, w.Text, w.P)
		}
	}
	var err error
	if s.Flags, err = checkFlags(fmt.Sprintf("segment %d: flags", n), raw.Flags); err != nil {
		return Segment{}, err
	}
	return s, nil
}

func checkFlags(where string, in []looseFlag) ([]Flag, error) {
	if len(in) == 0 {
		return nil, nil
	}
	out := make([]Flag, len(in))
	for i, f := range in {
		switch {
		case f.Code == "":
			return nil, fault.New(fault.Invalid, "%s: flag %d has no code", where, i+1)
		case f.Severity != Info && f.Severity != Block:
			return nil, fault.New(fault.Invalid, "%s: flag %d: severity %q; want info or block", where, i+1, f.Severity)
		}
		f.Text = nfc(f.Text)
		out[i] = Flag(f)
	}
	return out, nil
}

// giveIDs names segments without id "s1", "s2", … by their place, past any
// name that is taken, and refuses an id that stands twice.
func giveIDs(segs []Segment) error {
	seen := make(map[string]int, len(segs))
	for i, s := range segs {
		if s.ID == "" {
			continue
		}
		if first, ok := seen[s.ID]; ok {
			return fault.New(fault.Invalid, "segment %d: id %q stands already at segment %d", i+1, s.ID, first+1)
		}
		seen[s.ID] = i
	}
	next := 1
	for i := range segs {
		if segs[i].ID != "" {
			continue
		}
		next = max(next, i+1)
		id := "s" + strconv.Itoa(next)
		for _, taken := seen[id]; taken; _, taken = seen[id] {
			next++
			id = "s" + strconv.Itoa(next)
		}
		next++
		segs[i].ID = id
		seen[id] = i
	}
	return nil
}

func checkCoverage(c []Stretch) error {
	for i, s := range c {
		switch {
		case !validTime(s.Start) || !validTime(s.End) || s.End < s.Start:
			return fault.New(fault.Invalid, "coverage %d: wants 0 ≤ start ≤ end in seconds", i+1)
		case i > 0 && s.Start < c[i-1].End:
			return fault.New(fault.Invalid, "coverage %d: starts at %g s, before the one before it ends (%g s)", i+1, s.Start, c[i-1].End)
		}
		switch s.Kind {
		case CoveredSpeech, CoveredNonSpeech, CoveredPaused, CoveredDismissed, CoveredGap:
		default:
			return fault.New(fault.Invalid, "coverage %d: kind %q is not known", i+1, s.Kind)
		}
	}
	return nil
}

func validTime(s float64) bool { return s >= 0 && s <= maxSeconds && !math.IsNaN(s) }

func nfc(s string) string { return norm.NFC.String(s) }

func badByte(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// jsonReason says in one line what is wrong with the JSON, and where.
func jsonReason(b []byte, err error) string {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("line %d: %s", lineOf(b, syntax.Offset), oneLine(syntax.Error()))
	case errors.As(err, &typ):
		field := typ.Field
		if field == "" {
			field = "the whole"
		}
		return fmt.Sprintf("line %d: %s is a %s; want %s", lineOf(b, typ.Offset), field, typ.Value, typeName(typ.Type.Kind().String()))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "ends in the middle; is the file cut?"
	}
	return oneLine(err.Error())
}

func typeName(kind string) string {
	switch kind {
	case "float64", "int":
		return "a number"
	case "slice":
		return "a list"
	case "struct":
		return "an object"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

func lineOf(b []byte, offset int64) int {
	return 1 + bytes.Count(b[:min(max(offset, 0), int64(len(b)))], []byte("\n"))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
