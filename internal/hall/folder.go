package hall

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
	channels    json.RawMessage
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
func look(dir string) (folder, error) {
	rec, err := record.Open(dir, nil)
	if err != nil {
		return folder{}, err
	}
	info := rec.Info()
	f := folder{id: info.ID, meeting: info.Meeting, dir: dir, created: info.Created, running: rec.Live(), channels: info.Map,
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

// findRecordings lists what lies in the folder of recordings; what is just
// being made, or is none, is left out.
func findRecordings(ctx context.Context, root string) ([]folder, error) {
	dirs, err := recordingDirs(root)
	if err != nil {
		return nil, err
	}
	var out []folder
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if f, err := look(dir); err == nil && f.id == filepath.Base(dir) {
			out = append(out, f)
		}
	}
	return out, nil
}

func recordingDirs(root string) ([]string, error) {
	list, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range list {
		if e.IsDir() && bus.CheckName(e.Name()) == nil {
			out = append(out, filepath.Join(root, e.Name()))
		}
	}
	return out, err
}

// channelNames gives who speaks into which microphone, by the recording's own
// channel map.
func channelNames(dir string) map[int][]string {
	f, err := look(dir)
	if err != nil || len(f.channels) == 0 {
		return nil
	}
	var m capture.Map
	if json.Unmarshal(f.channels, &m) != nil {
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
