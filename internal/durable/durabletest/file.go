package durabletest

import (
	"fmt"
	"io"
	"strings"
	"syscall"

	"bienban/internal/durable"
)

type lock struct {
	fs   *FS
	path string
}

func (l *lock) Mark(text string) error {
	if len(text) >= durable.MarkSize || strings.Contains(text, "\n") {
		return fmt.Errorf("lock mark of %d bytes", len(text))
	}
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	l.fs.marks[l.path] = text
	return nil
}

func (l *lock) Unlock() error {
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	delete(l.fs.locks, l.path)
	return nil
}

type file struct {
	fs    *FS
	ino   *inode
	path  string
	write bool
}

func (h *file) ReadAt(p []byte, off int64) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.fs.cut {
		return 0, pathErr("read", h.path, ErrPowerCut)
	}
	if off >= int64(len(h.ino.data)) {
		return 0, io.EOF
	}
	n := copy(p, h.ino.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *file) WriteAt(p []byte, off int64) (int, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if !h.write {
		return 0, pathErr("write", h.path, syscall.EBADF)
	}
	if err := h.fs.change("write"); err != nil {
		return 0, pathErr("write", h.path, err)
	}
	n := len(p)
	var full error
	if grow := off + int64(n) - int64(len(h.ino.data)); grow > 0 && h.fs.limit >= 0 && h.fs.used+grow > h.fs.limit {
		n = int(max(0, int64(n)-(h.fs.used+grow-h.fs.limit)))
		full = pathErr("write", h.path, syscall.ENOSPC)
	}
	old := int64(len(h.ino.data))
	h.ino.data = resize(h.ino.data, max(old, off+int64(n)))
	copy(h.ino.data[off:], p[:n])
	h.ino.since = append(h.ino.since, write{off, append([]byte{}, p[:n]...)})
	h.fs.used += int64(len(h.ino.data)) - old
	return n, full
}

func (h *file) Truncate(size int64) error {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if err := h.fs.change("truncate"); err != nil {
		return pathErr("truncate", h.path, err)
	}
	old := int64(len(h.ino.data))
	h.ino.data = resize(h.ino.data, size)
	h.ino.since = append(h.ino.since, write{at: size})
	h.fs.used += size - old
	return nil
}

func (h *file) Sync() error {
	h.fs.wait()
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if err := h.fs.change("sync"); err != nil {
		if !h.fs.cut {
			h.ino.since = nil // the pages are dropped; what is seen stays in memory and never reaches the disk
		}
		return pathErr("sync", h.path, err)
	}
	if len(h.ino.since) > 0 {
		// Only what was written since is copied, or a long file would cost its length at each sync. Writes that an
		// earlier failed sync has dropped are not among it.
		for _, w := range h.ino.since {
			if w.data == nil {
				h.ino.kept = resize(h.ino.kept, w.at)
				continue
			}
			h.ino.kept = resize(h.ino.kept, max(int64(len(h.ino.kept)), w.at+int64(len(w.data))))
			copy(h.ino.kept[w.at:], w.data)
		}
		h.ino.since = nil
	}
	return nil
}

func (h *file) Size() (int64, error) {
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	if h.fs.cut {
		return 0, pathErr("stat", h.path, ErrPowerCut)
	}
	return int64(len(h.ino.data)), nil
}

func (h *file) Close() error { return nil }
