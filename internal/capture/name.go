package capture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/durable"
	"bienban/internal/fault"
	"bienban/internal/lang"
)

// Folder is where a data folder keeps its recordings, one folder each.
const Folder = "recordings"

// ContinueWithin is how old a recording that was not ended properly may be to be gone on with. A longer break is
// another session: the machine was switched off without stopping it.
const ContinueWithin = 12 * time.Hour

// CheckMeeting says whether a meeting can be named so (fault.Invalid). It need not exist.
func CheckMeeting(meeting string) error {
	bad := strings.IndexFunc(meeting, unicode.IsControl) >= 0 || !utf8.ValidString(meeting)
	if strings.TrimSpace(meeting) == "" || len(meeting) > 200 || bad {
		return fault.New(fault.Invalid, "--meeting %q: must be 1 to 200 bytes of text without control characters", meeting)
	}
	return nil
}

// RecordingName makes of a meeting's name one that folders and buses can use, which people still know: Đại hội is
// dai-hoi with a number behind it. Different meetings get different names.
func RecordingName(meeting string) string {
	const longest = 100 // of bus.CheckName's 128, the rest is for numbers
	plain := func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '-' || r == '_' {
			return r
		}
		return '-'
	}
	if strings.Map(plain, meeting) == meeting && len(meeting) <= longest {
		return meeting
	}
	sum := sha256.Sum256([]byte(lang.NFC(meeting)))
	name := strings.Trim(strings.Map(plain, lang.FoldPlain(meeting)), "-")
	return strings.TrimLeft(name[:min(len(name), longest-9)]+"-"+hex.EncodeToString(sum[:4]), "-")
}

// choose finds the folder of the recording: the one that is named; else the meeting's newest when it was cut off (a
// crash), else a new one. A recording that runs is refused with durable.ErrLocked. One that another user made, and that
// may not be written, is passed over, and told to passed.
func choose(ctx context.Context, root, meeting, recording string, fsys durable.FS, now time.Time, passed func(dir string)) (name, dir string, known bool, err error) {
	if recording != "" {
		if err := bus.CheckName(recording); err != nil {
			return "", "", false, fmt.Errorf("--recording: %w", err)
		}
		dir = filepath.Join(root, recording)
		state, err := look(dir, fsys, now, true)
		switch {
		case err != nil:
			return "", "", false, err
		case state == isOver:
			return "", "", false, fault.New(fault.Invalid, "recording %s was ended; what comes now is another recording: leave --recording out, or give another name", recording)
		}
		return recording, dir, state == isCut, nil
	}
	base := RecordingName(meeting)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return "", "", false, err
		}
		name = base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		dir = filepath.Join(root, name)
		if foreign(dir) {
			passed(dir)
			continue
		}
		state, err := look(dir, fsys, now, false)
		if err != nil {
			return "", "", false, err
		}
		if state != isOver {
			return name, dir, state == isCut, nil
		}
	}
}

// foreign reports whether a folder is one in which this user may not record.
func foreign(dir string) bool {
	if _, err := os.ReadDir(dir); err != nil {
		return errors.Is(err, fs.ErrPermission)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if err == nil {
		_ = f.Close()
	}
	return errors.Is(err, fs.ErrPermission)
}

type folderState int

const (
	isNew  folderState = iota
	isCut              // a recording that was not ended
	isOver             // one that was
)

func look(dir string, fsys durable.FS, now time.Time, old bool) (folderState, error) {
	if !record.IsRecording(dir, fsys) {
		// A capture that just began has its lock before its first segment.
		if mark, held, err := fsys.Held(filepath.Join(dir, lockName)); err == nil && held {
			return isNew, fmt.Errorf("%s: %w (%s)", dir, durable.ErrLocked, mark)
		}
		// A manifest without segments is what is left of a recording that somebody removed: it stays for verify.
		if m, err := fsys.Open(filepath.Join(dir, "manifest.json"), false); err == nil {
			_ = m.Close()
			return isOver, nil
		}
		return isNew, nil
	}
	rec, err := record.Open(dir, fsys)
	if errors.Is(err, record.ErrNone) || errors.Is(err, fs.ErrNotExist) {
		return isNew, nil // killed before anything was whole: the recorder puts the remains aside
	}
	if err != nil {
		return isNew, err
	}
	if rec.Live() {
		return isNew, fmt.Errorf("%s: %w", dir, durable.ErrLocked)
	}
	if ended(rec) || !old && tooOld(dir, now) {
		return isOver, nil
	}
	return isCut, nil
}

// lockName is the recorder's lock file (docs/recording-format.md).
const lockName = "lock"

func ended(rec *record.Recording) bool {
	notes := rec.Notes()
	return len(notes) > 0 && notes[len(notes)-1].Kind == record.KindEnd && notes[len(notes)-1].At == rec.End()
}

// tooOld looks at when the folder was written last; nothing of that goes into a recording.
func tooOld(dir string, now time.Time) bool {
	list, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	var last time.Time
	for _, e := range list {
		if info, err := e.Info(); err == nil && filepath.Ext(e.Name()) == ".pcm" && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return !last.IsZero() && now.Sub(last) > ContinueWithin
}
