package portal

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// Importer takes in a recording that was made elsewhere. What it is given it
// reads before it returns; the work goes on behind.
type Importer interface {
	// Import makes a recording of a meeting out of a sound file, whose text is
	// then made as of any other. into names a recording, at rest or under way,
	// whose gaps it fills instead; "" makes one of its own. Errors: fault.Invalid
	// for what is no sound or does not fit.
	Import(ctx context.Context, meeting, into string, src capture.ImportSource) error
}

// importLimit is the most that may be brought: a day of 48 kHz stereo.
const importLimit = 16 << 30

// importSound is POST /m/{id}/import: a file, into, and at: when it began by the
// hall's clock, where its own is wrong or not known. The file goes to the
// disk as it comes, never into memory.
func (q *request) importSound() error {
	if q.s.o.Import == nil {
		return fault.New(fault.Unavailable, "this server takes in no recordings")
	}
	if q.meeting.State.Phase.Settled() {
		return q.refuse(fault.Locked, "review.import_approved")
	}
	kind, params, err := mime.ParseMediaType(q.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return fault.New(fault.Invalid, "import: a form with a file is wanted")
	}
	dir, err := os.MkdirTemp(q.s.o.Sound, ".import-")
	if err != nil {
		return fault.New(fault.Unavailable, "import: %w", err)
	}
	defer os.RemoveAll(dir)
	into, name, path := "", "", ""
	var at time.Time
	for parts := multipart.NewReader(q.r.Body, params["boundary"]); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fault.New(fault.Invalid, "import: the file did not come whole: %w", err)
		}
		switch part.FormName() {
		case "into", "at":
			b, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return fault.New(fault.Invalid, "import: %w", err)
			}
			if part.FormName() == "into" {
				into = string(b)
				continue
			}
			t, err := parseInput(string(b), minutes.Time{}, q.s.zone)
			if err != nil {
				return q.refuse(fault.Invalid, "review.import_when", string(b))
			}
			at = t.Time
		case "file":
			if name = clip(filepath.Base(part.FileName()), 100); strings.Trim(name, "./\\") == "" {
				name = "sound"
			}
			path = filepath.Join(dir, name) // in a folder of its own
			if err := saveTo(path, part); err != nil {
				return err
			}
		}
	}
	if path == "" {
		return q.refuse(fault.Invalid, "review.import_none")
	}
	if into != "" && recordingNamed(q.meeting.State, into) == nil {
		return errNotFound
	}
	err = q.s.o.Import.Import(q.ctx(), q.meetingID(), into, capture.ImportSource{File: path, Name: name, Who: q.account.Name, At: at})
	if fault.CodeOf(err) == fault.Invalid {
		return q.refuse(fault.Invalid, "review.import_wrong", name, q.detail(err))
	}
	if err != nil {
		return err
	}
	return q.done("review.imported", "/m/"+q.meetingID()+"/review")
}

// recordingNamed gives the meeting's recording of that id.
func recordingNamed(st *desk.State, id string) *desk.Recording {
	if r := recordingOf(st, id); r != nil && r.ID == id {
		return r
	}
	return nil
}

func saveTo(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Unavailable, "import: %w", err)
	}
	_, err = io.Copy(f, from)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fault.New(fault.Unavailable, "import: the file cannot be stored: %w", err)
	}
	return nil
}
