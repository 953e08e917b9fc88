package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestABrowserThatTrustsTheOwnAuthorityAcceptsTheMachinesNames(t *testing.T) {
	dir := t.TempDir()
	o, err := OpenOwn(dir, "hall.example", "192.0.2.7", "0.0.0.0")
	if err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(filepath.Join(dir, PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(public) {
		t.Fatal("the authority's file holds no certificate")
	}
	c, err := o.Certificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hall.example", "192.0.2.7", "localhost", "127.0.0.1"} {
		if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"evil.example", "0.0.0.0"} {
		if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if i, err := os.Stat(filepath.Join(dir, authorityFile)); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("the authority's key: %v, %v", i.Mode(), err)
	}
	again, err := OpenOwn(dir)
	if err != nil || again.Fingerprint != o.Fingerprint {
		t.Errorf("the authority is another one after a restart: %v", err)
	}
}

func TestANewCertificateIsTakenUpAndABrokenOneIsNot(t *testing.T) {
	authority := func() []byte {
		dir := t.TempDir()
		if _, err := OpenOwn(dir); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, authorityFile))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	path := filepath.Join(t.TempDir(), "hall.pem")
	clock := time.Now()
	put := func(b []byte) {
		t.Helper()
		clock = clock.Add(2 * lookEvery)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, clock, clock); err != nil {
			t.Fatal(err)
		}
	}
	put(authority())
	var warned []error
	f, err := Open(path, func(err error) { warned = append(warned, err) })
	if err != nil {
		t.Fatal(err)
	}
	f.now = func() time.Time { return clock }
	now := func() string {
		t.Helper()
		c, err := f.Certificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(c.Leaf.Raw)
	}
	first := now()
	put(authority())
	second := now()
	if second == first || len(warned) > 0 {
		t.Errorf("the new certificate is not taken up: %v", warned)
	}
	put([]byte("half a file"))
	if now() != second || len(warned) != 1 {
		t.Errorf("a broken file: told %v", warned)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(2 * lookEvery)
	if now() != second || len(warned) != 2 {
		t.Errorf("a missing file: told %v", warned)
	}
}

func TestAFileWithoutItsKeyIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenOwn(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, PublicFile), func(error) {}); err == nil {
		t.Error("a certificate without its key is accepted")
	}
	if _, err := Open(filepath.Join(dir, "none.pem"), func(error) {}); err == nil {
		t.Error("a missing file is accepted")
	}
	if _, err := Open(filepath.Join(dir, authorityFile), func(error) {}); err != nil {
		t.Errorf("a certificate with its key is refused: %v", err)
	}
}
