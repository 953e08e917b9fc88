package sqlstore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The store's files are SQLite's to write, so the twin of the file layer
// (durabletest) cannot stand below it. What stands there is SQLite's own file
// system with a witness: it notes every write, cut and sync of the files in one
// folder, from which the folder is made as a power cut at any moment leaves it.

// act is one change of a file.
type act struct {
	kind string // write, truncate, sync or delete
	path string
	off  int64
	data []byte
}

// witness notes what SQLite does to the files in folders that are watched.
type witness struct {
	mu    sync.Mutex
	dir   string // "" = nothing is watched
	acts  []act
	files map[uintptr]string // of open files
	kept  []any              // functions that only SQLite knows
}

var watching = sync.OnceValue(func() *witness {
	w := &witness{files: map[uintptr]string{}}
	w.stand()
	return w
})

// call is a function of SQLite's that a pointer names.
func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }

// pointer is the other way round; what it names is kept for the process's life.
func pointer[F any](w *witness, f F) uintptr {
	w.kept = append(w.kept, f)
	return *(*uintptr)(unsafe.Pointer(&f))
}

type (
	openFn     func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	deleteFn   func(tls *libc.TLS, vfs, name uintptr, sync int32) int32
	closeFn    func(tls *libc.TLS, file uintptr) int32
	writeFn    func(tls *libc.TLS, file, buf uintptr, n int32, off int64) int32
	truncateFn func(tls *libc.TLS, file uintptr, size int64) int32
	syncFn     func(tls *libc.TLS, file uintptr, flags int32) int32
)

// stand puts the witness between SQLite and the file system, for all connections
// of this process.
func (w *witness) stand() {
	tls := libc.NewTLS()
	orig := sqlite3.Xsqlite3_vfs_find(tls, 0)
	size := unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})
	vfs := libc.Xcalloc(tls, 1, libc.Tsize_t(size)) // for the life of the process
	at := func(p uintptr) *sqlite3.Tsqlite3_vfs { return *(**sqlite3.Tsqlite3_vfs)(unsafe.Pointer(&p)) }
	*at(vfs) = *at(orig)
	name, err := libc.CString("witness")
	if err != nil {
		panic(err)
	}
	at(vfs).FzName = name
	open, remove := call[openFn](at(orig).FxOpen), call[deleteFn](at(orig).FxDelete)
	tables := map[uintptr]uintptr{} // methods of SQLite's → ours
	at(vfs).FxOpen = pointer(w, openFn(func(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
		rc := open(tls, orig, name, file, flags, out)
		if rc != sqlite3.SQLITE_OK || name == 0 {
			return rc
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		methods := *(**uintptr)(unsafe.Pointer(&file))
		if _, ok := tables[*methods]; !ok {
			tables[*methods] = w.methods(tls, *methods)
		}
		*methods = tables[*methods]
		w.files[file] = libc.GoString(name)
		return rc
	}))
	at(vfs).FxDelete = pointer(w, deleteFn(func(tls *libc.TLS, _, name uintptr, sync int32) int32 {
		rc := remove(tls, orig, name, sync)
		if rc == sqlite3.SQLITE_OK {
			w.note(act{kind: "delete", path: libc.GoString(name)})
		}
		return rc
	}))
	if rc := sqlite3.Xsqlite3_vfs_register(tls, vfs, 1); rc != sqlite3.SQLITE_OK {
		panic(fmt.Sprint("sqlite3_vfs_register: ", rc))
	}
}

// methods is a table of a file's methods that tells the witness.
func (w *witness) methods(tls *libc.TLS, orig uintptr) uintptr {
	table := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	at := func(p uintptr) *sqlite3.Tsqlite3_io_methods {
		return *(**sqlite3.Tsqlite3_io_methods)(unsafe.Pointer(&p))
	}
	*at(table) = *at(orig)
	m := at(orig)
	shut, write := call[closeFn](m.FxClose), call[writeFn](m.FxWrite)
	truncate, sync := call[truncateFn](m.FxTruncate), call[syncFn](m.FxSync)
	at(table).FxClose = pointer(w, closeFn(func(tls *libc.TLS, file uintptr) int32 {
		rc := shut(tls, file)
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.files, file)
		return rc
	}))
	at(table).FxWrite = pointer(w, writeFn(func(tls *libc.TLS, file, buf uintptr, n int32, off int64) int32 {
		rc := write(tls, file, buf, n, off)
		if rc == sqlite3.SQLITE_OK {
			w.of(file, act{kind: "write", off: off, data: append([]byte(nil), unsafe.Slice(*(**byte)(unsafe.Pointer(&buf)), n)...)})
		}
		return rc
	}))
	at(table).FxTruncate = pointer(w, truncateFn(func(tls *libc.TLS, file uintptr, size int64) int32 {
		rc := truncate(tls, file, size)
		if rc == sqlite3.SQLITE_OK {
			w.of(file, act{kind: "truncate", off: size})
		}
		return rc
	}))
	at(table).FxSync = pointer(w, syncFn(func(tls *libc.TLS, file uintptr, flags int32) int32 {
		rc := sync(tls, file, flags)
		if rc == sqlite3.SQLITE_OK {
			w.of(file, act{kind: "sync"})
		}
		return rc
	}))
	return table
}

func (w *witness) of(file uintptr, a act) {
	w.mu.Lock()
	a.path = w.files[file]
	w.mu.Unlock()
	w.note(a)
}

func (w *witness) note(a act) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dir != "" && strings.HasPrefix(a.path, w.dir) {
		w.acts = append(w.acts, a)
	}
}

// watch begins to note what happens in a folder.
func (w *witness) watch(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dir, w.acts = dir, nil
}

// seen is how many acts there were so far.
func (w *witness) seen() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acts)
}

// end gives them all.
func (w *witness) end() []act {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dir = ""
	return w.acts
}

// disk is a file as it is on a disk that keeps what was synced, and what was
// written since.
type disk struct {
	synced []byte
	there  bool // the name was synced as well
	since  []act
}

// leave writes into a folder what a power cut after these acts leaves: what was
// synced, and of the rest of each file what chance lets survive, in any order,
// torn anywhere.
func leave(t *testing.T, acts []act, dir string, dice *rand.Rand) {
	t.Helper()
	files := map[string]*disk{}
	for _, a := range acts {
		f := files[a.path]
		if f == nil {
			f = &disk{}
			files[a.path] = f
		}
		switch a.kind {
		case "delete":
			delete(files, a.path)
		case "sync":
			for _, b := range f.since {
				f.synced = after(f.synced, b, len(b.data))
			}
			f.since, f.there = nil, true
		default:
			f.since = append(f.since, a)
		}
	}
	for path, f := range files {
		data := f.synced
		for _, b := range f.since {
			if n := dice.IntN(4*len(b.data) + 2); n > 0 { // most are whole, some torn, some lost
				data = after(data, b, min(n, len(b.data)))
			}
		}
		if f.there || dice.IntN(2) == 0 {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// after does an act, its first n bytes, to a copy of what a file holds.
func after(data []byte, a act, n int) []byte {
	end := max(int64(len(data)), a.off+int64(n))
	if a.kind == "truncate" {
		end = a.off
	}
	out := make([]byte, end)
	copy(out, data)
	if a.kind == "write" {
		copy(out[a.off:], a.data[:n])
	}
	return out
}
