package capture

import (
	"context"
	"encoding/binary"
	"encoding/json"
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
	a, pcm, err = newest(ctx, l.rec, c.cfg.Map, seconds)
	a.Folder = c.dir
	return a, pcm, err
}

// ReadLast is Client.Last for a recording that no capture runs on: the newest seconds of what a folder holds.
func ReadLast(ctx context.Context, dir string, seconds float64) (Audio, []byte, error) {
	rec, err := record.Open(dir, nil)
	if err != nil {
		return Audio{}, nil, err
	}
	var m *Map
	if raw := rec.Info().Map; len(raw) > 0 {
		m = new(Map)
		if err := json.Unmarshal(raw, m); err != nil {
			m = nil // all channels, then
		}
	}
	a, pcm, err := newest(ctx, rec, m, seconds)
	a.Folder = dir
	return a, pcm, err
}

// newest mixes the newest seconds of a recording to one channel.
func newest(ctx context.Context, rec *record.Recording, m *Map, seconds float64) (a Audio, pcm []byte, err error) {
	if seconds == 0 {
		seconds = lastUsual
	}
	if !(seconds > 0 && seconds <= lastMost) {
		return a, nil, fmt.Errorf("last: %v seconds cannot be played; up to %d can", seconds, lastMost)
	}
	to := rec.End()
	from := max(0, to-int64(seconds*float64(rec.Base())))
	if to == from {
		return a, nil, errors.New("last: nothing has been recorded yet")
	}
	src, err := rec.Source(record.SourceOptions{From: from, To: to})
	if err != nil {
		return a, nil, err
	}
	defer src.Close()
	used, gain, _, err := m.fit(src.Format().Channels)
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
		return Audio{Rate: audio.SpeechRate, Bytes: len(pcm), From: from, To: to, Start: float64(from) / float64(rec.Base()), End: float64(to) / float64(rec.Base())}, pcm, nil
	}
}

// sample is a 16-bit one.
func sample(v float32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(float64(v)*(1<<15)))))
}
