package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"bienban/internal/fault"
	"bienban/internal/llmserver"
	"bienban/models"
)

type modelsCmd struct {
	List   modelsListCmd   `cmd:"" help:"What there is, what fits this machine and what is installed."`
	Pull   modelsPullCmd   `cmd:"" help:"Fetch models, from upstream or a mirror, and check them. An interrupted pull goes on where it was."`
	Verify modelsVerifyCmd `cmd:"" help:"Check installed models against their SHA-256."`
	Path   modelsPathCmd   `cmd:"" help:"Print the file of an installed model."`
}

type modelsListCmd struct{}

// Run prints the catalogue as a table.
func (c *modelsListCmd) Run(e *env) error {
	catalogue, err := models.Builtin()
	if err != nil {
		return err
	}
	memory, err := models.MachineMemory()
	if err != nil {
		return err
	}
	store := models.NewStore(e.modelsDir())
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tFOR\tLANGUAGES\tSIZE\tMEMORY\tFITS\tINSTALLED\tLICENCE\tKNOWN WORD ERRORS")
	var notes []string
	for _, m := range catalogue.List() {
		installed := "-"
		if store.Installed(m) {
			installed = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.ID, m.Purpose, m.Languages,
			models.Bytes(m.Size), models.Bytes(m.Memory), m.FitsIn(memory), installed, m.Licence, wordErrors(m))
		if m.Note != "" {
			notes = append(notes, m.ID+": "+m.Note)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%s\n\nFITS compares MEMORY with the %s of this machine. Models are in %s.\n",
		strings.Join(notes, "\n"), models.Bytes(memory), store.Dir())
	return nil
}

// wordErrors writes the figures that are known, "vi 34 %, vi 48 %".
func wordErrors(m models.Model) string {
	if m.Purpose != models.Speech {
		return "-"
	}
	var list []string
	for _, w := range m.WER {
		what, _, _ := strings.Cut(w.Source, ",")
		list = append(list, fmt.Sprintf("%s %g %% (%s)", w.Language, w.Percent, what))
	}
	if len(list) == 0 {
		return "not measured"
	}
	return strings.Join(list, ", ")
}

type modelsPullCmd struct {
	ID []string `arg:"" optional:"" help:"Ids from bienban models list."`
}

// Run fetches the models one after another.
func (c *modelsPullCmd) Run(ctx context.Context, e *env) error {
	catalogue, err := models.Builtin()
	if err != nil {
		return err
	}
	if len(c.ID) == 0 {
		return fault.New(fault.Invalid, "models pull: name what to fetch; `bienban models pull %s %s` for transcripts, and %s to draft with a language model; the rest is in bienban models list",
			models.DefaultSpeech, models.DefaultVAD, models.DefaultLanguage)
	}
	wanted, err := findModels(catalogue, c.ID)
	if err != nil {
		return err
	}
	store := models.NewStore(e.modelsDir())
	for _, m := range wanted {
		if !store.Installed(m) {
			e.say("%s: fetching %s (%s, licence %s) into %s", m.ID, m.Name, models.Bytes(m.Size), m.Licence, store.Dir())
		}
		if err := store.Pull(ctx, m, e.pullProgress(m)); err != nil {
			return err
		}
		if m.Purpose == models.Language {
			if err := llmserver.EnsureRuntime(ctx, "", e.getenv(models.WheelsEnv), func(s string) { e.say("%s: %s", m.ID, s) }); err != nil {
				return err
			}
		}
	}
	speech := slices.ContainsFunc(wanted, func(m models.Model) bool { return m.Purpose == models.Speech })
	if vad, err := catalogue.Find(models.DefaultVAD); err == nil && speech && !store.Installed(vad) {
		e.say("a transcription also needs %s: bienban models pull %s", vad.ID, vad.ID)
	}
	return nil
}

func findModels(catalogue *models.Catalogue, ids []string) ([]models.Model, error) {
	var list []models.Model
	for _, id := range ids {
		m, err := catalogue.Find(id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// pullProgress shows a pull: a bar on a terminal, plain lines elsewhere.
func (e *env) pullProgress(m models.Model) models.Progress {
	p := e.progress(m.ID)
	started := time.Now()
	var stage models.Stage
	return func(x models.Event) {
		if x.Stage != stage {
			stage, p.last = x.Stage, time.Time{}
		}
		switch x.Stage {
		case models.StageNote:
			p.clear()
			e.say("%s: %s", m.ID, x.Text)
		case models.StageDone:
			p.clear()
			e.say("%s: ready, SHA-256 verified, %s in %s (%s)", m.ID, models.Bytes(m.Size), time.Since(started).Round(100*time.Millisecond), x.Text)
		case models.StageConvert:
			p.show(false, "converting")
		case models.StageVerify:
			p.show(false, "checking %s", p.bar(x.Done, x.Total))
		default:
			p.show(false, "%s %s of %s, %s", p.bar(x.Done, x.Total), models.Bytes(x.Done), models.Bytes(x.Total), x.Text)
		}
	}
}

// barWidth is that of a progress bar, in characters.
const barWidth = 24

// bar draws done of total: a bar and a percentage, or the percentage alone
// where lines are not written over.
func (p *progress) bar(done, total int64) string {
	if total <= 0 {
		return ""
	}
	percent := fmt.Sprintf("%3d %%", done*100/total)
	if !p.terminal {
		return percent
	}
	n := int(done * barWidth / total)
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", barWidth-n) + "] " + percent
}

// clear wipes the line that a bar is on.
func (p *progress) clear() {
	if p.terminal {
		fmt.Fprint(p.e.stderr, "\r\x1b[K")
	}
}

type modelsVerifyCmd struct {
	ID []string `arg:"" optional:"" help:"Ids from bienban models list. Default: all that are installed."`
}

// Run checks the models and goes on after one that is wrong; the first one
// decides the exit code.
func (c *modelsVerifyCmd) Run(ctx context.Context, e *env) error {
	catalogue, err := models.Builtin()
	if err != nil {
		return err
	}
	store := models.NewStore(e.modelsDir())
	wanted, err := findModels(catalogue, c.ID)
	if err != nil {
		return err
	}
	if len(c.ID) == 0 {
		for _, m := range catalogue.List() {
			if store.Present(m) {
				wanted = append(wanted, m)
			}
		}
		if len(wanted) == 0 {
			e.say("no model is installed in %s", store.Dir())
			return nil
		}
	}
	var worst error
	for _, m := range wanted {
		err := store.Verify(ctx, m)
		switch {
		case err == nil:
			fmt.Fprintf(e.stdout, "%s: ok, SHA-256 %s\n", m.ID, m.SHA256)
		case errors.Is(err, context.Canceled):
			return err
		case worst == nil:
			worst = err // printed at the end, with its exit code
		default:
			e.log("error", oneLine(err))
		}
	}
	return worst
}

type modelsPathCmd struct {
	ID string `arg:"" help:"An id from bienban models list."`
}

// Run prints where the model's file is, for other programs.
func (c *modelsPathCmd) Run(ctx context.Context, e *env) error {
	catalogue, err := models.Builtin()
	if err != nil {
		return err
	}
	m, err := catalogue.Find(c.ID)
	if err != nil {
		return err
	}
	path, err := models.NewStore(e.modelsDir()).Path(ctx, m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.stdout, path)
	return err
}
