package backup

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/sqlstore"
)

// Names within the archive.
const (
	manifestName = "backup.json" // the last entry
	storeDir     = "store/"      // TABLE.jsonl
	dataDir      = "data/"       // files of the data folder
	rowsSuffix   = ".jsonl"
)

// format is the version of the archive's format.
const format = 1

// manifest says what is in a backup.
type manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // version of bienban that made it
	Made    time.Time `json:"made"`
	Schema  int64     `json:"schema"` // version of the store's schema
	Entries []entry   `json:"entries"`
}

// entry is one file of the archive, in its order.
type entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // uncompressed
	SHA256 string `json:"sha256"`
}

// Options of a backup.
type Options struct {
	Store   *sqlstore.Store
	Data    string   // the data folder
	Skip    []string // paths in it that are not to be copied: what a process has only while it runs
	Program string   // version, for whoever looks at the backup later
	// Progress is told of each file as it begins; may be nil.
	Progress func(name string)
}

// Write makes a backup. path is replaced only when the new one is whole and
// synced and has been verified; the report is of that.
func Write(ctx context.Context, path string, o Options) (r Report, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // private to this user
	if err != nil {
		return r, fault.New(fault.Unavailable, "%s: cannot be written: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(ctx, f, o); err != nil {
		return r, fmt.Errorf("backup to %s: %w", path, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return r, fault.New(fault.Unavailable, "%s: cannot be written: %w", path, err)
	}
	if r, err = Verify(ctx, f.Name()); err != nil {
		return r, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return r, fault.New(fault.Unavailable, "%s: cannot be written: %w", path, err)
	}
	return r, syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // some file systems have no such thing
	return nil
}

func write(ctx context.Context, to io.Writer, o Options) error {
	buffered := bufio.NewWriterSize(to, 1<<20)
	w := &writer{ctx: ctx, zip: zip.NewWriter(buffered), m: manifest{Format: format, Program: o.Program, Made: time.Now().UTC().Truncate(time.Second)}}
	t := &tables{w: w}
	var err error
	if w.m.Schema, err = o.Store.Export(ctx, t); err != nil {
		return err
	}
	if err := t.end(); err != nil {
		return err
	}
	if err := w.folder(o, ""); err != nil {
		return err
	}
	b, err := json.MarshalIndent(w.m, "", " ")
	if err != nil {
		return err
	}
	if err := w.add(manifestName, zip.Deflate, strings.NewReader(string(b))); err != nil {
		return err
	}
	return errors.Join(w.zip.Close(), buffered.Flush())
}

// writer makes the archive.
type writer struct {
	ctx context.Context
	zip *zip.Writer
	m   manifest
}

// begin opens an entry; done must be called when all is written to it.
func (w *writer) begin(name string, method uint16) (to io.Writer, done func(), err error) {
	if err := w.ctx.Err(); err != nil {
		return nil, nil, err
	}
	f, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.m.Made})
	if err != nil {
		return nil, nil, err
	}
	h, n := sha256.New(), &counter{}
	return io.MultiWriter(f, h, n), func() {
		if name != manifestName {
			w.m.Entries = append(w.m.Entries, entry{Name: name, Size: n.n, SHA256: hex.EncodeToString(h.Sum(nil))})
		}
	}, nil
}

func (w *writer) add(name string, method uint16, from io.Reader) error {
	to, done, err := w.begin(name, method)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, &stoppable{w.ctx, from}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	done()
	return nil
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) { c.n += int64(len(b)); return len(b), nil }

// stoppable is a reader that a context ends.
type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(b)
}

// tables writes each table as an entry: a line with its name and columns, then one
// line a row.
type tables struct {
	w    *writer
	to   *bufio.Writer
	done func()
}

// head is the first line of a table.
type head struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// Table implements sqlstore.Tables.
func (t *tables) Table(name string, columns []string) error {
	if err := t.end(); err != nil {
		return err
	}
	to, done, err := t.w.begin(storeDir+name+rowsSuffix, zip.Deflate)
	if err != nil {
		return err
	}
	t.to, t.done = bufio.NewWriter(to), done
	return t.line(head{name, columns})
}

// Row implements sqlstore.Tables.
func (t *tables) Row(values []any) error {
	line := make([]any, len(values))
	for i, v := range values {
		var err error
		if line[i], err = encode(v); err != nil {
			return err
		}
	}
	return t.line(line)
}

func (t *tables) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = t.to.Write(append(b, '\n'))
	return err
}

func (t *tables) end() error {
	if t.to == nil {
		return nil
	}
	err := t.to.Flush()
	t.done()
	t.to = nil
	return err
}

// folder adds what lies in a folder below the data folder, "" for itself. Of a
// recording the manifest is copied before the segments: it may then know of fewer
// chunks than there are, never of more.
func (w *writer) folder(o Options, dir string) error {
	here := filepath.Join(o.Data, filepath.FromSlash(dir))
	first := recordManifest
	if b, err := os.ReadFile(filepath.Join(here, first)); err == nil {
		if err := w.add(dataDir+join(dir, first), zip.Store, strings.NewReader(string(b))); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Unavailable, "%w", err)
	}
	list, err := os.ReadDir(here)
	if err != nil {
		return fault.New(fault.Unavailable, "%w", err)
	}
	for _, e := range list {
		name := join(dir, e.Name())
		switch {
		case slices.Contains(o.Skip, name) || passing(dir, e.Name()) || e.Name() == first:
		case e.IsDir():
			if err := w.folder(o, name); err != nil {
				return err
			}
		case e.Type().IsRegular():
			if o.Progress != nil {
				o.Progress(name)
			}
			if err := w.file(o, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordManifest is the name of a recording's manifest.
const recordManifest = "manifest.json"

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// passing tells files that have a meaning only while a process runs: locks, its
// half-written files, what a recorder keeps in reserve, the torn end of a segment
// that never began (docs/recording-format.md), capture's log.
func passing(dir, name string) bool {
	if strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".tmp") || strings.HasPrefix(name, ".") {
		return true
	}
	within := dir == capture.Folder || strings.HasPrefix(dir, capture.Folder+"/")
	return within && (name == "lock" || name == "reserve" || name == capture.LogName || strings.HasSuffix(name, ".torn"))
}

// file copies a file as long as it was when it was opened. One that has gone
// meanwhile is left out.
func (w *writer) file(o Options, name string) error {
	f, err := os.Open(filepath.Join(o.Data, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Unavailable, "%w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fault.New(fault.Unavailable, "%w", err)
	}
	return w.add(dataDir+name, zip.Store, io.LimitReader(f, info.Size()))
}
