package microphone

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

// Limits of what a browser may send.
const (
	// MostFrames bounds a part: 10 s at 48 kHz, so that what waited through an
	// outage comes quickly and no request is large.
	MostFrames = 480_000
	lowestRate = 8_000
	mostRate   = 192_000
	// streamLetters is how long a stream's own name may be; browsers make it of 16
	// random bytes.
	streamLetters = 32
	// storedWait bounds how long an answer waits for the disk. What is not stored
	// by then is told with the next part.
	storedWait = 2 * time.Second
	// beginWait is how long a recording may take to begin.
	beginWait = 15 * time.Second
)

// Part is a stretch of a stream.
type Part struct {
	At   int64 // of its first sample, counted from the stream's first
	Rate int   // of the microphone, in Hz: one for the whole stream
	PCM  []byte
	// Lost says that so many samples before At are lost for good.
	Lost int64
	// Heard is when the part's first sample was heard, by this machine's clock.
	Heard time.Time
	// Label is the microphone's name, for people.
	Label string
}

func (p Part) frames() int64 { return int64(len(p.PCM) / 2) }
func (p Part) end() int64    { return p.At + p.frames() }

// State is how far a stream is.
type State struct {
	Recording string `json:"recording"`
	// Stored is how many samples are on the disk: the browser lets them go.
	Stored int64 `json:"stored"`
	// Taken is how many have come: the browser goes on there.
	Taken int64 `json:"taken"`
	Ended bool  `json:"ended,omitempty"`
}

// Streams are the microphones of a machine. It is safe for concurrent use.
type Streams struct {
	root string // folder of recordings
	bus  capture.Bus
	log  *slog.Logger

	mu  sync.Mutex
	all map[string]*stream // by recording
}

// New makes it for a folder of recordings. A nil bus is none: the recordings
// are published once they have ended.
func New(root string, b capture.Bus, log *slog.Logger) *Streams {
	return &Streams{root: root, bus: b, log: log, all: map[string]*stream{}}
}

// Recording names the recording of a meeting's stream; fault.Invalid for a name
// that is none.
func Recording(meeting, name string) (string, error) {
	ok := name != "" && len(name) <= streamLetters && strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
	if !ok {
		return "", fault.New(fault.Invalid, "microphone: stream %q: must be 1 to %d small letters and digits", name, streamLetters)
	}
	if err := capture.CheckMeeting(meeting); err != nil {
		return "", err
	}
	base := capture.RecordingName(meeting)
	return base[:min(len(base), 60)] + "-mic-" + name, nil
}

// IsStream says whether a recording is that of a browser's microphone, which tells
// nothing of itself as captures do.
func IsStream(recording string) bool {
	at := strings.LastIndex(recording, "-mic-")
	return at > 0 && strings.Trim(recording[at+len("-mic-"):], "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// State says how far a stream is, also one that nothing has come of in this
// process's life. A new stream has nothing.
func (s *Streams) State(meeting, name string) (State, error) {
	id, err := Recording(meeting, name)
	if err != nil {
		return State{}, err
	}
	s.mu.Lock()
	st := s.all[id]
	s.mu.Unlock()
	if st != nil && !st.over() {
		return st.state(), nil
	}
	rec, err := record.Open(filepath.Join(s.root, id), nil)
	if isNone(err) {
		return State{Recording: id}, nil
	}
	if err != nil {
		return State{}, fault.New(fault.Unavailable, "microphone: recording %s: %w", id, err)
	}
	notes := rec.Notes()
	ended := len(notes) > 0 && notes[len(notes)-1].Kind == record.KindEnd && notes[len(notes)-1].At == rec.End()
	return State{Recording: id, Stored: rec.End(), Taken: rec.End(), Ended: ended}, nil
}

// Take takes a part and says how far the stream is then. It waits for the disk,
// a little. Errors: fault.Conflict for a part that does not join what is there,
// has another rate, or belongs to a stream that has ended (State tells where the
// stream is); fault.Invalid for one that is no sound.
func (s *Streams) Take(ctx context.Context, meeting, name string, p Part) (State, error) {
	id, err := Recording(meeting, name)
	if err != nil {
		return State{}, err
	}
	switch {
	case p.Rate < lowestRate || p.Rate > mostRate:
		return State{}, fault.New(fault.Invalid, "microphone: rate %d: must be %d to %d Hz", p.Rate, lowestRate, mostRate)
	case len(p.PCM) == 0 || len(p.PCM)%2 != 0 || p.frames() > MostFrames:
		return State{}, fault.New(fault.Invalid, "microphone: %d bytes: must be 1 to %d samples of 2 bytes", len(p.PCM), MostFrames)
	case p.At < 0 || p.Lost < 0 || p.Lost > p.At:
		return State{}, fault.New(fault.Invalid, "microphone: sample %d, %d lost before it: there are no such samples", p.At, p.Lost)
	}
	st, err := s.stream(ctx, meeting, id, p)
	if err != nil {
		return State{}, err
	}
	if err := st.take(ctx, p); err != nil {
		return st.state(), err
	}
	return st.settled(ctx), nil
}

// End ends a stream's recording properly. One that does not run in this process
// is ended as it lies there.
func (s *Streams) End(ctx context.Context, meeting, name, who string) error {
	now, err := s.State(meeting, name)
	if err != nil || now.Ended || now.Stored == 0 && now.Taken == 0 {
		return err
	}
	s.mu.Lock()
	st := s.all[now.Recording]
	s.mu.Unlock()
	if st == nil || st.over() {
		rec, err := record.Open(filepath.Join(s.root, now.Recording), nil)
		if err != nil {
			return fault.New(fault.Unavailable, "microphone: recording %s: %w", now.Recording, err)
		}
		// What was stored is all there is; a recorder that is opened and closed notes the end.
		st, err = s.stream(ctx, meeting, now.Recording, Part{Rate: rec.Base(), Heard: time.Now()})
		if err != nil {
			return err
		}
	}
	return st.end(ctx, who)
}

// EndAll ends all of a meeting's streams that run.
func (s *Streams) EndAll(ctx context.Context, meeting, who string) error {
	s.mu.Lock()
	var mine []*stream
	for _, st := range s.all {
		if st.meeting == meeting && !st.over() {
			mine = append(mine, st)
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, st := range mine {
		errs = append(errs, st.end(ctx, who))
	}
	return errors.Join(errs...)
}

// stream gives the one that runs, or begins or goes on with it.
func (s *Streams) stream(ctx context.Context, meeting, id string, p Part) (*stream, error) {
	s.mu.Lock()
	st := s.all[id]
	if st == nil || st.over() {
		st = newStream(s.root, meeting, id, p)
		s.all[id] = st
		go st.run(s)
	}
	s.mu.Unlock()
	wait, stop := context.WithTimeout(ctx, beginWait)
	defer stop()
	select {
	case <-st.begun:
	case <-st.done:
		return nil, st.failure()
	case <-wait.Done():
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.New(fault.Unavailable, "microphone: recording %s does not begin: is the disk slow?", id)
	}
	if st.rate != p.Rate {
		return nil, fault.New(fault.Conflict, "microphone: the stream has %d Hz, the part %d Hz: begin another stream", st.rate, p.Rate)
	}
	return st, nil
}

// isNone says that nothing was recorded there yet.
func isNone(err error) bool { return errors.Is(err, record.ErrNone) || errors.Is(err, fs.ErrNotExist) }

// samples decodes 16-bit little-endian samples.
func samples(pcm []byte) []float32 {
	out := make([]float32, len(pcm)/2)
	for i := range out {
		out[i] = float32(int16(binary.LittleEndian.Uint16(pcm[2*i:]))) / (1 << 15)
	}
	return out
}

func describe(label string) string {
	if label = strings.TrimSpace(label); label == "" {
		return "browser"
	}
	return fmt.Sprintf("browser: %s", label)
}
