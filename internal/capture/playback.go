package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"bienban/audio"
	"bienban/audio/record"
)

// Seconds that can be played back.
const (
	lastUsual = 10
	lastMost  = 60
)

// lastAudio reads the recording back. It keeps its reader, which then reads only what is new.
type lastAudio struct {
	mu  sync.Mutex
	rec *record.Recording
}

// playback gives the newest seconds as they lie on the disk.
func (c *capture) playback(ctx context.Context, seconds float64) (a Audio, pcm []byte, err error) {
	if seconds == 0 {
		seconds = lastUsual
	}
	if !(seconds > 0 && seconds <= lastMost) {
		return a, nil, fmt.Errorf("last: %v seconds cannot be played; up to %d can", seconds, lastMost)
	}
	l := &c.last
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rec == nil {
		if l.rec, err = record.Open(c.dir, c.cfg.FS); err != nil {
			return a, nil, err
		}
	} else if err := l.rec.Refresh(); err != nil {
		return a, nil, err
	}
	to := l.rec.End()
	from := max(0, to-int64(seconds*float64(l.rec.Base())))
	if to == from {
		return a, nil, errors.New("last: nothing has been recorded yet")
	}
	src, err := l.rec.Source(record.SourceOptions{From: from, To: to})
	if err != nil {
		return a, nil, err
	}
	defer src.Close()
	used, gain, _, err := c.cfg.Map.fit(src.Format().Channels)
	if err != nil {
		return a, nil, err
	}
	mix := mixOf(used, gain)
	mix.NoEnergies = true
	sr, err := audio.NewSpeechReader(src, mix)
	if err != nil {
		return a, nil, err
	}
	buf := make([]float32, audio.SpeechRate)
	for {
		n, err := sr.Read(ctx, buf)
		for _, v := range buf[:n] {
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(sample(v)))
		}
		var damage *audio.DamageError
		switch {
		case err == nil:
			continue
		case errors.Is(err, io.EOF), errors.As(err, &damage): // broken chunks are silence in it
		default:
			return a, nil, err
		}
		return Audio{Rate: audio.SpeechRate, Bytes: len(pcm), Folder: c.dir, From: from, To: to}, pcm, nil
	}
}

// sample is a 16-bit one.
func sample(v float32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)*(1<<15)))))
}
