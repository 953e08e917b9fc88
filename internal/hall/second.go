package hall

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/atomicfile"
	"bienban/internal/bus"
	"bienban/transcribe"
)

// LayerSecond is the layer of the second pass. A recording whose gaps were filled since has another for each import
// (SecondName).
const LayerSecond = "second"

// SecondName is the layer of a second pass over a recording as it is in its folder now.
func SecondName(dir string) (string, error) {
	rec, err := record.Open(dir, nil)
	if err != nil {
		return "", err
	}
	return secondName(rec), nil
}

func secondName(rec *record.Recording) string {
	imports := 0
	for _, n := range rec.Notes() {
		if n.Kind == record.KindImport {
			imports++
		}
	}
	if imports == 0 {
		return LayerSecond
	}
	return LayerSecond + "-" + strconv.Itoa(imports)
}

// SecondPass transcribes a whole recording from its segments, imported sound
// included, and gives it as a layer. What was not recorded, or closed, stays
// that in the ledger.
func SecondPass(ctx context.Context, dir string, eng transcribe.Engine, det transcribe.Detector, o transcribe.Options) (Layer, error) {
	rec, err := record.Open(dir, nil)
	if err != nil {
		return Layer{}, err
	}
	var marks []mark
	place := audio.Position{Rate: rec.Base()}
	for kind, all := range map[string][]record.Stretch{transcribe.CoveredPaused: rec.Pauses(), transcribe.CoveredGap: append(rec.Gaps(), rec.Missing()...)} {
		for _, s := range all {
			marks = append(marks, mark{place.Speech(s.From), place.Speech(s.To), kind})
		}
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.from, b.from) })
	id, length := rec.Info().ID, place.Speech(rec.End())
	src, err := rec.Source(record.SourceOptions{Fill: true})
	if err != nil {
		return Layer{}, err
	}
	defer src.Close()
	t, err := transcribe.Source(ctx, src, id, eng, det, o)
	if err != nil {
		return Layer{}, err
	}
	return Layer{Recording: id, Name: secondName(rec), Model: o.Model, Segments: t.Segments, Coverage: ledger(t, marks, length)}, nil
}

// mark is a stretch whose kind is known from the recording, in samples.
type mark struct {
	from, to int64
	kind     string
}

// ledger accounts for each sample up to length: by the transcript, and where
// that heard silence that was none, by the recording.
func ledger(t *transcribe.Transcript, marks []mark, length int64) []Cover {
	var out []Cover
	add := func(from, to int64, kind, note string) {
		switch n := len(out); {
		case to <= from:
		case n > 0 && out[n-1].Kind == kind && out[n-1].Note == note:
			out[n-1].To = to
		default:
			out = append(out, Cover{From: from, To: to, Kind: kind, Note: note})
		}
	}
	silent := func(at, to int64, note string) {
		for _, m := range marks {
			if a, b := max(at, m.from), min(to, m.to); a < b {
				add(at, a, transcribe.CoveredNonSpeech, note)
				add(a, b, m.kind, "")
				at = b
			}
		}
		add(at, to, transcribe.CoveredNonSpeech, note)
	}
	at := int64(0)
	for _, c := range t.Coverage {
		from, to := max(at, sampleOf(c.Start)), min(length, sampleOf(c.End))
		if to <= from {
			continue
		}
		silent(at, from, "")
		if c.Kind == transcribe.CoveredNonSpeech {
			silent(from, to, c.Note)
		} else {
			add(from, to, c.Kind, c.Note)
		}
		at = to
	}
	silent(at, length, "")
	return out
}

func sampleOf(seconds float64) int64 { return int64(math.Round(seconds * bus.SampleRate)) }

// WriteLayer writes a layer for ReadLayer, whole or not at all.
func WriteLayer(path string, l Layer) error {
	return atomicfile.Write(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(l) })
}

// ReadLayer reads what WriteLayer wrote.
func ReadLayer(path string) (Layer, error) {
	var l Layer
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &l)
	}
	if err != nil {
		return l, fmt.Errorf("second pass: %w", err)
	}
	return l, nil
}
