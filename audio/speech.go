package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// EnergyHop is the length of one row of channel energies in 16 kHz samples: 10 ms, Whisper's own step.
const EnergyHop = SpeechRate / 100

// speechBlock is how many source frames are read at once, at 48 kHz: 85 ms.
const speechBlock = 4096

// MixOptions says how channels become one.
type MixOptions struct {
	// Channels are the source channels that are mixed, counted from 0; nil means all. Energies cover all channels
	// either way.
	Channels []int
	// Gain is a linear factor for each source channel; nil means 1 for all. Mixed peaks above full scale are
	// limited softly.
	Gain []float64
	// NoEnergies leaves out the rows that Energies returns. Set it when nobody collects them: rows that wait for a
	// caller take memory (about 4 kB for each second of 4 channels).
	NoEnergies bool
}

// ChannelEnergy is how loud each channel was for EnergyHop samples from Start on.
type ChannelEnergy struct {
	Start int64     // 16 kHz sample
	RMS   []float32 // of source channel i, in the speech band (150 to 4000 Hz), linear, full scale = 1
}

// SpeechReader turns a source into what the recogniser hears: one channel at 16 kHz, in [-1, 1] but for the ringing of
// the resampling filter at clipped peaks. A source of one channel, or with one channel chosen and no gain, is passed on as
// it is; several are mixed so that the microphone of whoever speaks dominates. Memory does not grow with the
// recording as long as the caller collects Energies. For one goroutine at a time.
type SpeechReader struct {
	src    Source
	format Format
	opts   MixOptions
	meter  *meter
	mix    *automix // nil when one channel passes as it is
	single int      // that channel
	rs     *Resampler
	hop    int64     // index of the current hop
	frame  int64     // source frames consumed
	cut    int64     // source frame at which the current hop ends
	hopBuf []float32 // interleaved frames of the current hop
	block  []float32
	mono   []float32 // mixed frames on their way to the resampler
	out    []float32 // 16 kHz samples that wait for a Read
	at     int       // how much of out is given
	rows   []ChannelEnergy
	pool   []float32 // where the next rows' RMS come from
	end    error
}

// NewSpeechReader wraps src, which stands at its first frame and stays the caller's to close.
func NewSpeechReader(src Source, o MixOptions) (*SpeechReader, error) {
	f := src.Format()
	if o.Gain != nil && len(o.Gain) != f.Channels {
		return nil, fmt.Errorf("mix: %d gains for %d channels", len(o.Gain), f.Channels)
	}
	used := o.Channels
	if used == nil {
		for c := range f.Channels {
			used = append(used, c)
		}
	}
	seen := make(map[int]bool)
	for _, c := range used {
		if c < 0 || c >= f.Channels || seen[c] {
			return nil, fmt.Errorf("mix: channel %d of a source with %d channels (counted from 0, each once)", c, f.Channels)
		}
		seen[c] = true
	}
	if len(used) == 0 {
		return nil, errors.New("mix: no channel chosen")
	}
	rs, err := NewResampler(f.Rate, SpeechRate, 1)
	if err != nil {
		return nil, err
	}
	r := &SpeechReader{src: src, format: f, opts: o, rs: rs, single: used[0], block: make([]float32, speechBlock*f.Channels)}
	if len(used) > 1 || (o.Gain != nil && o.Gain[used[0]] != 1) {
		r.mix = newAutomix(used, o.Gain, f.Channels)
	}
	if r.mix != nil || !o.NoEnergies {
		r.meter = newMeter(f.Rate, f.Channels)
	}
	r.cut = r.Position().Source(EnergyHop)
	return r, nil
}

// Position maps between 16 kHz samples and source frames.
func (r *SpeechReader) Position() Position { return Position{Rate: r.format.Rate} }

// Format is the format of the source.
func (r *SpeechReader) Format() Format { return r.format }

// Read fills pcm with 16 kHz samples and returns how many. At the end it returns 0 and what the source ended with:
// io.EOF, or a *DamageError after everything that could be read.
func (r *SpeechReader) Read(ctx context.Context, pcm []float32) (int, error) {
	if len(pcm) == 0 {
		return 0, errors.New("read speech: empty buffer")
	}
	done := 0
	for done < len(pcm) {
		if r.at == len(r.out) {
			r.out, r.at = r.out[:0], 0
			if r.end != nil {
				break
			}
			if err := r.fill(ctx); err != nil {
				return done, err
			}
			continue
		}
		n := copy(pcm[done:], r.out[r.at:])
		r.at += n
		done += n
	}
	if done == 0 {
		return 0, r.end
	}
	return done, nil
}

// Energies returns the rows gathered since the last call. They are ahead of Read by less than 0.2 s.
func (r *SpeechReader) Energies() []ChannelEnergy {
	rows := r.rows
	r.rows = nil
	return rows
}

// fill reads one block of the source into out. It returns an error only when the read was interrupted, not at the end.
func (r *SpeechReader) fill(ctx context.Context) error {
	n, err := r.src.Read(ctx, r.block)
	if n > 0 {
		r.take(r.block[:n*r.format.Channels])
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	var damage *DamageError
	if !errors.Is(err, io.EOF) && !errors.As(err, &damage) {
		return err
	}
	r.end = err
	if len(r.hopBuf) > 0 {
		r.endHop()
	}
	if r.mix != nil {
		r.mono = r.mix.flush(r.mono)
	}
	r.out = r.rs.Flush(r.rs.Process(r.out, r.mono))
	r.mono = r.mono[:0]
	return nil
}

// take cuts frames into hops and hands them on.
func (r *SpeechReader) take(in []float32) {
	ch := r.format.Channels
	if r.mix == nil {
		for i := r.single; i < len(in); i += ch {
			r.mono = append(r.mono, in[i])
		}
	}
	for r.meter != nil && len(in) > 0 {
		n := int(min(r.cut-r.frame, int64(len(in)/ch)))
		r.hopBuf = append(r.hopBuf, in[:n*ch]...)
		in = in[n*ch:]
		if r.frame += int64(n); r.frame == r.cut {
			r.endHop()
		}
	}
	r.out = r.rs.Process(r.out, r.mono)
	r.mono = r.mono[:0]
}

// endHop measures the current hop and starts the next.
func (r *SpeechReader) endHop() {
	ch := r.format.Channels
	if len(r.pool) < ch {
		r.pool = make([]float32, 100*ch) // a second of rows
	}
	rms := r.pool[:ch:ch]
	r.pool = r.pool[ch:]
	r.meter.measure(rms, r.hopBuf)
	if !r.opts.NoEnergies {
		r.rows = append(r.rows, ChannelEnergy{Start: r.hop * EnergyHop, RMS: rms})
	}
	if r.mix != nil {
		r.mono = r.mix.add(r.mono, r.hopBuf, rms)
	}
	r.hopBuf = r.hopBuf[:0]
	r.hop++
	r.cut = r.Position().Source((r.hop + 1) * EnergyHop)
}
