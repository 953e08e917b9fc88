package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bienban/audio/record"
)

func TestWhatEndsACaptureIsSaidInVietnameseToo(t *testing.T) {
	dir := t.TempDir()
	wav := rampWAV(t, dir, 16000, 2, 1600)
	of := func(args ...string) []string { return append([]string{"--meeting", "m", "--input", wav}, args...) }
	held := filepath.Join(dir, "recordings", "held")
	rec, err := record.Create(held, record.Options{ID: "held", Meeting: "m", Rate: 16000, Channels: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close(t.Context(), "")
	untranslated := regexp.MustCompile(`"[^"]*[a-z] [a-z][^"]*"`)
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no meeting", []string{"--input", wav}, exitUsage, "thiếu --meeting"},
		{"a meeting without a name", []string{"--meeting", " ", "--input", wav}, exitUsage, "phải là 1 đến 200 byte"},
		{"device and file", of("--device", "x"), exitUsage, "chỉ ghi được từ một nguồn"},
		{"real time of a device", []string{"--meeting", "m", "--realtime"}, exitUsage, "thời gian thực"},
		{"no such file", []string{"--meeting", "m", "--input", filepath.Join(dir, "thư mục", "none.wav")}, exitUsage, "không có tệp này"},
		{"a folder", []string{"--meeting", "m", "--input", dir}, exitUsage, "là thư mục, không phải tệp"},
		{"an empty file", []string{"--meeting", "m", "--input", write(t, dir, "empty.wav", nil)}, exitUsage, "tệp rỗng"},
		{"no sound", []string{"--meeting", "m", "--input", write(t, dir, "text.wav", []byte("hello, this is no sound at all\n"))}, exitUsage, "là văn bản"},
		{"a rate for a file", of("--rate", "8000"), exitUsage, "tệp đã tự cho biết"},
		{"33 channels", []string{"--meeting", "m", "--input", "-", "--channels", "33"}, exitUsage, "phải từ 1 đến 32"},
		{"a rate that nothing has", []string{"--meeting", "m", "--input", "-", "--rate", "5"}, exitUsage, "phải từ 8000"},
		{"12 bits", []string{"--meeting", "m", "--input", "-", "--bits", "12"}, exitUsage, "phải là 16, 24 hoặc f32"},
		{"no such map", of("--map", filepath.Join(dir, "none.yaml")), exitUsage, "không có tệp này"},
		{"an empty map", of("--map", write(t, dir, "none2.yaml", nil)), exitUsage, "sơ đồ kênh rỗng"},
		{"a map with an unknown key", of("--map", write(t, dir, "map.yaml", []byte("channels:\n  - {channel: 1, roll: chair}\n"))), exitUsage, `map.yaml:2: không có khóa "roll"`},
		{"a map of more channels than there are", of("--map", write(t, dir, "wide.yaml", []byte("channels:\n  - {channel: 3}\n"))), exitUsage, "đầu vào chỉ có 2"},
		{"a mirror that is a file", of("--mirror", wav), exitUsage, "không phải thư mục"},
		{"a recording's name with a slash", of("--recording", "../x"), exitUsage, "chữ cái không dấu"},
		{"a bus that cannot be", of("--bus", "http://x"), exitUsage, "phải bắt đầu bằng nats://"},
		{"nothing on standard input", []string{"--meeting", "m", "--input", "-"}, exitUsage, "đầu vào chuẩn: không có gì"},
		{"a recording that runs", of("--recording", "held", "--data", dir), exitFailed, "đang được ghi rồi"},
		{"a disk without room", of("--data", smallDisk(t, "64k")), exitFailed, "hãy giải phóng chỗ trống"},
	} {
		t.Run(c.name, func(t *testing.T) {
			vars := map[string]string{"BIENBAN_DATA": t.TempDir(), "LANG": "vi_VN.UTF-8"}
			code, stdout, said := cmd(t, vars, append([]string{"capture"}, c.args...)...)
			lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
			last := lines[len(lines)-1]
			if code != c.code || stdout != "" || !strings.HasPrefix(last, "bienban: ") || !strings.Contains(last, c.says) || untranslated.MatchString(last) || len(foreign(last)) > 0 {
				t.Errorf("exit %d: %q, English words %q", code, last, foreign(last))
			}
			// Whoever asks for English gets it.
			if _, _, said := cmd(t, vars, slices.Concat([]string{"capture", "--language", "en"}, c.args)...); strings.Contains(said, c.says) {
				t.Errorf("in English: %q", said)
			}
		})
	}
}

func TestACaptureThatTheDiskEndsSaysSoInVietnamese(t *testing.T) {
	disk := smallDisk(t, "40m")
	wav := rampWAV(t, t.TempDir(), 48000, 2, 4*60*48000) // 46 MB
	code, _, said := cmd(t, map[string]string{"LANG": "vi_VN.UTF-8"}, "capture", "--meeting", "m", "--input", wav, "--data", disk)
	if code != exitFailed || !strings.Contains(said, "bienban: ổ đĩa đã đầy, việc ghi âm đã dừng: giải phóng chỗ trống rồi bắt đầu lại; ") || !strings.Contains(said, " giây đã nằm trong "+disk) {
		t.Errorf("exit %d: %s", code, said)
	}
}
