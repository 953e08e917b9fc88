package hall_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/audit"
	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
)

// storeOf is a store that knows a recording of the sample meeting with some text.
func storeOf(t *testing.T, id string) *sqlstore.Store {
	t.Helper()
	ctx := t.Context()
	s, err := sqlstore.Open(ctx, filepath.Join(t.TempDir(), "bienban.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.StartRecording(ctx, hall.Recording{ID: id, Meeting: "Họp Hội đồng", Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for from := int64(0); from < 20*16000; from += 5 * 16000 {
		f := said(id, from, from+5*16000)
		if err := s.AcceptFinal(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// said is a final of one word that says when it was said.
func said(id string, from, to int64) hall.Final {
	f := hall.Final{Recording: id, Epoch: 1, From: from, To: to}
	raw := []byte(`[{"start":` + number(from) + `,"end":` + number(to) + `,"text":"giây` + number(from) + `"}]`)
	if err := json.Unmarshal(raw, &f.Segments); err != nil {
		panic(err)
	}
	return f
}

func number(sample int64) string {
	b, _ := json.Marshal(sample / 16000)
	return string(b)
}

func textOf(t *testing.T, s *sqlstore.Store, id string) string {
	t.Helper()
	tr, err := s.Transcript(t.Context(), id, hall.LayerLive)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range tr.Segments {
		all = append(all, g.Text)
	}
	return strings.Join(all, " ")
}

// heard is a second of sound that a bus has of a recording.
func heard(t *testing.T, b bus.AudioPublisher, id string) {
	t.Helper()
	if err := b.PublishAudio(t.Context(), bus.Chunk{Recording: id, Kind: bus.Audio, Frames: 16000, PCM: make([]int16, 16000)}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsErasedGoesFromDiskTextAndBus(t *testing.T) {
	t.Parallel()
	ctx, root := t.Context(), t.TempDir()
	recorded(t, root, "r", true)
	s := storeOf(t, "r")
	b := membus.New(membus.Options{}).Connect()
	defer b.Close()
	heard(t, b, "r")
	forgot := ""
	a := hall.Afterwards{Root: root, Store: s, Bus: b, Forget: func(r string) error { forgot = r; return nil }}
	if err := a.Close(ctx, "r", "account-1", 0, 16000, "Lan", "chuyện riêng"); err != nil {
		t.Fatal(err)
	}
	if err := a.Erase(ctx, "r", "account-2", 6*16000, 9*16000, [2]string{"An", "Bình"}, "lộ bí mật"); err != nil {
		t.Fatal(err)
	}
	if got := textOf(t, s, "r"); got != "giây0  giây10 giây15" || forgot != "r" {
		t.Errorf("%q; forgot %q", got, forgot)
	}
	if end, err := b.AudioEnd(ctx, "r"); err != nil || end != 0 {
		t.Errorf("the bus still has %d samples of it, %v", end, err)
	}
	if rep, err := record.Verify(ctx, filepath.Join(root, "r"), nil); err != nil || !rep.Whole || rep.ErasedSeconds < 3 {
		t.Errorf("%+v, %v", rep, err)
	}
	log, err := s.Audit(ctx, audit.Query{Subject: "r", Limit: 10})
	if err != nil || len(log) != 2 || log[0].Action != "stretch_erased" || log[0].Actor != "account-2" || log[1].Action != "stretch_closed" || log[1].Actor != "account-1" {
		t.Fatalf("%+v, %v", log, err)
	}
	if d := string(log[0].Detail); !strings.Contains(d, "An, Bình") || strings.Contains(d, "lộ bí mật") {
		t.Errorf("the log says %s", d)
	}
	for what, err := range map[string]error{
		"one person twice": a.Erase(ctx, "r", "x", 0, 16000, [2]string{"An", "AN"}, "x"),
		"a path":           a.Erase(ctx, "../r", "x", 0, 16000, [2]string{"An", "Bình"}, "x"),
		"another":          a.Close(ctx, "none", "x", 0, 16000, "An", "x"),
	} {
		if err == nil {
			t.Errorf("%s: done", what)
		}
	}
}

// A command on the same machine changes a recording while serve runs, or serve was
// killed in the middle: the store follows what the recording says.
func TestTheKeeperFollowsWhatOthersDidToARecording(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	recorded(t, root, "r", true)
	s := storeOf(t, "r")
	if err := s.EndRecording(t.Context(), "r", 20*16000); err != nil {
		t.Fatal(err)
	}
	b := membus.New(membus.Options{}).Connect()
	life, stop := context.WithCancel(context.Background())
	var ordered atomic.Int64
	over := make(chan struct{})
	keeper := &hall.Keeper{Bus: b, Store: s, Root: root, Log: quiet(), Every: 10 * time.Millisecond,
		Ordered: func(_ context.Context, recording, meeting string) {
			if recording == "r" && meeting == "Họp Hội đồng" {
				ordered.Add(1)
			}
		}}
	complete := make(chan struct{}, 10)
	keeper.Complete = func(context.Context, hall.Recording) { complete <- struct{}{} }
	go func() { defer close(over); _ = keeper.Run(life) }()
	defer func() { stop(); <-over; _ = b.Close() }()
	<-complete // it has nothing to do with the recording any more
	dir := filepath.Join(root, "r")
	if err := record.Erase(t.Context(), dir, nil, "", record.Erasure{From: 6 * 16000, To: 9 * 16000, By: [2]string{"An", "Bình"}, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); textOf(t, s, "r") != "giây0  giây10 giây15"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the text stays %q", textOf(t, s, "r"))
		}
	}
	if n := ordered.Load(); n != 1 {
		t.Errorf("asked %d times for what was ordered", n)
	}
}

// A command erases a stretch of a recording that goes on, or serve comes back to one of which something was
// erased meanwhile: the bus forgets its sound, too.
func TestTheKeeperTakesFromTheBusWhatOthersErased(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{true, false} {
		root := t.TempDir()
		r, err := record.Create(filepath.Join(root, "r"), record.Options{ID: "r", Meeting: "Họp Hội đồng", Rate: 16000, Channels: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.AppendWait(t.Context(), make([]float32, 20*16000)); err != nil {
			t.Fatal(err)
		}
		s := storeOf(t, "r")
		b := membus.New(membus.Options{}).Connect()
		heard(t, b, "r")
		erase := func() {
			if err := r.Erase(t.Context(), record.Erasure{From: 6 * 16000, To: 9 * 16000, By: [2]string{"An", "Bình"}, Reason: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		if early {
			erase()
		}
		life, stop := context.WithCancel(context.Background())
		over := make(chan struct{})
		looked := make(chan struct{}, 1000)
		keeper := &hall.Keeper{Bus: b, Store: s, Root: root, Log: quiet(), Every: 10 * time.Millisecond,
			Ordered: func(context.Context, string, string) { looked <- struct{}{} }}
		go func() { defer close(over); _ = keeper.Run(life) }()
		<-looked
		if !early {
			if end, err := b.AudioEnd(t.Context(), "r"); err != nil || end != 16000 {
				t.Errorf("nothing was erased yet, and the bus has %d samples, %v", end, err)
			}
			erase()
		}
		for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
			if has, err := b.AudioEnd(t.Context(), "r"); err == nil && has == 0 {
				break
			}
			if time.Now().After(end) {
				t.Errorf("early %v: the bus keeps the sound", early)
				break
			}
		}
		stop()
		<-over
		_ = b.Close()
		if err := r.Close(t.Context(), ""); err != nil {
			t.Error(err)
		}
	}
}

func TestARecordingThatWasBroughtIsKnownAsSuch(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r, err := record.Create(filepath.Join(root, "brought"), record.Options{ID: "brought", Meeting: "m", Rate: 16000, Channels: 1, Origin: "điện thoại.m4a"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	s := storeOf(t, "r")
	b := membus.New(membus.Options{}).Connect()
	life, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	keeper := &hall.Keeper{Bus: b, Store: s, Root: root, Log: quiet(), Every: 10 * time.Millisecond}
	go func() { defer close(over); _ = keeper.Run(life) }()
	defer func() { stop(); <-over; _ = b.Close() }()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if got, err := s.Recording(t.Context(), "brought"); err == nil {
			if !got.Outside {
				t.Errorf("%+v", got)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal("it is not known")
		}
	}
}

func TestSoundThatWasBroughtSinceIsHeardByASecondPassOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "r")
	began := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	now := began
	r, err := record.Create(dir, record.Options{ID: "r", Meeting: "m", Rate: 16000, Channels: 1, Now: func() time.Time { return now }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		now = now.Add(time.Second)
		if err := r.Append(make([]float32, 16000)); err != nil {
			t.Fatal(err)
		}
		_ = r.Gap("unplugged")
		now = now.Add(5 * time.Second)
	}
	if err := r.Close(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if name, err := hall.SecondName(dir); err != nil || name != hall.LayerSecond {
		t.Errorf("before: %q, %v", name, err)
	}
	demo := func(ctx context.Context) (audio.Source, error) { return audio.Open(ctx, demoFile) }
	if _, err := record.Import(ctx, dir, demo, record.ImportOptions{At: began, Origin: "điện thoại", Who: "Cúc"}, nil); err != nil {
		t.Fatal(err)
	}
	name, err := hall.SecondName(dir)
	if err != nil || name == hall.LayerSecond {
		t.Errorf("after: %q, %v", name, err)
	}
	s := storeOf(t, "r")
	layer := func(name string) hall.Layer {
		f := said("r", 0, 20*16000)
		return hall.Layer{Recording: "r", Name: name, Segments: f.Segments, Coverage: []hall.Cover{{To: 20 * 16000, Kind: "speech"}}}
	}
	for _, c := range []struct{ take, adopted string }{{hall.LayerSecond, hall.LayerSecond}, {name, name}} {
		if err := hall.TakeLayer(ctx, s, layer(c.take), "bienban"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Recording(ctx, "r"); err != nil || got.Adopted != c.adopted {
			t.Errorf("after %s: %q, %v", c.take, got.Adopted, err)
		}
	}
}

// A kill in the middle of an erasure leaves its order in the recording and the sound as it was.
func TestTheKeeperFinishesAnErasureThatWasCutOff(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	recorded(t, root, "r", true)
	dir := filepath.Join(root, "r")
	first := filepath.Join(dir, "000001.pcm")
	before, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Erase(t.Context(), dir, nil, "", record.Erasure{From: 6 * 16000, To: 9 * 16000, By: [2]string{"An", "Bình"}, Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	acts := filepath.Join(dir, "000002.pcm")
	after, err := os.ReadFile(acts)
	done := bytes.LastIndex(after, []byte{'B', 'B', 'C', 'H', byte(record.KindErased), 0})
	if err != nil || done < 0 {
		t.Fatalf("%v: there is no record that it was done", err)
	}
	for _, err := range []error{os.WriteFile(first, before, 0o600), os.WriteFile(acts, after[:done], 0o600), os.Remove(filepath.Join(dir, "manifest.json"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := storeOf(t, "r")
	b := membus.New(membus.Options{}).Connect()
	life, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	keeper := &hall.Keeper{Bus: b, Store: s, Root: root, Log: quiet(), Every: 10 * time.Millisecond}
	go func() { defer close(over); _ = keeper.Run(life) }()
	defer func() { stop(); <-over; _ = b.Close() }()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		rep, err := record.Verify(t.Context(), dir, nil)
		if err == nil && rep.PendingErasures == 0 && rep.Whole && textOf(t, s, "r") == "giây0  giây10 giây15" {
			if rep.ErasedSeconds < 3 {
				t.Errorf("%+v", rep)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it is not finished: %+v, %v, %q", rep, err, textOf(t, s, "r"))
		}
	}
}
