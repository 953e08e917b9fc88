//go:build portaudio && linux

package main

import (
	"os"
	"testing"
)

// player is a loudspeaker without a sound card: ALSA's file plugin over null writes what is played into a file. It gives
// the environment in which it is there.
func player(t *testing.T, file string) []string {
	t.Helper()
	dir := t.TempDir()
	config := write(t, dir, "asound.conf", []byte(`</usr/share/alsa/alsa.conf>
pcm.!default { type plug slave { pcm "loudspeaker" rate 16000 channels 1 format S16_LE } }
pcm.nothing { type null }
pcm.loudspeaker { type file slave.pcm "nothing" file "`+file+`" format "raw" }
`))
	return []string{"ALSA_CONFIG_PATH=" + config, "HOME=" + dir}
}

// heardAgain checks that there was sound in it.
func heardAgain(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range b {
		if v != 0 {
			return
		}
	}
	t.Errorf("nothing was played: %d bytes of silence", len(b))
}
