package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/casefile/cases"
	"bienban/internal/lang"
	"bienban/internal/measure"
	"bienban/transcribe"
)

const caseDir = "internal/casefile/cases"

// speech scores one speech model.
func speech(ctx context.Context, o options, model string) error {
	fmt.Printf("\n## Speech model %s\n\n| sound | words | WER | strictly | CER | whisper-cli WER | strictly | CER |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", model)
	council, err := cases.Case("council-demo")
	if err != nil {
		return err
	}
	sound := filepath.Join(caseDir, "council-demo", "audio.flac")
	meeting := filepath.Join(caseDir, "council-demo", "meeting.yaml")
	if err := row(ctx, o, "council-demo, with its meeting file", clip{sound, "en", council.Text()}, "--model", model, "--meeting", meeting); err != nil {
		return err
	}
	if err := row(ctx, o, "council-demo, without", clip{sound, "en", council.Text()}, "--model", model, "--language", "en"); err != nil {
		return err
	}
	clips, quiet, err := manifest(o.audio)
	if err != nil {
		return err
	}
	for _, folder := range slices.Sorted(maps.Keys(clips)) {
		if err := rows(ctx, o, folder, clips[folder], "--model", model); err != nil {
			return err
		}
	}
	if err := speakers(ctx, o, model, meeting); err != nil {
		return err
	}
	return nonSpeech(ctx, o, model, quiet)
}

type clip struct{ file, language, reference string }

func row(ctx context.Context, o options, name string, c clip, args ...string) error {
	return rows(ctx, o, name, []clip{c}, args...)
}

// rows sums the errors of several clips into one line.
func rows(ctx context.Context, o options, name string, clips []clip, args ...string) error {
	var ours, theirs rates
	for _, c := range clips {
		args := append([]string{"transcribe", c.file, "--format", "txt"}, args...)
		if !slices.Contains(args, "--language") && !slices.Contains(args, "--meeting") {
			args = append(args, "--language", c.language)
		}
		heard, err := command(ctx, o.bin, args...)
		if err != nil {
			return err
		}
		ours.add(c, string(heard))
		base, err := baseline(ctx, o, c)
		if err != nil {
			return err
		}
		theirs.add(c, base)
	}
	fmt.Printf("| %s | %d | %s | %s |\n", name, ours.words.Reference, ours, theirs)
	return nil
}

// rates are the errors of some clips, counted in three ways.
type rates struct{ words, strict, letters measure.Errors }

func (r *rates) add(c clip, heard string) {
	r.words = r.words.Add(measure.WER(c.language, c.reference, heard))
	r.strict = r.strict.Add(measure.StrictWER(c.language, c.reference, heard))
	r.letters = r.letters.Add(measure.CER(c.language, c.reference, heard))
}

// String is three cells of a table.
func (r rates) String() string {
	return fmt.Sprintf("%.1f %% | %.1f %% | %.1f %%", 100*r.words.Rate(), 100*r.strict.Rate(), 100*r.letters.Rate())
}

// baseline is what whisper-cli hears with its defaults. It reads 16 kHz WAV,
// which sox makes.
func baseline(ctx context.Context, o options, c clip) (string, error) {
	if _, err := os.Stat(o.baseline); err != nil {
		return "", nil //nolint:nilerr // no whisper-cli here: its columns stay empty
	}
	wav := filepath.Join(o.dir, "baseline.wav")
	if _, err := command(ctx, "sox", c.file, "-r", "16000", "-c", "1", "-b", "16", wav); err != nil {
		return "", err
	}
	weights := o.weights
	if weights == "" {
		path, err := command(ctx, o.bin, "models", "path", "base")
		if err != nil {
			return "", err
		}
		weights = strings.TrimSpace(string(path))
	}
	out, err := command(ctx, o.baseline, "-m", weights, "-f", wav, "-l", c.language, "-nt", "-np")
	return string(out), err
}

// manifest reads the clips with a reference by folder, and those without speech.
func manifest(dir string) (clips map[string][]clip, quiet []string, err error) {
	clips = map[string][]clip{}
	if dir == "" {
		return clips, nil, nil
	}
	all, err := measure.Clips(dir)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "eval: no %s/manifest.tsv: only the project's own samples are scored\n", dir)
		return clips, nil, nil
	}
	for _, c := range all {
		switch {
		case c.Folder == "nonspeech":
			quiet = append(quiet, c.File)
		case c.Reference != "-":
			clips[c.Folder] = append(clips[c.Folder], clip{c.File, c.Language, c.Reference})
		}
	}
	return clips, quiet, err
}

// speakers says how much speech time of the four-microphone recording went to
// the right person, where a microphone has one.
func speakers(ctx context.Context, o options, model, meeting string) error {
	out, err := command(ctx, o.bin, "transcribe", filepath.Join(caseDir, "council-demo", "mixer.flac"), "--meeting", meeting, "--model", model)
	if err != nil {
		return err
	}
	t, err := transcribe.ReadTranscript(bytes.NewReader(out))
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(caseDir, "council-demo", "turns.tsv"))
	if err != nil {
		return err
	}
	var single, right, all, channels float64
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		start, err := strconv.ParseFloat(f[0], 64)
		if err != nil {
			continue // the header
		}
		end, _ := strconv.ParseFloat(f[1], 64)
		channel, _ := strconv.Atoi(f[2])
		for _, s := range t.Segments {
			shared := min(end, s.End) - max(start, s.Start)
			if shared <= 0 || s.Struck {
				continue
			}
			all += shared
			if s.Channel == channel {
				channels += shared
			}
			if channel == 1 { // the only microphone of council-demo with one person
				single += shared
				if s.Speaker == f[3] {
					right += shared
				}
			}
		}
	}
	fmt.Printf("\nmixer.flac: %.1f %% of speech time at the right microphone, %.1f %% of the time at a microphone with one person to that person.\n", 100*channels/all, 100*right/single)
	council, err := cases.Case("council-demo")
	if err != nil {
		return err
	}
	fmt.Printf("mixer.flac: WER %.1f %%, strictly %.1f %%.\n", 100*measure.WER("en", council.Text(), t.Speech()).Rate(), 100*measure.StrictWER("en", council.Text(), t.Speech()).Rate())
	return nil
}

// nonSpeech counts the words heard where nobody speaks.
func nonSpeech(ctx context.Context, o options, model string, quiet []string) error {
	fmt.Printf("\n| no speech | words heard (en, vi) |\n| --- | --- |\n")
	if o.long {
		made, err := noises(ctx, o.dir, quiet)
		if err != nil {
			return err
		}
		quiet = append(made, quiet...)
	}
	for _, file := range quiet {
		var counts []string
		for _, language := range []string{"en", "vi"} {
			out, err := command(ctx, o.bin, "transcribe", file, "--format", "txt", "--language", language, "--model", model)
			if err != nil {
				return err
			}
			counts = append(counts, strconv.Itoa(len(lang.Words(string(out)))))
		}
		fmt.Printf("| %s | %s |\n", filepath.Base(file), strings.Join(counts, ", "))
	}
	return nil
}

// noises makes ten minutes of each kind that the project promises to be silent
// on, by sox; applause is the manifest's, repeated.
func noises(ctx context.Context, dir string, quiet []string) ([]string, error) {
	made := map[string][]string{
		"silence": {"trim", "0", "600"},
		"hum50":   {"synth", "600", "sine", "50", "vol", "0.2"},
		"white":   {"synth", "600", "whitenoise", "vol", "0.2"},
		"pink":    {"synth", "600", "pinknoise", "vol", "0.3"},
		"plucked": {"synth", "4", "pluck", "E3", "vol", "0.5", "repeat", "149"},
	}
	var files []string
	for _, name := range slices.Sorted(maps.Keys(made)) {
		path := filepath.Join(dir, name+"-10min.wav")
		if _, err := command(ctx, "sox", append([]string{"-R", "-n", "-r", "16000", "-b", "16", path}, made[name]...)...); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	for _, q := range quiet {
		if strings.Contains(q, "applause") {
			path := filepath.Join(dir, "applause-10min.wav")
			if _, err := command(ctx, "sox", q, path, "repeat", "32"); err != nil {
				return nil, err
			}
			files = append(files, path)
		}
	}
	return files, nil
}
