package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // --zone also where the machine has no table of zones

	"bienban/internal/accounts"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/minutes/desk"
	"bienban/portal"
	"bienban/portal/certificate"
	"bienban/portal/microphone"
)

// portalFlags are the options of what browsers see.
type portalFlags struct {
	TLS          string `name:"tls" help:"A PEM file with certificate, chain and key; or own: an authority of this installation's own." placeholder:"FILE|own"`
	InsecureHTTP bool   `name:"insecure-http" help:"Answer without TLS beyond this machine: passwords can then be read on the network."`
	Isolated     bool   `help:"This installation is on a network of its own: secret meetings may be entered."`
	Zone         string `help:"The hall's time zone; default the machine's." placeholder:"Asia/Ho_Chi_Minh"`
}

// tlsDir holds the own authority, in the data folder.
const tlsDir = "tls"

// Times of answering browsers. Event streams set their own deadlines.
const (
	readHeaderWait = 5 * time.Second
	browserIdle    = 2 * time.Minute
	maxHeader      = 32 << 10
)

// check refuses what would put passwords on the network.
func (f *portalFlags) check(addr string) error {
	if f.Zone != "" {
		if _, err := time.LoadLocation(f.Zone); err != nil {
			return fault.New(fault.Invalid, "--zone %s: %w", f.Zone, err)
		}
	}
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return fault.New(fault.Invalid, "--addr %s: must be HOST:PORT, as 127.0.0.1:8080 or 0.0.0.0:8443", addr)
	}
	if f.TLS != "" || f.InsecureHTTP || loopback(addr) {
		return nil
	}
	return fault.New(fault.Invalid, "--addr %s: others can reach it; give --tls FILE or --tls own (or --insecure-http on a network that you trust)", addr)
}

// loopback says whether only this machine can reach an address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (f *portalFlags) zone() *time.Location {
	if f.Zone == "" {
		return nil
	}
	z, err := time.LoadLocation(f.Zone)
	if err != nil {
		return nil // check has seen it
	}
	return z
}

// secure gives the TLS configuration, nil for plain HTTP.
func (c *serveCmd) secure(e *env, data string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	switch c.TLS {
	case "":
		return nil, nil
	case "own":
		var names []string
		if host, _, err := net.SplitHostPort(c.Addr); err == nil {
			names = append(names, host)
		}
		dir := filepath.Join(data, tlsDir)
		own, err := certificate.OpenOwn(dir, names...)
		if err != nil {
			return nil, err
		}
		e.say("certificate of this installation's own authority, for %s; install %s on tablets, SHA-256 %s", strings.Join(own.Names, ", "), filepath.Join(dir, certificate.PublicFile), own.Fingerprint)
		config.GetCertificate = own.Certificate
	default:
		file, err := certificate.Open(c.TLS, func(err error) { e.log("warn", oneLine(err)+"; the certificate read before stays in use") })
		if err != nil {
			return nil, err
		}
		config.GetCertificate = file.Certificate
	}
	return config, nil
}

// addressFor is what people type to reach a listener: where it listens on all
// addresses, this machine's own on the network.
func addressFor(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsUnspecified() {
		return a.String()
	}
	host = "localhost"
	all, _ := net.InterfaceAddrs() // without them it is reached on this machine at least
	for _, one := range all {
		if n, ok := one.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			host = n.IP.String()
			break
		}
	}
	return net.JoinHostPort(host, port)
}

// web is the server for browsers. What is not /healthz or /readyz goes to the
// portal once it is open.
func (s *server) web(l net.Listener, c *tls.Config) (*http.Server, net.Listener, string) {
	w := &http.Server{Handler: s.routes(), ReadHeaderTimeout: readHeaderWait, IdleTimeout: browserIdle, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.e.logger().Handler(), slog.LevelDebug)}
	if c == nil {
		return w, l, "http://" + addressFor(l.Addr())
	}
	w.TLSConfig = c
	return w, tls.NewListener(l, c), "https://" + addressFor(l.Addr())
}

// openPortal opens the pages over the store, and prints the link for the first
// administrator while there is none.
func (s *server) openPortal(ctx context.Context) (*portal.Server, error) {
	people := accounts.NewService(s.store)
	if s.c.Isolated {
		s.store.AllowSecret()
	}
	log, root := s.e.logger(), filepath.Join(s.data, capture.Folder)
	var second func(recording string) (time.Time, bool)
	if s.second != nil {
		second = s.second.Failed
	}
	p, err := portal.New(portal.Options{
		Desk: s.store, Feed: s.store, Accounts: people, Search: s.store, Audit: s.store, Layers: s.store, Second: second,
		Captures:    capture.Halls{Root: root, Begin: s.beginCapture, Waiting: s.recorder.Waiting},
		Microphones: microphone.New(root, s.bus, log), Import: capture.Imports{Root: root, Bus: s.bus},
		Afterwards: s.afterwards(),
		Bus:        s.bus, Log: log, Zone: s.c.zone(), Secure: s.c.TLS != "", Strict: s.c.TLS != "" && s.c.TLS != "own", Secret: s.c.Isolated, Sound: root, Shelf: &s.shelf,
	})
	if err != nil {
		return nil, err
	}
	handler := p.Handler()
	s.pages.Store(&handler)
	token, err := people.NewSetup(ctx)
	if err != nil {
		return nil, err
	}
	if token != "" && s.c.opened == nil {
		s.e.say("no administrator yet: open %s/setup/%s to make the first one (works once)", s.url, token)
	}
	return p, nil
}

// ofDesk is what a hall needs to know of a meeting that people prepared in the portal.
func ofDesk(st *desk.State) hall.Meeting {
	m := st.Meeting()
	out := hall.Meeting{Title: m.Title, Language: m.Language, Glossary: m.GlossaryTerms(), Channels: namesByChannel(m)}
	for _, c := range st.Channels {
		if c.Person != "" && len(out.Channels[c.Number]) == 0 {
			out.Channels[c.Number] = []string{c.Person}
		}
	}
	for _, a := range m.Agenda {
		out.Agenda = append(out.Agenda, hall.AgendaRow{ID: a.ID, Title: a.Title})
	}
	return out
}

// notOpen answers while the store is being opened, and while serve ends.
func notOpen(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintln(w, "starting or stopping")
}
