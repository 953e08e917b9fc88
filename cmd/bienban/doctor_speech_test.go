//go:build whisper

package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	modelcat "bienban/models"
)

func TestDoctorMeasuresTheModelsThatAreInstalled(t *testing.T) {
	c := exec.Command(speechBinary(t), "doctor", "--json", "--language", "vi", "--data", t.TempDir())
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if code := c.ProcessState.ExitCode(); code != exitDone && code != exitReview { // a machine without a microphone is not well
		t.Fatalf("exit %d (%v): %s", code, err, said.String())
	}
	var r doctorReport
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Speed, func(s modelSpeed) bool { return s.Model == modelcat.DefaultSpeech })
	if i < 0 || !r.Speed[i].Measured || r.Speed[i].Live <= 0 || r.Speed[i].Careful <= 0 {
		t.Fatalf("%+v", r.Speed)
	}
	if r.Second == nil || !strings.Contains(string(out), "lỗi vi") {
		t.Errorf("%s", out)
	}
}
