// Command livebench plays a recording at the pace of real time through the
// live path, with the program's own engine process, and prints how late text
// comes, what it costs and how right it is beside the same engine offline:
//
//	go run ./internal/tools/livebench                 council-demo, with its meeting file
//	go run ./internal/tools/livebench -meeting=false  … knowing no names
//	go run ./internal/tools/livebench -file F.wav -language vi -reference F.txt -turns F.tsv
//	go run ./internal/tools/livebench -clips DIR -language vi     the clips of DIR/manifest.tsv (as in make eval), joined
//
// Latencies of council-demo are counted from the true ends of its turns
// (turns.tsv): to the commit that covers a turn's last words, and to the first
// text that does. "Any moment" counts, for each tenth of a second of sound that
// became text, the time until some text covered it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"bienban/audio"
	"bienban/internal/casefile/cases"
	"bienban/internal/host"
	"bienban/internal/measure"
	"bienban/internal/rig"
	"bienban/minutes"
	"bienban/transcribe"
	"bienban/transcribe/live"
	"bienban/transcribe/whisper"
)

const caseDir = "internal/casefile/cases/council-demo"

type settings struct {
	bin, model, file, language, reference, turns, events string
	clips                                                string
	joined                                               *joined // of clips
	meeting, offline, realtime, decodes, idle            bool
	threads                                              int
	step                                                 time.Duration
}

func main() {
	var s settings
	flag.StringVar(&s.bin, "bin", "bin/bienban", "the program")
	flag.StringVar(&s.model, "model", "base", "the speech model")
	flag.StringVar(&s.file, "file", filepath.Join(caseDir, "audio.flac"), "the recording")
	flag.StringVar(&s.language, "language", "en", "its language")
	flag.StringVar(&s.reference, "reference", "", "a file with what is said in it; empty = council-demo's")
	flag.StringVar(&s.turns, "turns", filepath.Join(caseDir, "turns.tsv"), "when turns begin and end; with -reference the recording's own, or empty")
	flag.StringVar(&s.clips, "clips", "", "instead of a recording: a folder with manifest.tsv, whose clips in the language are joined")
	flag.StringVar(&s.events, "events", "", "a file for the events, as JSON lines")
	flag.BoolVar(&s.meeting, "meeting", true, "use council-demo's meeting.yaml; not with -reference")
	flag.BoolVar(&s.offline, "offline", true, "transcribe the file offline, too")
	flag.BoolVar(&s.realtime, "realtime", true, "at the pace of real time; else only the error rate means something")
	flag.BoolVar(&s.idle, "idle", false, "count time by the engine's processor time, as on a machine that does nothing else")
	flag.BoolVar(&s.decodes, "decodes", false, "show each window that the engine decodes")
	flag.IntVar(&s.threads, "threads", runtime.NumCPU(), "threads of the engine")
	flag.DurationVar(&s.step, "step", 0, "sound between provisional decodes; 0 = the default")
	flag.Parse()
	rig.Main("livebench", func(ctx context.Context) error { return bench(ctx, s) })
}

func bench(ctx context.Context, s settings) error {
	o := live.PlayOptions{Options: live.Options{Language: s.language, Step: s.step}, Realtime: s.realtime}
	reference, ends, err := s.known(ctx, &o.Options)
	if err != nil {
		return err
	}
	engine, err := rig.Engine(ctx, s.bin, s.model, s.threads)
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Printf("%s, model %s, %d threads of %d processors; load before %.2f\n", s.file, s.model, s.threads, runtime.NumCPU(), host.Load())
	run, err := s.play(ctx, engine, o)
	if err != nil {
		return err
	}
	run.report(ends, s.language, reference)
	fmt.Printf("load after               %.2f\n", host.Load())
	if !s.offline {
		return nil
	}
	src, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	t, err := transcribe.Source(ctx, src, s.file, engine, engine.Detector(), transcribe.Options{Language: s.language, Glossary: o.Glossary, Channels: o.Channels})
	if err != nil {
		return err
	}
	var text []string
	for _, seg := range t.Segments {
		if !seg.Struck {
			text = append(text, seg.Text)
		}
	}
	off := measure.WER(s.language, reference, strings.Join(text, " "))
	fmt.Printf("word error rate offline  %s\n", rateOf(off))
	return nil
}

// known gives what is said and where turns end.
func (s *settings) known(ctx context.Context, o *live.Options) (reference string, ends []float64, err error) {
	if s.clips != "" {
		if s.joined, err = join(ctx, s.clips, s.language); err != nil {
			return "", nil, err
		}
		s.file = s.clips
		return s.joined.reference, s.joined.ends, nil
	}
	if reference, err = s.said(o); err != nil || s.turns == "" {
		return reference, nil, err
	}
	ends, err = turnEnds(s.turns)
	return reference, ends, err
}

// open opens the recording.
func (s settings) open(ctx context.Context) (audio.Source, error) {
	if s.joined != nil {
		return s.joined.source(), nil
	}
	return audio.Open(ctx, s.file)
}

// said gives what is said, and fills in what a meeting file knows.
func (s settings) said(o *live.Options) (string, error) {
	if s.reference != "" {
		b, err := os.ReadFile(s.reference)
		return string(b), err
	}
	council, err := cases.Case("council-demo")
	if err != nil {
		return "", err
	}
	if s.meeting {
		m, _, err := minutes.ReadMeeting(filepath.Join(caseDir, "meeting.yaml"))
		if err != nil {
			return "", err
		}
		o.Glossary = m.GlossaryTerms()
		o.Channels = map[int][]string{}
		for channel, people := range m.PeopleByChannel() {
			for _, p := range people {
				o.Channels[channel] = append(o.Channels[channel], p.Name)
			}
		}
	}
	return council.Text(), nil
}

// played is one play of the recording.
type played struct {
	events []live.Event
	took   time.Duration // by the clock that it was played by
	cpu    time.Duration
}

func (s settings) play(ctx context.Context, engine *whisper.Process, o live.PlayOptions) (*played, error) {
	src, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var out *os.File
	if s.events != "" {
		if out, err = os.Create(s.events); err != nil {
			return nil, err
		}
		defer out.Close()
	}
	var p played
	before := cpuTime(engine.PID())
	var eng transcribe.Engine = engine
	det := engine.Detector()
	defer det.Close()
	began := time.Now()
	now := func() time.Duration { return time.Since(began) }
	if s.idle {
		clock := &busyClock{pid: engine.PID()}
		o.Clock, now = clock, clock.Now
		eng, det = timed{eng, clock}, timedDetector{det, clock}
	}
	if s.decodes {
		eng = shown{eng, now}
	}
	err = live.Play(ctx, src, eng, det, o, func(e live.Event) error {
		p.events = append(p.events, e)
		if out != nil {
			return live.WriteEvent(out, e)
		}
		return nil
	})
	p.took, p.cpu = now(), cpuTime(engine.PID())-before
	return &p, err
}

// shown is an engine that says what it does.
type shown struct {
	transcribe.Engine
	now func() time.Duration
}

func (e shown) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	started := e.now()
	res, err := e.Engine.Transcribe(ctx, r)
	fmt.Printf("  at %6.2f s: %5.2f s decoded in %4.2f s by %d beams at %d, %3d tokens, temperature %.1f, no speech %.2f, score %5.2f, prompt of %d: %s\n",
		started.Seconds(), float64(len(r.PCM))/transcribe.SampleRate, (e.now() - started).Seconds(), r.Beam, r.AudioContext, res.Tokens, r.Temperature, res.NoSpeech, res.AvgLogProb, len(r.Prompt), res.Text)
	return res, err
}

// cpuTime is what this process and the engine's have used.
func cpuTime(pid int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it knows itself
	sum := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return sum
	}
	// The fields behind the name in brackets; utime and stime are the 12th and 13th of them, in ticks of 10 ms.
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	var user, system int64
	_, _ = fmt.Sscan(fields[11]+" "+fields[12], &user, &system)
	return sum + time.Duration(user+system)*10*time.Millisecond
}
