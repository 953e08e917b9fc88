package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"bienban/internal/fault"
)

// Limits of a download. Connecting is quick or not at all, so that a machine
// that cannot reach upstream goes on to the mirror at once.
const (
	connectTimeout = 5 * time.Second
	headerTimeout  = 20 * time.Second // answer after the request was sent
	stallTimeout   = 30 * time.Second // without a byte
	attempts       = 5                // connections in one pull that each bring something
)

func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: headerTimeout,
		ForceAttemptHTTP2:     true,
	}}
}

// partialState is kept beside a partial file: from where it came, so that a
// resumed download never mixes two versions of a file.
type partialState struct {
	URL  string `json:"url"`
	ETag string `json:"etag"` // strong, or ""
}

// download fetches the finished file of m from address into its partial file
// and returns that file's path. A partial file is continued with a range
// request guarded by the server's ETag, else begun anew.
func (s *Store) download(ctx context.Context, m Model, address string, p Progress) (string, error) {
	path := s.partial(m)
	have := int64(0)
	if st, err := os.Stat(path); err == nil {
		have = st.Size()
	}
	if err := s.needSpace(m, m.Size-have); err != nil {
		return "", err
	}
	var err error
	for range attempts {
		before := have
		have, err = s.downloadOnce(ctx, m, address, p)
		if err == nil || ctx.Err() != nil || have <= before || !cut(err) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return path, nil
}

// cutError is a connection that ended before the file did.
type cutError struct {
	host string
	have int64
	size int64
	err  error
}

func (e *cutError) Error() string {
	return fmt.Sprintf("connection to %s was cut at %s of %s: %v", e.host, Bytes(e.have), Bytes(e.size), e.err)
}

func (e *cutError) Unwrap() error { return e.err }

func cut(err error) bool {
	var c *cutError
	return errors.As(err, &c)
}

// downloadOnce makes one request and returns the size of the partial file
// after it.
func (s *Store) downloadOnce(ctx context.Context, m Model, address string, p Progress) (int64, error) {
	host := hostOf(address)
	path := s.partial(m)
	state, have := readPartial(path, address)
	if have > m.Size || (have > 0 && state.ETag == "") {
		have = 0 // too long, or nothing to tell whether it is the same file
	}
	if have == m.Size {
		return have, nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return have, fmt.Errorf("source %s: %w", address, err)
	}
	req.Header.Set("User-Agent", "bienban")
	if have > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(have, 10)+"-")
		req.Header.Set("If-Range", state.ETag)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return have, unreachable(host, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		have = 0
	case http.StatusPartialContent:
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(have, 10)+"-") {
			return have, fault.New(fault.Unavailable, "%s answered with another part of the file than asked for", host)
		}
	default:
		return have, fault.New(fault.Unavailable, "%s answered %s for %s", host, resp.Status, m.File)
	}
	if n := resp.ContentLength; n >= 0 && have+n != m.Size {
		return have, fault.New(fault.Unavailable, "%s offers %s with %d bytes, the catalogue says %d", host, m.File, have+n, m.Size)
	}
	if err := writePartialState(path, partialState{URL: address, ETag: strongETag(resp.Header)}); err != nil {
		return have, err
	}
	return s.receive(ctx, cancel, m, resp, have, p)
}

// receive appends the body to the partial file, from have bytes on. It ends
// with an error when no byte arrives for stallTimeout.
func (s *Store) receive(ctx context.Context, cancel context.CancelCauseFunc, m Model, resp *http.Response, have int64, p Progress) (int64, error) {
	host := resp.Request.URL.Host
	f, err := os.OpenFile(s.partial(m), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return have, err
	}
	defer f.Close()
	if err := f.Truncate(have); err != nil {
		return have, err
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return have, err
	}
	stalled := time.AfterFunc(s.stall, func() {
		cancel(fmt.Errorf("no data for %s", s.stall))
	})
	defer stalled.Stop()
	from := have
	n, err := copyCtx(ctx, f, io.LimitReader(resp.Body, m.Size-have+1), func(n int64) {
		stalled.Reset(s.stall)
		p.send(Event{Model: m.ID, Stage: StageDownload, Text: host, Done: from + n, Total: m.Size})
	})
	have += n
	if err == nil && have != m.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) { // our own disk, not the connection
			return have, err
		}
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return have, &cutError{host: host, have: have, size: m.Size, err: err}
	}
	if err := f.Close(); err != nil {
		return have, err
	}
	return have, nil
}

// readPartial returns what is known of a partial file; a file from another
// address, or without a readable record, counts as empty.
func readPartial(path, address string) (partialState, int64) {
	var state partialState
	raw, err := os.ReadFile(path + ".json")
	if err != nil || json.Unmarshal(raw, &state) != nil || state.URL != address {
		return partialState{}, 0
	}
	st, err := os.Stat(path)
	if err != nil {
		return partialState{}, 0
	}
	return state, st.Size()
}

func writePartialState(path string, state partialState) error {
	raw, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return os.WriteFile(path+".json", raw, 0o644)
}

// strongETag returns the ETag if it may guard a range request (RFC 9110: weak
// ones may not).
func strongETag(h http.Header) string {
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return ""
}

// unreachable turns a failed request into one short line.
func unreachable(host string, err error) error {
	var dns *net.DNSError
	var ue *url.Error
	switch {
	case errors.As(err, &dns):
		return fault.New(fault.Unavailable, "upstream %s not reachable (name not found)", host)
	case errors.As(err, &ue):
		return fault.New(fault.Unavailable, "upstream %s not reachable: %w", host, ue.Err)
	default:
		return fault.New(fault.Unavailable, "upstream %s not reachable: %w", host, err)
	}
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
