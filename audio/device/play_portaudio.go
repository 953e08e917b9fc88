//go:build portaudio

package device

import (
	"context"
	"errors"
	"fmt"

	"github.com/gordonklaus/portaudio"
)

// Play plays one channel of samples on the system's default output, and returns when they have sounded or ctx ends
// (nil then, too: somebody has heard enough). rate is in Hz.
//
// Errors: ErrNoOutput, or what PortAudio says.
func Play(ctx context.Context, rate int, pcm []int16) error {
	using.Lock()
	defer using.Unlock()
	quiet()
	defer loud()
	if err := portaudio.Initialize(); err != nil {
		return fmt.Errorf("start PortAudio: %w", err)
	}
	defer portaudio.Terminate() //nolint:errcheck // what was played was heard
	out, err := portaudio.DefaultOutputDevice()
	if errors.Is(err, portaudio.NoDefaultOutputDevice) || err == nil && (out == nil || out.MaxOutputChannels < 1) {
		return ErrNoOutput
	}
	if err != nil {
		return fmt.Errorf("find the default sound output: %w", err)
	}
	err = errors.New("it takes nothing that can be given")
	for _, a := range playAttempts(rate) {
		var done bool
		if done, err = playAs(ctx, out, a, rate, pcm); done {
			return err
		}
	}
	return fmt.Errorf("sound output %q: %w", out.Name, err)
}

// playAs plays in one format. done says that the output took it, so that no other is tried.
func playAs(ctx context.Context, out *portaudio.DeviceInfo, a attempt, rate int, pcm []int16) (done bool, err error) {
	n := a.rate / blocksPerSecond
	block := make([]int16, n*a.channels)
	s, err := portaudio.OpenStream(portaudio.StreamParameters{
		Output:     portaudio.StreamDeviceParameters{Device: out, Channels: a.channels, Latency: out.DefaultHighOutputLatency},
		SampleRate: float64(a.rate), FramesPerBuffer: n,
	}, &block)
	if err != nil {
		return false, err
	}
	defer s.Close() //nolint:errcheck // what was played was heard
	if err := s.Start(); err != nil {
		return false, err
	}
	times := a.rate / rate // whole, by playAttempts
	for at := 0; at < len(pcm)*times && ctx.Err() == nil; at += n {
		for i := range n {
			v := int16(0)
			if k := (at + i) / times; k < len(pcm) {
				v = between(pcm, k, (at+i)%times, times)
			}
			for c := range a.channels {
				block[i*a.channels+c] = v
			}
		}
		if err := s.Write(); err != nil && !errors.Is(err, portaudio.OutputUnderflowed) {
			return true, err
		}
	}
	if ctx.Err() != nil {
		return true, s.Abort()
	}
	return true, s.Stop() // when all has sounded
}
