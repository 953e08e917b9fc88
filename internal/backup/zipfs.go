package backup

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"bienban/internal/durable"
)

// zipFS shows the archive's copy of the data folder as a file system that cannot
// be changed, so that recordings are verified where they lie. Recordings are
// stored entries: their bytes are the file's.
type zipFS struct{ a *archive }

var errReadOnly = errors.New("a backup is not changed")

// name is a path as the archive has it.
func name(p string) string { return dataDir + filepath.ToSlash(filepath.Clean(p)) }

// Open implements durable.FS.
func (z *zipFS) Open(p string, write bool) (durable.File, error) {
	f := z.a.byName[name(p)]
	if f == nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}
	if write {
		return nil, errReadOnly
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	section, ok := raw.(*io.SectionReader)
	if !ok || f.Method != zip.Store {
		return nil, errors.New("it is not stored as it is")
	}
	return zipFile{section}, nil
}

// ReadDir implements durable.FS.
func (z *zipFS) ReadDir(p string) ([]durable.Entry, error) {
	under := name(p) + "/"
	found := map[string]durable.Entry{}
	for n, f := range z.a.byName {
		rest, ok := strings.CutPrefix(n, under)
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if deeper {
			found[first] = durable.Entry{Name: first, Dir: true}
		} else {
			found[first] = durable.Entry{Name: first, Size: int64(f.UncompressedSize64)}
		}
	}
	if len(found) == 0 && path.Clean(p) != "." {
		if p == filepath.Base(p) { // the folder of recordings itself
			return nil, nil
		}
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
	}
	list := make([]durable.Entry, 0, len(found))
	for _, e := range found {
		list = append(list, e)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

// Held implements durable.FS: nobody records into a backup.
func (z *zipFS) Held(string) (mark string, held bool, err error) { return "", false, nil }

// The rest of durable.FS would change something.

// Create implements durable.FS.
func (z *zipFS) Create(string) (durable.File, error) { return nil, errReadOnly }

// MkdirAll implements durable.FS.
func (z *zipFS) MkdirAll(string) error { return errReadOnly }

// Rename implements durable.FS.
func (z *zipFS) Rename(string, string) error { return errReadOnly }

// Remove implements durable.FS.
func (z *zipFS) Remove(string) error { return errReadOnly }

// SyncDir implements durable.FS.
func (z *zipFS) SyncDir(string) error { return errReadOnly }

// Free implements durable.FS.
func (z *zipFS) Free(string) (int64, error) { return 0, errReadOnly }

// Lock implements durable.FS.
func (z *zipFS) Lock(string) (durable.Lock, error) { return nil, errReadOnly }

// zipFile is a stored entry.
type zipFile struct{ *io.SectionReader }

// Size implements durable.File.
func (f zipFile) Size() (int64, error) { return f.SectionReader.Size(), nil }

// WriteAt implements durable.File.
func (f zipFile) WriteAt([]byte, int64) (int, error) { return 0, errReadOnly }

// Truncate implements durable.File.
func (f zipFile) Truncate(int64) error { return errReadOnly }

// Sync implements durable.File.
func (f zipFile) Sync() error { return errReadOnly }

// Close implements durable.File.
func (f zipFile) Close() error { return nil }

var _ durable.FS = (*zipFS)(nil)
