package sound

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

// Rate is that of the file, in Hz: what the recogniser hears, so that a word is
// heard where its text says.
const Rate = audio.SpeechRate

// Span is a stretch in samples at Rate, To not included.
type Span struct{ From, To int64 }

const (
	headSize   = 44 // of a WAV file with a plain "fmt " chunk
	sampleSize = 2
	// mostBytes is what a WAV file can count (37 hours).
	mostBytes = math.MaxUint32 - headSize
	// warmMix is how much sound before a place is mixed, too: the mix leans to the
	// microphone of whoever speaks, and knows who that is from the seconds before.
	warmMix = 5 * Rate
	// warmOne is the same where one microphone passes as it is: the resampling
	// filter is far shorter.
	warmOne = Rate / 10
)

// Wave is a stretch of a recording as a WAV file. It is for one goroutine.
type Wave struct {
	ctx    context.Context
	rec    *record.Recording
	place  audio.Position
	mix    audio.MixOptions
	span   Span
	silent []Span
	off    int64 // of the next byte to give
	src    *record.Source
	mixed  *audio.SpeechReader
	at     int64 // sample that mixed gives next
	buf    []float32
}

// Open opens the stretch of the recording in dir; to 0 is what there is now.
// shelf may be nil. ctx bounds all later reading. Errors: fault.NotFound when no recording lies
// there, fault.Invalid for a stretch that it does not have.
func Open(ctx context.Context, shelf *record.Shelf, dir string, from, to int64, silent []Span) (*Wave, error) {
	rec, err := shelf.Open(dir)
	if err != nil {
		if errors.Is(err, record.ErrNone) || errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "sound: no recording lies there")
		}
		return nil, fault.New(fault.Unavailable, "sound: the recording cannot be read: %w", err)
	}
	w := &Wave{ctx: ctx, rec: rec, place: audio.Position{Rate: rec.Base()}, silent: silent}
	w.mix = capture.MixFor(rec.Info().Map, rec.Format().Channels)
	end := w.place.Speech(rec.End())
	if to == 0 {
		to = end
	}
	if from < 0 || to < from || to > end {
		return nil, fault.New(fault.Invalid, "sound: from %d to %d: the recording has samples 0 to %d", from, to, end)
	}
	if (to-from)*sampleSize > mostBytes {
		return nil, fault.New(fault.Invalid, "sound: from %d to %d: a WAV file holds at most 37 hours; ask for less", from, to)
	}
	w.span = Span{from, to}
	return w, nil
}

// Span is the stretch that the file holds.
func (w *Wave) Span() Span { return w.span }

// Size is the file's, in bytes.
func (w *Wave) Size() int64 { return headSize + (w.span.To-w.span.From)*sampleSize }

// Close implements io.Closer.
func (w *Wave) Close() error { return w.leave() }

func (w *Wave) leave() error {
	src := w.src
	w.src, w.mixed = nil, nil
	if src == nil {
		return nil
	}
	return src.Close()
}

// Seek implements io.Seeker.
func (w *Wave) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += w.off
	case io.SeekEnd:
		offset += w.Size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("sound: byte %d lies before the file", offset)
	}
	w.off = offset
	return offset, nil
}

// Read implements io.Reader.
func (w *Wave) Read(b []byte) (int, error) {
	if w.off >= w.Size() {
		return 0, io.EOF
	}
	if len(b) == 0 {
		return 0, nil
	}
	if w.off < headSize {
		head := w.head()
		n := copy(b, head[w.off:])
		w.off += int64(n)
		return n, nil
	}
	first := w.span.From + (w.off-headSize)/sampleSize
	skip := (w.off - headSize) % sampleSize // a range may begin within a sample
	want := min(int64(len(b))+skip+sampleSize-1, w.Size()-w.off+skip) / sampleSize
	pcm, err := w.samples(first, want)
	if err != nil {
		return 0, err
	}
	raw := make([]byte, 0, len(pcm)*sampleSize)
	for _, v := range pcm {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(sample16(v)))
	}
	n := copy(b, raw[skip:])
	w.off += int64(n)
	return n, nil
}

// head is a RIFF header of PCM samples.
func (w *Wave) head() []byte {
	size := uint32(w.Size() - headSize)
	b := append(make([]byte, 0, headSize), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, size+headSize-8)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // channel
	b = binary.LittleEndian.AppendUint32(b, Rate)
	b = binary.LittleEndian.AppendUint32(b, Rate*sampleSize)
	b = binary.LittleEndian.AppendUint16(b, sampleSize)
	b = binary.LittleEndian.AppendUint16(b, 8*sampleSize)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, size)
}

// readMost bounds what is decoded at once: 1 s.
const readMost = Rate

// samples gives 1 to want samples from first on.
func (w *Wave) samples(first, want int64) ([]float32, error) {
	want = min(want, readMost)
	for _, s := range w.silent { // what may not be heard is not even read
		switch {
		case s.From <= first && first < s.To:
			return make([]float32, min(want, s.To-first)), nil
		case first < s.From:
			want = min(want, s.From-first)
		}
	}
	if w.mixed == nil || w.at != first {
		if err := w.start(first); err != nil {
			return nil, err
		}
	}
	if int64(cap(w.buf)) < want {
		w.buf = make([]float32, want)
	}
	got := w.buf[:want]
	n, err := w.mixed.Read(w.ctx, got)
	if n == 0 && err != nil {
		var damage *audio.DamageError
		if !errors.Is(err, io.EOF) && !errors.As(err, &damage) {
			return nil, fmt.Errorf("sound: %w", err)
		}
		clear(got) // resampling rounds, or the end is broken: times stay right
		n = len(got)
	}
	w.at += int64(n)
	return got[:n], nil
}

// start begins to mix some time before a sample, and leaves that out.
func (w *Wave) start(first int64) error {
	if err := w.leave(); err != nil {
		return err
	}
	warm := int64(warmMix)
	if len(w.mix.Channels) == 1 || w.rec.Format().Channels == 1 {
		warm = warmOne
	}
	begin := max(0, first-warm)
	src, err := w.rec.Source(record.SourceOptions{From: min(w.place.Source(begin), w.rec.End()), Fill: true})
	if err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	mixed, err := audio.NewSpeechReader(src, w.mix)
	if err != nil {
		_ = src.Close()
		return fmt.Errorf("sound: %w", err)
	}
	w.src, w.mixed, w.at = src, mixed, begin
	skip := make([]float32, readMost)
	for w.at < first {
		n, err := mixed.Read(w.ctx, skip[:min(first-w.at, readMost)])
		w.at += int64(n)
		if n == 0 && err != nil {
			if w.ctx.Err() != nil {
				return w.ctx.Err()
			}
			w.at = first // nothing is there: the read that follows says so
		}
	}
	return nil
}

func sample16(v float32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)*(1<<15)))))
}
