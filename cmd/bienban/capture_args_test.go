package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio/device"
	"bienban/audio/record"
)

func TestBadArgumentsOfCaptureAreOneClearLine(t *testing.T) {
	dir := t.TempDir()
	wav := rampWAV(t, dir, 16000, 2, 1600)
	file := write(t, dir, "file", nil)
	of := func(args ...string) []string { return append([]string{"--meeting", "m", "--input", wav}, args...) }
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no meeting", []string{"--input", wav}, "--meeting"},
		{"a meeting without a name", []string{"--meeting", " ", "--input", wav}, "--meeting"},
		{"a meeting of two lines", []string{"--meeting", "a\nb", "--input", wav}, "--meeting"},
		{"device and file", of("--device", "x"), "--device and --input"},
		{"real time of a device", []string{"--meeting", "m", "--realtime"}, "--realtime"},
		{"a device again and again", []string{"--meeting", "m", "--repeat", "1h"}, "--repeat"},
		{"standard input again and again", []string{"--meeting", "m", "--input", "-", "--repeat", "1h"}, "--repeat"},
		{"a time before it began", of("--repeat=-1s"), "--repeat"},
		{"no time", of("--repeat", "long"), "--repeat"},
		{"no such file", []string{"--meeting", "m", "--input", filepath.Join(dir, "none.wav")}, "none.wav: no such file"},
		{"a folder", []string{"--meeting", "m", "--input", dir}, "is a folder"},
		{"no sound", []string{"--meeting", "m", "--input", write(t, dir, "text.wav", []byte("hello, this is no sound at all\n"))}, "text.wav"},
		{"a rate for a file", of("--rate", "8000"), "--rate"},
		{"33 channels", []string{"--meeting", "m", "--input", "-", "--channels", "33"}, "--channels 33"},
		{"a rate that nothing has", []string{"--meeting", "m", "--input", "-", "--rate", "5"}, "--rate 5"},
		{"12 bits", []string{"--meeting", "m", "--input", "-", "--bits", "12"}, "--bits 12"},
		{"a device of f32", []string{"--meeting", "m", "--bits", "f32"}, "--bits f32"},
		{"no such map", of("--map", filepath.Join(dir, "none.yaml")), "none.yaml: no such file"},
		{"a map with an unknown key", of("--map", write(t, dir, "map.yaml", []byte("channels:\n  - {channel: 1, roll: chair}\n"))), `map.yaml:2: unknown key "roll"`},
		{"a map of more channels than there are", of("--map", write(t, dir, "wide.yaml", []byte("channels:\n  - {channel: 3}\n"))), "channel 3"},
		{"a data folder that is a file", of("--data", file), "file"},
		{"a mirror that is a file", of("--mirror", file), "is not a folder"},
		{"a recording's name with a slash", of("--recording", "../x"), "--recording"},
		{"a bus that cannot be", of("--bus", "http://%"), "--bus"},
		{"nothing on standard input", []string{"--meeting", "m", "--input", "-"}, "standard input"},
		{"a number that is none", of("--channels", "two"), "two"},
		{"an unknown flag", of("--fast"), "--fast"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := t.TempDir()
			code, stdout, stderr := cmd(t, map[string]string{"BIENBAN_DATA": data}, append([]string{"capture"}, c.args...)...)
			last := strings.TrimSuffix(stderr, "\n")
			last = last[strings.LastIndex(last, "\n")+1:]
			if code != exitUsage || stdout != "" || !strings.HasPrefix(last, "bienban: ") || !strings.Contains(last, c.says) {
				t.Errorf("%d, %q, %q", code, stdout, stderr)
			}
			if found, _ := record.Find(context.Background(), data, nil); len(found) > 0 {
				t.Errorf("it left %v", found)
			}
		})
	}
}

func TestAProgramWithoutPortAudioSaysWhatItLacks(t *testing.T) {
	if device.Built {
		t.Skip("this program has PortAudio")
	}
	data := t.TempDir()
	code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--device", "hall", "--data", data)
	if code != exitFailed || !strings.Contains(said, "-tags portaudio") || strings.Count(said, "\n") != 1 {
		t.Errorf("%d, %q", code, said)
	}
	if found, _ := record.Find(context.Background(), data, nil); len(found) > 0 {
		t.Errorf("it left %v", found)
	}
}
