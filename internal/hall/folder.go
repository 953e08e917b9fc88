package hall

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/capture"
)

// folder is what a recording's folder says of it.
type folder struct {
	id, meeting string
	dir         string
	created     time.Time
	end         int64 // in samples at 16 kHz
	running     bool
	ended       bool      // properly
	full        bool      // for want of room
	last        time.Time // the clock at its end
	origin      string    // the file that it was made of, "" for what was captured
	stretches   []Stretch // what was done to it afterwards
	pending     bool      // an erasure is not finished
}

// over says that nothing will be added any more: it was ended, or was cut off
// so long ago that no capture goes on with it.
func (f folder) over(now time.Time) bool {
	return !f.running && (f.ended || !f.last.IsZero() && now.Sub(f.last) > capture.ContinueWithin)
}

// look reads a folder. It takes no lock and disturbs nobody.
func look(shelf *record.Shelf, dir string) (folder, error) {
	rec, err := shelf.Open(dir)
	if err != nil {
		return folder{}, err
	}
	info := rec.Info()
	f := folder{id: info.ID, meeting: info.Meeting, dir: dir, created: info.Created, running: rec.Live(),
		origin: info.Origin, stretches: stretchesOf(rec), pending: len(rec.Pending()) > 0}
	f.end = audio.Position{Rate: rec.Base()}.Speech(rec.End())
	if notes := rec.Notes(); len(notes) > 0 {
		last := notes[len(notes)-1]
		f.ended = last.Kind == record.KindEnd && last.At == rec.End()
		f.full = f.ended && last.Reason == record.FullReason
	}
	f.last = f.created
	if end := rec.End(); end > 0 {
		if wall, err := rec.WallAt(end - 1); err == nil && wall.After(f.last) {
			f.last = wall
		}
	}
	return f, nil
}

// findRecordings lists what lies in the folder of recordings of one name or one
// meeting; what is just being made, or is none, is left out.
func findRecordings(ctx context.Context, shelf *record.Shelf, root, name string) ([]folder, error) {
	dirs, err := recordingDirs(root)
	if err != nil {
		return nil, err
	}
	var out []folder
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := record.ReadInfo(dir, nil) // of years of meetings, only few are read whole
		if err != nil || info.ID != filepath.Base(dir) || info.ID != name && info.Meeting != name {
			continue
		}
		if f, err := look(shelf, dir); err == nil {
			out = append(out, f)
		}
	}
	return out, nil
}

// recordingDirs lists the folders in which recordings may lie, the one that was
// written last before others: whoever reads years of meetings after a start sees
// first the one that runs.
func recordingDirs(root string) ([]string, error) {
	list, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	written := map[string]time.Time{}
	var out []string
	for _, e := range list {
		if e.IsDir() && bus.CheckName(e.Name()) == nil {
			dir := filepath.Join(root, e.Name())
			if info, err := e.Info(); err == nil {
				written[dir] = info.ModTime()
			}
			out = append(out, dir)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return written[b].Compare(written[a]) })
	return out, err
}

// channelNames gives who speaks into which microphone, by the recording's own
// channel map.
func channelNames(dir string) map[int][]string {
	info, err := record.ReadInfo(dir, nil)
	if err != nil || len(info.Map) == 0 {
		return nil
	}
	var m capture.Map
	if json.Unmarshal(info.Map, &m) != nil {
		return nil
	}
	names := map[int][]string{}
	for _, c := range m.Channels {
		if c.Person != "" && !c.Ignore {
			names[c.Channel] = append(names[c.Channel], c.Person)
		}
	}
	return names
}
