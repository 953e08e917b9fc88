package durabletest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"syscall"
	"time"

	"bienban/internal/durable"
)

// FS is the twin. Its zero value is not usable; see New.
type FS struct {
	mu     sync.Mutex
	seen   map[string]*inode // what the program sees, by cleaned path; folders have no inode
	kept   map[string]*inode // the names that would survive
	dirs   map[string]bool
	locks  map[string]bool
	marks  map[string]string
	used   int64
	limit  int64 // -1: none
	ops    int   // calls that change something
	cutAt  int   // the power goes before this one; 0: never
	cut    bool
	failAt map[string][]error // by kind of call, consumed one a call; nil entries pass
	delay  time.Duration
	gate   chan struct{} // while not nil, syncs wait until it is closed
	syncs  int
}

type inode struct {
	data  []byte
	kept  []byte
	since []write // what was done since the last sync
}

type write struct {
	at   int64
	data []byte // nil: truncated to at
}

// New returns an empty file system without limits.
func New() *FS {
	return &FS{seen: map[string]*inode{}, kept: map[string]*inode{}, dirs: map[string]bool{"/": true, ".": true},
		locks: map[string]bool{}, marks: map[string]string{}, limit: -1, failAt: map[string][]error{}}
}

// ErrPowerCut is what every call returns once the power is gone.
var ErrPowerCut = fmt.Errorf("power cut: %w", syscall.EIO)

// SlowSync makes every later sync take this long.
func (f *FS) SlowSync(d time.Duration) { f.mu.Lock(); f.delay = d; f.mu.Unlock() }

// StallSync makes every later sync wait until the returned function is called.
func (f *FS) StallSync() (release func()) {
	gate := make(chan struct{})
	f.mu.Lock()
	f.gate = gate
	f.mu.Unlock()
	return sync.OnceFunc(func() {
		f.mu.Lock()
		f.gate = nil
		f.mu.Unlock()
		close(gate)
	})
}

// Limit sets the size of the disk in bytes, -1 for none. A write that goes past it writes what fits and fails with
// ENOSPC.
func (f *FS) Limit(bytes int64) { f.mu.Lock(); f.limit = bytes; f.mu.Unlock() }

// Fail makes the next calls of a kind ("create", "write", "sync", "syncdir", "truncate", "rename", "open") return
// these errors in turn; nil lets one pass. A failed sync drops the bytes that it should have kept, as Linux does.
func (f *FS) Fail(kind string, errs ...error) {
	f.mu.Lock()
	f.failAt[kind] = append(f.failAt[kind], errs...)
	f.mu.Unlock()
}

// CutAfter takes the power away before the n-th changing call from now (1: at once).
func (f *FS) CutAfter(n int) { f.mu.Lock(); f.cutAt = f.ops + n; f.mu.Unlock() }

// Ops returns how many changing calls there were.
func (f *FS) Ops() int { f.mu.Lock(); defer f.mu.Unlock(); return f.ops }

// Syncs returns how many syncs there were, of files and folders.
func (f *FS) Syncs() int { f.mu.Lock(); defer f.mu.Unlock(); return f.syncs }

// Used returns how many bytes all files hold.
func (f *FS) Used() int64 { f.mu.Lock(); defer f.mu.Unlock(); return f.used }

// Survive decides what becomes of one write that was not synced when the power went: how many of its n bytes reached
// the disk, and whether the file grew to hold it all the same (the rest reads as zeros, as on file systems that
// write sizes before data).
type Survive func(n int) (bytes int, grown bool)

// Nothing survives that was not synced.
func Nothing(int) (int, bool) { return 0, false }

// PowerCut returns the file system as it is found when the power is back. The old one only fails from now on.
func (f *FS) PowerCut(s Survive) *FS {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut = true
	n := New()
	for d := range f.dirs {
		n.dirs[d] = true
	}
	for path, ino := range f.kept {
		data := append([]byte(nil), ino.kept...)
		for _, w := range ino.since {
			if w.data == nil {
				continue // an unsynced truncation is undone: what it cut off must still be taken as there
			}
			k, grown := s(len(w.data))
			end := w.at + int64(k)
			if grown {
				end = w.at + int64(len(w.data))
			}
			if k == 0 && !grown {
				break
			}
			data = resize(data, max(int64(len(data)), end))
			copy(data[w.at:], w.data[:k])
			if k < len(w.data) {
				break
			}
		}
		same := &inode{data: data, kept: append([]byte(nil), data...)}
		n.seen[path], n.kept[path] = same, same
		n.used += int64(len(data))
	}
	return n
}

// Kill returns the file system as the next process finds it when this one was killed: everything written is there,
// and the locks are free.
func (f *FS) Kill() *FS {
	return f.PowerCutAfterSync()
}

// PowerCutAfterSync is a power cut of a machine that had just synced everything.
func (f *FS) PowerCutAfterSync() *FS {
	f.mu.Lock()
	for _, ino := range f.seen {
		ino.kept, ino.since = append([]byte(nil), ino.data...), nil
	}
	f.kept = map[string]*inode{}
	for p, ino := range f.seen {
		f.kept[p] = ino
	}
	f.mu.Unlock()
	return f.PowerCut(Nothing)
}

func resize(b []byte, n int64) []byte {
	if n <= int64(len(b)) {
		return b[:n]
	}
	return append(b, make([]byte, n-int64(len(b)))...)
}

// change is called, locked, before anything changes.
func (f *FS) change(kind string) error {
	if f.cut {
		return ErrPowerCut
	}
	f.ops++
	if f.cutAt > 0 && f.ops >= f.cutAt {
		f.cut = true
		return ErrPowerCut
	}
	if list := f.failAt[kind]; len(list) > 0 {
		f.failAt[kind] = list[1:]
		return list[0]
	}
	return nil
}

func pathErr(op, path string, err error) error { return &fs.PathError{Op: op, Path: path, Err: err} }

// Create implements durable.FS.
func (f *FS) Create(path string) (durable.File, error) {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.change("create"); err != nil {
		return nil, pathErr("open", path, err)
	}
	if f.seen[path] != nil {
		return nil, pathErr("open", path, fs.ErrExist)
	}
	if !f.dirs[filepath.Dir(path)] {
		return nil, pathErr("open", path, fs.ErrNotExist)
	}
	ino := &inode{}
	f.seen[path] = ino
	return &file{fs: f, ino: ino, path: path, write: true}, nil
}

// Open implements durable.FS.
func (f *FS) Open(path string, write bool) (durable.File, error) {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cut {
		return nil, pathErr("open", path, ErrPowerCut)
	}
	if list := f.failAt["open"]; len(list) > 0 {
		f.failAt["open"] = list[1:]
		if list[0] != nil {
			return nil, pathErr("open", path, list[0])
		}
	}
	ino := f.seen[path]
	if ino == nil {
		return nil, pathErr("open", path, fs.ErrNotExist)
	}
	return &file{fs: f, ino: ino, path: path, write: write}, nil
}

// ReadDir implements durable.FS.
func (f *FS) ReadDir(path string) ([]durable.Entry, error) {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.dirs[path] {
		return nil, pathErr("readdir", path, fs.ErrNotExist)
	}
	var all []durable.Entry
	for p, ino := range f.seen {
		if filepath.Dir(p) == path {
			all = append(all, durable.Entry{Name: filepath.Base(p), Size: int64(len(ino.data))})
		}
	}
	for d := range f.dirs {
		if d != path && filepath.Dir(d) == path {
			all = append(all, durable.Entry{Name: filepath.Base(d), Dir: true})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// MkdirAll implements durable.FS.
func (f *FS) MkdirAll(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := filepath.Clean(path); !f.dirs[p]; p = filepath.Dir(p) {
		if f.seen[p] != nil {
			return pathErr("mkdir", p, syscall.ENOTDIR)
		}
		f.dirs[p] = true
	}
	return nil
}

// Rename implements durable.FS.
func (f *FS) Rename(oldPath, newPath string) error {
	oldPath, newPath = filepath.Clean(oldPath), filepath.Clean(newPath)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.change("rename"); err != nil {
		return &os.LinkError{Op: "rename", Old: oldPath, New: newPath, Err: err}
	}
	ino := f.seen[oldPath]
	if ino == nil {
		return &os.LinkError{Op: "rename", Old: oldPath, New: newPath, Err: fs.ErrNotExist}
	}
	if old := f.seen[newPath]; old != nil {
		f.used -= int64(len(old.data))
	}
	delete(f.seen, oldPath)
	f.seen[newPath] = ino
	return nil
}

// Remove implements durable.FS.
func (f *FS) Remove(path string) error {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.change("remove"); err != nil {
		return pathErr("remove", path, err)
	}
	ino := f.seen[path]
	if ino == nil {
		return pathErr("remove", path, fs.ErrNotExist)
	}
	f.used -= int64(len(ino.data))
	delete(f.seen, path)
	return nil
}

// SyncDir implements durable.FS.
func (f *FS) SyncDir(path string) error {
	path = filepath.Clean(path)
	f.wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.change("syncdir"); err != nil {
		return pathErr("sync", path, err)
	}
	for p := range f.kept {
		if filepath.Dir(p) == path && f.seen[p] == nil {
			delete(f.kept, p)
		}
	}
	for p, ino := range f.seen {
		if filepath.Dir(p) == path {
			f.kept[p] = ino
		}
	}
	return nil
}

// wait is the time that a sync takes.
func (f *FS) wait() {
	f.mu.Lock()
	f.syncs++
	d, gate := f.delay, f.gate
	f.mu.Unlock()
	if gate != nil {
		<-gate
	}
	if d > 0 {
		time.Sleep(d)
	}
}

// Free implements durable.FS.
func (f *FS) Free(string) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.limit < 0 {
		return -1, nil
	}
	return max(0, f.limit-f.used), nil
}

// Lock implements durable.FS.
func (f *FS) Lock(path string) (durable.Lock, error) {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cut {
		return nil, pathErr("open", path, ErrPowerCut)
	}
	if !f.dirs[filepath.Dir(path)] {
		return nil, pathErr("open", path, fs.ErrNotExist)
	}
	if f.locks[path] {
		return nil, fmt.Errorf("%s: %w (%s)", path, durable.ErrLocked, f.marks[path])
	}
	f.locks[path] = true
	f.marks[path] = fmt.Sprintf("pid=%d", os.Getpid())
	return &lock{f, path}, nil
}

// Held implements durable.FS.
func (f *FS) Held(path string) (string, bool, error) {
	path = filepath.Clean(path)
	f.mu.Lock()
	defer f.mu.Unlock()
	mark, ok := f.marks[path]
	if !ok {
		return "", false, pathErr("open", path, fs.ErrNotExist)
	}
	return mark, f.locks[path], nil
}
