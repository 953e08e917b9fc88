//go:build portaudio && linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bienban/internal/capture"
)

// hallMixer is a sound device without a sound card: ALSA's file plugin over null plays raw samples as if they came from
// a mixer. It gives the environment in which it is there.
func hallMixer(t *testing.T, raw []byte) []string {
	t.Helper()
	dir := t.TempDir()
	config := write(t, dir, "asound.conf", []byte(`</usr/share/alsa/alsa.conf>
pcm.nothing { type null }
pcm.hall_mixer { type file slave.pcm "nothing" file "/dev/null" infile "`+write(t, dir, "hall.raw", raw)+`" format "raw" }
`))
	return []string{"ALSA_CONFIG_PATH=" + config, "HOME=" + dir}
}

func TestADeviceIsCapturedSampleExact(t *testing.T) {
	for _, c := range []struct{ rate, channels int }{{16000, 1}, {44100, 2}, {48000, 8}, {96000, 2}, {16000, 32}} {
		t.Run(fmt.Sprintf("%d Hz, %d channels", c.rate, c.channels), func(t *testing.T) {
			t.Parallel()
			raw := rampPCM(0, c.channels, 20*c.rate)
			data := t.TempDir()
			dir := filepath.Join(data, "recordings", "m")
			p := program(t, "capture", "capture", "--meeting", "m", "--device", "hall_mixer", "--rate", strconv.Itoa(c.rate), "--channels", strconv.Itoa(c.channels), "--data", data)
			p.Env = append(p.Env, hallMixer(t, raw)...)
			var said bytes.Buffer
			p.Stderr = &said
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Process.Kill()
			st := status(t, dir, func(s capture.Status) bool { return s.Durable >= 1.5 })
			if st.Device != "hall_mixer" || st.Overflows != 0 || st.Gaps != 0 {
				t.Errorf("%+v", st)
			}
			if err := p.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if err := p.Wait(); err != nil {
				t.Fatalf("%v: %s", err, &said)
			}
			if rep := verified(t, dir); rep.AudioSeconds < 1.5 || rep.GapSeconds+rep.OverflowSeconds > 0 || !rep.Closed {
				t.Errorf("%+v", rep)
			}
			got := recorded(t, dir)
			if !bytes.Equal(got, raw[:len(got)]) {
				t.Error("the recording is not what the device delivered")
			}
		})
	}
}

func TestADeviceThatIsNotThereIsOneClearLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--device", "nosuch"}, `"hall_mixer"`},
		{[]string{"--device", "99"}, `"99"`},
	} {
		p := program(t, "capture", append([]string{"capture", "--meeting", "m", "--data", t.TempDir()}, c.args...)...)
		p.Env = append(p.Env, hallMixer(t, make([]byte, 96000))...)
		out, err := p.CombinedOutput()
		if code := p.ProcessState.ExitCode(); code != exitUsage || strings.Count(string(out), "\n") != 1 || !strings.Contains(string(out), c.says) {
			t.Errorf("%v: %d, %v, %q", c.args, code, err, out)
		}
	}
}

func TestDevicesAreListed(t *testing.T) {
	p := program(t, "capture", "capture", "--list")
	p.Env = append(p.Env, hallMixer(t, make([]byte, 96000))...)
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	err := p.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) || !strings.Contains(out.String(), "hall_mixer") || errs.Len() > 0 {
		t.Errorf("%v: %q, %q", err, &out, &errs)
	}
}
