package natsbus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// dedupe is for how long the server knows a message id.
const dedupe = 2 * time.Minute

func (b *Bus) audioStream(recording string) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name:       "AUDIO_" + recording,
		Subjects:   []string{b.audioSubject(recording)},
		Retention:  jetstream.LimitsPolicy,
		MaxBytes:   b.o.AudioBytes,
		MaxAge:     b.o.AudioAge,
		Discard:    jetstream.DiscardOld,
		Duplicates: min(dedupe, b.o.AudioAge),
	}
	if b.o.Refuse {
		c.Discard = jetstream.DiscardNew
	}
	return c
}

func (b *Bus) audioSubject(recording string) string { return "AUDIO." + recording }

// PublishAudio implements bus.AudioPublisher.
func (b *Bus) PublishAudio(ctx context.Context, c bus.Chunk) error {
	data, err := c.MarshalBinary()
	if err != nil {
		return err
	}
	m := &nats.Msg{Subject: b.audioSubject(c.Recording), Data: data}
	// The first sample is in the id because a publisher that goes on cuts its chunks otherwise.
	id := fmt.Sprintf("%d.%d.%d", c.Seq, c.First, c.Kind)
	return b.publish(ctx, "publish audio of "+c.Recording, b.audioStream(c.Recording), m, id)
}

// AudioEnd implements bus.AudioPublisher.
func (b *Bus) AudioEnd(ctx context.Context, recording string) (int64, error) {
	if err := bus.CheckName(recording); err != nil {
		return 0, err
	}
	what := "end of " + recording
	in, cancel := b.within(ctx)
	defer cancel()
	var s jetstream.Stream
	err := b.patient(in, func(ctx context.Context) (err error) {
		s, err = b.js.Stream(ctx, "AUDIO_"+recording)
		return err
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, b.fail(ctx, what, err)
	}
	// From the newest back to the first that is a chunk.
	for seq := s.CachedInfo().State.LastSeq; seq > 0 && seq >= s.CachedInfo().State.FirstSeq; seq-- {
		m, err := s.GetMsg(in, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return 0, b.fail(ctx, what, err)
		}
		if c, err := bus.DecodeChunk(recording, m.Data); err == nil {
			return c.End(), nil
		}
	}
	return 0, nil
}

// DropAudio implements bus.AudioPublisher.
func (b *Bus) DropAudio(ctx context.Context, recording string) error {
	if err := bus.CheckName(recording); err != nil {
		return err
	}
	in, cancel := b.within(ctx)
	defer cancel()
	b.forget("AUDIO_" + recording)
	err := b.js.DeleteStream(in, "AUDIO_"+recording)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	return b.fail(ctx, "drop audio of "+recording, err)
}

// ReadAudio implements bus.AudioSource.
func (b *Bus) ReadAudio(_ context.Context, recording string, from int64) (bus.AudioReader, error) {
	if err := bus.CheckName(recording); err != nil {
		return nil, err
	}
	if from < 0 {
		return nil, fault.New(fault.Invalid, "recording %s: sample %d is before its beginning", recording, from)
	}
	life, stop := context.WithCancel(b.life)
	return &reader{b: b, recording: recording, at: bus.NewCursor(from), life: life, stop: stop}, nil
}

// reader follows one stream through a consumer that lives on the server only as
// long as the reader asks (nothing is acknowledged, nothing is kept for it).
type reader struct {
	b         *Bus
	recording string
	at        bus.Cursor
	life      context.Context
	stop      context.CancelFunc
	once      sync.Once

	cons  jetstream.Consumer
	count uint64 // consumer sequence of the last message
	seq   uint64 // stream sequence to go on at; 0 = to be looked up by position
	batch *batch
	away  <-chan struct{}
	mute  time.Time  // since when nobody answers
	kept  *bus.Chunk // the chunk after a stretch that was missing
}

// Sizes of reading.
const (
	fetchChunks = 64               // fetched ahead: 13 s, 450 kB
	fetchWait   = 20 * time.Second // for one request on the server
	fetchBeat   = 2 * time.Second  // of a request that has nothing: a dead server shows within two
	lookEvery   = 250 * time.Millisecond
	idleAfter   = 30 * time.Second // until the server forgets a reader
)

// Position implements bus.AudioReader.
func (r *reader) Position() int64 { return r.at.Position() }

// Close implements bus.AudioReader.
func (r *reader) Close() error {
	r.once.Do(r.stop) // the server forgets the consumer by itself
	return nil
}

// Next implements bus.AudioReader.
func (r *reader) Next(ctx context.Context) (bus.Chunk, error) {
	if r.at.Ended() {
		return bus.Chunk{}, io.EOF
	}
	for {
		var c bus.Chunk
		if r.kept != nil {
			c, r.kept = *r.kept, nil
		} else {
			var err error
			if c, err = r.stored(ctx); err != nil {
				return bus.Chunk{}, err
			}
		}
		part, ok, err := r.at.Take(c)
		if err != nil {
			r.kept = &c
			return bus.Chunk{}, err
		}
		if ok {
			return part, nil
		}
	}
}

// stored gives the next chunk of the stream, whatever its position. After an
// error the next call opens the consumer anew where this one was.
func (r *reader) stored(ctx context.Context) (bus.Chunk, error) {
	for {
		if err := r.closed(ctx); err != nil {
			return bus.Chunk{}, err
		}
		if r.batch == nil {
			if err := r.fetch(ctx); err != nil {
				if err := r.broken(ctx, err); err != nil {
					return bus.Chunk{}, err
				}
				continue
			}
		}
		var m jetstream.Msg
		var open bool
		select {
		case <-ctx.Done():
			return bus.Chunk{}, ctx.Err()
		case <-r.life.Done():
			return bus.Chunk{}, r.closed(ctx)
		case <-r.away:
			r.drop()
			return bus.Chunk{}, fault.New(fault.Unavailable, "bus: read %s: the connection was cut", r.recording)
		case m, open = <-r.batch.Messages():
		}
		if !open {
			err := r.batch.end()
			r.batch = nil
			if err != nil {
				if err := r.broken(ctx, err); err != nil {
					return bus.Chunk{}, err
				}
			}
			continue
		}
		r.mute = time.Time{}
		meta, err := m.Metadata()
		if err != nil || meta.Sequence.Consumer != r.count+1 {
			// One was lost on the way; the stream still has it.
			r.drop()
			continue
		}
		r.count, r.seq = meta.Sequence.Consumer, meta.Sequence.Stream+1
		c, err := bus.DecodeChunk(r.recording, m.Data())
		if err != nil {
			// What it stood for shows as a missing stretch.
			r.b.o.Log.Error("a message in an audio stream is no chunk", "recording", r.recording, "sequence", meta.Sequence.Stream, "err", err)
			continue
		}
		return c, nil
	}
}

// broken gives up the consumer after an error. It returns nil, after a pause,
// when nobody has answered for less than Timeout: a cluster is like that while
// it elects a leader.
func (r *reader) broken(ctx context.Context, err error) error {
	r.drop()
	if !errors.Is(err, nats.ErrNoResponders) {
		return r.b.fail(ctx, "read "+r.recording, err)
	}
	if r.mute.IsZero() {
		r.mute = time.Now()
	}
	if time.Since(r.mute) > r.b.o.Timeout {
		r.mute = time.Time{}
		return r.b.fail(ctx, "read "+r.recording, err)
	}
	select {
	case <-ctx.Done():
	case <-r.life.Done():
	case <-r.away:
		return fault.New(fault.Unavailable, "bus: read %s: the connection was cut", r.recording)
	case <-time.After(electionPause):
	}
	return nil
}

// closed says whether the reader or ctx has ended.
func (r *reader) closed(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.life.Err() != nil {
		return fault.New(fault.Unavailable, "bus: read %s: the reader is closed", r.recording)
	}
	return nil
}

// fetch asks for the next chunks, opening the consumer when there is none.
func (r *reader) fetch(ctx context.Context) error {
	for r.cons == nil {
		r.away = r.b.away() // before the question: a cut while it is asked must count
		err := r.open(ctx)
		if err == nil {
			break
		}
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			return err
		}
		// Not recorded yet.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.life.Done():
			return r.life.Err()
		case <-r.away:
			return nats.ErrDisconnected
		case <-time.After(lookEvery):
		}
	}
	var err error
	r.batch, err = fetch(r.life, r.cons, fetchChunks)
	return err
}

// fetch asks for the next n messages. The request ends with life: one left
// behind would take messages that nobody reads.
func fetch(life context.Context, cons jetstream.Consumer, n int) (*batch, error) {
	ctx, cancel := context.WithTimeout(life, fetchWait)
	b, err := cons.Fetch(n, jetstream.FetchContext(ctx), jetstream.FetchHeartbeat(fetchBeat))
	if err != nil {
		cancel()
		return nil, err
	}
	return &batch{MessageBatch: b, cancel: cancel}, nil
}

// batch is what one request yields.
type batch struct {
	jetstream.MessageBatch
	cancel context.CancelFunc
}

// end gives up what has not come yet, and says why no more came; nil when the
// request only ran out.
func (b *batch) end() error {
	err := b.Error()
	b.cancel()
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// drop gives up the consumer and what it was asked for.
func (r *reader) drop() {
	if r.batch != nil {
		r.batch.cancel()
	}
	r.cons, r.batch = nil, nil
}

func (r *reader) open(ctx context.Context) error {
	in, cancel := r.b.within(ctx)
	defer cancel()
	var s jetstream.Stream
	err := r.b.patient(in, func(ctx context.Context) (err error) {
		s, err = r.b.js.Stream(ctx, "AUDIO_"+r.recording)
		return err
	})
	if err != nil {
		return err
	}
	if st := s.CachedInfo().State; r.seq == 0 || r.seq > st.LastSeq+1 {
		// Unknown, or the stream was made anew since.
		if r.seq, err = seek(in, s, r.recording, r.at.Position()); err != nil {
			return err
		}
	}
	r.cons, err = s.CreateConsumer(in, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.seq,
		AckPolicy:         jetstream.AckNonePolicy,
		InactiveThreshold: idleAfter,
		MemoryStorage:     true,
		Replicas:          1,
	})
	r.count = 0
	return err
}

// seek finds the sequence of the first chunk that reaches beyond pos, by
// bisection: a stream is in order but for chunks that were published twice.
func seek(ctx context.Context, s jetstream.Stream, recording string, pos int64) (uint64, error) {
	st := s.CachedInfo().State
	low, high := max(st.FirstSeq, 1), st.LastSeq+1
	for low < high {
		mid := low + (high-low)/2
		m, err := s.GetMsg(ctx, mid)
		var c bus.Chunk
		if err == nil {
			c, err = bus.DecodeChunk(recording, m.Data)
		} else if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return 0, err
		}
		// What cannot be read counts as before: the hole is told when met.
		if err == nil && (c.End() > pos || c.Kind == bus.End) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low, nil
}
