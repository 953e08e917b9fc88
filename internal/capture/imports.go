package capture

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/fault"
)

// Imports takes in what other devices recorded of a meeting.
type Imports struct {
	Root string // folder of recordings
	Bus  Bus    // nil for none: the recording is published when it is found on the disk
}

// Import makes a recording of a meeting out of a sound file, as if it had been captured; or, where into names a recording
// that does not run, fills gaps of that one with it. It returns when all is on the disk; ctx does not end it halfway,
// since half an import would be a wrong record. name and who are for people.
//
// Errors: fault.Invalid for a file that is no sound, does not fit or fills nothing; fault.Conflict while into is recorded.
func (i Imports) Import(ctx context.Context, meeting, into, file, name, who string) error {
	ctx = context.WithoutCancel(ctx)
	if into != "" {
		dir := filepath.Join(i.Root, filepath.Base(into))
		_, err := record.Import(ctx, dir, func(ctx context.Context) (audio.Source, error) { return audio.Open(ctx, file) },
			record.ImportOptions{Origin: name, Who: who}, nil)
		switch {
		case errors.Is(err, durable.ErrLocked):
			return fault.New(fault.Conflict, "import %s: the recording goes on: stop it first", name)
		case errors.Is(err, record.ErrNothingToFill), errors.Is(err, record.ErrNotAligned):
			return fault.New(fault.Invalid, "import %s: %w", name, err)
		}
		return err
	}
	base := RecordingName(meeting)
	id := base[:min(len(base), 60)] + "-import-" + strings.ToLower(rand.Text()[:8])
	src := File(file, false)
	res, err := Run(ctx, Config{Root: i.Root, Meeting: meeting, Recording: id, Source: src, Bus: i.Bus})
	var damage *audio.DamageError
	switch {
	case err != nil && (fault.CodeOf(err) == fault.Invalid || errors.As(err, &damage)):
		return fault.New(fault.Invalid, "import %s: %w", name, err)
	case err != nil && !errors.Is(err, fs.ErrPermission) && res.Seconds == 0:
		return fault.New(fault.Invalid, "import %s: it holds no sound that can be read: %w", name, err)
	}
	return err
}
