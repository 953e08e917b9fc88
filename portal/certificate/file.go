package certificate

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"strings"
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
	if info.IsDir() {
		return fault.New(fault.Invalid, "--tls %s: a folder: name the PEM file", f.path)
	}
	b, err := os.ReadFile(f.path)
	if err != nil {
		return fault.New(fault.Invalid, "--tls %s: %w", f.path, err)
	}
	if missing := missingIn(b); missing != "" {
		return fault.New(fault.Invalid, "--tls %s: it holds no %s: it must hold the certificate, its chain and its private key, as PEM", f.path, missing)
	}
	c, err := tls.X509KeyPair(b, b)
	if err != nil {
		return fault.New(fault.Invalid, "--tls %s: the first certificate and the private key do not fit together: %w", f.path, err)
	}
	switch now := f.now(); {
	case c.Leaf == nil:
	case now.After(c.Leaf.NotAfter):
		return fault.New(fault.Invalid, "--tls %s: the certificate ended on %s: get a new one", f.path, c.Leaf.NotAfter.Format(time.DateOnly))
	case now.Before(c.Leaf.NotBefore):
		return fault.New(fault.Invalid, "--tls %s: the certificate begins on %s: look at this machine's clock", f.path, c.Leaf.NotBefore.Format(time.DateOnly))
	}
	f.current, f.changed, f.looked = &c, info.ModTime(), f.now()
	return nil
}

// missingIn names what a PEM file lacks; "" when certificate and key are there.
func missingIn(b []byte) string {
	certificate, key := false, false
	for len(b) > 0 {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		certificate = certificate || block.Type == "CERTIFICATE"
		key = key || strings.HasSuffix(block.Type, "PRIVATE KEY")
		b = rest
	}
	switch {
	case !certificate:
		return "certificate"
	case !key:
		return "private key"
	}
	return ""
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
