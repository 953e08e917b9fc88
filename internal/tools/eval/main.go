// Command eval scores what bin/bienban makes against what is known to be
// right, through the real binary, and prints the tables of docs/measurements.md:
// word and character error rates, words heard where nobody speaks, who spoke,
// facts and forbidden strings in minutes.
//
//	make eval                                  the project's own samples
//	make eval EVAL="-audio DIR -long"          and the clips that DIR/manifest.tsv lists, and ten-minute noises
//	make eval EVAL="-llm http://127.0.0.1:8080/v1"
//
// The manifest has a header and the tab-separated columns file, seconds,
// language, kind, source, licence, reference.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"bienban/internal/rig"
)

type options struct {
	bin, baseline, weights, audio, models, llm string
	long, speech, drafts                       bool
	dir                                        string // scratch
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin/bienban", "the program to score")
	flag.StringVar(&o.baseline, "baseline", "build/native/bin/whisper-cli", "whisper-cli, scored beside it where there is one; empty = none")
	flag.StringVar(&o.weights, "weights", "", "the baseline's weights; empty = those of bienban's base")
	flag.StringVar(&o.audio, "audio", "", "a folder with manifest.tsv")
	flag.StringVar(&o.models, "models", "base", "speech models, by comma")
	flag.StringVar(&o.llm, "llm", "none", "for drafts: none, auto or a URL; by comma")
	flag.BoolVar(&o.long, "long", false, "ten minutes each of silence, hum, noise, plucked strings")
	flag.BoolVar(&o.speech, "speech", true, "score speech")
	flag.BoolVar(&o.drafts, "drafts", true, "score drafts")
	flag.Parse()
	rig.Main("eval", func(ctx context.Context) error { return run(ctx, o) })
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bienban-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.dir = dir
	if o.speech {
		for model := range strings.SplitSeq(o.models, ",") {
			if err := speech(ctx, o, model); err != nil {
				return err
			}
		}
	}
	if o.drafts {
		for llm := range strings.SplitSeq(o.llm, ",") {
			if err := drafts(ctx, o, llm); err != nil {
				return err
			}
		}
	}
	return nil
}

// command runs a program and gives its standard output. Exit status 3 of
// bienban is done, with something for a person: no failure here.
func command(ctx context.Context, name string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, name, args...)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if c.ProcessState != nil && c.ProcessState.ExitCode() == 3 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
