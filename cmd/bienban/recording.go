package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bienban/audio/record"
	"bienban/internal/accounts"
	"bienban/internal/atomicfile"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// recordingCmd is what people do to a recording afterwards, at rest or while it goes on.
type recordingCmd struct {
	Close  recordingCloseCmd  `cmd:"" help:"Close a stretch afterwards: its sound and text are for the closed circle, and in no record."`
	Erase  recordingEraseCmd  `cmd:"" help:"Destroy a stretch for good, by the word of two people who may: sound, text, index and copy. The rest still verifies."`
	Import recordingImportCmd `cmd:"" help:"Fill gaps from a phone's or recorder's file, aligned by sound and clock."`
}

// recordingFlags say which recording.
type recordingFlags struct {
	Recording  string `arg:"" help:"A recording's folder or its name; or a meeting that has one recording."`
	storeFlags `embed:""`
}

// stretchFlags say which stretch of it, and why.
type stretchFlags struct {
	From    string `required:"" help:"Where it begins, in the recording: 754.5 (seconds), 12:34 or 1:02:03." placeholder:"TIME"`
	To      string `required:"" help:"Where it ends." placeholder:"TIME"`
	Reason  string `required:"" help:"Why; it stays in the recording." placeholder:"TEXT"`
	Meeting string `help:"meeting.yaml with the people who may decide, where no portal knows the meeting." placeholder:"FILE"`
}

// seconds reads the stretch.
func (f stretchFlags) seconds() (from, to float64, err error) {
	if from, err = secondOf("--from", f.From); err != nil {
		return 0, 0, err
	}
	if to, err = secondOf("--to", f.To); err != nil {
		return 0, 0, err
	}
	switch {
	case to <= from:
		return 0, 0, fault.New(fault.Invalid, "--from %s --to %s: the stretch ends before it begins", f.From, f.To)
	case strings.TrimSpace(f.Reason) == "":
		return 0, 0, fault.New(fault.Invalid, "--reason: say why")
	}
	return from, to, nil
}

// secondOf reads a time in a recording.
func secondOf(flag, text string) (float64, error) {
	parts := strings.Split(text, ":")
	sum := 0.0
	for i, p := range parts {
		n, err := strconv.ParseFloat(p, 64)
		whole := i == len(parts)-1 || n == math.Trunc(n)
		if err != nil || !(n >= 0) || math.IsInf(n, 0) || len(parts) > 3 || i > 0 && n >= 60 || !whole || strings.ContainsAny(p, "eExX+_") {
			return 0, fault.New(fault.Invalid, "%s %q: must be a time in the recording like 754.5 (seconds), 12:34 or 1:02:03", flag, text)
		}
		sum = sum*60 + n
	}
	return sum, nil
}

type recordingCloseCmd struct {
	recordingFlags
	stretchFlags
	By string `required:"" help:"Who closes it: somebody whose role in the meeting may." placeholder:"NAME"`
}

// Run closes a stretch.
func (c *recordingCloseCmd) Run(ctx context.Context, e *env) error {
	from, to, err := c.seconds()
	if err != nil {
		return err
	}
	r, err := e.openRecording(ctx, c.recordingFlags)
	if err != nil {
		return err
	}
	defer r.close()
	people, err := e.deciders(ctx, r, c.Meeting)
	if err != nil {
		return err
	}
	by, err := people.one("--by", c.By, desk.CloseStretch)
	if err != nil {
		return err
	}
	if err := capture.CloseStretch(ctx, r.dir, from, to, by.name, c.Reason); err != nil {
		return err
	}
	if err := r.follow(ctx); err != nil {
		return err
	}
	t := e.tongueOf("")
	e.say(t.say("%s: closed from %s to %s by %s", "%s: đã đóng từ %s đến %s, người đóng: %s"), r.id, c.From, c.To, by.name)
	return nil
}

type recordingEraseCmd struct {
	recordingFlags
	stretchFlags
	A          string   `required:"" name:"a" help:"One of the two people who decide it." placeholder:"NAME"`
	B          string   `required:"" name:"b" help:"The other one." placeholder:"NAME"`
	Mirror     string   `help:"The recording's copy on a second drive; default where it was copied to when it was made." placeholder:"DIR"`
	Transcript []string `help:"A transcript.json of the recording, whose text of the stretch goes too. May be given several times." placeholder:"FILE"`
}

// Run erases a stretch.
func (c *recordingEraseCmd) Run(ctx context.Context, e *env) error {
	from, to, err := c.seconds()
	if err != nil {
		return err
	}
	transcripts := map[string]*transcribe.Transcript{}
	for _, path := range c.Transcript { // before anything is gone
		if err := readable(path); err != nil {
			return err
		}
		if transcripts[path], err = transcribe.ReadTranscriptFile(path); err != nil {
			return err
		}
		if err := canWrite(path); err != nil {
			return err
		}
	}
	r, err := e.openRecording(ctx, c.recordingFlags)
	if err != nil {
		return err
	}
	defer r.close()
	people, err := e.deciders(ctx, r, c.Meeting)
	if err != nil {
		return err
	}
	by, err := people.two(c.A, c.B)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // half of it would leave the text of what is gone
	err = capture.Erase(ctx, r.dir, c.Mirror, from, to, by, c.Reason)
	var left *record.CopyError
	if err != nil && !errors.As(err, &left) {
		return err
	}
	if err := r.forget(); err != nil {
		return err
	}
	if err := r.follow(ctx); err != nil {
		return err
	}
	rec, err := record.Open(r.dir, nil)
	if err != nil {
		return err
	}
	for path, t := range transcripts {
		if err := eraseText(path, t, rec); err != nil {
			return err
		}
	}
	t := e.tongueOf("")
	e.say(t.say("%s: erased from %s to %s, by %s and %s", "%s: đã xóa từ %s đến %s, hai người quyết định: %s và %s"), r.id, c.From, c.To, by[0], by[1])
	e.say("%s", t.say("earlier backups, and files that were exported before, still hold it: destroy them, or keep them closed",
		"các bản sao lưu trước đó và tệp đã xuất trước đó vẫn còn đoạn này: hãy hủy hoặc cất kín"))
	if left != nil {
		e.log("warn", left.Error())
		e.say("%s", t.say("connect the drive and give the same command again", "hãy cắm ổ đĩa rồi chạy lại lệnh này"))
		return errReview
	}
	return nil
}

// eraseText takes what was said in a recording's erased stretches out of a transcript.
func eraseText(path string, t *transcribe.Transcript, rec *record.Recording) error {
	base := float64(rec.Base())
	sh := &desk.Sheet{Transcript: *t}
	for _, x := range rec.Erased() {
		sh.Erase(desk.Stretch{From: int64(float64(x.From) / base * desk.SampleRate), To: int64(math.Ceil(float64(x.To) / base * desk.SampleRate))})
	}
	sh.Transcript.Suggestions = nil // they quote
	return atomicfile.Write(path, func(w io.Writer) error { return transcribe.WriteJSON(w, &sh.Transcript) })
}

type recordingImportCmd struct {
	recordingFlags
	File   string `arg:"" help:"The sound that another device recorded of the same hall."`
	At     string `help:"When its recording began, where the file is to be placed by the clock: 2026-06-01T07:30:00, or with a zone; without it only by sound." placeholder:"TIME"`
	By     string `help:"Who brings it; default terminal." placeholder:"NAME"`
	Origin string `help:"What people call the device; default the file's name." placeholder:"NAME"`
}

// Run fills gaps.
func (c *recordingImportCmd) Run(ctx context.Context, e *env) error {
	i := capture.ImportSource{File: c.File, Name: c.Origin, Who: c.By}
	if c.At != "" {
		at, err := momentOf("--at", c.At)
		if err != nil {
			return err
		}
		i.At = at
	}
	if i.Name == "" {
		i.Name = filepath.Base(c.File)
	}
	if i.Who == "" {
		i.Who = accounts.Terminal
	}
	if err := readable(c.File); err != nil {
		return err
	}
	r, err := e.openRecording(ctx, c.recordingFlags)
	if err != nil {
		return err
	}
	defer r.close()
	got, err := capture.Fill(context.WithoutCancel(ctx), r.dir, i)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := r.follow(ctx); err != nil {
		return err
	}
	t := e.tongueOf("")
	rec, err := record.Open(r.dir, nil)
	if err != nil {
		return err
	}
	for _, f := range got.Fills {
		how := t.say("by the clock", "theo đồng hồ")
		if f.By != "clock" {
			how = fmt.Sprintf(t.say("by its sound, likeness %.2f", "theo âm thanh, độ giống %.2f"), f.Score)
		}
		from, to := float64(f.From)/float64(rec.Base()), float64(f.To)/float64(rec.Base())
		e.say(t.say("%s: filled %s–%s (%.1f s) from %s, %s", "%s: đã lấp %s–%s (%.1f giây) từ %s, %s"), r.id, clock(from), clock(to), to-from, i.Name, how)
	}
	if got.Damaged != "" {
		e.log("warn", fmt.Sprintf("%s: %s; what could be read is in", c.File, got.Damaged))
		return errReview
	}
	return nil
}

// momentOf reads a time of day with its date, in the machine's zone where it names none.
func momentOf(flag, text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "%s %q: must be like 2026-06-01T07:30:00, with a zone like +07:00 where it is not this machine's", flag, text)
}

// openedRecording is one with the store that knows it, if any.
type openedRecording struct {
	dir, id, meeting string
	data             string // the data folder that it is in; "" for a folder elsewhere
	store            store  // nil where the installation does not know it
}

// openRecording finds a recording by its folder, its name or its meeting.
func (e *env) openRecording(ctx context.Context, f recordingFlags) (*openedRecording, error) {
	r := &openedRecording{}
	data, err := e.dataDir(f.Data)
	root := filepath.Join(data, capture.Folder)
	for _, dir := range []string{f.Recording, filepath.Join(root, filepath.Base(f.Recording))} {
		if err := readableFolder(dir); err != nil {
			return nil, err
		}
	}
	switch in := filepath.Join(root, filepath.Base(f.Recording)); {
	case record.IsRecording(f.Recording, nil):
		r.dir = f.Recording
		if err != nil { // no data folder is needed for it
			root = ""
		}
	case err != nil:
		return nil, err
	case filepath.Base(f.Recording) == f.Recording && record.IsRecording(in, nil):
		r.dir = in
	default:
		if r.dir, err = recordingOfMeeting(root, f.Recording); err != nil {
			return nil, err
		}
	}
	rec, err := record.Open(r.dir, nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %w", f.Recording, err)
	}
	r.id, r.meeting = rec.Info().ID, rec.Info().Meeting
	if !sameFolder(filepath.Dir(r.dir), root) {
		return r, nil // a folder of its own: no installation knows it
	}
	r.data = data
	s, err := e.openBeside(ctx, f.Data, f.databaseFlag, false)
	switch fault.CodeOf(err) {
	case "":
		r.store = s
	case fault.NotFound: // recorded without serve
	default:
		return nil, err
	}
	return r, nil
}

// recordingOfMeeting finds the one recording of a meeting.
func recordingOfMeeting(root, meeting string) (string, error) {
	list, err := os.ReadDir(root)
	if err != nil && !os.IsNotExist(err) {
		return "", fault.New(fault.Unavailable, "%s: cannot be read: %w", root, err)
	}
	var found []string
	for _, entry := range list {
		dir := filepath.Join(root, entry.Name())
		if rec, err := record.Open(dir, nil); err == nil && rec.Info().Meeting == meeting {
			found = append(found, dir)
		}
	}
	switch len(found) {
	case 0:
		return "", fault.New(fault.Invalid, "%s: no recording, and no meeting that has one", meeting)
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, dir := range found {
		names[i] = filepath.Base(dir)
	}
	return "", fault.New(fault.Invalid, "%s: the meeting has several recordings: name one of %s", meeting, strings.Join(names, ", "))
}

func sameFolder(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func (r *openedRecording) close() {
	if r.store != nil {
		_ = r.store.Close()
	}
}

// follow makes the store's text follow what was done to the recording. One that it has not
// been told of yet follows when serve finds it.
func (r *openedRecording) follow(ctx context.Context) error {
	if r.store == nil {
		return nil
	}
	err := hall.FollowFolder(context.WithoutCancel(ctx), r.store, r.dir, accounts.Terminal)
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// forget removes a second pass under way, which may hold text of what is erased.
func (r *openedRecording) forget() error {
	if r.data == "" {
		return nil
	}
	return forgetSecond(r.data, r.id)
}

// forgetSecond removes what a second pass of a recording has written and nobody has taken in.
func forgetSecond(data, recording string) error {
	err := os.Remove(filepath.Join(data, secondDir, recording+".json"))
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("second pass of %s: %w", recording, err)
	}
	return nil
}

// afterwards does to recordings what the portal's people do to them.
func (s *server) afterwards() hall.Afterwards {
	return hall.Afterwards{Root: filepath.Join(s.data, capture.Folder), Store: s.store, Bus: s.bus,
		Forget: func(recording string) error { return forgetSecond(s.data, recording) }}
}

// ordered carries out the erasures of a recording that two people decided before serve was
// stopped or killed.
func (s *server) ordered(ctx context.Context, recording, meeting string) {
	st, err := s.store.MeetingState(ctx, meeting)
	if err != nil {
		return // no desk knows it, or serve ends
	}
	for _, o := range st.Ordered() {
		if o.Recording != recording {
			continue
		}
		if err := s.afterwards().Erase(ctx, recording, o.Confirmed.By, o.From, o.To, o.By(), o.Reason); err != nil && ctx.Err() == nil {
			s.e.log("warn", fmt.Sprintf("erasing a stretch of %s: %s", recording, oneLine(err)))
		}
	}
}
