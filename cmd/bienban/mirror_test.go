//go:build linux

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestAMirrorOnTheSameDriveIsWarnedOfAndOneOnAnotherIsNot(t *testing.T) {
	dir, drive := t.TempDir(), smallDisk(t, "64m")
	wav := rampWAV(t, dir, 16000, 1, 24000)
	for _, c := range []struct {
		mirror string
		warn   bool
	}{{filepath.Join(dir, "mirror"), true}, {filepath.Join(drive, "mirror"), false}} {
		data := filepath.Join(t.TempDir(), "data")
		code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data, "--mirror", c.mirror)
		if code != exitDone || strings.Contains(said, "WARNING: --mirror "+c.mirror+" lies on the same drive") != c.warn {
			t.Errorf("%s: exit %d, said %q", c.mirror, code, said)
		}
		d := doctor{t: vietnamese, c: &doctorCmd{Mirror: c.mirror}}
		d.mirror(t.Context(), data)
		if f := d.report.Findings; len(f) != 1 || (f[0].Verdict == bad) != (c.warn || strings.Contains(f[0].Advice, "giải phóng")) || strings.Contains(f[0].Measured, "cùng ổ") != c.warn {
			t.Errorf("%s: %+v", c.mirror, f)
		}
	}
}
