package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/internal/atomicfile"
	"bienban/internal/fault"
)

// Names of the own authority's files in its folder.
const (
	authorityFile = "authority.pem" // certificate and key
	// PublicFile holds the authority's certificate alone, to install on tablets.
	PublicFile = "bienban-authority.crt"
)

const (
	authorityFor = 10 * 365 * 24 * time.Hour
	// leafFor is below the 398 days beyond which browsers refuse a certificate
	// (CA/Browser Forum Baseline Requirements, section 6.3.2).
	leafFor = 397 * 24 * time.Hour
	// clockSkew lets a tablet's clock be behind.
	clockSkew = time.Hour
)

// Own is this installation's authority, and a certificate of it for this
// machine's names; it is made anew at each start.
type Own struct {
	// Fingerprint is the authority's SHA-256, for people to compare.
	Fingerprint string
	// Names are what the certificate is for.
	Names []string
	leaf  tls.Certificate
}

// OpenOwn reads or makes the authority in dir, and issues a certificate for
// localhost, this machine's name and addresses, and the names given.
func OpenOwn(dir string, names ...string) (*Own, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "--tls own: %w", err)
	}
	ca, key, err := readAuthority(filepath.Join(dir, authorityFile))
	if errors.Is(err, fs.ErrNotExist) {
		ca, key, err = makeAuthority(dir)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "--tls own: %s: %w", filepath.Join(dir, authorityFile), err)
	}
	sum := sha256.Sum256(ca.Raw)
	o := &Own{Fingerprint: hex.EncodeToString(sum[:]), Names: machineNames(names)}
	if o.leaf, err = issue(ca, key, o.Names); err != nil {
		return nil, fault.New(fault.Internal, "--tls own: %w", err)
	}
	return o, nil
}

// Certificate is for tls.Config.GetCertificate.
func (o *Own) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &o.leaf, nil }

func readAuthority(path string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	c, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		return nil, nil, err
	}
	key, ok := c.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || c.Leaf == nil || !c.Leaf.IsCA {
		return nil, nil, errors.New("it holds no authority of ours")
	}
	return c.Leaf, key, nil
}

func makeAuthority(dir string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := serialNumber()
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	host, _ := os.Hostname() // only part of a name for people
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: strings.TrimSpace("bienban " + host)},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(authorityFor),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := append(slices.Clone(public), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})...)
	if err := writeKey(filepath.Join(dir, authorityFile), private); err != nil {
		return nil, nil, err
	}
	err = atomicfile.Write(filepath.Join(dir, PublicFile), func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(public)); return err })
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	return ca, key, err
}

// writeKey writes a file that only the owner may read, from its first byte on.
func writeKey(path string, body []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

func issue(ca *x509.Certificate, caKey *ecdsa.PrivateKey, names []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := serialNumber()
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[0]},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(leafFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, &key.PublicKey, caKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der, ca.Raw}, PrivateKey: key, Leaf: leaf}, err
}

// serialNumber is 128 random bits, as certificates should have.
func serialNumber() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
}

// machineNames lists what browsers may call this machine, the given names first.
func machineNames(given []string) []string {
	var out []string
	add := func(n string) {
		if n = strings.ToLower(strings.TrimSpace(n)); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, n := range given {
		if ip := net.ParseIP(n); ip == nil || !ip.IsUnspecified() {
			add(n)
		}
	}
	if host, err := os.Hostname(); err == nil {
		add(host)
	}
	add("localhost")
	addresses, _ := net.InterfaceAddrs() // without them the names remain
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			add(n.IP.String())
		}
	}
	return out
}
