package backup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/sqlstore"
)

// Target is where a backup is restored.
type Target struct {
	Data  string // an empty folder, or none: it is made
	Store string // path of a file in it that is not there, or URL of an empty database
	// Damaged lets a backup with problems be restored as far as it can be read; its
	// tables must be whole all the same.
	Damaged  bool
	Progress func(name string) // may be nil
}

// ErrDamaged says that a backup has problems; the report lists them.
var ErrDamaged = errors.New("the backup is damaged")

// Restore verifies a backup and makes an installation of it. With an error nothing
// of it is left, except that a database may have its empty tables.
func Restore(ctx context.Context, path string, t Target) (r Report, err error) {
	a, err := open(path)
	if err != nil {
		return r, err
	}
	defer a.zip.Close()
	if err := empty(t.Data); err != nil {
		return r, err
	}
	if r, err = a.verify(ctx); err != nil {
		return r, err
	}
	if len(r.Problems) > 0 && !t.Damaged {
		return r, fault.New(fault.Invalid, "%s: %w: %s", path, ErrDamaged, r.Problems[0])
	}
	if err := os.MkdirAll(t.Data, 0o700); err != nil {
		return r, fault.New(fault.Unavailable, "%w", err)
	}
	defer func() {
		if err != nil {
			clear(t.Data)
		}
	}()
	if err := a.files(ctx, t, &r); err != nil {
		return r, err
	}
	return r, a.store(ctx, t)
}

// empty refuses a folder with something in it.
func empty(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fault.New(fault.Invalid, "%s: must be an empty folder: %w", dir, err)
	case len(list) > 0:
		return fault.New(fault.Conflict, "%s: is not empty (%s is there); restore into a new folder", dir, list[0].Name())
	}
	return nil
}

// clear removes what is in a folder that was empty.
func clear(dir string) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range list {
		_ = os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}

// files writes the data folder's, and manifests for recordings that have none.
func (a *archive) files(ctx context.Context, t Target, r *Report) error {
	for _, e := range a.m.Entries {
		rel, ok := strings.CutPrefix(e.Name, dataDir)
		if !ok || a.byName[e.Name] == nil {
			continue
		}
		if t.Progress != nil {
			t.Progress(rel)
		}
		if err := a.file(ctx, e.Name, filepath.Join(t.Data, filepath.FromSlash(rel))); err != nil {
			if ctx.Err() != nil || !t.Damaged {
				return fault.New(fault.Unavailable, "%s: %w", rel, err)
			}
			r.problem("%s: restored in part: %v", rel, err)
		}
	}
	root := filepath.Join(t.Data, capture.Folder)
	if _, err := os.Stat(root); err != nil {
		return nil //nolint:nilerr // there are none
	}
	dirs, err := record.Find(ctx, root, nil)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, recordManifest)); err == nil {
			continue
		}
		if _, err := record.Rebuild(dir, nil); err != nil && !t.Damaged {
			return err
		}
	}
	return nil
}

func (a *archive) file(ctx context.Context, name, to string) (err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	from, err := a.byName[name].Open()
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, &stoppable{ctx, from})
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(to)))
}

// restoring is added to a database file's name until it is whole.
const restoring = ".restoring"

// store fills the database.
func (a *archive) store(ctx context.Context, t Target) error {
	where := t.Store
	if !sqlstore.IsURL(where) {
		where += restoring
	}
	err := sqlstore.Import(ctx, where, a.m.Schema, func(to sqlstore.Tables) error {
		for _, e := range a.m.Entries {
			if !strings.HasPrefix(e.Name, storeDir) {
				continue
			}
			if a.byName[e.Name] == nil {
				return fault.New(fault.Invalid, "%s is missing", e.Name)
			}
			if _, err := a.table(e.Name, to); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || where == t.Store {
		return err
	}
	for _, log := range []string{"-wal", "-shm"} { // SQLite has emptied and removed them
		if _, err := os.Stat(where + log); err == nil {
			return fault.New(fault.Internal, "%s%s is still there", where, log)
		}
	}
	if err := os.Rename(where, t.Store); err != nil {
		return fault.New(fault.Unavailable, "%w", err)
	}
	return syncDir(filepath.Dir(t.Store))
}
