package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"bienban/audio/device"
	"bienban/internal/durable"
	"bienban/internal/host"
	"bienban/internal/inhibit"
	"bienban/models"
)

type doctorCmd struct {
	JSON     bool   `help:"Print a report for machines."`
	Language string `enum:",vi,en" default:"" help:"The meetings' language: vi or en; also that of the report. Default: both, in the system's language." placeholder:"CODE"`
	Data     string `help:"Data folder whose disk is measured; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	Mirror   string `help:"Also look at the folder on a second drive that is to get a copy." placeholder:"DIR"`
	Threads  int    `help:"Threads of the engine; default the cores." placeholder:"N"`
}

// verdict is what a measurement means for a meeting.
type verdict string

// The verdicts.
const (
	fine verdict = "ok"
	warn verdict = "warn" // a meeting can be recorded; somebody should know
	bad  verdict = "bad"  // a meeting would suffer
	moot verdict = "unknown"
	tell verdict = "info" // nothing to judge
)

// finding is one line of the report.
type finding struct {
	What     string  `json:"what"`
	Measured string  `json:"measured"`
	Verdict  verdict `json:"verdict"`
	Advice   string  `json:"advice,omitempty"` // what to do
}

// doctorReport is what doctor found.
type doctorReport struct {
	Findings []finding    `json:"findings"`
	Speed    []modelSpeed `json:"speed"`
	Live     *choice      `json:"live"`   // recommended for live text; null when none keeps up
	Second   *choice      `json:"second"` // recommended for the second pass
	Well     bool         `json:"well"`   // nothing is bad
}

// doctor looks at a machine.
type doctor struct {
	e      *env
	c      *doctorCmd
	t      tongue
	report doctorReport
}

// Run measures the machine and says what to do about it.
func (c *doctorCmd) Run(ctx context.Context, e *env) error {
	d := doctor{e: e, c: c, t: e.tongueOf(c.Language), report: doctorReport{Findings: []finding{}, Speed: []modelSpeed{}}}
	data, err := e.dataDir(c.Data)
	if err != nil {
		return err
	}
	steps := host.WatchSteps()
	d.microphones()
	d.disk(ctx, data)
	d.mirror(ctx, data)
	d.power(ctx)
	memory, err := d.memory()
	if err != nil {
		return err
	}
	d.load()
	if err := d.models(ctx, memory); err != nil {
		return err
	}
	d.clock(steps) // last: it was watched meanwhile
	d.report.Well = true
	for _, f := range d.report.Findings {
		d.report.Well = d.report.Well && f.Verdict != bad
	}
	if c.JSON {
		out := json.NewEncoder(e.stdout)
		out.SetIndent("", "  ")
		err = out.Encode(d.report)
	} else {
		err = d.tell(e.stdout)
	}
	if err == nil && !d.report.Well {
		err = errReview
	}
	return err
}

func (d *doctor) found(v verdict, what, measured, advice string) {
	d.report.Findings = append(d.report.Findings, finding{what, measured, v, advice})
}

func (d *doctor) microphones() {
	what := d.t.say("microphones", "micrô")
	list, err := device.List()
	switch {
	case errors.Is(err, device.ErrNotBuilt):
		d.found(bad, what, d.t.say("this program was built without PortAudio", "chương trình này được dựng không có PortAudio"),
			d.t.say("build it with make build; files and standard input can be captured all the same", "dựng lại bằng make build; vẫn ghi được từ tệp và đầu vào chuẩn"))
	case err != nil:
		d.found(bad, what, d.t.reason(oneLine(err)), d.t.say("check the system's sound settings", "kiểm tra cài đặt âm thanh của hệ thống"))
	case len(list) == 0:
		d.found(bad, what, d.t.say("none", "không có"), d.t.say("plug in the mixer or a microphone", "cắm bàn trộn hoặc micrô"))
	default:
		var all []string
		for _, m := range list {
			s := fmt.Sprintf(d.t.say("%d %q (%d channels, %.0f Hz)", "%d %q (%d kênh, %.0f Hz)"), m.Index, m.Name, m.Channels, m.DefaultRate)
			if m.Default {
				s += d.t.say(", the default", ", mặc định")
			}
			all = append(all, s)
		}
		d.found(fine, what, strings.Join(all, "; "), d.t.say("choose one with capture --device", "chọn bằng capture --device"))
	}
}

// Verdicts on a disk. Capture syncs each 200 ms and lets syncs coalesce up to
// 500 ms on a slow disk (docs/design.md section 3): beyond that sound piles up.
const (
	syncFine = 100 * time.Millisecond
	syncMost = 500 * time.Millisecond
)

// hallBytes is an hour of a usual hall: eight channels at 48 kHz and 16 bits.
const hallBytes = 3600 * 48000 * 8 * 2

// Hours of a usual hall that should fit.
const (
	hoursFine  = 8
	hoursLeast = 2
)

func (d *doctor) disk(ctx context.Context, data string) {
	what := d.t.say("disk", "ổ đĩa")
	if at := firstFile(data); at != "" {
		d.found(bad, what, fmt.Sprintf(d.t.say("%s is a file, not a folder", "%s là tệp, không phải thư mục"), at), d.t.say("choose another folder with --data", "chọn thư mục khác bằng --data"))
		return
	}
	dir, err := host.Existing(data)
	if err != nil {
		d.found(bad, what, d.t.reason(oneLine(err)), d.t.say("choose another folder with --data", "chọn thư mục khác bằng --data"))
		return
	}
	fsys := durable.OS()
	s, err := host.MeasureSync(ctx, fsys, dir)
	if err != nil {
		d.found(bad, what, dir+": "+d.t.reason(oneLine(err)), d.t.say("make the data folder one that can be written", "bảo đảm thư mục dữ liệu ghi được"))
		return
	}
	measured := fmt.Sprintf(d.t.say("a chunk is safe in %s, at worst %s (%d tries in %s)", "một khối nằm chắc trên đĩa sau %s, chậm nhất %s (%d lần thử ở %s)"),
		milliseconds(s.Usual), milliseconds(s.Worst), s.Times, dir)
	switch {
	case s.Usual > syncMost:
		d.found(bad, what, measured, d.t.say("too slow to record on: use an SSD inside the machine", "quá chậm để ghi âm: dùng ổ SSD trong máy"))
	case s.Worst > syncFine:
		d.found(warn, what, measured, d.t.say("slow now and then: nothing is lost, but a power cut may cost up to a second", "đôi lúc chậm: không mất gì, nhưng mất điện đột ngột có thể mất tới một giây"))
	default:
		d.found(fine, what, measured, "")
	}
	what = d.t.say("room", "chỗ trống")
	free, err := fsys.Free(dir)
	if err != nil || free < 0 {
		d.found(moot, what, d.t.say("not known", "không rõ"), "")
		return
	}
	hours := float64(free) / hallBytes
	measured = fmt.Sprintf(d.t.say("%s, enough for %.0f hours of eight microphones", "%s, đủ cho %.0f giờ của tám micrô"), models.Bytes(free), hours)
	switch {
	case hours < hoursLeast:
		d.found(bad, what, measured, d.t.say("free some space before the meeting", "giải phóng chỗ trống trước khi họp"))
	case hours < hoursFine:
		d.found(warn, what, measured, d.t.say("free some space for a whole day", "giải phóng thêm cho đủ cả ngày họp"))
	default:
		d.found(fine, what, measured, "")
	}
}

// firstFile is the file on the way to a folder in whose place it stands, "" for none.
func firstFile(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			return dir
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}

// mirror looks at where copies are to lie: on another drive, or they are none.
func (d *doctor) mirror(ctx context.Context, data string) {
	if d.c.Mirror == "" {
		return
	}
	what := d.t.say("mirror", "bản sao")
	elsewhere := d.t.say("plug the second drive in, mount it, and give a folder on it", "cắm ổ thứ hai, gắn ổ rồi chọn thư mục trên ổ đó")
	dir, err := host.Existing(d.c.Mirror)
	same := false
	if err == nil {
		same, err = host.SameDrive(data, d.c.Mirror)
	}
	switch {
	case err != nil:
		d.found(moot, what, d.t.reason(oneLine(err)), elsewhere)
		return
	case same:
		d.found(bad, what, fmt.Sprintf(d.t.say("%s lies on the same drive as %s: one fault takes both", "%s nằm cùng ổ với %s: hỏng ổ là mất cả hai"), d.c.Mirror, data), elsewhere)
		return
	}
	s, err := host.MeasureSync(ctx, durable.OS(), dir)
	if err != nil {
		d.found(bad, what, dir+": "+d.t.reason(oneLine(err)), d.t.say("make it a folder that can be written", "bảo đảm thư mục ghi được"))
		return
	}
	free, err := durable.OS().Free(dir)
	measured := fmt.Sprintf(d.t.say("%s is another drive, a chunk is safe there in %s", "%s là ổ khác, một khối nằm chắc trên đó sau %s"), d.c.Mirror, milliseconds(s.Usual))
	if err == nil && free >= 0 {
		measured += fmt.Sprintf(d.t.say(", %s free", ", còn trống %s"), models.Bytes(free))
	}
	if err == nil && free >= 0 && float64(free)/hallBytes < hoursLeast {
		d.found(bad, what, measured, d.t.say("free some space there before the meeting", "giải phóng chỗ trống trên đó trước khi họp"))
		return
	}
	d.found(fine, what, measured, "")
}

func milliseconds(t time.Duration) string { return fmt.Sprintf("%.1f ms", float64(t)/1e6) }

// Verdicts on a clock. Times of day stand in minutes to the minute.
const (
	clockStep  = 100 * time.Millisecond
	clockError = 10 * time.Second
)

func (d *doctor) clock(steps host.Steps) {
	what, c := d.t.say("clock", "đồng hồ"), host.ReadClock()
	measured := time.Now().Format("2006-01-02 15:04:05 -07:00")
	set := d.t.say("switch on time synchronisation (timedatectl set-ntp true), or set the clock by hand", "bật đồng bộ giờ (timedatectl set-ntp true) hoặc chỉnh giờ bằng tay")
	if step := steps.Step(); step.Abs() > clockStep {
		d.found(warn, what, fmt.Sprintf(d.t.say("%s; it was set by %s while this ran", "%s; vừa bị chỉnh %s trong lúc kiểm tra"), measured, step.Round(time.Millisecond)),
			d.t.say("wait until time synchronisation is done before the meeting begins", "chờ đồng bộ giờ xong rồi mới bắt đầu họp"))
		return
	}
	switch {
	case !c.Known:
		d.found(moot, what, fmt.Sprintf(d.t.say("%s; the system does not tell whether it is synchronised", "%s; hệ thống không cho biết đã đồng bộ hay chưa"), measured), d.t.say("compare it with another", "so với đồng hồ khác"))
	case !c.Synced:
		d.found(warn, what, fmt.Sprintf(d.t.say("%s; not synchronised", "%s; chưa đồng bộ"), measured), set)
	case c.Error > clockError:
		d.found(warn, what, fmt.Sprintf(d.t.say("%s; synchronised, but maybe %s off", "%s; đã đồng bộ nhưng có thể lệch %s"), measured, c.Error.Round(time.Second)), set)
	default:
		d.found(fine, what, fmt.Sprintf(d.t.say("%s; synchronised, no step seen", "%s; đã đồng bộ, không thấy nhảy giờ"), measured), "")
	}
}

// batteryLow is from which charge on, in percent, a battery lasts no meeting.
const batteryLow = 50

func (d *doctor) power(ctx context.Context) {
	what := d.t.say("power", "nguồn điện")
	p := inhibit.ReadPower(ctx, inhibit.Options{})
	charge := ""
	if p.Known && p.Charge >= 0 {
		charge = fmt.Sprintf(d.t.say(", battery %.0f %%", ", pin %.0f %%"), p.Charge)
	}
	switch {
	case !p.Known:
		d.found(moot, what, d.t.reason(p.Reason), d.t.say("see that it is plugged in", "kiểm tra đã cắm điện"))
	case p.OnBattery && p.Charge < batteryLow:
		d.found(bad, what, d.t.say("on battery", "đang dùng pin")+charge, d.t.say("plug it in before the meeting", "cắm nguồn trước khi họp"))
	case p.OnBattery:
		d.found(warn, what, d.t.say("on battery", "đang dùng pin")+charge, d.t.say("plug it in before the meeting", "cắm nguồn trước khi họp"))
	default:
		d.found(fine, what, d.t.say("on mains", "có điện lưới")+charge, "")
	}
	what = d.t.say("sleep", "ngủ máy")
	s := inhibit.Hold(ctx, inhibit.Options{}, "bienban doctor")
	held, reason := s.Held()
	s.Release()
	switch {
	case held:
		d.found(fine, what, d.t.say("can be kept off while a meeting is recorded", "ngăn được khi đang ghi âm"), "")
	case p.Known && p.Charge >= 0:
		d.found(warn, what, d.t.reason(reason), d.t.say("switch off suspend and the lid switch in the system's settings", "tắt chế độ ngủ và tự ngủ khi gập máy trong cài đặt"))
	default:
		d.found(moot, what, d.t.reason(reason), d.t.say("see that the machine does not go to sleep by itself", "bảo đảm máy không tự ngủ"))
	}
}

// memory says how much there is and gives what this process may use, in bytes.
func (d *doctor) memory() (int64, error) {
	what := d.t.say("memory", "bộ nhớ")
	all, err := models.MachineMemory()
	if err != nil {
		return 0, err
	}
	free := host.FreeMemory()
	measured := models.Bytes(all)
	if free >= 0 {
		measured += fmt.Sprintf(d.t.say(", %s of it free", ", còn trống %s"), models.Bytes(min(free, all)))
	}
	base, err := d.e.findModel(models.DefaultSpeech, models.Speech)
	switch {
	case err != nil:
		return 0, err
	case base.FitsIn(all) == models.FitNo:
		d.found(bad, what, measured, d.t.say("too little for any speech model that is of use", "không đủ cho mô hình nghe nào dùng được"))
	case free >= 0 && free < base.Memory:
		d.found(warn, what, measured, d.t.say("close other programs before the meeting", "đóng bớt chương trình khác trước khi họp"))
	default:
		d.found(fine, what, measured, "")
	}
	return all, nil
}

// load says when the machine is too busy to be measured.
func (d *doctor) load() {
	n, cores := host.Load(), runtime.NumCPU()
	if n < 0 {
		return
	}
	measured := fmt.Sprintf(d.t.say("%.1f programs at work on %d cores", "%.1f chương trình đang chạy trên %d nhân"), n, cores)
	if n > float64(cores) {
		d.found(warn, d.t.say("load", "tải"), measured, d.t.say("the speeds below are those of a busy machine: close other programs and run doctor again", "tốc độ dưới đây là của máy đang bận: đóng bớt chương trình rồi chạy lại doctor"))
		return
	}
	d.found(fine, d.t.say("load", "tải"), measured, "")
}

// tell writes the report for people: what, the verdict, what was measured, what to do.
func (d *doctor) tell(w io.Writer) error {
	var b strings.Builder
	words := map[verdict]string{fine: d.t.say("ok", "tốt"), warn: d.t.say("LOOK", "LƯU Ý"), bad: d.t.say("BAD", "HỎNG"), moot: "?", tell: "-"}
	wide, verdicts := 0, 0
	for _, f := range d.report.Findings {
		wide = max(wide, columns(f.What))
	}
	for _, v := range words {
		verdicts = max(verdicts, columns(v))
	}
	for _, f := range d.report.Findings {
		fmt.Fprintf(&b, "%s  %s  %s\n", fill(words[f.Verdict], verdicts), fill(f.What, wide), printable(f.Measured))
		if f.Advice != "" {
			fmt.Fprintf(&b, "%s→ %s\n", strings.Repeat(" ", verdicts+wide+4), printable(f.Advice))
		}
	}
	end := d.t.say("this machine can record a meeting", "máy này ghi âm cuộc họp được")
	if !d.report.Well {
		end = d.t.say("something here would harm a meeting: see the lines marked BAD", "có điều sẽ làm hỏng cuộc họp: xem các dòng HỎNG")
	}
	fmt.Fprintln(&b, end)
	_, err := io.WriteString(w, b.String())
	return err
}

func fill(s string, wide int) string { return s + strings.Repeat(" ", max(0, wide-columns(s))) }
