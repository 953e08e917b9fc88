package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/models"
	"bienban/transcribe"
	"bienban/transcribe/whisper"
)

var transcriptFormats = []string{"json", "jsonl", "srt", "vtt", "txt"}

type transcribeCmd struct {
	File     string `arg:"" help:"The recording: WAV or FLAC, anything else through ffmpeg; or the folder of a recording of capture."`
	Meeting  string `help:"The meeting's meeting.yaml: names and words to expect, microphones, agenda." placeholder:"FILE"`
	Model    string `default:"base" help:"A speech model (bienban models list)." placeholder:"NAME"`
	Language string `help:"vi, en, or any language of Whisper; default the meeting's, else detected once." placeholder:"CODE"`
	Live     bool   `help:"Play the recording at the pace of real time through the live path and print an event a line."`
	Resume   bool   `help:"Go on where an interrupted run stopped."`
	Format   string `help:"json, jsonl, srt, vtt or txt; default by the output's name, else json." placeholder:"FORMAT"`
	Output   string `short:"o" help:"Where to write; default standard output." placeholder:"FILE"`
	Threads  int    `help:"Threads of the engine; default the physical cores." placeholder:"N"`
}

// Run transcribes a recording.
func (c *transcribeCmd) Run(ctx context.Context, e *env) error {
	fallback := "json"
	if c.Live {
		fallback = "jsonl"
	}
	format, err := formatOf(c.Format, c.Output, fallback, transcriptFormats)
	if err != nil {
		return err
	}
	if c.Live && (format != "jsonl" || c.Resume) {
		return fault.New(fault.Invalid, "--live prints jsonl as it hears and cannot be resumed: leave out --resume and any other --format")
	}
	c.Language = strings.ToLower(c.Language)
	if c.Language != "" && !minutes.KnownLanguage(c.Language) {
		return fault.New(fault.Invalid, "--language %s: no language of Whisper; write its code, for example vi or en", c.Language)
	}
	if c.Threads < 0 || c.Threads > maxThreads {
		return fault.New(fault.Invalid, "--threads %d: give 1 to %d, or leave it out", c.Threads, maxThreads)
	}
	if err := readableSound(ctx, c.File); err != nil {
		return err
	}
	if err := canWrite(c.Output, c.File, c.Meeting); err != nil {
		return err
	}
	var m *minutes.Meeting
	if c.Meeting != "" {
		if m, err = e.readMeeting(c.Meeting); err != nil {
			return err
		}
	}
	if c.Live {
		return e.playLive(ctx, recording{file: c.File, meeting: m, model: c.Model, language: c.Language, threads: c.Threads}, c.Output)
	}
	checkpoint, err := checkpointPath(c.File, c.Output)
	if err != nil {
		return err
	}
	t, err := e.transcribe(ctx, recording{
		file: c.File, meeting: m, model: c.Model, language: c.Language, threads: c.Threads,
		checkpoint: checkpoint, resume: c.Resume,
	})
	if errors.Is(err, context.Canceled) {
		return fault.New(fault.Unavailable, "stopped; what is done is saved: run the same command with --resume to go on")
	}
	if err != nil {
		return err
	}
	if err := e.write(c.Output, func(w io.Writer) error { return writeTranscript(w, t, format) }); err != nil {
		return err
	}
	// The transcript is written: the state of an interrupted run has served.
	if err := os.Remove(checkpoint); err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.say("%s: an old state could not be removed: %v", checkpoint, err)
	}
	for _, f := range t.Flags {
		if f.Open() {
			e.say("%s", f.Text)
			err = errReview
		}
	}
	return err
}

func writeTranscript(w io.Writer, t *transcribe.Transcript, format string) error {
	switch format {
	case "jsonl":
		return transcribe.WriteJSONL(w, t)
	case "srt":
		return transcribe.WriteSRT(w, t)
	case "vtt":
		return transcribe.WriteVTT(w, t)
	case "txt":
		return transcribe.WriteTXT(w, t)
	}
	return transcribe.WriteJSON(w, t)
}

// recording is what is to be transcribed, and how.
type recording struct {
	file            string
	meeting         *minutes.Meeting // nil = none given
	model, language string
	threads         int
	checkpoint      string
	resume          bool
}

// transcribe finds the models, starts the engine's process and lets package
// transcribe do the work; then the meeting's agenda and people are applied.
func (e *env) transcribe(ctx context.Context, r recording) (*transcribe.Transcript, error) {
	o := transcribe.Options{
		Language: r.language, Model: r.model, Progress: e.progress("transcribe").transcribed,
		Checkpoint: r.checkpoint, Resume: r.resume,
	}
	if r.meeting != nil {
		o.Glossary = r.meeting.GlossaryTerms()
		o.Channels = namesByChannel(r.meeting)
		if o.Language == "" {
			o.Language = r.meeting.Language
		}
	}
	engine, err := e.startEngine(ctx, r.model, r.threads)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	t, err := transcribeSound(ctx, r.file, engine, engine.Detector(), o)
	if err != nil {
		return nil, err
	}
	if r.meeting != nil {
		minutes.AssignItems(r.meeting, t)
		minutes.AssignSpeakers(r.meeting, t)
	}
	return t, nil
}

// startEngine finds the models and starts the engine's own process.
func (e *env) startEngine(ctx context.Context, model string, asked int) (*whisper.Process, error) {
	if !whisper.Built { // before a model that it could do nothing with
		return nil, whisper.ErrNotBuilt
	}
	speech, vad, err := e.speechModels(ctx, model)
	if err != nil {
		return nil, err
	}
	n := threads(asked)
	engine, err := whisper.Start(ctx, whisper.Options{Model: speech, VAD: vad, Threads: n, Lanes: min(fileLanes, n)})
	if err == nil || ctx.Err() != nil {
		return engine, err
	}
	// What cannot be loaded is mostly not the file that was published: say so by its hash.
	for _, id := range []string{model, models.DefaultVAD} {
		if m, findErr := e.findModel(id, ""); findErr == nil {
			if bad := models.NewStore(e.modelsDir()).Verify(ctx, m); bad != nil {
				return nil, bad
			}
		}
	}
	return nil, err
}

// findModel finds a model by its id; purpose "" = of any purpose.
func (e *env) findModel(id string, purpose models.Purpose) (models.Model, error) {
	catalogue, err := models.Builtin()
	if err != nil {
		return models.Model{}, err
	}
	m, err := catalogue.Find(id)
	if err == nil && purpose != "" && m.Purpose != purpose {
		return m, fault.New(fault.Invalid, "model %s is a %s model, and a %s model is needed: see bienban models list", id, m.Purpose, purpose)
	}
	return m, err
}

// speechModels gives the files of a speech model and of the speech detector.
func (e *env) speechModels(ctx context.Context, id string) (speech, vad string, err error) {
	store := models.NewStore(e.modelsDir())
	find := func(id string, purpose models.Purpose) (string, error) {
		m, err := e.findModel(id, purpose)
		if err != nil {
			return "", err
		}
		return store.Path(ctx, m)
	}
	if speech, err = find(id, models.Speech); err != nil {
		return "", "", err
	}
	vad, err = find(models.DefaultVAD, models.VAD)
	return speech, vad, err
}

// modelsDir is where models live: BIENBAN_MODELS, else the user's cache.
func (e *env) modelsDir() string { return e.getenv("BIENBAN_MODELS") }

// fileLanes is how many windows of a file are decoded at once: more would
// gain little on the small machines that this runs on, and each takes memory.
const fileLanes = 2

// maxThreads is what the engine takes (transcribe/whisper).
const maxThreads = 256

// threads is what was asked for, else one for each core: the engine's threads
// do not gain from two on one core.
func threads(asked int) int {
	if asked > 0 {
		return asked
	}
	return runtime.NumCPU()
}

// checkpointPath says where the state of an interrupted run is kept: beside
// the output, else in the user's cache under the recording's own path.
func checkpointPath(file, output string) (string, error) {
	if output != "" && output != "-" {
		return output + ".partial", nil
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil //nolint:nilerr // no home: the run works, it only cannot be resumed
	}
	dir := filepath.Join(cache, "bienban", "partial")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil //nolint:nilerr // likewise
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(dir, hex.EncodeToString(sum[:8])+".json"), nil
}

func namesByChannel(m *minutes.Meeting) map[int][]string {
	names := map[int][]string{}
	for channel, people := range m.PeopleByChannel() {
		for _, p := range people {
			names[channel] = append(names[channel], p.Name)
		}
	}
	return names
}
