//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/bus/natsbus"
)

func TestARecordingIsNotBegunOnADiskThatIsNearlyFull(t *testing.T) {
	disk := smallDisk(t, "20m")
	data := filepath.Join(disk, "data")
	wav := rampWAV(t, t.TempDir(), 16000, 1, 24000)
	code, out, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data)
	if code != exitFailed || out != "" {
		t.Errorf("exit %d, wrote %q", code, out)
	}
	for _, want := range []string{disk, "20.0 MiB free", "33.8 MiB are needed", "free some space", "--data"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q: %q", want, said)
		}
	}
	if n := strings.Count(said, "\n"); n != 1 {
		t.Errorf("%d lines: %q", n, said)
	}
	if list, err := os.ReadDir(filepath.Join(data, "recordings")); err != nil || len(list) > 0 {
		t.Errorf("it left %v (%v)", list, err)
	}
}

func TestABusThatStartsOnANearlyFullDiskTakesTextAllTheSame(t *testing.T) {
	srv, err := natsbus.StartServer(t.Context(), natsbus.ServerOptions{Dir: filepath.Join(smallDisk(t, "20m"), "bus")})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Shutdown()
	b, err := srv.Connect(natsbus.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	finals, err := b.Finals(t.Context())
	if err != nil {
		t.Fatalf("it refuses its streams: %v", err)
	}
	_ = finals.Close()
}
