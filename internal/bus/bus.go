package bus

import (
	"context"
	"fmt"
	"time"

	"bienban/internal/fault"
)

// Bus is all roles together: what an implementation provides. Consumers
// declare the roles that they need.
//
// For every method: safe for concurrent use; ends early with the context's
// error; fault.Unavailable when the bus cannot be reached or does not answer in
// time (a few seconds at most, also while reconnecting), after which the same
// call may succeed later without anything being reopened; fault.Invalid for an
// argument that no retry will mend.
type Bus interface {
	AudioPublisher
	AudioSource
	Leases
	FinalPublisher
	FinalSource
	Notices

	// Ready returns nil when the bus answers now.
	Ready(ctx context.Context) error
	// Close ends all readers and leases of this connection (a lease that is not
	// released runs out) and waits for its goroutines.
	Close() error
}

// AudioPublisher is what capture needs.
type AudioPublisher interface {
	// PublishAudio stores c at the end of its recording's stream and returns
	// once it is as durable as the implementation makes it (natsbus: synced to
	// disk, by a majority in a cluster). A recording's chunks are to be
	// published in order and by one caller at a time. On an error the chunk may
	// or may not be stored: publish it again, or go on and let readers take the
	// stretch from the recording; publishing twice is harmless. A stream that
	// is full and may not drop its oldest chunks answers fault.Unavailable
	// wrapping ErrFull.
	PublishAudio(ctx context.Context, c Chunk) error
	// AudioEnd tells the sample after the last one stored for the recording,
	// 0 when there is none: where a publisher that was cut off goes on.
	AudioEnd(ctx context.Context, recording string) (int64, error)
	// DropAudio removes the recording's stream, for when its text is complete
	// or its recording erased. Dropping what does not exist is no error.
	DropAudio(ctx context.Context, recording string) error
}

// AudioSource is what a worker needs to hear a recording.
type AudioSource interface {
	// ReadAudio opens a reader at sample from (16 kHz). The recording need not
	// exist yet.
	ReadAudio(ctx context.Context, recording string, from int64) (AudioReader, error)
}

// AudioReader reads one recording in order and follows it as it grows. For one
// goroutine at a time. A reader that is never read costs the publisher nothing.
type AudioReader interface {
	// Next waits for the next chunk. Chunks join without overlap or hole: the
	// first begins exactly at the sample asked for, each later one where the one
	// before ended (a chunk is cut at its front when need be; its Energies then
	// still are those of the whole chunk).
	//
	// When the bus does not have what comes next, because it dropped it or
	// never got it, Next returns a *MissingError with the stretch, and the
	// call after it goes on at the stretch's end. The caller reads that stretch
	// from the recording. A missing stretch is known only when something
	// after it is there.
	//
	// After the chunk of kind End it returns io.EOF. After fault.Unavailable the
	// next call goes on where this one was.
	Next(ctx context.Context) (Chunk, error)
	// Position is the sample at which the next chunk begins.
	Position() int64
	// Close ends the reader; Next then fails with fault.Unavailable.
	Close() error
}

// MissingError says that the bus does not have samples From up to To (not
// included) of a recording.
type MissingError struct {
	Recording string
	From, To  int64 // samples at 16 kHz
}

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("recording %s: samples %d to %d are not on the bus; read them from the recording's segments", e.Recording, e.From, e.To)
}

// ErrFull is wrapped by the error of a publish that was refused for lack of room.
var ErrFull = fault.New(fault.Unavailable, "the stream is full")

// LeaseTTL is how long a lease outlives its last renewal, so that another
// worker takes over within 5 s of a crash (docs/design.md section 3).
const LeaseTTL = 3 * time.Second

// Leases gives each key to at most one holder at a time.
type Leases interface {
	// Acquire waits until the lease of key is free, takes it for holder (a name
	// for people) and renews it until it is released or lost. Each acquisition
	// has the epoch of the one before plus 1, the first has 1. A lease is free
	// when it was released, or when its value has not changed for LeaseTTL as
	// the waiting side sees it (no two clocks are compared), or when the holder
	// is the one who asks: it was started again, and what its former life still
	// writes has an epoch that is over. So no two that live at once may share a
	// holder's name.
	Acquire(ctx context.Context, key, holder string) (Lease, error)
	// LeaseOf tells who last had the lease; the zero LeaseState when nobody had.
	LeaseOf(ctx context.Context, key string) (LeaseState, error)
}

// LeaseState is what the bus knows of a lease. Whether Holder is alive shows
// only by watching whether Renewed moves.
type LeaseState struct {
	Holder  string // "" after a release
	Epoch   uint64
	Renewed uint64 // grows with each change
}

// Lease is a lease held. A process that is stopped and woken may believe for a
// moment that it still holds one: what it then writes must carry the epoch, and
// whoever stores it must refuse an epoch older than the newest it has seen.
type Lease interface {
	Key() string
	Epoch() uint64
	// Lost is closed when the lease was released, taken by another, or not
	// renewed for so long that another may have taken it.
	Lost() <-chan struct{}
	// Valid tells, without asking the bus, whether the lease is held at this
	// moment; unlike Lost it needs no goroutine to have run.
	Valid() bool
	// Check asks the bus: fault.Conflict when another epoch has begun.
	Check(ctx context.Context) error
	// Release gives the lease back so that the next one need not wait. Releasing
	// a lease that was lost is no error.
	Release(ctx context.Context) error
}

// Final is the text of a stretch as a worker sends it. To the bus the payload
// is opaque.
type Final struct {
	Recording string `json:"recording"`
	Epoch     uint64 `json:"epoch"`       // of the lease under which it was made
	From      int64  `json:"from_sample"` // 16 kHz
	To        int64  `json:"to_sample"`   // not included
	Payload   []byte `json:"payload"`     // base64 in JSON
}

// FinalPublisher is what a worker needs to hand in text.
type FinalPublisher interface {
	// PublishFinal puts f in the queue and returns once it is stored. After an
	// error it may or may not be in the queue: send it again.
	PublishFinal(ctx context.Context, f Final) error
}

// FinalSource is what the ingester needs. There should be one at a time; two
// share the queue.
type FinalSource interface {
	// Finals opens the queue.
	Finals(ctx context.Context) (FinalReader, error)
	// Buried lists what was buried, oldest first, at most limit.
	Buried(ctx context.Context, limit int) ([]Buried, error)
}

// FinalReader hands out finals, mostly in the order sent for each recording; a
// final that is delivered again comes late. For one goroutine at a time.
type FinalReader interface {
	// Next waits for the next final. A message that is no final is buried and
	// does not stop the queue.
	Next(ctx context.Context) (Delivery, error)
	// Close gives what is not acknowledged back to the queue.
	Close() error
}

// RedeliverAfter is when a final that was neither acknowledged nor given back
// (its ingester died) is delivered again.
const RedeliverAfter = 5 * time.Second

// Delivery is one final that must be answered once.
type Delivery interface {
	Final() Final
	// Attempt counts deliveries from 1.
	Attempt() int
	// Ack says that the final's effect is stored; it will not come again. When
	// Ack fails it may come again.
	Ack(ctx context.Context) error
	// Nak gives it back, to be delivered again after a pause.
	Nak(ctx context.Context, pause time.Duration) error
	// Bury takes it out of the queue for good and keeps it with the reason for
	// people to see: for what no retry can mend.
	Bury(ctx context.Context, reason string) error
}

// Buried is a message that no retry could mend.
type Buried struct {
	Reason string
	At     time.Time
	Data   []byte // the message as it was sent
}

// Notices carries what may be lost: levels, provisional text, wake-ups.
type Notices interface {
	// Send passes data to whoever listens now. It never blocks and never fails:
	// what cannot be sent is dropped, counted and logged once a second.
	Send(subject string, data []byte)
	// Listen gets what is sent to subject from now on. In a subject, words are
	// separated by dots; "*" stands for one word and a last ">" for one or more.
	// Of what is not read, the newest depth notices are kept.
	Listen(ctx context.Context, subject string, depth int) (Listener, error)
}

// Notice is one message of Notices.
type Notice struct {
	Subject string
	Data    []byte
}

// Listener receives notices. For one goroutine at a time.
type Listener interface {
	// Next waits for the next notice.
	Next(ctx context.Context) (Notice, error)
	// Dropped counts what this listener was too slow for.
	Dropped() uint64
	// Close ends it; Next then fails with fault.Unavailable.
	Close() error
}
