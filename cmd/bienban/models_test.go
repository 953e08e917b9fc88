package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelsRun runs a models command against an empty store and gives back the
// exit code and what was printed.
func modelsRun(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), append([]string{"models"}, args...), env{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(k string) string {
			if k == "BIENBAN_MODELS" {
				return dir
			}
			return ""
		},
	})
	return code, out.String(), errs.String()
}

func TestModelsListShowsWhatThereIsAndWhatIsInstalled(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "ggml-silero-v6.2.0.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(885098); err != nil { // the right size is what list looks at
		t.Fatal(err)
	}
	f.Close()
	code, out, _ := modelsRun(t, dir, "list")
	if code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	rows := map[string][]string{}
	for _, line := range strings.Split(out, "\n") {
		if f := strings.Fields(line); len(f) > 0 {
			rows[f[0]] = f
		}
	}
	if strings.Join(rows["ID"], " ") != "ID FOR LANGUAGES SIZE MEMORY FITS INSTALLED LICENCE KNOWN WORD ERRORS" {
		t.Errorf("heading %v", rows["ID"])
	}
	if line := strings.Join(rows["base"], " "); !strings.Contains(line, "vi 34 %") || !strings.Contains(line, "148 MB") || !strings.Contains(line, " - MIT") {
		t.Errorf("base: %s", line)
	}
	if line := strings.Join(rows["silero"], " "); !strings.Contains(line, "yes yes MIT") {
		t.Errorf("silero fits and is installed, but: %s", line)
	}
	if line := strings.Join(rows["small"], " "); !strings.Contains(line, "not measured") {
		t.Errorf("small has no known figure, but: %s", line)
	}
}

func TestModelsCommandsSayInOneLineWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"pull without an id", []string{"pull"}, exitUsage, "bienban models pull base silero"},
		{"pull of an unknown model", []string{"pull", "base", "huge"}, exitUsage, `unknown model "huge"`},
		{"verify of an unknown model", []string{"verify", "huge"}, exitUsage, `unknown model "huge"`},
		{"verify of a model that is not there", []string{"verify", "small"}, exitFailed, "bienban models pull small"},
		{"verify of an empty store", []string{"verify"}, exitDone, "no model is installed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			code, out, errs := modelsRun(t, dir, c.args...)
			if code != c.code || !strings.Contains(errs, c.want) || strings.Count(errs, "\n") != 1 || out != "" {
				t.Errorf("exit code %d (want %d), stdout %q, stderr %q", code, c.code, out, errs)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("something was written: %v %v", left, err)
			}
		})
	}
}

func TestModelsVerifyFindsADamagedFileAndGoesOn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ggml-base.bin", "ggml-tiny.bin"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("damaged"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, _, errs := modelsRun(t, dir, "verify")
	if code != exitUsage || !strings.Contains(errs, "ggml-base.bin has SHA-256") || !strings.Contains(errs, "ggml-tiny.bin has SHA-256") {
		t.Errorf("exit code %d, stderr %q", code, errs)
	}
}
