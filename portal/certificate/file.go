package certificate

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"bienban/internal/fault"
)

// lookEvery is how often a file is looked at for a newer certificate.
const lookEvery = time.Minute

// File is a certificate in a PEM file: its chain, the server's own first, and
// its private key, in any order. It is read again when the file changes; a new
// one that cannot be read leaves the old one in use.
type File struct {
	path string
	warn func(error)
	now  func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // of the file, when it was read
	looked  time.Time
}

// Open reads the file; fault.Invalid when it holds no certificate with its key.
// warn is told of a later one that cannot be read.
func Open(path string, warn func(error)) (*File, error) {
	f := &File{path: path, warn: warn, now: time.Now}
	if err := f.read(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) read() error {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Invalid, "--tls %s: no such file", f.path)
	}
	if err != nil {
		return fault.New(fault.Invalid, "--tls %s: %w", f.path, err)
	}
	c, err := tls.LoadX509KeyPair(f.path, f.path)
	if err != nil {
		return fault.New(fault.Invalid, "--tls %s: it must hold the certificate, its chain and its private key, as PEM: %w", f.path, err)
	}
	if c.Leaf != nil && f.now().After(c.Leaf.NotAfter) {
		return fault.New(fault.Invalid, "--tls %s: the certificate ended on %s", f.path, c.Leaf.NotAfter.Format(time.DateOnly))
	}
	f.current, f.changed, f.looked = &c, info.ModTime(), f.now()
	return nil
}

// Certificate is for tls.Config.GetCertificate.
func (f *File) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		info, err := os.Stat(f.path)
		if err == nil && !info.ModTime().Equal(f.changed) {
			err = f.read()
		}
		if err != nil {
			f.warn(err)
		}
	}
	return f.current, nil
}
