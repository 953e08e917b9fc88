package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/search"
	"bienban/internal/sqlstore"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

const decidersFile = `kind: council
language: vi
title: Họp thường kỳ
people:
  - {name: Nguyễn Văn An, role: chair}
  - {name: Lê Thị Bình, role: secretary}
  - {name: Trần Văn Cường, role: clerk}
  - {name: Phạm Thị Dung}
`

// atRest is a data folder with a recording of six seconds, and a meeting file beside it.
func atRest(t *testing.T) (data, dir, meeting string) {
	t.Helper()
	data = t.TempDir()
	wav := rampWAV(t, t.TempDir(), 16000, 1, 96000)
	if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", data); code != exitDone {
		t.Fatal(said)
	}
	return data, filepath.Join(data, capture.Folder, "m"), write(t, t.TempDir(), "meeting.yaml", []byte(decidersFile))
}

func held(t *testing.T, dir string) heldRecording {
	t.Helper()
	code, out, said := cmd(t, nil, "verify", dir, "--json")
	var h heldRecording
	if err := json.Unmarshal([]byte(out), &h); err != nil || code != exitDone {
		t.Fatalf("verify: exit %d, %s, %v", code, said, err)
	}
	return h
}

func TestWhatIsDoneToARecordingAfterwardsIsRefusedInOneLine(t *testing.T) {
	data, dir, meeting := atRest(t)
	stretch := []string{"--from", "1", "--to", "0:02", "--reason", "lộ bí mật"}
	erase := func(more ...string) []string {
		return append(append([]string{"recording", "erase", "m", "--data", data}, stretch...), more...)
	}
	closing := func(more ...string) []string {
		return append(append([]string{"recording", "close", "m", "--data", data}, stretch...), more...)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"one person twice":            {erase("--meeting", meeting, "--a", "Nguyễn Văn An", "--b", "nguyễn  văn an"), "two different people"},
		"one only":                    {erase("--meeting", meeting, "--a", "Nguyễn Văn An"), "--b"},
		"a stranger":                  {erase("--meeting", meeting, "--a", "Nguyễn Văn An", "--b", "Ai Đó"), "nobody of that name"},
		"without a role":              {erase("--meeting", meeting, "--a", "Nguyễn Văn An", "--b", "Phạm Thị Dung"), "does not permit"},
		"nobody knows the people":     {erase("--a", "Nguyễn Văn An", "--b", "Lê Thị Bình"), "--meeting is missing"},
		"a transcript that is none":   {erase("--meeting", meeting, "--a", "Nguyễn Văn An", "--b", "Lê Thị Bình", "--transcript", meeting), "meeting.yaml"},
		"a chair does not close":      {closing("--meeting", meeting, "--by", "Nguyễn Văn An"), "does not permit"},
		"no such recording":           {[]string{"recording", "close", "none", "--data", data, "--from", "1", "--to", "2", "--reason", "x", "--by", "x"}, "no recording"},
		"backwards":                   {[]string{"recording", "close", "m", "--data", data, "--from", "2", "--to", "1", "--reason", "x", "--by", "x"}, "ends before it begins"},
		"no time":                     {[]string{"recording", "close", "m", "--data", data, "--from", "1:99", "--to", "2:00", "--reason", "x", "--by", "x"}, "--from"},
		"behind its end":              {[]string{"recording", "close", "m", "--data", data, "--from", "100", "--to", "200", "--reason", "x", "--by", "Lê Thị Bình", "--meeting", meeting}, "has 6.0 s"},
		"no reason":                   {[]string{"recording", "close", "m", "--data", data, "--from", "1", "--to", "2", "--reason", " ", "--by", "x"}, "--reason"},
		"import of what is no sound":  {[]string{"recording", "import", "m", meeting, "--data", data}, "meeting.yaml"},
		"import of what is not there": {[]string{"recording", "import", "m", "none.wav", "--data", data}, "none.wav"},
		"import at no time":           {[]string{"recording", "import", "m", meeting, "--at", "yesterday", "--data", data}, "--at"},
	} {
		code, out, said := cmd(t, nil, c.args...)
		if code != exitUsage || out != "" || strings.Count(said, "\n") != 1 || !strings.Contains(said, c.says) {
			t.Errorf("%s: exit %d, %q, %q", name, code, out, said)
		}
	}
	if h := held(t, dir); len(h.ClosedParts)+len(h.Erased)+len(h.Fills) != 0 || h.Segments != 1 {
		t.Errorf("what was refused was done: %+v", h)
	}
}

func TestAStretchIsClosedAndErasedFromTheCommandLine(t *testing.T) {
	data, dir, meeting := atRest(t)
	transcript := write(t, t.TempDir(), "transcript.json", []byte(`{"language":"vi","segments":[{"id":"s1","start":0,"end":1.5,"text":"công khai","words":[{"w":"công","start":0.1,"end":0.5},{"w":"khai","start":0.6,"end":1}]},
		{"id":"s2","start":1.6,"end":4,"text":"điều zebra bí mật","words":[{"w":"điều","start":1.6,"end":1.9},{"w":"zebra","start":2.6,"end":3},{"w":"bí","start":3.1,"end":3.4},{"w":"mật","start":3.5,"end":3.9}]}]}`))
	code, _, said := cmd(t, map[string]string{"LANG": "vi_VN.UTF-8"}, "recording", "close", dir, "--from", "0:05", "--to", "5.5", "--reason", "chuyện riêng", "--by", "lê thị bình", "--meeting", meeting)
	if code != exitDone || !strings.Contains(said, "đã đóng") {
		t.Fatalf("exit %d, %s", code, said)
	}
	code, _, said = cmd(t, nil, "recording", "erase", "m", "--data", data, "--from", "2.5", "--to", "4", "--reason", "lộ bí mật", "--a", "Nguyễn Văn An", "--b", "Trần Văn Cường", "--meeting", meeting, "--transcript", transcript)
	if code != exitDone || !strings.Contains(said, "backups") {
		t.Fatalf("exit %d, %s", code, said)
	}
	h := held(t, dir)
	if len(h.ClosedParts) != 1 || h.ClosedParts[0].Who != "Lê Thị Bình" || h.ClosedParts[0].Start != 5 || h.ClosedParts[0].Reason != "chuyện riêng" {
		t.Errorf("%+v", h.ClosedParts)
	}
	if len(h.Erased) != 1 || h.Erased[0].Who != "Nguyễn Văn An, Trần Văn Cường" || h.Erased[0].Start > 2.5 || h.Erased[0].End < 4 || h.ErasedSeconds < 1.5 || !h.Whole || !h.Report.Closed {
		t.Errorf("%+v, %v s", h.Erased, h.ErasedSeconds)
	}
	got, err := transcribe.ReadTranscriptFile(transcript)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(transcript)
	if err != nil || strings.Contains(string(raw), "zebra") || strings.Contains(string(raw), "mật") || len(got.Segments) != 2 || got.Segments[0].Text != "công khai" || got.Segments[1].Text != "điều" {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestAStretchIsErasedWhileItsHallIsRecorded(t *testing.T) {
	data := t.TempDir()
	meeting := write(t, t.TempDir(), "meeting.yaml", []byte(decidersFile))
	wav := rampWAV(t, t.TempDir(), 16000, 1, 16000*60)
	c := program(t, "capture", "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	dir := filepath.Join(data, capture.Folder, "m")
	status(t, dir, func(s capture.Status) bool { return s.Durable >= 1 })
	for _, args := range [][]string{
		{"recording", "close", "m", "--data", data, "--from", "0.2", "--to", "0.4", "--reason", "riêng", "--by", "Lê Thị Bình", "--meeting", meeting},
		{"recording", "erase", "m", "--data", data, "--from", "0.5", "--to", "0.9", "--reason", "lộ", "--a", "Nguyễn Văn An", "--b", "Lê Thị Bình", "--meeting", meeting},
	} {
		if code, _, said := cmd(t, nil, args...); code != exitDone {
			t.Fatalf("%v: exit %d, %s", args, code, said)
		}
	}
	before := status(t, dir, records)
	status(t, dir, func(s capture.Status) bool { return s.PID == c.Process.Pid && s.Durable > before.Durable })
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if h := held(t, dir); len(h.ClosedParts) != 1 || len(h.Erased) != 1 || h.ErasedSeconds < 0.4 || !h.Whole || h.PendingErasures != 0 {
		t.Errorf("%+v", h)
	}
}

func TestWhatTheInstallationKnowsOfAnErasedStretchGoesToo(t *testing.T) {
	data, dir, _ := atRest(t)
	ctx := t.Context()
	s, err := sqlstore.Open(ctx, filepath.Join(data, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test's
	people := accounts.NewService(s)
	id := map[string]string{}
	for _, login := range []string{"clerk", "other", "delegate"} {
		a, err := people.Add(ctx, accounts.Terminal, accounts.New{Login: login, Name: "Nguyễn Văn An", Password: "một mật khẩu đủ dài"})
		if err != nil {
			t.Fatal(err)
		}
		id[login] = a.ID
	}
	admin := desk.Viewer{User: id["clerk"], Name: "x", Administrator: true}
	if _, err := s.Create(ctx, admin, "created-0000000000", desk.Created{Meeting: "m", Clerk: id["clerk"], Head: desk.Head{Kind: minutes.KindCommittee, Title: "Họp"}}); err != nil {
		t.Fatal(err)
	}
	for login, role := range map[string]desk.Role{"other": desk.Chair, "delegate": desk.Delegate} {
		body, err := json.Marshal(desk.MemberSet{User: id[login], Roles: desk.Roles{role}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Do(ctx, admin, "m", desk.Act{ID: "member-0000000000" + login, Kind: desk.KindMember, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.StartRecording(ctx, hall.Recording{ID: "m", Meeting: "m", Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.AcceptFinal(ctx, hall.Final{Recording: "m", Epoch: 1, To: 96000, Segments: []transcribe.Segment{{Start: 0, End: 2, Text: "công khai"}, {Start: 3, End: 5, Text: "điều zebra bí mật"}}}); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(data, secondDir, "m.json")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("zebra"), 0o600); err != nil {
		t.Fatal(err)
	}
	erase := []string{"recording", "erase", "m", "--data", data, "--from", "3", "--to", "5", "--reason", "lộ bí mật"}
	for name, more := range map[string][]string{
		"a name that several have": {"--a", "Nguyễn Văn An", "--b", "clerk"},
		"one account twice":        {"--a", "clerk", "--b", "clerk"},
		"an account without":       {"--a", "clerk", "--b", "delegate"},
	} {
		if code, _, said := cmd(t, nil, append(erase[:len(erase):len(erase)], more...)...); code != exitUsage {
			t.Errorf("%s: exit %d, %s", name, code, said)
		}
	}
	if code, _, said := cmd(t, nil, append(erase, "--a", "clerk", "--b", "other")...); code != exitDone {
		t.Fatalf("exit %d, %s", code, said)
	}
	found, err := s.Search(ctx, search.Query{Account: id["clerk"], Text: "zebra", Limit: 10})
	if err != nil || len(found.Hits) != 0 {
		t.Errorf("%+v, %v", found.Hits, err)
	}
	if found, err = s.Search(ctx, search.Query{Account: id["clerk"], Text: "công khai", Limit: 10}); err != nil || len(found.Hits) != 1 {
		t.Errorf("%+v, %v", found.Hits, err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a second pass had written is left")
	}
	log, err := s.Audit(ctx, audit.Query{Subject: "m", Limit: 10})
	if err != nil || log[0].Action != "stretch_erased" || log[0].Actor != accounts.Terminal {
		t.Errorf("%+v, %v", log, err)
	}
	rec, err := record.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := rec.Erased(); len(got) != 1 || got[0].Who != "Nguyễn Văn An (clerk), Nguyễn Văn An (other)" {
		t.Errorf("%+v", got)
	}
}

func TestAPhonesFileIsImportedFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, capture.Folder, "m")
	at := time.Date(2026, 6, 1, 0, 30, 0, 0, time.UTC)
	now := at
	r, err := record.Create(dir, record.Options{ID: "m", Meeting: "Họp m", Rate: 16000, Channels: 1, Now: func() time.Time { return now }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tone := make([]float32, 16000)
	for i := range tone {
		tone[i] = float32(i%50) / 100
	}
	for range 2 { // a second, five seconds of nothing, a second
		now = now.Add(time.Second)
		if err := r.Append(tone); err != nil {
			t.Fatal(err)
		}
		_ = r.Gap("unplugged")
		now = now.Add(5 * time.Second)
	}
	if err := r.Close(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	phone := rampWAV(t, t.TempDir(), 16000, 1, 16000*10)
	if code, _, said := cmd(t, nil, "recording", "import", "Họp m", phone, "--data", data); code != exitUsage || !strings.Contains(said, "when it was recorded") {
		t.Errorf("what sounds like nothing there, without a time: exit %d, %s", code, said)
	}
	code, _, said := cmd(t, map[string]string{"LANG": "vi_VN.UTF-8"}, "recording", "import", "Họp m", phone, "--data", data, "--at", "2026-06-01T07:30:00+07:00", "--by", "Cúc", "--origin", "điện thoại của Cúc")
	if code != exitDone || !strings.Contains(said, "theo đồng hồ") {
		t.Fatalf("exit %d, %s", code, said)
	}
	h := held(t, dir)
	if len(h.Fills) == 0 || h.Fills[0].Start != 1 || h.Fills[0].End != 6 || h.Fills[0].Who != "Cúc" || h.Fills[0].Reason != "điện thoại của Cúc" {
		t.Errorf("%+v", h.Fills)
	}
	if _, out, _ := cmd(t, nil, "verify", dir); !strings.Contains(out, "filled") || !strings.Contains(out, "điện thoại của Cúc") {
		t.Errorf("verify says %s", out)
	}
}
