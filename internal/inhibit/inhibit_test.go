package inhibit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/inhibit"
)

// supplies makes a folder like /sys/class/power_supply.
func supplies(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWithoutABusPowerIsReadFromTheKernel(t *testing.T) {
	ac, bat := "AC/type", "BAT0/type"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  inhibit.Power
	}{
		{"on mains, charging", map[string]string{ac: "Mains", "AC/online": "1", bat: "Battery", "BAT0/status": "Charging", "BAT0/capacity": "71"},
			inhibit.Power{Known: true, Charge: 71}},
		{"on battery", map[string]string{ac: "Mains", "AC/online": "0", bat: "Battery", "BAT0/status": "Discharging", "BAT0/capacity": "18"},
			inhibit.Power{Known: true, OnBattery: true, Charge: 18}},
		{"fed through USB", map[string]string{"UCSI/type": "USB_PD", "UCSI/online": "1", bat: "Battery", "BAT0/status": "Full", "BAT0/capacity": "100"},
			inhibit.Power{Known: true, Charge: 100}},
		{"two batteries", map[string]string{bat: "Battery", "BAT0/status": "Discharging", "BAT0/capacity": "10", "BAT1/type": "Battery", "BAT1/status": "Unknown", "BAT1/capacity": "50"},
			inhibit.Power{Known: true, OnBattery: true, Charge: 30}},
		{"a mouse's battery feeds nothing", map[string]string{ac: "Mains", "AC/online": "1", "hid/type": "Battery", "hid/scope": "Device", "hid/status": "Discharging", "hid/capacity": "3"},
			inhibit.Power{Known: true, Charge: -1}},
		{"a desktop", map[string]string{ac: "Mains", "AC/online": "1"}, inhibit.Power{Known: true, Charge: -1}},
		{"capacity that is no number", map[string]string{bat: "Battery", "BAT0/status": "Discharging", "BAT0/capacity": "?"},
			inhibit.Power{Known: true, OnBattery: true, Charge: -1}},
	} {
		c.want.Source = "kernel"
		got := inhibit.ReadPower(context.Background(), inhibit.Options{Address: "none", PowerDir: supplies(t, c.files)})
		if got != c.want {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
	}
}

func TestAMachineThatTellsNothingGivesAReason(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		got := inhibit.ReadPower(context.Background(), inhibit.Options{Address: "none", PowerDir: dir})
		if got.Known || got.OnBattery || got.Charge != -1 || !strings.Contains(got.Reason, "power is not known") || strings.Contains(got.Reason, "\n") {
			t.Errorf("%+v", got)
		}
	}
}

func TestWithoutABusSleepIsNotHeldAndThatIsSaid(t *testing.T) {
	for _, address := range []string{"none", "unix:path=" + filepath.Join(t.TempDir(), "no-bus"), "nonsense"} {
		s := inhibit.Hold(context.Background(), inhibit.Options{Address: address}, "a test")
		if held, reason := s.Held(); held || !strings.Contains(reason, "sleep cannot be inhibited") || strings.Contains(reason, "\n") {
			t.Errorf("%s: %v, %q", address, held, reason)
		}
		s.Release()
		s.Release()
	}
}
