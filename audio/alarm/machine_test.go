package alarm_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"bienban/audio/alarm"
	"bienban/audio/meter"
	"bienban/audio/record"
)

const rate = 16000

var t0 = time.Date(2026, 3, 12, 18, 30, 0, 0, time.UTC)

// hall feeds a machine and keeps what it says.
type hall struct {
	t      *testing.T
	m      *alarm.Machine
	at     int64
	now    time.Time
	facts  alarm.Facts
	events []alarm.Event
}

func newHall(t *testing.T, channels ...int) *hall {
	if channels == nil {
		channels = []int{0, 1}
	}
	return &hall{t: t, m: alarm.New(alarm.Options{Rate: rate, Channels: channels, Names: []string{"chủ tọa"}}), now: t0,
		facts: alarm.Facts{Session: true, DiskLeft: 1e6, Charge: -1}}
}

var (
	good = meter.Channel{Peak: -20, RMS: -30}
	dead = meter.Channel{Peak: meter.Floor, RMS: meter.Floor, Dead: true}
	hush = meter.Channel{Peak: -70, RMS: -75}
)

// hear passes seconds of levels, and of facts beside them.
func (h *hall) hear(seconds float64, channels ...meter.Channel) {
	for range int(seconds * meter.Rate) {
		h.at += rate / meter.Rate
		h.now = h.now.Add(time.Second / meter.Rate)
		h.facts.Recorded = h.at
		h.events = append(h.events, h.m.Levels(meter.Levels{At: h.at, Frames: rate / meter.Rate, Channels: channels}, h.now)...)
		h.events = append(h.events, h.m.Facts(h.facts, h.now)...)
	}
}

// wait passes seconds in which no frame comes.
func (h *hall) wait(seconds float64) {
	for range int(seconds * 10) {
		h.now = h.now.Add(time.Second / 10)
		h.events = append(h.events, h.m.Facts(h.facts, h.now)...)
	}
}

// said gives the events since the last call, as "+kind" and "-kind", with the channel where it has one.
func (h *hall) said() string {
	var all []string
	for _, e := range h.events {
		s := "-"
		if e.Raised {
			s = "+"
		}
		s += string(e.Kind)
		if e.Channel > 0 {
			s += string(rune('0' + e.Channel))
		}
		all = append(all, s)
	}
	h.events = nil
	return strings.Join(all, " ")
}

func (h *hall) expect(want string) {
	h.t.Helper()
	if got := h.said(); got != want {
		h.t.Errorf("at %v: said %q, not %q", h.now.Sub(t0), got, want)
	}
}

func TestAQuietGoodMeetingRaisesNothing(t *testing.T) {
	h := newHall(t)
	h.hear(300, good, hush)
	h.expect("")
	if a := h.m.Active(); len(a) != 0 {
		t.Errorf("active: %v", a)
	}
}

func TestSilenceIsSaidAfterSixtySecondsOfSamplesAndClearedWhenSomebodySpeaks(t *testing.T) {
	h := newHall(t)
	h.hear(59.9, hush, hush)
	h.expect("")
	h.hear(0.2, hush, hush)
	h.expect("+silent")
	h.hear(2, good, hush)
	h.expect("") // a cough is no speech
	h.hear(100, hush, hush)
	h.hear(4, good, hush)
	h.expect("-silent")
	h.hear(30, hush, hush)
	h.expect("")
}

func TestSilenceInAClosedPartIsNone(t *testing.T) {
	h := newHall(t)
	h.facts.Paused, h.facts.Since, h.facts.Until = true, t0, t0.Add(time.Hour)
	h.hear(200, hush, hush)
	h.expect("")
}

func TestOnlyChannelsInUseAreWatched(t *testing.T) {
	h := newHall(t, 0)
	h.hear(100, good, dead)
	h.expect("")
	h.hear(61, hush, good)
	h.expect("+silent")
}

func TestEachFaultOfAChannelIsRaisedOnceAndClearedOnce(t *testing.T) {
	for _, c := range []struct {
		kind  string
		fault meter.Channel
		after float64 // seconds
	}{
		{"dead_channel2", dead, 10.1},
		{"clipping2", meter.Channel{Peak: 0, RMS: -6, Clipped: 50}, 0.3},
		{"one_bit2", meter.Channel{Peak: 0, RMS: -1, OneBit: true, Clipped: 1600}, 3.1},
		{"dc_offset2", meter.Channel{Peak: -10, RMS: -30, DC: -0.2}, 3.1},
		{"hum2", meter.Channel{Peak: -30, RMS: -33, Hum: 50, HumLevel: -34}, 3.1},
	} {
		h := newHall(t)
		h.hear(0.1, good, c.fault)
		h.hear(20, good, good)
		h.expect("") // too short to matter
		h.hear(c.after, good, c.fault)
		h.expect("+" + c.kind)
		h.hear(20, good, c.fault)
		h.hear(2, good, good)
		h.expect("")
		h.hear(3, good, good)
		h.expect("-" + c.kind)
	}
}

func TestNothingRecordedIsSaidInASessionOnly(t *testing.T) {
	h := newHall(t)
	h.hear(10, good)
	h.wait(4.5)
	h.expect("")
	h.wait(1)
	h.expect("+nothing_recorded")
	h.facts.Session = false
	h.wait(0.1)
	h.expect("-nothing_recorded")
	h.wait(100)
	h.expect("")
	h.facts.Session, h.facts.Paused, h.facts.Since = true, true, h.now
	h.wait(100)
	h.expect("")
	h.facts.Paused = false
	h.wait(5.2)
	h.expect("+nothing_recorded")
	h.hear(0.2, good)
	h.expect("-nothing_recorded")
}

func TestAPauseLongerThanAnnouncedIsSaid(t *testing.T) {
	h := newHall(t)
	h.facts.Paused, h.facts.Since, h.facts.Until = true, h.now, h.now.Add(10*time.Minute)
	h.hear(600, good)
	h.expect("")
	h.hear(1, good)
	h.expect("+pause_too_long")
	h.facts.Until = h.now.Add(time.Minute)
	h.hear(1, good)
	h.expect("-pause_too_long")
	h.hear(60, good)
	h.expect("+pause_too_long")
	h.facts.Paused = false
	h.hear(0.1, good)
	h.expect("-pause_too_long")
}

func TestAPauseOfUnknownLengthIsSaidAfterHalfAnHour(t *testing.T) {
	h := newHall(t)
	h.facts.Paused, h.facts.Since = true, h.now
	h.wait(30 * 60)
	h.expect("")
	h.wait(1)
	h.expect("+pause_too_long")
}

func TestFactsOfTheMachineAreAlarmsWhileTheyLast(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*alarm.Facts)
	}{
		{"device_lost", func(f *alarm.Facts) { f.DeviceGone = "unplugged" }},
		{"disk_low", func(f *alarm.Facts) { f.DiskLeft = 599 }},
		{"", func(f *alarm.Facts) { f.DiskLeft = 601 }},
		{"", func(f *alarm.Facts) { f.DiskLeft = -1 }},
		{"disk_full", func(f *alarm.Facts) { f.DiskLeft, f.DiskFull = 0, true }},
		{"writing_fails", func(f *alarm.Facts) { f.Trouble = "input/output error" }},
		{"behind", func(f *alarm.Facts) { f.Waiting = 11 }},
		{"", func(f *alarm.Facts) { f.Waiting = 6 }},
		{"mirror", func(f *alarm.Facts) { f.Mirror = record.MirrorFull }},
		{"", func(f *alarm.Facts) { f.BusAway = 2.9 }},
		{"bus_away", func(f *alarm.Facts) { f.BusAway = 3 }},
		{"mains_lost", func(f *alarm.Facts) { f.Power, f.OnBattery, f.Charge = true, true, 80 }},
		{"battery_low mains_lost", func(f *alarm.Facts) { f.Power, f.OnBattery, f.Charge = true, true, 12 }},
		{"", func(f *alarm.Facts) { f.Power, f.OnBattery, f.Charge = true, false, 12 }},
		{"", func(f *alarm.Facts) { f.OnBattery, f.Charge = true, 12 }},
		{"may_sleep", func(f *alarm.Facts) { f.MaySleep = "no D-Bus" }},
	} {
		h := newHall(t)
		h.hear(1, good)
		before := h.facts
		c.change(&h.facts)
		h.hear(1, good)
		want := ""
		if c.want != "" {
			want = "+" + strings.ReplaceAll(c.want, " ", " +")
		}
		h.expect(want)
		h.facts = before
		h.hear(1, good)
		h.expect(strings.ReplaceAll(want, "+", "-"))
	}
}

func TestARecorderThatFellBehindIsSaidUntilItHasCaughtUp(t *testing.T) {
	h := newHall(t)
	for _, c := range []struct {
		waiting float64
		want    string
	}{{9, ""}, {10, "+behind"}, {6, ""}, {11, ""}, {4, "-behind"}} {
		h.facts.Waiting = c.waiting
		h.hear(0.1, good)
		h.expect(c.want)
	}
}

func TestLostAudioIsShownForHalfAMinute(t *testing.T) {
	h := newHall(t)
	h.facts.Lost = 100
	h.hear(1, good)
	h.expect("+lost")
	h.hear(28, good)
	h.facts.Lost = 200
	h.hear(29, good)
	h.expect("")
	h.hear(2, good)
	h.expect("-lost")
}

func TestAlarmsAreListedWithTheUrgentOnesFirst(t *testing.T) {
	h := newHall(t)
	h.facts.Mirror, h.facts.DiskLeft, h.facts.DeviceGone = record.MirrorAway, 10, "gone"
	h.hear(11, dead, good)
	var kinds []alarm.Kind
	for _, a := range h.m.Active() {
		kinds = append(kinds, a.Kind)
	}
	if want := []alarm.Kind{alarm.Device, alarm.Disk, alarm.Dead, alarm.Mirror}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("%v, not %v", kinds, want)
	}
}

func TestAnotherFormatForgetsTheOldOnesChannels(t *testing.T) {
	h := newHall(t)
	h.facts.Mirror = record.MirrorAway
	h.hear(11, good, dead)
	h.said()
	h.events = h.m.Use(alarm.Options{Rate: 48000, Channels: []int{0}})
	h.expect("-dead_channel2")
	if a := h.m.Active(); len(a) != 1 || a[0].Kind != alarm.Mirror {
		t.Errorf("active: %v", a)
	}
}

func TestTheSameInputGivesTheSameEvents(t *testing.T) {
	run := func() []alarm.Event {
		h := newHall(t)
		h.hear(70, dead, meter.Channel{RMS: -75, Clipped: 9, Hum: 60, DC: 0.3})
		h.facts.DeviceGone, h.facts.Mirror, h.facts.Lost = "gone", record.MirrorStalled, 7
		h.wait(40)
		return h.events
	}
	if a, b := run(), run(); !reflect.DeepEqual(a, b) || len(a) < 8 {
		t.Errorf("%v\n%v", a, b)
	}
}

func TestEveryAlarmIsSaidInBothLanguages(t *testing.T) {
	h := newHall(t)
	h.facts = alarm.Facts{Session: true, Paused: true, Since: t0.Add(-time.Hour), DeviceGone: "x", DiskLeft: 1, Trouble: "x", Waiting: 20,
		Lost: 1, Mirror: "x", Power: true, OnBattery: true, Charge: 1, MaySleep: "x"}
	bad := meter.Channel{RMS: -75, Dead: true, Clipped: 1, Hum: 50, DC: 1}
	h.hear(12, bad, meter.Channel{RMS: -75, OneBit: true})
	h.facts.Paused = false
	h.hear(70, bad, bad)
	h.wait(6)
	h.facts.DiskFull = true
	h.wait(0.1)
	seen := map[alarm.Kind]bool{}
	for _, e := range h.events {
		seen[e.Kind] = true
		for _, s := range []string{e.VI, e.EN} {
			if s == "" || strings.ContainsAny(s, "\n%") || !norm.NFC.IsNormalString(s) || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: text %q", e.Kind, s)
			}
		}
		if e.Severity != alarm.Urgent && e.Severity != alarm.Warn {
			t.Errorf("%s: severity %q", e.Kind, e.Severity)
		}
		if e.Channel == 1 && (!strings.HasPrefix(e.VI, "Kênh 1 (chủ tọa)") || !strings.HasPrefix(e.EN, "Channel 1 (chủ tọa)")) {
			t.Errorf("%s: %q, %q", e.Kind, e.VI, e.EN)
		}
	}
	if len(seen) != 18 {
		t.Errorf("%d kinds of alarm: %v", len(seen), seen)
	}
}

func TestTheMirrorsAlarmSaysWhyWhereAndWhatToDo(t *testing.T) {
	h := newHall(t)
	said := map[string]bool{}
	for _, c := range []struct {
		cause  record.MirrorCause
		vi, en string
	}{
		{record.MirrorFull, "ổ của bản sao đã đầy", "drive is full"},
		{record.MirrorDenied, "không có quyền", "may not be written"},
		{record.MirrorReadOnly, "chỉ cho đọc", "only be read"},
		{record.MirrorAway, "không thấy", "is away"},
		{record.MirrorNoFolder, "một tệp", "a file lies"},
		{record.MirrorOther, "bản ghi khác", "another recording"},
		{record.MirrorInUse, "chương trình khác", "another program"},
		{record.MirrorBroken, "báo lỗi", "errors"},
		{record.MirrorStalled, "không trả lời", "does not answer"},
		{record.MirrorUnknown, "không ghi được", "cannot be written"},
		{"of a later version", "không ghi được", "cannot be written"},
	} {
		h.facts.Mirror, h.facts.MirrorIn = c.cause, "/mnt/usb/hop"
		h.hear(0.1, good)
		all := h.m.Active()
		if len(all) != 1 || !strings.Contains(all[0].VI, "/mnt/usb/hop") || !strings.Contains(all[0].EN, "/mnt/usb/hop") ||
			!strings.Contains(all[0].VI, c.vi) || !strings.Contains(all[0].EN, c.en) || !norm.NFC.IsNormalString(all[0].VI) || strings.ContainsAny(all[0].VI+all[0].EN, "%") {
			t.Errorf("%s: %+v", c.cause, all)
		}
		said[all[0].EN] = true
	}
	if len(said) != 10 {
		t.Errorf("%d texts", len(said))
	}
	// Another cause is another alarm, the same one is none.
	h = newHall(t)
	h.facts.Mirror = record.MirrorFull
	h.hear(1, good)
	h.expect("+mirror")
	h.facts.Mirror = record.MirrorAway
	h.hear(1, good)
	h.expect("-mirror +mirror")
}
