package record

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

// witness compares with the manifest, which knows of an end that was cut off.
func (v *verifier) witness() {
	add := func(format string, a ...any) {
		v.rep.Problems = append(v.rep.Problems, Problem{Segment: manifestName, Chunk: -1, What: fmt.Sprintf(format, a...)})
	}
	m, err := readManifest(v.fs, v.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		add("%v; it can be rebuilt", err)
		return
	}
	now, err := summarise(v.dir, v.fs, nil)
	if err != nil {
		add("the segments cannot be summed up: %v", err)
		return
	}
	switch {
	case m.UID != now.UID:
		add("it belongs to another recording")
	case m.NextSeq > v.link.seq:
		add("chunks %d to %d are missing at the end", v.link.seq, m.NextSeq-1)
	case m.Closed && m.NextSeq == v.link.seq && (m.Head != hex.EncodeToString(v.link.hash[:]) || string(m.encode()) != string(now.encode())):
		add("it does not say what the segments say; it can be rebuilt")
	case m.Closed && v.rep.TornBytes > 0 && m.NextSeq == v.link.seq:
		add("the recording was ended, and %d bytes follow that were not recorded", v.rep.TornBytes)
	}
}

// report sums up.
func (v *verifier) report() Report {
	sec := func(n int64) float64 {
		if v.base == 0 {
			return 0
		}
		return float64(n) / float64(v.base)
	}
	if v.track != nil && !v.known {
		v.problem(nil, -1, 0, 0, "it is not the track that was imported")
	}
	r := v.rep
	r.AudioSeconds, r.Seconds = sec(v.audio-v.link.audio), sec(v.link.at)
	r.GapSeconds, r.OverflowSeconds, r.PausedSeconds, r.ErasedSeconds = sec(v.gap), sec(v.over), sec(v.pause), sec(v.gone)
	r.PendingErasures = len(v.open)
	r.Whole = len(r.Problems) == 0 && v.begun
	for _, i := range r.Imports {
		r.Whole = r.Whole && i.Whole
	}
	return r
}
