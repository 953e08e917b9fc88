// Command bench times whole processes in turn (A B C A B C …), so that ratios
// hold on a machine whose speed drifts: bin/bienban transcribe against
// whisper-cli from the same source with the same weights, and against
// faster-whisper int8 where Python has it. It prints wall time, processor
// time, the peak memory of all processes together, and the word error rate,
// each as the median and as a ratio to whisper-cli with its defaults.
//
//	make bench
//	make bench BENCH="-n 5 -faster-weights DIR"    DIR: a CTranslate2 Whisper base (model.bin, config.json, tokenizer.json)
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/casefile/cases"
	"bienban/internal/host"
	"bienban/internal/measure"
	"bienban/internal/rig"
)

const caseDir = "internal/casefile/cases/council-demo"

func main() {
	runs := flag.Int("n", 3, "counted runs of each command, after one that warms up")
	bin := flag.String("bin", "bin/bienban", "the program")
	whisperCLI := flag.String("baseline", "build/native/bin/whisper-cli", "whisper-cli from the same source")
	fasterWeights := flag.String("faster-weights", "", "CTranslate2 weights for faster-whisper; empty = leave it out")
	python := flag.String("python", "python3", "a Python with faster-whisper")
	file := flag.String("file", filepath.Join(caseDir, "audio.flac"), "the recording")
	flag.Parse()
	rig.Main("bench", func(ctx context.Context) error {
		return bench(ctx, *runs, *bin, *whisperCLI, *fasterWeights, *python, *file)
	})
}

// subject is one command to time.
type subject struct {
	name string
	args []string
	runs []sample
}

// sample is one run of it.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes, of all its processes together
	wer       float64
	strict    float64 // wer without English spellings held equal
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func bench(ctx context.Context, runs int, bin, whisperCLI, fasterWeights, python, file string) error {
	council, err := cases.Case("council-demo")
	if err != nil {
		return err
	}
	weights, err := exec.CommandContext(ctx, bin, "models", "path", "base").Output()
	if err != nil {
		return fmt.Errorf("%s models path base: %w: run make models", bin, err)
	}
	dir, err := os.MkdirTemp("", "bienban-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	wav := filepath.Join(dir, "16k.wav")
	if out, err := exec.CommandContext(ctx, "sox", file, "-r", "16000", "-c", "1", "-b", "16", wav).CombinedOutput(); err != nil {
		return fmt.Errorf("sox %s: %w: %s", file, err, out)
	}
	threads := strconv.Itoa(runtime.NumCPU())
	cli := []string{whisperCLI, "-m", strings.TrimSpace(string(weights)), "-f", wav, "-l", "en", "-t", threads, "-nt", "-np"}
	prompt := strings.Join([]string{"Alder Creek", "Mill Street", "Lindqvist", "Osei", "footbridge", "weir", "resurfacing"}, ", ")
	subjects := []*subject{
		{name: "whisper-cli, defaults (beam 5)", args: cli},
		{name: "whisper-cli, greedy", args: append(slices.Clone(cli), "-bs", "1", "-bo", "1")},
		{name: "bienban, without a meeting file", args: []string{bin, "transcribe", file, "--language", "en", "--format", "txt"}},
		{name: "bienban, with its meeting file", args: []string{bin, "transcribe", file, "--meeting", filepath.Join(caseDir, "meeting.yaml"), "--format", "txt"}},
	}
	if built := whisperCLI + "-llamafile"; isFile(built) {
		subjects = append(subjects, &subject{name: "whisper-cli, defaults, built with GGML_LLAMAFILE as ours", args: append([]string{built}, cli[1:]...)})
	}
	if fasterWeights != "" {
		faster := []string{python, "internal/tools/bench/faster.py", fasterWeights, file, threads}
		subjects = append(subjects,
			&subject{name: "faster-whisper int8, greedy", args: append(slices.Clone(faster), "1", "")},
			&subject{name: "faster-whisper int8, greedy, glossary", args: append(slices.Clone(faster), "1", prompt)})
	}
	for i := range runs + 1 {
		for _, s := range subjects {
			r, err := measureRun(ctx, s.args, council.Text())
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if i > 0 { // the first run warms caches
				s.runs = append(s.runs, r)
			}
		}
	}
	report(subjects, runs)
	return nil
}

func report(subjects []*subject, runs int) {
	fmt.Printf("%d processors, load %.2f, median of %d runs in turn\n\n", runtime.NumCPU(), host.Load(), runs)
	fmt.Println("| what | wall s | ratio | cpu s | ratio | peak MB | WER | strictly |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, s := range subjects {
		wall := func(r sample) float64 { return r.wall.Seconds() }
		cpu := func(r sample) float64 { return r.cpu.Seconds() }
		fmt.Printf("| %s | %.2f | %.2f | %.2f | %.2f | %.0f | %.1f %% | %.1f %% |\n", s.name,
			median(s.runs, wall), ratio(s.runs, subjects[0].runs, wall), median(s.runs, cpu), ratio(s.runs, subjects[0].runs, cpu),
			median(s.runs, func(r sample) float64 { return float64(r.peak) / 1e6 }), 100*median(s.runs, func(r sample) float64 { return r.wer }), 100*median(s.runs, func(r sample) float64 { return r.strict }))
	}
}

func median(runs []sample, of func(sample) float64) float64 {
	var all []float64
	for _, r := range runs {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// ratio is the median of the ratios run by run: what stood beside each other in time.
func ratio(a, b []sample, of func(sample) float64) float64 {
	var all []float64
	for i := range a {
		all = append(all, of(a[i])/of(b[i]))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func measureRun(ctx context.Context, args []string, reference string) (sample, error) {
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	var heard, said strings.Builder
	c.Stdout, c.Stderr = &heard, &said
	started := time.Now()
	if err := c.Start(); err != nil {
		return sample{}, err
	}
	peak := make(chan int64)
	done := make(chan struct{})
	go func() { peak <- watch(c.Process.Pid, done) }()
	err := c.Wait()
	wall := time.Since(started)
	close(done)
	r := sample{wall: wall, peak: <-peak}
	if err != nil && c.ProcessState.ExitCode() != 3 {
		return r, fmt.Errorf("%w: %s", err, said.String())
	}
	// Of the process and of the children that it waited for.
	r.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	r.wer = measure.WER("en", reference, heard.String()).Rate()
	r.strict = measure.StrictWER("en", reference, heard.String()).Rate()
	return r, nil
}
