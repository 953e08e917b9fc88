package record

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"bienban/internal/durable"
)

// copyTracks makes the imported tracks of the copy what they are here. They are short and seldom change, so they are
// compared in full; that also carries erasures over.
func (m *mirror) copyTracks() error {
	list, err := m.r.fs.ReadDir(filepath.Join(m.r.dir, importsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		from, to := filepath.Join(m.r.dir, importsName, e.Name), filepath.Join(m.dir, importsName, e.Name)
		files, err := m.r.fs.ReadDir(from)
		if err != nil {
			return err
		}
		if err := m.fs.MkdirAll(to); err != nil {
			return err
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name, ext) && f.Name != manifestName || m.drop.Load() {
				continue
			}
			if err := alike(m.r.fs, filepath.Join(from, f.Name), m.fs, filepath.Join(to, f.Name)); err != nil {
				return err
			}
		}
		if err := m.fs.SyncDir(to); err != nil {
			return err
		}
	}
	return nil
}

// alike makes one file what another is, writing only what differs.
func alike(from durable.FS, src string, to durable.FS, dst string) error {
	a, err := from.Open(src, false)
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := to.Open(dst, true)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = to.Create(dst)
	}
	if err != nil {
		return err
	}
	defer b.Close()
	x, y := make([]byte, mirrorPiece), make([]byte, mirrorPiece)
	for off := int64(0); ; off += mirrorPiece {
		n, err := a.ReadAt(x, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		k, e := b.ReadAt(y, off)
		if e != nil && !errors.Is(e, io.EOF) {
			return e
		}
		if n > 0 && !bytes.Equal(x[:n], y[:k]) {
			if _, err := b.WriteAt(x[:n], off); err != nil {
				return err
			}
		}
		if n < len(x) {
			if err := b.Truncate(off + int64(n)); err != nil {
				return err
			}
			return b.Sync()
		}
	}
}
