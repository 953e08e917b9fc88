package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bienban/models"
)

func speechModelsOf(t *testing.T) (all []models.Model) {
	t.Helper()
	c, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.List() {
		if m.Purpose == models.Speech {
			all = append(all, m)
		}
	}
	return all
}

func TestDoctorSaysThatADataFolderIsAFile(t *testing.T) {
	file := write(t, t.TempDir(), "data", []byte("x"))
	for _, data := range []string{file, filepath.Join(file, "below")} {
		code, out, _ := cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "doctor", "--data", data)
		if code != exitReview || !strings.Contains(out, file+" is a file, not a folder") {
			t.Errorf("exit %d:\n%s", code, out)
		}
	}
}

func TestDoctorRunsWithNothingInstalledAndSaysSo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "not", "made")
	vars := map[string]string{"BIENBAN_MODELS": t.TempDir()}
	code, out, said := cmd(t, vars, "doctor", "--data", data, "--json")
	if code != exitReview || said != "" {
		t.Errorf("exit %d, said %q", code, said)
	}
	var r doctorReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Well || r.Live != nil || r.Second != nil || len(r.Speed) != 0 {
		t.Errorf("%+v", r)
	}
	seen := map[string]finding{}
	for _, f := range r.Findings {
		seen[f.What] = f
		if f.Measured == "" || f.Verdict == bad && f.Advice == "" {
			t.Errorf("%+v", f)
		}
	}
	for _, what := range []string{"microphones", "disk", "room", "power", "sleep", "memory", "speech", "clock"} {
		if _, ok := seen[what]; !ok {
			t.Errorf("nothing is said of %s: %v", what, r.Findings)
		}
	}
	if f := seen["speech"]; f.Verdict != bad || !strings.Contains(f.Advice, "models pull base silero") && !strings.Contains(f.Advice, "make build") {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(seen["disk"].Measured, "a chunk is safe in") {
		t.Errorf("%+v", seen["disk"])
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("it made the data folder: %v", err)
	}
	code, out, _ = cmd(t, vars, "doctor", "--data", data, "--language", "vi")
	for _, want := range []string{"micrô", "ổ đĩa", "chỗ trống", "nguồn điện", "bộ nhớ", "nhận dạng", "đồng hồ", "HỎNG", "→ "} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if code != exitReview {
		t.Errorf("exit %d", code)
	}
	if code, _, said := cmd(t, vars, "doctor", "--language", "fr"); code != exitUsage || strings.Count(said, "\n") != 1 {
		t.Errorf("exit %d, %q", code, said)
	}
}

func TestTheBestModelThatIsFastEnoughAndFitsIsRecommended(t *testing.T) {
	all := speechModelsOf(t)
	live := func(s modelSpeed) float64 { return s.Live }
	const much, little = 64 << 30, 400e6
	for _, c := range []struct {
		name      string
		measured  []modelSpeed
		memory    int64
		most      float64
		want      string
		installed bool
	}{
		{"a slow machine", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 0.12}}, much, 0.15, "base", true},
		{"a fast machine", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 0.005}}, much, 0.15, "large-v3", false},
		{"in between", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 0.04}}, much, 0.15, "small", false},
		{"a fast one with little memory", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 0.005}}, little, 0.15, "base", true},
		{"too slow for any but tiny", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 0.25}}, much, 0.15, "tiny", false},
		{"too slow for any", []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: 2}}, much, 0.15, "", false},
		{"the size that is installed", []modelSpeed{{Model: "small-q8_0", Installed: true, Measured: true, Live: 0.13}}, much, 0.15, "small-q8_0", true},
	} {
		speed := estimated(all, c.measured)
		if len(speed) != len(all) {
			t.Errorf("%s: %d speeds for %d models", c.name, len(speed), len(all))
		}
		got := choose(all, speed, c.memory, c.most, live, []string{"vi"})
		switch {
		case c.want == "" && got != nil:
			t.Errorf("%s: %+v", c.name, got)
		case c.want != "" && (got == nil || got.Model != c.want || got.Installed != c.installed):
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
	base := choose(all, []modelSpeed{{Model: "base", Live: 0.1}}, much, 0.15, live, []string{"vi"})
	if len(base.Errors) != 2 || base.Errors[0].Language != "vi" || base.Errors[0].Percent < 30 || base.Errors[0].Source == "" {
		t.Errorf("%+v", base.Errors)
	}
	for speed, want := range map[float64]string{0.04: "small", 0.12: "base", 0.3: "base", 0.8: "tiny", 2: ""} {
		got := chooseLive(all, estimated(all, []modelSpeed{{Model: "base", Installed: true, Measured: true, Live: speed}}), much, []string{"vi"})
		if want == "" && got != nil || want != "" && (got == nil || got.Model != want) {
			t.Errorf("live at %v: %+v, want %q", speed, got, want)
		}
	}
	if got := estimated(all, nil); len(got) != 0 {
		t.Errorf("estimates out of nothing: %v", got)
	}
}

func TestEachSpeechModelOfTheCatalogueHasARank(t *testing.T) {
	var ranks []int
	for _, id := range []string{"tiny", "base-q8_0", "small", "medium-q5_0", "large-v3-turbo-q5_0", "large-v3-q5_0"} {
		r, cost, ok := rankOf(id)
		if !ok || cost <= 0 {
			t.Errorf("%s: %d, %v", id, r, cost)
		}
		ranks = append(ranks, r)
	}
	if !slices.IsSorted(ranks) || ranks[4] == ranks[5] {
		t.Errorf("%v", ranks)
	}
	for _, m := range speechModelsOf(t) {
		if _, _, ok := rankOf(m.ID); !ok {
			t.Errorf("%s has no rank", m.ID)
		}
	}
	if _, _, ok := rankOf("basement"); ok {
		t.Error("a name that only begins like one has a rank")
	}
}
