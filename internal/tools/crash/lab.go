package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"bienban/internal/capture"
	"bienban/internal/rig"
	"bienban/internal/rig/browser"
	"bienban/internal/rig/tape"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// lab is a data folder, the serve that works on it, and the people.
type lab struct {
	settings
	place *rig.Place
	hall  rig.Hall
	dice  *rand.Rand
	out   io.Writer

	office *browser.Office
	items  []string // of the agenda
	sound  string   // a file: what the hall hears
	heard  string   // the recording that was heard before the kills
	live   string   // the one that goes on meanwhile
	pid    int      // of its capture

	acked    atomic.Int64
	restarts []time.Duration // from a kill until serve was ready again
	stopping time.Duration   // from SIGTERM to the end, with browsers connected
}

// complete is what serve says when a recording's text has reached its end.
const complete = `the text of a recording is complete recording=`

func (l *lab) all(ctx context.Context) error {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	people, readers, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer l.hall.EndCapture(ctx, l.office.Meeting, "crash")
	if err := l.disturb(ctx, people, readers); err != nil {
		return err
	}
	l.report(people, readers)
	return l.check(ctx, people, readers)
}

// serve starts a serve, on the address that it had.
func (l *lab) serve(more ...string) (*rig.Process, error) {
	addr := "127.0.0.1:0"
	if l.office != nil {
		addr = strings.TrimPrefix(l.office.URL, "http://")
	}
	args := append([]string{"serve", "--data", l.hall.Data, "--addr", addr, "--second", "none"}, more...)
	if l.db != "" {
		args = append(args, "--db", l.db)
	}
	return rig.Start("serve", l.hall.Command(args...))
}

// soundSeconds is how long the sound is that is recorded meanwhile.
func (l *lab) soundSeconds() int64 { return 30 + 3*int64(l.moments) }

// prepare sets the office up over HTTP, and lets a first recording be heard: it gives
// people something to edit, and says what is heard when nobody disturbs.
func (l *lab) prepare(ctx context.Context) error {
	serve, err := l.serve("--no-worker")
	if err != nil {
		return err
	}
	defer func() { serve.Kill() }()
	who := []browser.Person{{Login: "delegate", Name: "Đại biểu Lê Thị Hồng", Roles: []desk.Role{desk.Delegate}}}
	for i := range l.secretaries {
		who = append(who, browser.Person{Login: login(i), Name: fmt.Sprintf("Thư ký số %d", i+1), Roles: []desk.Role{desk.Secretary}})
	}
	o, err := browser.SetUp(ctx, serve, "Họp dưới sự cố", who)
	if err != nil {
		return err
	}
	if err := l.agenda(ctx, o); err != nil {
		return err
	}
	if err := serve.End(ctx); err != nil {
		return err
	}
	l.office = o
	if l.sound, err = l.write(ctx); err != nil {
		return err
	}
	if serve, err = l.serve("--meeting", o.Meeting, "--input", l.sound); err != nil {
		return err
	}
	if l.heard, err = serve.Until(ctx, complete+`(\S+)`); err != nil {
		return err
	}
	if err := serve.End(ctx); err != nil {
		return err
	}
	return nil
}

// agenda enters what a meeting needs, and opens it.
func (l *lab) agenda(ctx context.Context, o *browser.Office) error {
	n := 0
	do := func(kind desk.Kind, body any) (string, error) {
		n++
		d, err := o.Do(ctx, fmt.Sprintf("prepared-%016d", n), kind, body)
		return d.ID, err
	}
	for _, title := range []string{"Khai mạc", "Báo cáo kinh tế - xã hội", "Thảo luận", "Bế mạc"} {
		id, err := do(desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: title}})
		if err != nil {
			return err
		}
		l.items = append(l.items, id)
	}
	for _, name := range speakers {
		if _, err := do(desk.KindPerson, desk.PersonSet{Person: desk.Person{Person: minutes.Person{Name: name}}}); err != nil {
			return err
		}
	}
	present := minutes.Delegates{Summoned: 200, Present: 100}
	if _, err := do(desk.KindHead, desk.HeadChanged{Delegates: &present}); err != nil {
		return err
	}
	_, err := do(desk.KindPhase, desk.PhaseChanged{To: desk.Running})
	return err
}

// write makes the file that is heard: the tape, for long enough.
func (l *lab) write(ctx context.Context) (string, error) {
	pcm, err := tape.Sample(ctx, l.place.Sample("audio.flac"))
	if err != nil {
		return "", err
	}
	length := l.soundSeconds() * tape.Rate
	path := filepath.Join(l.place.Dir, "hall.wav")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	var h bytes.Buffer
	h.WriteString("RIFF")
	le := func(v any) { _ = binary.Write(&h, binary.LittleEndian, v) } // a buffer takes all
	le(uint32(36 + 2*length))
	h.WriteString("WAVEfmt ")
	le(uint32(16))
	le([]uint16{1, 1})
	le([]uint32{tape.Rate, 2 * tape.Rate})
	le([]uint16{2, 16})
	h.WriteString("data")
	le(uint32(2 * length))
	_, err = io.Copy(f, io.MultiReader(&h, tape.New(tape.Part{Name: "council-demo", PCM: pcm}).Reader(length)))
	return path, errors.Join(err, f.Close())
}

// disturb lets people work while serve is killed again and again.
func (l *lab) disturb(ctx context.Context, people []*secretary, readers []*reader) error {
	life, end := context.WithCancel(ctx)
	defer end()
	halt := make(chan struct{})
	var working, reading sync.WaitGroup
	defer reading.Wait()
	defer end()
	for _, r := range readers {
		reading.Go(func() { r.run(life) })
	}
	for _, s := range people {
		working.Go(func() { s.run(life, halt) })
	}
	serve, err := l.kill(ctx, people)
	if err != nil {
		return err
	}
	defer func() { serve.Kill() }()
	close(halt)
	working.Wait()
	for _, s := range people {
		if s.err != nil {
			return fmt.Errorf("%s: %w", s.name, s.err)
		}
	}
	return l.wind(ctx, serve, readers)
}

// kill starts serve and kills it, as often as asked for, and starts it once more.
func (l *lab) kill(ctx context.Context, people []*secretary) (serve *rig.Process, err error) {
	var killed time.Time
	for k := 0; ; k++ {
		if serve, err = l.serve("--meeting", l.office.Meeting, "--input", l.sound, "--realtime"); err != nil {
			return nil, err
		}
		early := k > 0 && k < l.moments && l.dice.IntN(6) == 0 // while it is still starting
		if early {
			rig.Rest(ctx, time.Duration(l.dice.Int64N(int64(300*time.Millisecond))))
		} else {
			if err := rig.Ready(ctx, serve, l.office.URL); err != nil {
				return nil, err
			}
			if k > 0 {
				l.restarts = append(l.restarts, time.Since(killed))
			}
			if k == l.moments {
				return serve, nil
			}
			if err := l.works(ctx, people); err != nil {
				return nil, err
			}
			if err := l.recording(ctx); err != nil {
				return nil, err
			}
			// By acts, not by time: a busy machine does fewer in the same.
			for enough := l.acked.Load() + l.dice.Int64N(l.acts); l.acked.Load() < enough && ctx.Err() == nil; {
				rig.Rest(ctx, time.Millisecond)
			}
			rig.Rest(ctx, time.Duration(l.dice.Int64N(int64(30*time.Millisecond))))
		}
		killed = time.Now()
		if err := serve.Signal(syscall.SIGKILL); err != nil {
			return nil, fmt.Errorf("serve ended before it was killed: %w:\n%s", err, serve.Said())
		}
		// Not rig.Gone: a zombie's threads may hold the data folder's lock a moment longer.
		for syscall.Kill(serve.PID(), 0) == nil && ctx.Err() == nil {
			rig.Rest(ctx, time.Millisecond)
		}
	}
}

// works waits until an act was acknowledged in this life of serve.
func (l *lab) works(ctx context.Context, people []*secretary) error {
	for was := l.acked.Load(); l.acked.Load() == was; rig.Rest(ctx, time.Millisecond) {
		for _, s := range people {
			if err := s.failed(); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("no act is acknowledged: %w", ctx.Err())
		}
	}
	return nil
}

// recording looks at the capture: one process, from the first kill on.
func (l *lab) recording(ctx context.Context) error {
	if l.pid != 0 && !rig.Gone(l.pid) {
		return nil
	}
	if l.pid != 0 {
		return fmt.Errorf("the capture (process %d) has ended", l.pid)
	}
	for ctx.Err() == nil {
		all, err := capture.Running(ctx, l.hall.Recordings())
		if err == nil && len(all) == 1 && all[0].State == capture.Recording {
			l.pid, l.live = all[0].PID, all[0].Recording
			return nil
		}
		rig.Rest(ctx, 20*time.Millisecond)
	}
	return fmt.Errorf("nothing is recorded: %w", ctx.Err())
}

// wind ends the recording, waits until all is text and every browser has it, and
// ends serve.
func (l *lab) wind(ctx context.Context, serve *rig.Process, readers []*reader) error {
	all, err := capture.Running(ctx, l.hall.Recordings())
	if err != nil {
		return err
	}
	if len(all) != 1 || all[0].PID != l.pid || all[0].Gaps > 0 || all[0].Recording != l.live {
		return fmt.Errorf("the capture was process %d of %s and is %+v", l.pid, l.live, all)
	}
	if _, err := l.office.Admin.Form(ctx, "/m/"+l.office.Meeting+"/capture", url.Values{"do": {"stop"}}); err != nil {
		return err
	}
	if _, err := serve.Until(ctx, complete+regexp.QuoteMeta(l.live)+`$`); err != nil {
		return err
	}
	newest, err := l.office.Admin.Seq(ctx, l.office.Meeting)
	if err != nil {
		return err
	}
	for _, r := range readers {
		if err := r.upTo(ctx, newest); err != nil {
			return err
		}
	}
	began := time.Now()
	err = serve.End(ctx)
	l.stopping = time.Since(began)
	return err
}
