package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"bienban/audio/device"
	"bienban/audio/record"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/durable"
	"bienban/internal/fault"
	"bienban/internal/host"
)

type captureCmd struct {
	List bool `help:"Show the microphones and mixers that this machine has."`

	Meeting   string        `help:"The meeting's name; it need not be known." placeholder:"ID"`
	Recording string        `help:"The recording's own name; default made of the meeting's. One that was cut off is gone on with." placeholder:"NAME"`
	Device    string        `help:"Microphone or mixer, by name or index; default the system's." placeholder:"NAME"`
	Input     string        `help:"Record a file instead of a device; - is standard input, raw samples." placeholder:"FILE"`
	Realtime  bool          `help:"With --input FILE: at the pace at which it would be heard."`
	Repeat    time.Duration `help:"With --input FILE: begin the file anew when it ends, after 5 s of silence, until so long was recorded; for rehearsing and showing." placeholder:"1h"`
	Rate      int           `help:"Samples a second, in Hz; of raw samples default 16000." placeholder:"HZ"`
	Channels  int           `help:"Channels, 1 to 32; of raw samples default 1." placeholder:"N"`
	Bits      string        `help:"Of a device 16 or 24; of raw samples 16, 24 or f32 (s16le, s24le, f32le); default 16." placeholder:"BITS"`
	Map       string        `help:"Channel map: what hangs on each channel." placeholder:"FILE"`
	Mirror    string        `help:"Write a copy into a folder on a second drive, too." placeholder:"DIR"`
	Data      string        `help:"Data folder; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	Language  string        `enum:",vi,en" default:"" help:"In which language it speaks to you: vi or en; default the system's." placeholder:"CODE"`
	Bus       string        `help:"Publish what was recorded: nats://…, or the address file of a running serve." placeholder:"URL"`
}

// Run records a hall, or lists devices.
func (c *captureCmd) Run(ctx context.Context, e *env) error {
	t := e.tongueOf(c.Language)
	err := c.run(ctx, e, t)
	if errors.Is(err, errReview) {
		return err
	}
	return t.fatal(err)
}

func (c *captureCmd) run(ctx context.Context, e *env, t tongue) error {
	if c.List {
		return c.list(e, t)
	}
	cfg, err := c.config(e)
	if err != nil {
		return err
	}
	capture.Outlive()
	if c.Bus != "" {
		o := e.busOptions(c.Bus, "capture "+c.Meeting)
		o.Log = e.warnings()
		e.sayNoAddress(t, o)
		b, err := natsbus.Dial(o)
		if err != nil { // an address that cannot be one; a bus that is not there yet is no error
			return fault.New(fault.Invalid, "--bus %s: %w", c.Bus, err)
		}
		defer b.Close()
		cfg.Bus = b
	}
	res, err := capture.Run(ctx, cfg)
	switch {
	case errors.Is(err, durable.ErrLocked):
		return fault.New(fault.Conflict, "this recording is being captured already: %w", err)
	case errors.Is(err, device.ErrUnknown) && c.Device != "":
		return fault.New(fault.Invalid, "--device %s: %w", c.Device, err)
	case errors.Is(err, device.ErrUnknown):
		return fault.New(fault.Invalid, "%w", err)
	case errors.Is(err, record.ErrDiskFull):
		return fmt.Errorf("%w; %.1f s are in %s", err, res.Seconds, res.Folder)
	case err != nil:
		return err
	}
	e.say(t.say("captured %.1f s into %s", "đã ghi %.1f giây vào %s"), res.Captured, res.Folder)
	if res.Damage != nil {
		said := t.reason(res.Damage.Error())
		if short := (*capture.CopyError)(nil); t == vietnamese && errors.As(res.Damage, &short) {
			said = short.Vietnamese()
		}
		e.say("%s", said)
		return errReview
	}
	return nil
}

// config checks arguments and inputs, in that order.
func (c *captureCmd) config(e *env) (cfg capture.Config, err error) {
	switch {
	case c.Meeting == "":
		return cfg, fault.New(fault.Invalid, "--meeting is missing: name the meeting that is recorded (or --list to see the microphones)")
	case c.Input != "" && c.Device != "":
		return cfg, fault.New(fault.Invalid, "--device and --input: only one of them can be recorded")
	case c.Realtime && (c.Input == "" || c.Input == "-"):
		return cfg, fault.New(fault.Invalid, "--realtime: only a file (--input FILE) is played at the pace of real time")
	case c.Repeat < 0 || c.Repeat > 0 && (c.Input == "" || c.Input == "-"):
		return cfg, fault.New(fault.Invalid, "--repeat: only a file (--input FILE) is begun anew, for a time such as 30m or 1h")
	case c.Input != "" && c.Input != "-" && (c.Rate != 0 || c.Channels != 0 || c.Bits != ""):
		return cfg, fault.New(fault.Invalid, "--rate, --channels, --bits: a file says these itself; they are for devices and for --input -")
	case c.Channels < 0 || c.Channels > 32:
		return cfg, fault.New(fault.Invalid, "--channels %d: must be 1 to 32", c.Channels)
	case c.Rate != 0 && (c.Rate < 8000 || c.Rate > 192000):
		return cfg, fault.New(fault.Invalid, "--rate %d: must be 8000 to 192000 (16000, 44100, 48000 and 96000 are usual)", c.Rate)
	}
	if err := capture.CheckMeeting(c.Meeting); err != nil {
		return cfg, err
	}
	t := e.tongueOf(c.Language)
	cfg = capture.Config{Meeting: c.Meeting, Recording: c.Recording, Mirror: c.Mirror,
		Say: func(en, vi string) { e.say("%s", t.say(en, vi)) }, Reason: vietnamese.reason}
	if cfg.Source, err = c.source(e); err != nil {
		return cfg, err
	}
	if c.Map != "" {
		if err := readable(c.Map); err != nil {
			return cfg, err
		}
		data, err := os.ReadFile(c.Map)
		if err != nil {
			return cfg, fault.New(fault.Unavailable, "%s: cannot be read: %w", c.Map, err)
		}
		if cfg.Map, err = capture.ParseMap(c.Map, data); err != nil {
			return cfg, err
		}
	}
	data, err := c.dataDir(e)
	if err != nil {
		return cfg, err
	}
	cfg.Root = filepath.Join(data, capture.Folder)
	for _, dir := range []string{cfg.Root, c.Mirror} {
		if err := folderFor(dir); err != nil {
			return cfg, err
		}
	}
	if c.Mirror != "" {
		if same, err := host.SameDrive(cfg.Root, c.Mirror); err == nil && same {
			e.log("warn", fmt.Sprintf(t.say("WARNING: --mirror %s lies on the same drive as %s: one fault takes both; is the second drive plugged in and mounted?",
				"CẢNH BÁO: --mirror %s nằm cùng ổ với %s: hỏng ổ là mất cả hai; ổ thứ hai đã cắm và đã gắn chưa?"), c.Mirror, cfg.Root))
		}
	}
	return cfg, nil
}

// source says where the audio comes from.
func (c *captureCmd) source(e *env) (capture.Source, error) {
	bad := func(kinds string) (capture.Source, error) {
		return capture.Source{}, fault.New(fault.Invalid, "--bits %s: must be %s", c.Bits, kinds)
	}
	switch c.Input {
	case "":
		w := device.Want{Device: c.Device, Rate: c.Rate, Channels: c.Channels, Bits: 16}
		switch c.Bits {
		case "", "16":
		case "24":
			w.Bits = 24
		default:
			return bad("16 or 24 for a device")
		}
		return capture.Device(w), nil
	case "-":
		enc, ok := map[string]capture.Encoding{"": capture.S16, "16": capture.S16, "s16le": capture.S16,
			"24": capture.S24, "s24le": capture.S24, "f32": capture.F32, "f32le": capture.F32, "32": capture.F32}[c.Bits]
		if !ok {
			return bad("16, 24 or f32")
		}
		rate, channels := c.Rate, c.Channels
		if rate == 0 {
			rate = 16000
		}
		if channels == 0 {
			channels = 1
		}
		if c.Rate == 0 || c.Channels == 0 {
			e.say(e.tongueOf(c.Language).say("standard input: taken as %s, %d Hz, %d channel(s); --rate, --channels and --bits say otherwise",
				"đầu vào chuẩn: coi là %s, %d Hz, %d kênh; nếu khác, cho biết bằng --rate, --channels và --bits"), enc, rate, channels)
		}
		return capture.Raw(e.stdin, rate, channels, enc)
	}
	if err := readable(c.Input); err != nil {
		return capture.Source{}, err
	}
	return capture.Repeated(c.Input, c.Realtime, c.Repeat), nil
}

// dataDir is where recordings and everything else of this machine's meetings lie.
func (c *captureCmd) dataDir(e *env) (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	if dir := e.getenv("BIENBAN_DATA"); dir != "" {
		return dir, nil
	}
	base := e.getenv("XDG_DATA_HOME")
	if base == "" {
		home := e.getenv("HOME")
		if home == "" {
			return "", fault.New(fault.Invalid, "no data folder: give --data DIR or set BIENBAN_DATA")
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "bienban"), nil
}

// folderFor makes a folder and says early that nothing can be written there.
func folderFor(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		if info, serr := os.Stat(dir); serr == nil && !info.IsDir() || errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) {
			return fault.New(fault.Invalid, "%s: is not a folder, or lies in what is none", dir)
		}
		return fault.New(fault.Unavailable, "%s: the folder cannot be made: %w", dir, err)
	}
	return canWrite(filepath.Join(dir, "x"))
}

// busOf is the bus that was asked for, else that of the serve on the data folder.
func (e *env) busOf(asked, folder string) (string, error) {
	if asked != "" {
		return asked, nil
	}
	data, err := e.dataDir(folder)
	if err != nil {
		return "", err
	}
	address := busAddress(data)
	if err := readable(address); err != nil {
		return "", fault.New(fault.Invalid, "no serve has run on %s: start bienban serve, or give --bus", data)
	}
	return address, nil
}

// busOptions tells a server's URL from the file in which a running serve says where it listens.
func (e *env) busOptions(address, name string) natsbus.Options {
	o := natsbus.Options{Name: name, Log: e.logger()}
	if strings.Contains(address, "://") {
		o.URL = address
	} else {
		o.AddressFile = address
	}
	return o
}

// sayNoAddress warns of an address file that is not there: whoever names it waits for it.
func (e *env) sayNoAddress(t tongue, o natsbus.Options) {
	if _, err := os.Stat(o.AddressFile); o.AddressFile != "" && errors.Is(err, fs.ErrNotExist) {
		e.log("warn", fmt.Sprintf(t.say("--bus %s: there is no such address file yet; it is looked for until it is there", "--bus %s: chưa có tệp địa chỉ này; máy sẽ tìm cho đến khi có"), o.AddressFile))
	}
}

func (c *captureCmd) list(e *env, t tongue) error {
	devices, err := device.List()
	if err != nil {
		return err
	}
	if len(devices) == 0 {
		e.say("%s", t.say("no microphone or mixer was found: plug one in, or check that the system's sound settings show it",
			"không thấy micrô hay bàn trộn nào: hãy cắm vào, hoặc xem phần cài đặt âm thanh của hệ thống có thấy không"))
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, t.say("INDEX\tNAME\tCHANNELS\tRATE\tTHROUGH", "SỐ\tTÊN\tKÊNH\tTẦN SỐ\tQUA"))
	for _, d := range devices {
		mark := ""
		if d.Default {
			mark = t.say(" (default)", " (mặc định)")
		}
		fmt.Fprintf(w, "%d\t%s%s\t%d\t%.0f Hz\t%s\n", d.Index, d.Name, mark, d.Channels, d.DefaultRate, d.HostAPI)
	}
	return w.Flush()
}
