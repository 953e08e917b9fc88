package record

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"bienban/internal/durable"
)

// rescue is a segment whose name is gone while the file is still open: somebody removed or moved the recording's folder.
type rescue struct {
	file durable.File
	name string
	size int64 // what is safe of it
}

// gone reports whether the segment that is written has lost its name.
func (k *keeper) gone() bool {
	var name string
	k.r.stat.do(func(s *stats) { name = s.segment })
	if name == "" {
		return false
	}
	f, err := k.r.fs.Open(filepath.Join(k.r.dir, name), false)
	if err == nil {
		_ = f.Close()
	}
	return errors.Is(err, fs.ErrNotExist)
}

// restore makes the folder anew where it was removed while it was recorded into. What comes is written there at once, to
// another segment; the keeper puts back the one that was open. Segments before it are lost, where no copy has them.
func (w *writer) restore() error {
	name := filepath.Join(w.dir, segmentName(w.safe.segment))
	if f, err := w.fs.Open(name, false); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			_ = f.Close() // it is back
		}
		return nil
	}
	if err := w.fs.MkdirAll(w.dir); err != nil {
		return err
	}
	lock, err := w.fs.Lock(filepath.Join(w.dir, lockName)) // its file went too
	if err != nil {
		return err
	}
	_ = w.lock.Unlock()
	w.lock = lock
	if w.cur != nil {
		w.keep.keepOpen(rescue{w.cur, name, w.safe.size})
	}
	w.cur, w.work, w.written = nil, w.safe, 0
	w.stat.do(func(s *stats) { s.removed++ })
	return nil
}

// keepOpen takes a segment that is to be put back.
func (k *keeper) keepOpen(x rescue) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rescues = append(k.rescues, x)
}

// putBack writes segments again that have lost their names. What fails is tried again.
func (k *keeper) putBack() {
	k.mu.Lock()
	all := k.rescues
	k.rescues = nil
	k.mu.Unlock()
	for _, x := range all {
		if err := x.write(k.r.fs); err != nil {
			k.keepOpen(x)
			continue
		}
		_ = x.file.Close()
		if m := k.r.mirr; m != nil {
			m.again.Store(true)
			m.poke()
		}
		_ = k.r.Remark("record", fmt.Sprintf("the recording's folder was removed; %s was written again from what was still open", filepath.Base(x.name)), nil) // an ended recording takes none
	}
}

// write writes the file again under its name, whole or not at all.
func (x rescue) write(fsys durable.FS) error {
	temp := x.name + ".tmp"
	_ = fsys.Remove(temp) // of an attempt before
	f, err := fsys.Create(temp)
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<20)
	for at := int64(0); at < x.size && err == nil; {
		n := min(int64(len(buf)), x.size-at)
		if _, err = x.file.ReadAt(buf[:n], at); err == nil {
			_, err = f.WriteAt(buf[:n], at)
		}
		at += n
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = fsys.Rename(temp, x.name)
	}
	if err != nil {
		_ = fsys.Remove(temp)
		return err
	}
	return fsys.SyncDir(filepath.Dir(x.name))
}
