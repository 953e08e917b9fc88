package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/portal/certificate"
)

// pemFor makes a certificate for 127.0.0.1 of these days, and its key.
func pemFor(t *testing.T, from, until time.Time) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(from.UnixNano()), NotBefore: from, NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	k, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k})
}

func join(all ...[]byte) []byte {
	var out []byte
	for _, b := range all {
		out = append(out, b...)
	}
	return out
}

func TestWhatWouldPutPasswordsOnTheNetworkOrCannotServeTLSIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	cert, key := pemFor(t, now.Add(-time.Hour), now.Add(time.Hour))
	oldCert, oldKey := pemFor(t, now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	newCert, newKey := pemFor(t, now.Add(24*time.Hour), now.Add(48*time.Hour))
	file := func(name string, b []byte) string { return write(t, dir, name, b) }
	tlsOf := func(path string) []string { return []string{"--addr", "127.0.0.1:0", "--tls", path} }
	for _, c := range []struct {
		name string
		args []string
		says []string
	}{
		{"plain HTTP on all addresses", []string{"--addr", "0.0.0.0:0"}, []string{"--addr 0.0.0.0:0", "--tls", "--insecure-http"}},
		{"plain HTTP on no named address", []string{"--addr", ":0"}, []string{"--tls"}},
		{"plain HTTP on all IPv6 addresses", []string{"--addr", "[::]:0"}, []string{"--tls"}},
		{"a name that only begins like this machine", []string{"--addr", "127.0.0.1.example:80"}, []string{"--tls"}},
		{"an address without a port", []string{"--addr", "127.0.0.1"}, []string{"HOST:PORT"}},
		{"a port that cannot be", []string{"--addr", "127.0.0.1:99999"}, []string{"--addr 127.0.0.1:99999", "invalid port"}},
		{"an unknown zone", []string{"--zone", "Asia/Ca_Mau"}, []string{"--zone Asia/Ca_Mau"}},
		{"no such file", tlsOf(filepath.Join(dir, "none.pem")), []string{"none.pem", "no such file"}},
		{"a folder", tlsOf(dir), []string{"a folder"}},
		{"no PEM", tlsOf(file("text.pem", []byte("hello"))), []string{"text.pem", "no certificate"}},
		{"no key", tlsOf(file("half.pem", cert)), []string{"half.pem", "no private key"}},
		{"no certificate", tlsOf(file("key.pem", key)), []string{"key.pem", "no certificate"}},
		{"another's key", tlsOf(file("other.pem", join(cert, oldKey))), []string{"other.pem", "do not fit together"}},
		{"an expired certificate", tlsOf(file("old.pem", join(oldCert, oldKey))), []string{"old.pem", "ended on", "get a new one"}},
		{"one of tomorrow", tlsOf(file("new.pem", join(newCert, newKey))), []string{"new.pem", "begins on", "clock"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, said := cmd(t, map[string]string{}, append([]string{"serve", "--no-worker", "--data", filepath.Join(t.TempDir(), "data")}, c.args...)...)
			if code != exitUsage || strings.Count(said, "\n") != 1 {
				t.Errorf("exit code %d: %s", code, said)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q lacks %q", said, want)
				}
			}
		})
	}
}

// visitor is somebody's browser before a serve.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

// visit opens what a serve printed, and waits until it is ready.
func visit(t *testing.T, base string, roots *x509.CertPool) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, base, &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(v.http.CloseIdleConnections)
	for late := time.Now().Add(deadline); ; time.Sleep(20 * time.Millisecond) {
		r, err := v.http.Get(base + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return v
		}
		if time.Now().After(late) {
			t.Fatalf("%s: status %d", base, r.StatusCode)
		}
	}
}

func (v *visitor) get(path string) (*http.Response, string) { return v.send(v.http.Get(v.base + path)) }

func (v *visitor) post(path string, form url.Values) (*http.Response, string) {
	return v.send(v.http.PostForm(v.base+path, form))
}

func (v *visitor) send(r *http.Response, err error) (*http.Response, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r, string(b)
}

// setUp makes the first administrator with the link that a serve printed.
func (v *visitor) setUp(link string) *http.Response {
	v.t.Helper()
	r, body := v.post(strings.TrimPrefix(link, v.base), url.Values{"login": {"quản.trị"}, "name": {"Nguyễn Văn Quản"}, "password": {goodPassword}, "again": {goodPassword}})
	if r.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("set-up: status %d: %.300s", r.StatusCode, body)
	}
	return r
}

const (
	servingOn = `serving on (https?://\S+),`
	setUpLink = `open (https?://\S+/setup/\S+) to make`
)

func TestServeWithItsOwnAuthorityAnswersByTLSAlone(t *testing.T) {
	m := newMachine(t, 0)
	s := m.serve("--no-worker", "--tls", "own")
	base := s.until(t, servingOn)
	public, err := os.ReadFile(filepath.Join(m.data, tlsDir, certificate.PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !strings.HasPrefix(base, "https://127.0.0.1:") || !roots.AppendCertsFromPEM(public) {
		t.Fatalf("%s, authority %q", base, public)
	}
	v := visit(t, base, roots)
	r := v.setUp(s.until(t, setUpLink))
	all := r.Header.Values("Set-Cookie")
	cookie := strings.Join(slices.DeleteFunc(all, func(c string) bool { return !strings.HasPrefix(c, "__Host-bienban=") }), "")
	for _, want := range []string{"__Host-bienban=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie %q lacks %s", cookie, want)
		}
	}
	r, body := v.get("/")
	if r.StatusCode != http.StatusOK || !strings.Contains(body, "Nguyễn Văn Quản") || r.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("status %d, HSTS %q", r.StatusCode, r.Header.Get("Strict-Transport-Security"))
	}
	if r, err := http.Get("http" + strings.TrimPrefix(base, "https") + "/login"); err == nil {
		_ = r.Body.Close()
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("plain HTTP is answered with status %d", r.StatusCode)
		}
	}
	if _, err := (&http.Client{Transport: &http.Transport{}}).Get(base + "/login"); err == nil {
		t.Error("a browser that does not trust the authority is let in")
	}
	old := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // that it is refused is what is tried
	if _, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), old); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	s.stop(t)
	again := m.serve("--no-worker", "--tls", "own")
	v = visit(t, again.until(t, servingOn), roots) // tablets trust the same authority after a restart
	if r, _ := v.post("/login", url.Values{"login": {"quản.trị"}, "password": {goodPassword}}); r.StatusCode != http.StatusSeeOther {
		t.Errorf("signing in: status %d", r.StatusCode)
	}
	again.stop(t)
	if strings.Contains(again.all(), "/setup/") {
		t.Error("a second link was printed though there is an administrator")
	}
}

func TestServeWithAnOperatorsCertificateTellsBrowsersToComeByTLSOnly(t *testing.T) {
	m := newMachine(t, 0)
	cert, key := pemFor(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	s := m.serve("--no-worker", "--tls", write(t, t.TempDir(), "hall.pem", join(key, cert)))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	v := visit(t, s.until(t, servingOn), roots)
	r, _ := v.get("/login")
	if got := r.Header.Get("Strict-Transport-Security"); got != "max-age=15552000" || r.Proto == "" {
		t.Errorf("HSTS is %q", got)
	}
	if _, err := os.Stat(filepath.Join(m.data, tlsDir)); err == nil {
		t.Error("an authority was made though there is a certificate")
	}
	s.stop(t)
}

func TestPlainHTTPBeyondThisMachineIsThereOnlyWhereItWasAskedFor(t *testing.T) {
	m := newMachine(t, 0)
	s := m.start("serve", "--data", m.data, "--no-worker", "--addr", "0.0.0.0:0", "--insecure-http")
	base := s.until(t, servingOn)
	if host, _, err := net.SplitHostPort(strings.TrimPrefix(base, "http://")); err != nil || host == "0.0.0.0" {
		t.Errorf("people are told to open %s", base)
	}
	link := s.until(t, setUpLink)
	if !strings.HasPrefix(link, base+"/setup/") {
		t.Errorf("the link %s is not at %s", link, base)
	}
	v := visit(t, base, nil)
	r := v.setUp(link)
	if cookie := r.Header.Get("Set-Cookie"); strings.Contains(cookie, "Secure") || !strings.Contains(cookie, "HttpOnly") || r.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("the cookie is %q", cookie)
	}
	if r, _ := v.get(strings.TrimPrefix(link, base)); r.StatusCode != http.StatusNotFound {
		t.Errorf("the link works again: status %d", r.StatusCode)
	}
	s.stop(t)
}

func TestSecretMeetingsAreTakenInOnAnIsolatedNetworkOnly(t *testing.T) {
	m := newMachine(t, 0)
	meeting := func(act, secrecy string) url.Values {
		return url.Values{"act": {act}, "kind": {"btv"}, "title": {"Họp nhân sự"}, "from": {"empty"}, "language": {"vi"}, "secrecy": {secrecy}}
	}
	s := m.serve("--no-worker")
	v := visit(t, s.until(t, servingOn), nil)
	v.setUp(s.until(t, setUpLink))
	_, users := v.get("/users")
	self := regexp.MustCompile(`/users/([a-z0-9]+)`).FindStringSubmatch(users)[1]
	create := func(act, secrecy string) (int, string) {
		form := meeting(act, secrecy)
		form.Set("clerk", self)
		r, body := v.post("/meetings/new", form)
		return r.StatusCode, body + r.Header.Get("Location")
	}
	if _, body := v.get("/meetings/new?kind=btv"); strings.Contains(body, `value="secret"`) || !strings.Contains(body, `value="internal"`) {
		t.Error("the levels offered are wrong for an open network")
	}
	if code, body := create("act-0000000000000001", "secret"); code != http.StatusUnprocessableEntity || !strings.Contains(body, `role="alert"`) {
		t.Errorf("a secret meeting: status %d", code)
	}
	if code, _ := create("act-0000000000000002", "internal"); code != http.StatusSeeOther {
		t.Errorf("an internal meeting: status %d", code)
	}
	s.stop(t)
	s = m.serve("--no-worker", "--isolated")
	base := s.until(t, servingOn)
	v = visit(t, base, nil)
	if r, _ := v.post("/login", url.Values{"login": {"quản.trị"}, "password": {goodPassword}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in: status %d", r.StatusCode)
	}
	code, to := create("act-0000000000000003", "secret")
	if code != http.StatusSeeOther || !strings.HasPrefix(to, "/m/") {
		t.Fatalf("a secret meeting on an isolated network: status %d", code)
	}
	if _, body := v.get(to); !strings.Contains(body, "Mật") && !strings.Contains(body, "Secret") {
		t.Error("the meeting does not say that it is secret")
	}
	s.stop(t)
}
