//go:build portaudio

package device

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/gordonklaus/portaudio"
)

// Times of a stream.
const (
	blocksPerSecond = 50 // a read is 20 ms
	// held is how much of the device's own buffer is asked for, so that a busy machine overruns nothing.
	held = 500 * time.Millisecond
	// waiting is how much may wait here for the caller before it is dropped and counted.
	waiting = 5 * blocksPerSecond
	// stallAfter is how long a device may deliver nothing before it counts as gone.
	stallAfter = 2 * time.Second
	// A device that keeps no time (ALSA's null and file) delivers as fast as it is read: it is read no faster than a
	// clock that is fastest parts too fast, with ahead in front. Quartz is within 0.0002.
	fastest = 0.001
	ahead   = time.Second
	// closeWait is how long closing waits for a read to return.
	closeWait = 2 * time.Second
)

// Stream is a device that is being read. It is for one goroutine at a time.
type Stream struct {
	device   Device
	format   attempt
	pa       *portaudio.Stream
	in16     []int16
	in32     []int32
	blocks   chan block
	free     chan []float32
	quit     chan struct{}
	over     chan struct{}
	err      error     // why it ended, once blocks is closed
	have     []float32 // of buf, what was not given out
	buf      []float32
	stall    *time.Timer
	closing  sync.Once
	closeErr error
}

// block is what one read gave.
type block struct {
	frames []float32
	lost   int64 // frames in front of it that the device or this program dropped
}

// Open begins to read a device. It looks for devices anew, so that one that was plugged in again is found. When the
// device does not do what is wanted the nearest that it does is taken; Rate, Channels and Bits tell.
//
// Errors: ErrUnknown, or what PortAudio says of the last way that was tried.
func Open(w Want) (*Stream, error) {
	if w.Channels < 0 || w.Channels > maxChannels {
		return nil, fmt.Errorf("%d channels: 1 to %d can be captured", w.Channels, maxChannels)
	}
	list, err := List()
	if err != nil {
		return nil, err
	}
	d, err := Find(list, w.Device)
	if err != nil {
		return nil, err
	}
	if w.Channels > d.Channels {
		return nil, fmt.Errorf("sound device %q has %d channels, not %d", d.Name, d.Channels, w.Channels)
	}
	using.Lock()
	defer using.Unlock()
	quiet()
	defer loud()
	if err := portaudio.Initialize(); err != nil {
		return nil, fmt.Errorf("start PortAudio: %w", err)
	}
	s, err := open(d, w)
	if err != nil {
		_ = portaudio.Terminate()
		return nil, err
	}
	return s, nil
}

func open(d Device, w Want) (*Stream, error) {
	all, err := portaudio.Devices()
	if err != nil {
		return nil, fmt.Errorf("list sound devices: %w", err)
	}
	var info *portaudio.DeviceInfo
	for _, x := range all {
		if x.Index == d.Index && x.Name == d.Name {
			info = x
		}
	}
	if info == nil {
		return nil, fmt.Errorf("%w: %q was just unplugged", ErrUnknown, d.Name)
	}
	err = errors.New("it can do nothing that is asked for")
	for _, a := range attempts(d, w) {
		var s *Stream
		if s, err = try(d, info, a); err == nil {
			go s.run()
			return s, nil
		}
	}
	return nil, fmt.Errorf("open sound device %q: %w", d.Name, err)
}

func try(d Device, info *portaudio.DeviceInfo, a attempt) (*Stream, error) {
	n := max(1, a.rate/blocksPerSecond)
	p := portaudio.StreamParameters{
		Input:      portaudio.StreamDeviceParameters{Device: info, Channels: a.channels, Latency: max(held, info.DefaultHighInputLatency)},
		SampleRate: float64(a.rate), FramesPerBuffer: n,
		Flags: portaudio.ClipOff | portaudio.DitherOff,
	}
	s := &Stream{device: d, format: a, blocks: make(chan block, waiting), free: make(chan []float32, waiting),
		quit: make(chan struct{}), over: make(chan struct{}), stall: time.NewTimer(stallAfter)}
	var err error
	if a.bits == 16 {
		s.in16 = make([]int16, n*a.channels)
		s.pa, err = portaudio.OpenStream(p, &s.in16)
	} else {
		s.in32 = make([]int32, n*a.channels)
		s.pa, err = portaudio.OpenStream(p, &s.in32)
	}
	if err != nil {
		return nil, err
	}
	if err := s.pa.Start(); err != nil {
		_ = s.pa.Close()
		return nil, err
	}
	return s, nil
}

// run reads on a thread of its own: PortAudio's blocking calls must not share one with what the scheduler moves about.
func (s *Stream) run() {
	runtime.LockOSThread() // and the thread ends with this goroutine
	defer close(s.over)
	defer close(s.blocks)
	start := time.Now()
	var read, lost, pending int64
	n := int64(max(1, s.format.rate/blocksPerSecond))
	for {
		select {
		case <-s.quit:
			s.err = ErrGone
			return
		default:
		}
		err := s.pa.Read()
		overflow := errors.Is(err, portaudio.InputOverflowed)
		if err != nil && !overflow {
			s.err = fmt.Errorf("%w: %w", ErrGone, err)
			return
		}
		read += n
		if overflow {
			// PortAudio does not say how much it dropped; the clock says how much should be here.
			miss := int64(time.Since(start).Seconds()*float64(s.format.rate)) - read - lost
			miss = max(1, miss)
			lost += miss
			pending += miss
		}
		var buf []float32
		select {
		case buf = <-s.free:
		default:
			buf = make([]float32, n*int64(s.format.channels))
		}
		s.convert(buf)
		select {
		case s.blocks <- block{buf, pending}:
			pending = 0
		default:
			pending += n // nobody reads
		}
		if !s.pace(time.Duration(float64(read+lost)/float64(s.format.rate)*float64(time.Second)), time.Since(start)) {
			s.err = ErrGone
			return
		}
	}
}

// pace waits while more was heard than time has passed, and reports whether to go on.
func (s *Stream) pace(heard, passed time.Duration) bool {
	early := heard - passed - time.Duration(float64(passed)*fastest) - ahead
	if early <= 0 {
		return true
	}
	t := time.NewTimer(early)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.quit:
		return false
	}
}

func (s *Stream) convert(dst []float32) {
	if s.in16 != nil {
		for i, v := range s.in16 {
			dst[i] = float32(v) / (1 << 15)
		}
		return
	}
	for i, v := range s.in32 {
		dst[i] = float32(v>>8) / (1 << 23)
	}
}

// Name is the device's, as the host API calls it.
func (s *Stream) Name() string { return s.device.Name }

// Rate is what the device was opened with, in Hz.
func (s *Stream) Rate() int { return s.format.rate }

// Channels is how many it delivers.
func (s *Stream) Channels() int { return s.format.channels }

// Bits is 16 or 24.
func (s *Stream) Bits() int { return s.format.bits }

// Read fills dst with whole interleaved frames, at most one block of 20 ms, and tells how many frames were lost in front
// of them. An error wraps ErrGone when the device ended or delivered nothing for two seconds; else it is ctx's.
func (s *Stream) Read(ctx context.Context, dst []float32) (frames int, lost int64, err error) {
	if len(s.have) == 0 {
		s.stall.Reset(stallAfter)
		select {
		case b, ok := <-s.blocks:
			if !ok {
				return 0, 0, s.err
			}
			if s.buf != nil {
				select {
				case s.free <- s.buf:
				default:
				}
			}
			s.buf, s.have, lost = b.frames, b.frames, b.lost
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-s.stall.C:
			return 0, 0, fmt.Errorf("%w: %q delivered nothing for %v", ErrGone, s.device.Name, stallAfter)
		}
	}
	n := copy(dst[:len(dst)/s.format.channels*s.format.channels], s.have)
	s.have = s.have[n:]
	return n / s.format.channels, lost, nil
}

// Close lets the device go. A driver that hangs is left behind after two seconds, and named in the error.
func (s *Stream) Close() error {
	s.closing.Do(func() {
		close(s.quit)
		select {
		case <-s.over:
		case <-time.After(closeWait):
			s.closeErr = fmt.Errorf("sound device %q: its driver hangs and was left alone; a restart of this program frees it", s.device.Name)
			return
		}
		using.Lock()
		defer using.Unlock()
		quiet()
		defer loud()
		err := s.pa.Abort()
		if cerr := s.pa.Close(); err == nil {
			err = cerr
		}
		if terr := portaudio.Terminate(); err == nil {
			err = terr
		}
		if err != nil {
			s.closeErr = fmt.Errorf("close sound device %q: %w", s.device.Name, err)
		}
	})
	return s.closeErr
}
