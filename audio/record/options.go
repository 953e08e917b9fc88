package record

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"bienban/internal/durable"
)

// Options say what to record and how.
type Options struct {
	// ID names the recording. When a recording is continued it must be the same, or empty.
	ID      string
	Meeting string
	Device  string          // what delivers the audio, for people
	Map     json.RawMessage // channel map, kept as it is
	// Origin is the file that this was made of, "" for what was captured here.
	Origin string

	Rate, Channels, Bits int // Bits: 16 or 24, default 16

	// Segment is how much a segment file holds, default 5 min.
	Segment time.Duration
	// Queue is how much audio may wait in memory for the disk, default 20 s; what comes beyond is counted and
	// marked as an overflow.
	Queue time.Duration
	// Mirror is a second folder that gets a copy, "" for none; MirrorFS is where it lies, default the same.
	Mirror   string
	MirrorFS durable.FS
	// MirrorApart says whether Mirror lies on another drive than the recording now: then a folder of it that is away is
	// made anew. nil: it is never made anew.
	MirrorApart func() bool

	// WarnLeft is how long before the disk is full Status warns, default 10 min. KeepFree is how many bytes are left
	// free: when there are fewer the recording is stopped properly. Default 32 MiB.
	WarnLeft time.Duration
	KeepFree int64

	// OnChunk gets each chunk once it is on the disk, in order, from a goroutine of its own. When it is slower than
	// the audio it misses chunks, which Status counts and Open reads back; it never holds up the recording.
	OnChunk func(Chunk)

	// Now is the clock, default time.Now.
	Now func() time.Time

	random   io.Reader // keys
	maintain bool      // opened to note something, not to record
}

// Chunk is what was made durable.
type Chunk struct {
	Kind   Kind
	Seq    int64
	At     int64 // position in frames of the recording's base rate
	Span   int64 // length in the same
	Frames int   // of PCM
	Format Format
	Base   int       // rate of At and Span, in Hz
	Wall   time.Time // the machine's clock at its first frame
	PCM    []byte    // KindAudio: interleaved signed little-endian; else the record's JSON. Not to be changed
}

// Errors that a caller acts on.
var (
	// ErrClosed: the recorder was closed.
	ErrClosed = errors.New("the recording is closed")
	// ErrDiskFull: there is no room left; the recording was stopped and is whole.
	ErrDiskFull = errors.New("the disk is full: the recording was stopped; free some space and start it again")
	// ErrNone: a folder holds no recording.
	ErrNone = errors.New("no recording")
	// ErrNoAudio: a stretch that is to be erased lies behind the end.
	ErrNoAudio = errors.New("the recording has nothing")
	// ErrOther: a folder holds another recording than the one asked for.
	ErrOther = errors.New("another recording lies there")
)

func (o *Options) fill() error {
	if o.Bits == 0 {
		o.Bits = 16
	}
	if o.Segment == 0 {
		o.Segment = 5 * time.Minute
	}
	if o.Queue == 0 {
		o.Queue = 20 * time.Second
	}
	if o.WarnLeft == 0 {
		o.WarnLeft = 10 * time.Minute
	}
	if o.KeepFree == 0 {
		o.KeepFree = KeepFree
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.random == nil {
		o.random = rand.Reader
	}
	if len(o.Map) > 0 && !json.Valid(o.Map) {
		return errors.New("record: the channel map is not JSON")
	}
	if o.Segment < time.Second || o.Queue < time.Second {
		return fmt.Errorf("record: segments of %v and a queue of %v: both must be at least 1s", o.Segment, o.Queue)
	}
	if err := o.format().check(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

func (o *Options) format() Format { return Format{o.Rate, o.Channels, o.Bits} }
