package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bienban/internal/fault"
)

// upstream is a server of one file that supports ranges, counts requests, and
// can cut its answers.
type upstream struct {
	*httptest.Server
	mu     sync.Mutex
	data   []byte
	etag   string
	cutAt  []int // one answer each: end the connection when the file is sent up to here
	status int   // if not 0, the answer to everything
	ranges []string
}

func newUpstream(t *testing.T, data []byte) *upstream {
	u := &upstream{data: data, etag: `"v1"`}
	u.Server = httptest.NewServer(http.HandlerFunc(u.serve))
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) serve(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ranges = append(u.ranges, r.Header.Get("Range"))
	if u.status != 0 {
		http.Error(w, "no", u.status)
		return
	}
	w.Header().Set("ETag", u.etag)
	if len(u.cutAt) == 0 {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(u.data))
		return
	}
	from, end := 0, u.cutAt[0]
	u.cutAt = u.cutAt[1:]
	if n, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && r.Header.Get("If-Range") == u.etag {
		from, _ = strconv.Atoi(strings.TrimSuffix(n, "-"))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(u.data)-1, len(u.data)))
		w.Header().Set("Content-Length", strconv.Itoa(len(u.data)-from))
		w.WriteHeader(http.StatusPartialContent)
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(u.data)))
	}
	w.Write(u.data[from:end])
	panic(http.ErrAbortHandler)
}

func (u *upstream) asked() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string(nil), u.ranges...)
}

func sum(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }

func testData(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}

func modelOf(data []byte, sources ...Source) Model {
	return Model{ID: "m", Purpose: Speech, Name: "M", File: "m.bin", Size: int64(len(data)), Memory: 1, SHA256: sum(data), Sources: sources}
}

func byURL(u *upstream) Source { return Source{Kind: KindURL, URL: u.URL + "/m.bin"} }

func newTestStore(t *testing.T) *Store {
	t.Helper()
	s := NewStore(filepath.Join(t.TempDir(), "models"))
	s.wheels = ""
	s.fetch = func(_ context.Context, name, _, _ string) (string, error) {
		return "", fault.New(fault.Unavailable, "no wheel %s here", name)
	}
	return s
}

// wantWhole fails unless the store holds exactly the model and nothing else.
func wantWhole(t *testing.T, s *Store, m Model, data []byte) {
	t.Helper()
	path, err := s.Path(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("the stored file differs (%d bytes, %v)", len(got), err)
	}
	if err := s.Verify(context.Background(), m); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if e.Name() != m.File && e.Name() != "."+m.File+".lock" && e.Name() != m.File+checkedSuffix {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestAPullBringsTheFileVerifiedAndReportsProgress(t *testing.T) {
	data := testData(3 << 20)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	var last Event
	stages := map[Stage]bool{}
	err := s.Pull(context.Background(), m, func(e Event) {
		if e.Stage == last.Stage && e.Done < last.Done {
			t.Errorf("progress went back from %d to %d", last.Done, e.Done)
		}
		stages[e.Stage], last = true, e
	})
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
	if !stages[StageDownload] || !stages[StageVerify] || last.Stage != StageDone || last.Done != m.Size {
		t.Errorf("stages %v, last %+v", stages, last)
	}
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	if n := len(u.asked()); n != 1 {
		t.Errorf("%d requests: an installed model must not be fetched again", n)
	}
}

func TestACutDownloadGoesOnWhereItWas(t *testing.T) {
	data := testData(1 << 20)
	u := newUpstream(t, data)
	u.cutAt = []int{300_000, 700_000}
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
	asked := u.asked()
	if len(asked) != 3 || asked[0] != "" || !strings.HasPrefix(asked[1], "bytes=") || asked[1] == "bytes=0-" {
		t.Errorf("requests for %q: the second and third must go on in the file", asked)
	}
}

func TestAStoppedPullKeepsWhatItHasAndTheNextOneUsesIt(t *testing.T) {
	data := testData(4 << 20)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Pull(ctx, m, func(e Event) {
		if e.Done >= 1<<20 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "bienban models pull m") {
		t.Fatalf("error %v, want a cancelled one that says how to go on", err)
	}
	if s.Installed(m) {
		t.Fatal("half a file counts as installed")
	}
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
	if asked := u.asked(); len(asked) != 2 || !strings.HasPrefix(asked[1], "bytes=") {
		t.Errorf("requests for %q: the second must go on in the file", asked)
	}
}

func TestAFileThatChangedMeanwhileIsFetchedFromTheStart(t *testing.T) {
	data := testData(1 << 20)
	old := bytes.Repeat([]byte{7}, len(data))
	u := newUpstream(t, old)
	u.cutAt = []int{400_000, 400_000}
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	if err := s.Pull(context.Background(), m, nil); err == nil {
		t.Fatal("a cut download was taken for whole")
	}
	u.mu.Lock()
	u.data, u.etag, u.cutAt = data, `"v2"`, nil
	u.mu.Unlock()
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, s, m, data)
}

func TestAWrongHashIsNeverInstalled(t *testing.T) {
	data := testData(100_000)
	wrong := bytes.Clone(data)
	wrong[5]++
	u := newUpstream(t, wrong)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	err := s.Pull(context.Background(), m, nil)
	var he *HashError
	if !errors.As(err, &he) {
		t.Fatalf("error %v, want HashError", err)
	}
	if he.Got != sum(wrong) || he.Want != m.SHA256 || fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%+v with code %s", he, fault.CodeOf(err))
	}
	if s.Present(m) {
		t.Error("a wrong file is in the place of the right one")
	}
	if got, err := os.ReadFile(s.file(m) + ".bad"); err != nil || !bytes.Equal(got, wrong) {
		t.Errorf("the wrong file was not set aside: %v", err)
	}
	if _, err := os.Stat(s.partial(m)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the next pull would go on with the wrong file")
	}
}

func TestAFailingSourceIsFollowedByTheNext(t *testing.T) {
	data := testData(50_000)
	good := newUpstream(t, data)
	for name, make := range map[string]func(t *testing.T) *upstream{
		"not found":         func(t *testing.T) *upstream { u := newUpstream(t, data); u.status = 404; return u },
		"a server's error":  func(t *testing.T) *upstream { u := newUpstream(t, data); u.status = 500; return u },
		"a shorter file":    func(t *testing.T) *upstream { return newUpstream(t, data[:1000]) },
		"a wrong file":      func(t *testing.T) *upstream { return newUpstream(t, bytes.Repeat([]byte{1}, len(data))) },
		"nobody listening":  func(t *testing.T) *upstream { u := newUpstream(t, data); u.Close(); return u },
		"always cut, early": func(t *testing.T) *upstream { u := newUpstream(t, data); u.cutAt = []int{0, 0, 0, 0, 0, 0}; return u },
	} {
		t.Run(name, func(t *testing.T) {
			m, s := modelOf(data, byURL(make(t)), byURL(good)), newTestStore(t)
			var notes []string
			if err := s.Pull(context.Background(), m, func(e Event) {
				if e.Stage == StageNote {
					notes = append(notes, e.Text)
				}
			}); err != nil {
				t.Fatal(err)
			}
			if len(notes) != 1 || !strings.Contains(notes[0], "trying the mirror") {
				t.Errorf("notes %q, want one that says that the mirror is tried", notes)
			}
			if err := s.Verify(context.Background(), m); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhenNoSourceWorksTheErrorGivesEachReasonInOneLine(t *testing.T) {
	data := testData(1000)
	a, b := newUpstream(t, data), newUpstream(t, data)
	a.status, b.status = 404, 503
	s := newTestStore(t)
	err := s.Pull(context.Background(), modelOf(data, byURL(a), byURL(b)), nil)
	if err == nil || !strings.Contains(err.Error(), "404") || !strings.Contains(err.Error(), "503") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q", err)
	}
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("code %s, want unavailable", fault.CodeOf(err))
	}
}

func TestAServerThatGoesSilentIsGivenUp(t *testing.T) {
	data := testData(100_000)
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data[:1000])
		w.(http.Flusher).Flush()
		<-hang
	}))
	defer srv.Close()
	defer close(hang)
	s := newTestStore(t)
	s.stall = 50 * time.Millisecond
	err := s.Pull(context.Background(), modelOf(data, Source{Kind: KindURL, URL: srv.URL}), nil)
	if err == nil || !strings.Contains(err.Error(), "no data for 50ms") {
		t.Errorf("error %v, want one about the silence", err)
	}
}

func TestTooLittleSpaceIsSaidBeforeAnythingIsFetched(t *testing.T) {
	data := testData(1000)
	u := newUpstream(t, data)
	s := newTestStore(t)
	s.free = func(string) (int64, error) { return 10_000_000, nil }
	err := s.Pull(context.Background(), modelOf(data, byURL(u)), nil)
	var space *SpaceError
	if !errors.As(err, &space) || space.Free != 10_000_000 || space.Needed <= 1000 {
		t.Fatalf("error %v, want SpaceError with both figures", err)
	}
	if !strings.Contains(err.Error(), "10 MB") || len(u.asked()) != 0 {
		t.Errorf("message %q, %d requests", err, len(u.asked()))
	}
}

func TestTwoPullsOfOneModelDoNotMeet(t *testing.T) {
	data := testData(1000)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	if err := os.MkdirAll(s.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := s.lock(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Pull(context.Background(), m, nil); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error %v, want one about the other pull", err)
	}
	unlock()
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Error(err)
	}
}

func TestADamagedFileIsFoundByVerifyAndFetchedAgainByPull(t *testing.T) {
	data := testData(10_000)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	var missing *MissingModelError
	if err := s.Verify(context.Background(), m); !errors.As(err, &missing) || !strings.Contains(err.Error(), "bienban models pull m") {
		t.Errorf("error %v, want MissingModelError that names the command", err)
	}
	if _, err := s.Path(t.Context(), m); !errors.As(err, &missing) {
		t.Errorf("Path: %v, want MissingModelError", err)
	}
	if err := os.MkdirAll(s.Dir(), 0o755); err != nil {
		t.Fatal(err)
	}
	wrong := bytes.Clone(data)
	wrong[9999]++
	if err := os.WriteFile(s.file(m), wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	var he *HashError
	if err := s.Verify(context.Background(), m); !errors.As(err, &he) {
		t.Fatalf("error %v, want HashError", err)
	}
	if _, err := s.Path(t.Context(), m); !errors.As(err, &he) {
		t.Errorf("Path: %v, want HashError", err)
	}
	if err := os.WriteFile(s.file(m), data[:9000], 0o644); err != nil {
		t.Fatal(err)
	}
	var size *SizeError
	if _, err := s.Path(t.Context(), m); !errors.As(err, &size) || fault.CodeOf(err) != fault.Invalid {
		t.Errorf("Path of a cut file: %v, want SizeError", err)
	}
	if err := s.Pull(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(context.Background(), m); err != nil {
		t.Error(err)
	}
}

func TestAModelIsReadWholeOnceAndAgainWhenItChanged(t *testing.T) {
	data := testData(10_000)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	if err := s.Pull(t.Context(), m, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if path, err := s.Path(t.Context(), m); err != nil || path != s.file(m) {
			t.Fatalf("Path: %q, %v", path, err)
		}
	}
	wrong := bytes.Clone(data)
	wrong[5000]++
	if err := os.WriteFile(s.file(m), wrong, 0o644); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Second) // a coarse clock must not hide the change
	if err := os.Chtimes(s.file(m), later, later); err != nil {
		t.Fatal(err)
	}
	var he *HashError
	if _, err := s.Path(t.Context(), m); !errors.As(err, &he) {
		t.Errorf("Path of a changed file: %v, want HashError", err)
	}
}

func TestAFolderThatCannotBeWrittenIsAClearError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := NewStore(filepath.Join(file, "models"))
	err := s.Pull(context.Background(), modelOf([]byte("x")), nil)
	if !errors.Is(err, unix.ENOTDIR) || fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("error %v", err)
	}
}

func TestAskingDoesNotTouchTheNetworkOrTheDisk(t *testing.T) {
	data := testData(10)
	u := newUpstream(t, data)
	m, s := modelOf(data, byURL(u)), newTestStore(t)
	s.Installed(m)
	s.Path(t.Context(), m)            //nolint:errcheck // only what it does matters
	s.Verify(context.Background(), m) //nolint:errcheck // as above
	if len(u.asked()) != 0 {
		t.Error("something was fetched without being asked for")
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made without being asked for")
	}
}
