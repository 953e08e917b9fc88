//go:build portaudio && linux

package device_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bienban/audio/device"
)

// childMark makes the test program list the devices or read one, and end: ALSA reads its configuration once a process,
// and stderr is the process's.
const childMark = "BIENBAN_TEST_DEVICE_CHILD"

func TestMain(m *testing.M) {
	switch what := os.Getenv(childMark); what {
	case "":
		os.Exit(m.Run())
	case "list":
		for range 2 { // PortAudio must survive being started again
			list, err := device.List()
			if err != nil {
				_, _ = os.Stdout.WriteString(err.Error())
				os.Exit(1)
			}
			if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
				os.Exit(1)
			}
		}
		os.Exit(0)
	case "play":
		if err := playChild(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	default:
		if err := readChild(what); err != nil {
			_, _ = os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// child runs this test program with an ALSA configuration of its own, and gives what it printed.
func child(t *testing.T, config, what string) (stdout, stderr []byte, err error) {
	t.Helper()
	dir := t.TempDir()
	config = "</usr/share/alsa/alsa.conf>\n" + config
	path := filepath.Join(dir, "asound.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childMark+"="+what, "ALSA_CONFIG_PATH="+path, "HOME="+dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.Bytes(), errs.Bytes(), err
}

// list runs List in a process with an ALSA configuration of its own.
func list(t *testing.T, config string) []device.Device {
	t.Helper()
	stdout, stderr, err := child(t, config, "list")
	if err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	if len(stderr) > 0 {
		t.Errorf("stderr is not silent: %q", stderr)
	}
	var first, second []device.Device
	dec := json.NewDecoder(bytes.NewReader(stdout))
	if err := dec.Decode(&first); err != nil {
		t.Fatal(err)
	}
	if err := dec.Decode(&second); err != nil {
		t.Fatal(err)
	}
	if len(first) != len(second) {
		t.Errorf("first %v, then %v", first, second)
	}
	return first
}

// TestListFindsACaptureDevice makes a device of ALSA's file plugin, which plays a file as if it were a microphone.
func TestListFindsACaptureDevice(t *testing.T) {
	in := filepath.Join(t.TempDir(), "hall.raw")
	if err := os.WriteFile(in, make([]byte, 4800), 0o600); err != nil {
		t.Fatal(err)
	}
	got := list(t, `
pcm.nothing { type null }
pcm.hall_mixer { type file slave.pcm "nothing" file "/dev/null" infile "`+in+`" format "raw" }
`)
	found := false
	for _, d := range got {
		if d.Channels < 1 || d.DefaultRate <= 0 || d.Name == "" {
			t.Errorf("%+v is no capture device", d)
		}
		if d.Name == "hall_mixer" {
			found = d.HostAPI == "ALSA"
		}
	}
	if !found {
		t.Errorf("hall_mixer is not among %+v", got)
	}
}

// TestListIsSilentAsTheMachineIs: with whatever sound hardware there is, or none, nothing is printed.
func TestListIsSilentAsTheMachineIs(t *testing.T) {
	defaults := 0
	for _, d := range list(t, "") {
		if d.Channels < 1 {
			t.Errorf("%+v cannot record", d)
		}
		if d.Default {
			defaults++
		}
	}
	if defaults > 1 {
		t.Errorf("%d devices are the default", defaults)
	}
}
