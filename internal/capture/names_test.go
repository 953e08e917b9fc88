package capture

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

func TestAMeetingsNameBecomesOneThatFoldersAndBusesTake(t *testing.T) {
	seen := map[string]string{}
	for _, m := range []string{"council-2026-03", "họp thường kỳ", "hop thuong ky", "a/b", "a b", "a.b", "..", "/", "会议", strings.Repeat("x", 200), strings.Repeat("x", 199), "Đại hội 13"} {
		name := RecordingName(m)
		if err := bus.CheckName(name); err != nil || strings.HasPrefix(name, "-") {
			t.Errorf("%q: %q: %v", m, name, err)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q are both %q", m, other, name)
		}
		seen[name] = m
	}
	if got := RecordingName("council-2026-03"); got != "council-2026-03" {
		t.Errorf("%q", got)
	}
	if got := RecordingName("Đại hội 13"); !strings.HasPrefix(got, "dai-hoi-13-") || got != RecordingName("Đại hội 13") { // the same, decomposed
		t.Errorf("%q", got)
	}
}

func TestAChannelMapIsRead(t *testing.T) {
	m, err := ParseMap("map.yaml", []byte(`channels:
  - {channel: 1, role: chair, person: Nguyễn Văn An, gain: 1.5}
  - {channel: 4, use: ignore}
  - channel: 2
    role: lectern
    use: use
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Map{Channels: []Channel{{1, "chair", "Nguyễn Văn An", 1.5, false}, {4, "", "", 1, true}, {2, "lectern", "", 1, false}}}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v", m)
	}
	used, gain, names, err := m.fit(5)
	if err != nil || !reflect.DeepEqual(used, []int{0, 1, 2, 4}) || !reflect.DeepEqual(gain, []float64{1.5, 1, 1, 1, 1}) ||
		!reflect.DeepEqual(names, []string{"Nguyễn Văn An", "lectern", "", "", ""}) {
		t.Errorf("%v, %v, %v, %v", used, gain, names, err)
	}
	if _, _, _, err := m.fit(3); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "channel 4") {
		t.Errorf("%v", err)
	}
	if _, _, _, err := (&Map{Channels: []Channel{{Channel: 1, Gain: 1, Ignore: true}}}).fit(1); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func TestMistakesInAChannelMapAreNamedWithTheirLine(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "empty"},
		{"only a comment", "# channels\n", "empty"},
		{"no mapping", "- 1\n", "m.yaml:1"},
		{"no channels", "channels: []\n", "m.yaml:1"},
		{"another key", "channel:\n  - {channel: 1}\n", `m.yaml:1: unknown key "channel"`},
		{"no list", "channels: {channel: 1}\n", "m.yaml:1"},
		{"no number", "channels:\n  - {role: chair}\n", "m.yaml:2"},
		{"channel 0", "channels:\n  - {channel: 0}\n", `m.yaml:2: channel "0"`},
		{"channel 33", "channels:\n  - {channel: 33}\n", `m.yaml:2: channel "33"`},
		{"a channel twice", "channels:\n  - {channel: 1}\n  - {channel: 1}\n", "m.yaml:3: channel 1 stands in line 2"},
		{"a key twice", "channels:\n  - {channel: 1, role: a, role: b}\n", "m.yaml:2"},
		{"no gain", "channels:\n  - {channel: 1, gain: 0}\n", `m.yaml:2: gain "0"`},
		{"gain that is no number", "channels:\n  - {channel: 1, gain: .nan}\n", "m.yaml:2: gain"},
		{"gain in decibels", "channels:\n  - {channel: 1, gain: 3 dB}\n", `m.yaml:2: gain "3 dB"`},
		{"another use", "channels:\n  - {channel: 1, use: maybe}\n", `m.yaml:2: use "maybe"`},
		{"a list for a role", "channels:\n  - {channel: 1, role: [a]}\n", "m.yaml:2: role"},
		{"two documents", "channels:\n  - {channel: 1}\n---\nchannels: []\n", "more than one"},
		{"no YAML", "channels: [\n", "m.yaml"},
		{"an alias", "channels: &a\n  - {channel: 1, role: *a}\n", "m.yaml"},
	} {
		m, err := ParseMap("m.yaml", []byte(c.text))
		if m != nil || fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", c.name, m, err)
		}
	}
}

func FuzzParseMap(f *testing.F) {
	f.Add([]byte("channels:\n  - {channel: 1, role: chair, gain: 2, use: ignore}\n"))
	f.Add([]byte("channels: &x [*x]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMap("m.yaml", b)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
		if m != nil {
			if _, _, _, err := m.fit(32); err != nil && len(m.Channels) < 32 {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestARawInputRefusesWhatIsNoRawSound(t *testing.T) {
	for _, c := range []struct{ name, data, says string }{
		{"a WAV", "RIFF....WAVEfmt ", "audio file"},
		{"a FLAC", "fLaC\x00\x00\x00\x22", "audio file"},
		{"nothing", "", "nothing in it"},
	} {
		s, err := Raw(strings.NewReader(c.data), 16000, 1, S16)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(context.Background()); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Raw(strings.NewReader("x"), 16000, 1, "u8"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}
