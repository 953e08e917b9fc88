package inhibit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Power is what feeds the machine.
type Power struct {
	Known     bool    `json:"known"`
	OnBattery bool    `json:"on_battery"`
	Charge    float64 `json:"charge"`            // of the battery in percent, -1 when there is none or it is not known
	Minutes   float64 `json:"minutes,omitempty"` // until it is empty, 0 when not known
	Source    string  `json:"source,omitempty"`  // "upower" or "kernel"
	Reason    string  `json:"reason,omitempty"`  // why nothing is known
}

// ReadPower looks once. It never fails: what is not known is said in Reason.
func ReadPower(ctx context.Context, o Options) Power {
	p, err := upower(ctx, o)
	if err == nil {
		return p
	}
	k, kerr := kernelPower(o.PowerDir)
	if kerr == nil {
		return k
	}
	return Power{Charge: -1, Reason: fmt.Sprintf("power is not known: %v; %v", err, kerr)}
}

// UPower's device properties (upower.freedesktop.org/docs/Device.html).
const (
	upowerName   = "org.freedesktop.UPower"
	upowerPath   = "/org/freedesktop/UPower"
	upowerDevice = "org.freedesktop.UPower.Device"
	display      = "/org/freedesktop/UPower/devices/DisplayDevice"
)

func upower(ctx context.Context, o Options) (Power, error) {
	ctx, cancel := context.WithTimeout(ctx, callWait)
	defer cancel()
	conn, err := connect(ctx, o)
	if err != nil {
		return Power{}, err
	}
	defer conn.Close()
	get := func(path dbus.ObjectPath, iface, name string, into any) error {
		var v dbus.Variant
		err := conn.Object(upowerName, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, iface, name).Store(&v)
		if err != nil {
			return fmt.Errorf("UPower is not there: %w", err)
		}
		if err := dbus.Store([]any{v.Value()}, into); err != nil {
			return fmt.Errorf("UPower's %s: %w", name, err)
		}
		return nil
	}
	p := Power{Known: true, Charge: -1, Source: "upower"}
	if err := get(upowerPath, upowerName, "OnBattery", &p.OnBattery); err != nil {
		return Power{}, err
	}
	var present bool
	var charge float64
	var left int64 // seconds
	if get(display, upowerDevice, "IsPresent", &present) == nil && present && get(display, upowerDevice, "Percentage", &charge) == nil {
		p.Charge = charge
	}
	if p.OnBattery && get(display, upowerDevice, "TimeToEmpty", &left) == nil {
		p.Minutes = float64(left) / 60
	}
	return p, nil
}

// kernelPower reads Linux's power supplies (Documentation/ABI/testing/sysfs-class-power). Batteries of mice and
// keyboards (scope Device) do not feed the machine.
func kernelPower(dir string) (Power, error) {
	if dir == "" {
		dir = "/sys/class/power_supply"
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return Power{}, errors.New("the kernel shows no power supplies")
	}
	read := func(name, key string) string {
		b, err := os.ReadFile(filepath.Join(dir, name, key))
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(b))
	}
	p := Power{Charge: -1, Source: "kernel"}
	online, mains, discharging := false, false, false
	var sum float64
	var batteries, charges int
	for _, e := range list {
		switch kind := read(e.Name(), "type"); {
		case kind == "Mains" || strings.HasPrefix(kind, "USB"):
			mains = mains || kind == "Mains"
			online = online || read(e.Name(), "online") == "1"
		case kind == "Battery" && read(e.Name(), "scope") != "Device":
			batteries++
			discharging = discharging || read(e.Name(), "status") == "Discharging"
			if v, err := strconv.ParseFloat(read(e.Name(), "capacity"), 64); err == nil {
				sum += v
				charges++
			}
		}
	}
	if batteries == 0 && !mains {
		return Power{}, errors.New("the kernel shows no power supplies")
	}
	p.Known = true
	p.OnBattery = batteries > 0 && (discharging || mains && !online)
	if charges > 0 {
		p.Charge = sum / float64(charges)
	}
	return p, nil
}
