package record

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"bienban/internal/durable"
)

// Manifest sums a recording up. It is a copy of what the segments say (Rebuild makes it from them alone) and the
// witness against a cut end: the segments cannot tell that chunks are missing behind the last one.
type Manifest struct {
	Version  int           `json:"version"`
	ID       string        `json:"id"`
	UID      string        `json:"uid"` // random, of the recording; in each segment
	Meeting  string        `json:"meeting,omitempty"`
	Created  time.Time     `json:"created"`
	Base     int           `json:"base"`   // rate of positions, in Hz
	Closed   bool          `json:"closed"` // it was ended properly
	Position int64         `json:"position"`
	Audio    int64         `json:"audio"`    // of it, frames with audio
	NextSeq  int64         `json:"next_seq"` // chunks so far
	Head     string        `json:"head"`     // hash of the last chunk's header
	Segments []SegmentInfo `json:"segments"`
}

// SegmentInfo is a segment's line in the manifest.
type SegmentInfo struct {
	File   string `json:"file"`
	Format Format `json:"format"`
	First  int64  `json:"first_seq"`
	At     int64  `json:"at"`
	Size   int64  `json:"size"` // bytes that belong to the recording
}

// Names beside the segments.
const (
	manifestName  = "manifest.json"
	reserveName   = "reserve"
	importsName   = "imports"
	manifestLimit = 16 << 20
)

func infoOf(h *segmentHeader, size int64) SegmentInfo {
	return SegmentInfo{File: segmentName(h.number), Format: h.format, First: h.firstSeq, At: h.at, Size: size}
}

// manifest is the recording as it is on the disk.
func (w *writer) manifest(closed bool) *Manifest {
	m := &Manifest{Version: 1, ID: w.opts.ID, UID: hex.EncodeToString(w.uid[:]), Meeting: w.opts.Meeting,
		Created: w.made, Base: w.base, Closed: closed, Position: w.safe.at, Audio: w.safe.audio,
		NextSeq: w.safe.seq, Head: hex.EncodeToString(w.safe.hash[:])}
	m.Segments = append(m.Segments, w.segments...)
	if n := len(m.Segments); n > 0 {
		m.Segments[n-1].Size = w.safe.size
	}
	return m
}

func (m *Manifest) encode() []byte {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil // cannot be: our own types
	}
	return append(b, '\n')
}

// readManifest returns nil when there is none, and an error when it cannot be used.
func readManifest(fsys durable.FS, dir string) (*Manifest, error) {
	b, err := durable.ReadFile(fsys, filepath.Join(dir, manifestName), manifestLimit)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("it is not readable: %w", err)
	}
	if m.Version != 1 || m.NextSeq < 0 || m.Base < 0 || m.Position < 0 || m.Position > lastPosition(m.Base) || m.Audio < 0 || m.Audio > m.Position {
		return nil, errors.New("it holds what cannot be")
	}
	if !bytes.Equal(m.encode(), b) {
		return nil, errors.New("it was changed by hand or by the disk")
	}
	return m, nil
}

// Rebuild writes manifest.json again from the segments alone, and returns it. The recording must not be running.
func Rebuild(dir string, fsys durable.FS) (*Manifest, error) {
	if fsys == nil {
		fsys = durable.OS()
	}
	lock, err := fsys.Lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("record: rebuild: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	m, err := summarise(dir, fsys, nil)
	if err != nil {
		return nil, fmt.Errorf("record: rebuild: %w", err)
	}
	if err := durable.WriteFile(fsys, filepath.Join(dir, manifestName), m.encode()); err != nil {
		return nil, fmt.Errorf("record: rebuild: %w", err)
	}
	return m, nil
}

// summarise makes the manifest of what lies in a folder.
func summarise(dir string, fsys durable.FS, live *mark) (*Manifest, error) {
	segs, err := scan(fsys, dir, live)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Version: 1}
	for i := len(segs) - 1; i >= 0; i-- {
		s := segs[i]
		if s.broken != nil || s.stray {
			continue
		}
		if m.Head == "" {
			t, err := readTail(fsys, dir, s, vouched(fsys, dir))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			if t == nil {
				continue
			}
			s.limit = t.link.size
			m.ID, m.UID, m.Meeting, m.Created, m.Base = t.info.ID, hex.EncodeToString(s.head.uid[:]), t.info.Meeting, t.info.Created, s.head.base
			m.Position, m.Audio, m.NextSeq, m.Head, m.Closed = t.link.at, t.link.audio, t.link.seq, hex.EncodeToString(t.link.hash[:]), t.ended
		}
		m.Segments = append(m.Segments, infoOf(&s.head, s.limit))
	}
	if m.Head == "" {
		return nil, ErrNone
	}
	for i, j := 0, len(m.Segments)-1; i < j; i, j = i+1, j-1 {
		m.Segments[i], m.Segments[j] = m.Segments[j], m.Segments[i]
	}
	return m, nil
}
