package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/audio"
	"bienban/internal/casefile/cases"
	"bienban/models"
	"bienban/transcribe"
	"bienban/transcribe/whisper"
)

// modelSpeed is how fast a speech model is on this machine, as seconds of work
// for a second of speech.
type modelSpeed struct {
	Model     string  `json:"model"`
	Installed bool    `json:"installed"`
	Measured  bool    `json:"measured"` // else estimated from one that was
	Live      float64 `json:"live"`     // greedy, as live text mostly is
	Careful   float64 `json:"careful"`  // with beams, as the second pass is
}

// choice is a model that is recommended.
type choice struct {
	Model     string       `json:"model"`
	Installed bool         `json:"installed"`
	Factor    float64      `json:"factor"` // seconds of work for a second of speech
	Measured  bool         `json:"measured"`
	Errors    []wordErrorN `json:"word_errors"` // known ones in the chosen languages
}

type wordErrorN struct {
	Language string  `json:"language"`
	Percent  float64 `json:"percent"`
	Source   string  `json:"source"`
}

// Bounds of what is recommended.
const (
	// liveMost keeps commits within the 3.3 s of docs/measurements.md: live text
	// decodes each second several times over.
	liveMost = 0.15
	// liveLeast is where live text falls behind for good.
	liveLeast = 0.5
	// secondMost makes a day's meeting done by the next morning.
	secondMost = 1.5
	// wrongMany is the share of wrong words, in percent, from which on a draft
	// needs each sentence read against the sound.
	wrongMany = 25
)

// family is a size of Whisper, the better the later, and what it costs beside
// base: 30 s windows of about 100 tokens on two cores, encode and decode (whisper.cpp
// issue 89 for medium and large, our own measurement for the rest: docs/capture.md).
type family struct {
	name string
	cost float64
}

func families() []family {
	return []family{{"tiny", 0.5}, {"base", 1}, {"small", 3.4}, {"medium", 10}, {"large-v3-turbo", 15}, {"large-v3", 20}}
}

// fiveBit is what 5-bit weights cost more: they encode 20 to 30 % slower.
const fiveBit = 1.25

// rankOf gives a model's place among the families, and its cost; false for one
// that is of none.
func rankOf(id string) (rank int, cost float64, ok bool) {
	rank = -1
	for i, f := range families() {
		if (id == f.name || strings.HasPrefix(id, f.name+"-")) && (rank < 0 || len(f.name) > len(families()[rank].name)) {
			rank, cost = i, f.cost
		}
	}
	if strings.Contains(id, "q5") {
		cost *= fiveBit
	}
	return rank, cost, rank >= 0
}

// models measures what is installed and recommends.
func (d *doctor) models(ctx context.Context, memory int64) error {
	catalogue, err := models.Builtin()
	if err != nil {
		return err
	}
	var all []models.Model
	for _, m := range catalogue.List() {
		if m.Purpose == models.Speech {
			all = append(all, m)
		}
	}
	if err := d.measureAll(ctx, all); err != nil {
		return err
	}
	d.report.Speed = estimated(all, d.report.Speed)
	languages := []string{string(vietnamese), string(english)}
	if d.c.Language != "" {
		languages = []string{d.c.Language}
	}
	d.report.Live = chooseLive(all, d.report.Speed, memory, languages)
	d.report.Second = choose(all, d.report.Speed, memory, secondMost, func(s modelSpeed) float64 { return s.Careful }, languages)
	if len(d.report.Speed) == 0 {
		return nil // it was said why
	}
	d.recommended(d.t.say("live text", "văn bản trực tiếp"), d.report.Live)
	d.recommended(d.t.say("second pass", "lượt nghe lại"), d.report.Second)
	for _, l := range languages {
		d.errors(l)
	}
	return nil
}

// measureAll measures the installed models and says how they did.
func (d *doctor) measureAll(ctx context.Context, all []models.Model) error {
	what := d.t.say("speech", "nhận dạng")
	store := models.NewStore(d.e.modelsDir())
	if !whisper.Built {
		d.found(bad, what, d.t.say("this program was built without speech recognition", "chương trình này được dựng không có nhận dạng tiếng nói"), d.t.say("build it with make build", "dựng lại bằng make build"))
		return nil
	}
	var have []models.Model
	for _, m := range all {
		if store.Installed(m) {
			have = append(have, m)
		}
	}
	vad, err := d.e.findModel(models.DefaultVAD, models.VAD)
	if err != nil {
		return err
	}
	if missing := !store.Installed(vad); len(have) == 0 || missing {
		measured := d.t.say("no speech model is installed", "chưa cài mô hình nhận dạng nào")
		if len(have) > 0 {
			measured = d.t.say("the model that finds speech is missing", "thiếu mô hình phát hiện tiếng nói")
		}
		d.found(bad, what, measured, fmt.Sprintf(d.t.say("bienban models pull %s %s, then run doctor again", "chạy bienban models pull %s %s rồi chạy lại doctor"), models.DefaultSpeech, models.DefaultVAD))
	}
	for _, m := range have {
		if !d.c.JSON {
			d.e.progress("doctor").show(true, d.t.say("decoding speech with %s", "đang nghe thử bằng %s"), m.ID)
		}
		s, err := measureModel(ctx, filepath.Join(store.Dir(), m.File), threads(d.c.Threads))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			d.found(bad, what+" "+m.ID, d.t.reason(oneLine(err)), d.t.say("bienban models verify tells whether it is damaged", "chạy bienban models verify để xem có bị hỏng không"))
			continue
		}
		s.Model, s.Installed, s.Measured = m.ID, true, true
		d.report.Speed = append(d.report.Speed, s)
		measured := fmt.Sprintf(d.t.say("%.2f × real time, %.2f × with care", "%.2f × thời gian thực, %.2f × khi nghe kỹ"), s.Live, s.Careful)
		switch {
		case s.Live <= liveMost:
			d.found(fine, what+" "+m.ID, measured, "")
		case s.Live <= liveLeast:
			d.found(warn, what+" "+m.ID, measured, d.t.say("live text lags at times; no sound is lost", "văn bản trực tiếp có lúc chậm; không mất âm thanh"))
		default:
			d.found(warn, what+" "+m.ID, measured, d.t.say("too slow for live text: for the second pass only", "quá chậm để hiện trực tiếp: chỉ dùng nghe lại"))
		}
	}
	return nil
}

// Of the sample that is decoded: a window as live text has them.
const (
	sampleSeconds = 8
	sampleBeam    = 5
	// sampleContext is what such a window asks of the encoder (docs/design.md section 4).
	sampleContext = 50*sampleSeconds + 64
	// measureMost bounds a model: one that needs longer is for no meeting.
	measureMost = 2 * time.Minute
)

// measureModel decodes a window of the sample meeting, once to warm up, then
// twice greedily and twice with beams: the faster of two counts.
func measureModel(ctx context.Context, path string, cores int) (s modelSpeed, err error) {
	ctx, stop := context.WithTimeout(ctx, measureMost)
	defer stop()
	pcm, err := sampleSpeech(ctx)
	if err != nil {
		return s, err
	}
	p, err := whisper.Start(ctx, whisper.Options{Model: path, Threads: cores})
	if err != nil {
		return s, err
	}
	defer p.Close()
	decode := func(pcm []float32, beam int) (float64, error) {
		start := time.Now()
		got, err := p.Transcribe(ctx, transcribe.Request{PCM: pcm, Language: string(english), AudioContext: sampleContext, Beam: beam})
		if err == nil && len(got.Words) == 0 {
			err = errors.New("it heard no word in the sample")
		}
		return time.Since(start).Seconds() / sampleSeconds, err
	}
	for _, run := range []struct {
		beam int
		into *float64
	}{{1, new(float64)}, {1, &s.Live}, {sampleBeam, &s.Careful}, {1, &s.Live}, {sampleBeam, &s.Careful}} {
		took, err := decode(pcm, run.beam)
		if err != nil {
			return s, err
		}
		if *run.into == 0 || took < *run.into { // what else the machine does only makes it slower
			*run.into = took
		}
	}
	return s, nil
}

// sampleSpeech is the beginning of the sample meeting, which the program carries.
func sampleSpeech(ctx context.Context) ([]float32, error) {
	f, err := os.CreateTemp("", "bienban-sample-*.flac")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(cases.Sound("council-demo"))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	src, err := audio.Open(ctx, f.Name())
	if err != nil {
		return nil, err
	}
	defer src.Close()
	r, err := audio.NewSpeechReader(src, audio.MixOptions{NoEnergies: true})
	if err != nil {
		return nil, err
	}
	pcm := make([]float32, sampleSeconds*transcribe.SampleRate)
	for n := 0; n < len(pcm); {
		k, err := r.Read(ctx, pcm[n:])
		if n += k; err != nil && (!errors.Is(err, io.EOF) || n < len(pcm)) {
			return nil, err
		}
	}
	return pcm, nil
}

// estimated adds models that are not installed, from the measured one that is
// nearest in size.
func estimated(all []models.Model, measured []modelSpeed) []modelSpeed {
	out := slices.Clone(measured)
	for _, m := range all {
		rank, cost, ok := rankOf(m.ID)
		if !ok || slices.ContainsFunc(measured, func(s modelSpeed) bool { return s.Model == m.ID }) {
			continue
		}
		best, far := -1, 0
		for i, s := range measured {
			r, _, known := rankOf(s.Model)
			if away := max(r-rank, rank-r); known && (best < 0 || away < far) {
				best, far = i, away
			}
		}
		if best < 0 {
			continue
		}
		_, from, _ := rankOf(measured[best].Model)
		out = append(out, modelSpeed{Model: m.ID, Live: measured[best].Live * cost / from, Careful: measured[best].Careful * cost / from})
	}
	return out
}

// choose gives the best model that is fast enough and fits; among those of one
// size one that is installed, else the first of the catalogue.
func choose(all []models.Model, speed []modelSpeed, memory int64, most float64, of func(modelSpeed) float64, languages []string) *choice {
	var best *choice
	rank := -1
	for _, m := range all {
		i := slices.IndexFunc(speed, func(s modelSpeed) bool { return s.Model == m.ID })
		r, _, ok := rankOf(m.ID)
		if i < 0 || !ok || of(speed[i]) > most || m.FitsIn(memory) == models.FitNo {
			continue
		}
		if s := speed[i]; r > rank || r == rank && s.Installed && !best.Installed {
			rank, best = r, &choice{Model: m.ID, Installed: s.Installed, Factor: of(s), Measured: s.Measured, Errors: []wordErrorN{}}
			for _, w := range m.WER {
				if slices.Contains(languages, w.Language) {
					best.Errors = append(best.Errors, wordErrorN(w))
				}
			}
		}
	}
	return best
}

// chooseLive is choose for live text. Text that lags at times is of more use than
// text of a size below the default, which is mostly wrong.
func chooseLive(all []models.Model, speed []modelSpeed, memory int64, languages []string) *choice {
	of := func(s modelSpeed) float64 { return s.Live }
	best := choose(all, speed, memory, liveMost, of, languages)
	least, _, _ := rankOf(models.DefaultSpeech)
	if best != nil {
		if rank, _, _ := rankOf(best.Model); rank >= least {
			return best
		}
	}
	upTo := slices.DeleteFunc(slices.Clone(all), func(m models.Model) bool {
		rank, _, _ := rankOf(m.ID)
		return rank > least
	})
	return choose(upTo, speed, memory, liveLeast, of, languages)
}

func (d *doctor) recommended(what string, c *choice) {
	if c == nil {
		d.found(warn, what, d.t.say("no model is fast enough on this machine", "không mô hình nào đủ nhanh trên máy này"),
			d.t.say("record now, and transcribe on a faster machine", "cứ ghi âm, rồi nghe lại trên máy nhanh hơn"))
		return
	}
	how := d.t.say("estimated", "ước tính")
	if c.Measured {
		how = d.t.say("measured", "đã đo")
	}
	advice := ""
	if !c.Installed {
		advice = "bienban models pull " + c.Model
	}
	d.found(fine, what, fmt.Sprintf(d.t.say("recommended: %s, %.2f × real time (%s)", "nên dùng: %s, %.2f × thời gian thực (%s)"), c.Model, c.Factor, how), advice)
}

// errors says what is known of the recommended models' errors in a language.
func (d *doctor) errors(language string) {
	name := map[string]string{"vi": d.t.say("Vietnamese", "tiếng Việt"), "en": d.t.say("English", "tiếng Anh")}[language]
	seen := map[string]bool{}
	for _, c := range []*choice{d.report.Live, d.report.Second} {
		if c == nil || seen[c.Model] {
			continue
		}
		seen[c.Model] = true
		var known []string
		worst := 0.0
		for _, w := range c.Errors {
			if w.Language == language {
				known = append(known, fmt.Sprintf("%g %% (%s)", w.Percent, d.t.reason(w.Source)))
				worst = max(worst, w.Percent)
			}
		}
		what := fmt.Sprintf(d.t.say("errors %s", "lỗi %s"), language)
		head := fmt.Sprintf(d.t.say("wrong words in %s with %s: ", "số từ sai %s với %s: "), name, c.Model)
		switch {
		case len(known) == 0:
			d.found(moot, what, head+d.t.say("not measured", "chưa đo"), d.t.say("try it on a recording of this hall before relying on it", "thử với bản ghi của chính hội trường này trước khi tin dùng"))
		case worst >= wrongMany:
			d.found(warn, what, head+strings.Join(known, "; "), d.t.say("good for finding a place in the sound; each sentence of the minutes needs a reader, or a larger model", "đủ để tìm chỗ trong âm thanh; từng câu biên bản phải có người đọc lại, hoặc dùng mô hình lớn hơn"))
		default:
			d.found(tell, what, head+strings.Join(known, "; "), "")
		}
	}
}
