package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"bienban/internal/casefile/cases"
	"bienban/internal/measure"
	"bienban/internal/rig"
	"bienban/transcribe"
)

// complete is what serve says when a recording's text has reached its end.
const complete = `the text of a recording is complete recording=` + meeting

// victim is what a kill hits.
type victim int

const (
	killWorker victim = iota
	killServe         // alone: its worker ends by itself, with its pipe
	killBoth
)

// perRun is how many moments one meeting is disturbed at: few, for a child that
// is killed again and again is started ever more slowly.
const perRun = 3

// pace is how long a recorded decode takes in these runs: long enough that kills
// fall between and within decodes.
const pace = 60 * time.Millisecond

// replayed is a hall whose workers replay what Whisper heard in the sample.
func (l *lab) replayed(name string) rig.Hall { return l.byHeart(name, rig.Pace+"="+pace.String()) }

// killText disturbs the sample meeting on its way to text, and compares what is
// left with the text of a run that nobody disturbs.
func killText(ctx context.Context, l *lab, v victim) (row, error) {
	want, _, _, err := l.disturbed(ctx, l.replayed("undisturbed"), v, 0, 0)
	if err != nil {
		return row{}, err
	}
	r := row{lost: 0}
	var all []float64
	for run := 0; r.moments < l.moments; run++ {
		h := l.replayed(fmt.Sprint(run))
		got, n, took, err := l.disturbed(ctx, h, v, min(perRun, l.moments-r.moments), 400*time.Millisecond)
		if err != nil {
			return r, err
		}
		if n == 0 {
			return r, fmt.Errorf("run %d ended before anybody was killed", run)
		}
		r.moments += n
		all = append(all, took...)
		r.handedOver(all)
		if err := rig.Same(got, want); err != nil {
			return r, fmt.Errorf("run %d: %w", run, err)
		}
	}
	if l.timed && r.recovery > handoverMost {
		return r, fmt.Errorf("text was made again after %.1f s, at most %.0f s are allowed", r.recovery, handoverMost)
	}
	return r, nil
}

// handedOver notes how long hand-overs took.
func (r *row) handedOver(took []float64) {
	if len(took) == 0 {
		return
	}
	took = slices.Sorted(slices.Values(took))
	at := func(part float64) float64 { return took[int(part*float64(len(took)-1)+0.5)] }
	r.recovery, r.note = took[len(took)-1], fmt.Sprintf("p50 %.2f, p95 %.2f s", at(0.5), at(0.95))
}

// disturbed plays the sample meeting and kills at up to n moments, each within
// most of the beginning of hearing. It gives the text, how many kills there were
// and how long it took after each until text was being made again, in seconds
// (a child that is killed again and again is started ever more slowly).
func (l *lab) disturbed(ctx context.Context, h rig.Hall, v victim, n int, most time.Duration) (text transcribe.Transcript, kills int, took []float64, err error) {
	ctx, stop := context.WithTimeout(ctx, 5*patience)
	defer stop()
	serve, err := h.Serve("--meeting", meeting, "--input", l.sample())
	if err != nil {
		return text, 0, nil, err
	}
	defer func() { serve.Kill() }()
	var at time.Time // of the last kill
	// begins waits until text is being made again, or says that all is text.
	begins := func() (over bool, err error) {
		said, err := serve.Until(ctx, `(hearing begins|`+complete+`)`)
		if err == nil && kills > 0 && said == "hearing begins" {
			took = append(took, time.Since(at).Seconds())
		}
		return said != "hearing begins", err
	}
	over := false
	for kills < n {
		child, err := serve.Until(ctx, `child process was started child=worker-1 pid=(\d+)`)
		if err != nil {
			return text, kills, took, err
		}
		worker, err := strconv.Atoi(child)
		if err != nil {
			return text, kills, took, err
		}
		if over, err = begins(); err != nil {
			return text, kills, took, err
		}
		if over {
			break // too late to disturb anybody
		}
		rig.Rest(ctx, l.soon(most))
		at = time.Now()
		if v == killWorker {
			if err := syscall.Kill(worker, syscall.SIGKILL); err != nil {
				return text, kills, took, err
			}
		} else {
			if v == killServe {
				_ = serve.Signal(syscall.SIGKILL)
				<-serve.Over()
				for !rig.Gone(worker) && ctx.Err() == nil {
					rig.Rest(ctx, 10*time.Millisecond)
				}
			}
			serve.Kill()
			if serve, err = h.Serve(); err != nil {
				return text, kills, took, err
			}
		}
		kills++
	}
	if kills > 0 && !over {
		if over, err = begins(); err != nil {
			return text, kills, took, err
		}
	}
	if !over {
		if _, err := serve.Until(ctx, complete); err != nil {
			return text, kills, took, err
		}
	}
	if text, err = h.Transcript(ctx, meeting); err != nil {
		return text, kills, took, err
	}
	if err := serve.End(ctx); err != nil {
		return text, kills, took, err
	}
	rep, err := whole(ctx, filepath.Join(h.Recordings(), meeting))
	if err != nil {
		return text, kills, took, err
	}
	return text, kills, took, rig.Accounted(text, rep.Seconds, false)
}

// killReal does the same with the speech model: its text may differ a little from
// run to run.
func killReal(ctx context.Context, l *lab) (row, error) {
	r := row{}
	if l.real == 0 {
		r.note = "left out"
		return r, nil
	}
	script, err := cases.Case("council-demo")
	if err != nil {
		return r, err
	}
	rate := func(t transcribe.Transcript) float64 {
		return 100 * measure.WER("en", script.Text(), t.Speech()).Rate()
	}
	plain := func(name string) rig.Hall {
		return rig.Hall{Program: l.place.Program, Data: filepath.Join(l.dir, name)}
	}
	want, _, _, err := l.disturbed(ctx, plain("undisturbed"), killWorker, 0, 0)
	if err != nil {
		return r, err
	}
	r.note = fmt.Sprintf("undisturbed WER %.1f %%", rate(want))
	for v, name := range []string{killWorker: "worker", killServe: "serve", killBoth: "both"} {
		got, n, took, err := l.disturbed(ctx, plain(name), victim(v), l.real, 8*time.Second)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		r.moments += n
		r.recovery = max(r.recovery, slices.Max(append(took, 0)))
		r.note += fmt.Sprintf(", %s %.1f %% after %d", name, rate(got), n)
		if d := rate(got) - rate(want); d > 1 || d < -1 {
			return r, fmt.Errorf("%s: the text has %.1f %% of words wrong, undisturbed %.1f %%", name, rate(got), rate(want))
		}
	}
	if l.timed && r.recovery > handoverMost {
		return r, fmt.Errorf("text was made again after %.1f s, at most %.0f s are allowed", r.recovery, handoverMost)
	}
	return r, nil
}
