//go:build whisper

package whisper

/*
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	binding "github.com/ggerganov/whisper.cpp/bindings/go"

	"bienban/transcribe"
)

// built says that this binary holds whisper.cpp.
const built = true

// native is whisper.cpp in this process: one model, and a lane for each window
// that is decoded at the same time.
type native struct {
	ctx     *binding.Context
	lanes   chan *lane // those that are free
	all     []*lane
	threads int // of one lane
}

// lane is what one decode at a time needs beside the model.
type lane struct {
	state *C.struct_whisper_state
	abort *C.bb_abort
	// rolled says that the state's dice are no longer as they were when it was
	// made. Only with a whisper.cpp that is not ours: it draws the candidates of a
	// beam, and words at a temperature, at random, and one of a state's generators
	// is never set back.
	rolled bool
}

func openNative(model string, threads, lanes int) (*native, error) {
	if err := checkHeader(model, "speech model"); err != nil {
		return nil, err
	}
	C.bb_log_quiet()
	n := &native{ctx: loadBF16(model), lanes: make(chan *lane, lanes), threads: max(threads/lanes, 1)}
	if n.ctx == nil {
		path := C.CString(model)
		defer C.free(unsafe.Pointer(path))
		n.ctx = (*binding.Context)(unsafe.Pointer(C.bb_open(path)))
	}
	if n.ctx == nil {
		return nil, fmt.Errorf("speech model %s: whisper.cpp cannot load it; pull it again with: bienban models pull", model)
	}
	for range lanes {
		l := &lane{state: C.whisper_init_state(n.c()), abort: C.bb_abort_new()}
		n.all = append(n.all, l)
		if l.state == nil {
			return nil, errors.Join(fmt.Errorf("speech model %s: no memory to decode in", model), n.Close())
		}
		n.lanes <- l
	}
	return n, nil
}

// fair gives the lane dice that nobody has rolled.
func (n *native) fair(l *lane) error {
	if !l.rolled {
		return nil
	}
	C.whisper_free_state(l.state)
	if l.state = C.whisper_init_state(n.c()); l.state == nil {
		return errors.New("speech engine: no memory to decode in")
	}
	l.rolled = false
	return nil
}

// loadBF16 loads half-precision weights as bfloat16 where the processor
// multiplies those by itself (AVX512-BF16: Zen 4, Sapphire Rapids and later):
// the whole of council-demo then costs a fifth less, at the same words. It
// returns nil where that is not so; the binding then loads the file as it is.
func loadBF16(model string) *binding.Context {
	if !C.bb_cpu_has_bf16() {
		return nil
	}
	spans, err := halves(model)
	if err != nil || len(spans) == 0 {
		return nil // quantised, or damaged: whisper.cpp says how
	}
	patches := make([]C.bb_patch, len(spans))
	for i, s := range spans {
		patches[i] = C.bb_patch{type_at: C.longlong(s.typeAt), from: C.longlong(s.from), to: C.longlong(s.to)}
	}
	path := C.CString(model)
	defer C.free(unsafe.Pointer(path))
	return (*binding.Context)(unsafe.Pointer(C.bb_open_bf16(path, ftypeAt, &patches[0], C.int(len(patches)))))
}

// Close frees the model. The native must not be used again.
func (n *native) Close() error {
	if n.ctx == nil {
		return nil
	}
	for range cap(n.lanes) {
		if len(n.all) == cap(n.lanes) {
			<-n.lanes // who decodes at the moment, ends first
		}
	}
	for _, l := range n.all {
		if l.state != nil {
			C.whisper_free_state(l.state)
		}
		C.free(unsafe.Pointer(l.abort))
	}
	n.ctx.Whisper_free()
	n.ctx, n.all = nil, nil
	return nil
}

func systemInfo() string { return strings.TrimSpace(binding.Whisper_print_system_info()) }

func (n *native) c() *C.struct_whisper_context {
	return (*C.struct_whisper_context)(unsafe.Pointer(n.ctx))
}

// Transcribe decodes one window.
func (n *native) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if n.ctx == nil {
		return transcribe.Result{}, errors.New("speech engine: closed")
	}
	if err := ctx.Err(); err != nil {
		return transcribe.Result{}, err
	}
	var l *lane
	select {
	case l = <-n.lanes:
		defer func() { n.lanes <- l }()
	case <-ctx.Done():
		return transcribe.Result{}, ctx.Err()
	}
	C.bb_abort_set(l.abort, 0)
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		C.bb_abort_set(l.abort, 1)
		close(ended)
	})
	defer func() {
		if !stop() {
			<-ended // it must not stop the lane's next decode
		}
	}()
	language, err := n.language(l, r)
	if err != nil {
		return transcribe.Result{}, err
	}
	res, err := n.full(l, r, language)
	if ctx.Err() != nil {
		return transcribe.Result{}, ctx.Err()
	}
	return res, err
}

func (n *native) language(l *lane, r transcribe.Request) (int, error) {
	if n.ctx.Whisper_is_multilingual() == 0 {
		return 0, nil
	}
	if r.Language != "" {
		name := C.CString(r.Language)
		defer C.free(unsafe.Pointer(name))
		id := int(C.whisper_lang_id(name))
		if id < 0 {
			return 0, fmt.Errorf("language %q: not one that Whisper knows; use its code, such as vi or en", r.Language)
		}
		return id, nil
	}
	if rc := C.bb_detect_prepare(n.c(), l.state, (*C.float)(&r.PCM[0]), C.int(len(r.PCM)), C.int(wholeContext(r.AudioContext)), C.int(n.threads)); rc != 0 {
		return 0, fmt.Errorf("whisper.cpp cannot hear the window (code %d)", int(rc))
	}
	probs := make([]float32, int(C.whisper_lang_max_id())+1)
	if rc := C.whisper_lang_auto_detect_with_state(n.c(), l.state, 0, C.int(n.threads), (*C.float)(&probs[0])); rc < 0 {
		return 0, fmt.Errorf("language detection: whisper.cpp failed (code %d)", int(rc))
	}
	best := 0
	for i, p := range probs {
		if p > probs[best] {
			best = i
		}
	}
	return best, nil
}

func (n *native) full(l *lane, r transcribe.Request, language int) (transcribe.Result, error) {
	if r.Beam > 1 || r.Temperature > 0 {
		if err := n.fair(l); err != nil {
			return transcribe.Result{}, err
		}
		l.rolled = !bool(C.bb_fair())
	}
	strategy := binding.SAMPLING_GREEDY
	if r.Beam > 1 {
		strategy = binding.SAMPLING_BEAM_SEARCH
	}
	p := n.ctx.Whisper_full_default_params(strategy)
	if err := p.SetLanguage(language); err != nil {
		return transcribe.Result{}, err
	}
	p.SetThreads(n.threads)
	p.SetNoContext(true)
	p.SetTranslate(false)
	p.SetAudioCtx(wholeContext(r.AudioContext))
	p.SetTemperature(r.Temperature)
	p.SetMaxTokensPerSegment(r.MaxTokens)
	p.SetTokenTimestamps(false) // see align.go
	if r.Beam > 1 {
		p.SetBeamSize(r.Beam)
	}
	prompt, err := n.prompt(r.Prompt)
	if err != nil {
		return transcribe.Result{}, err
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	// C keeps a pointer to it in the parameters, so it is C's memory.
	t := (*C.bb_tuning)(C.calloc(1, C.sizeof_bb_tuning))
	defer C.free(unsafe.Pointer(t))
	t.abort, t.threads, t.max_tokens = l.abort, C.int(n.threads), C.int(r.MaxTokens)
	parts := stretches(envelope(r.PCM))
	t.sound_end = C.int(parts[len(parts)-1].to)
	if len(prompt) > 0 {
		pin.Pin(&prompt[0])
		t.prompt = (*C.whisper_token)(unsafe.Pointer(&prompt[0]))
		t.prompt_len = C.int(len(prompt))
	}
	params := (*C.struct_whisper_full_params)(unsafe.Pointer(&p))
	C.bb_tune(params, t)
	if rc := C.bb_full(n.c(), l.state, params, (*C.float)(&r.PCM[0]), C.int(len(r.PCM))); rc != 0 {
		return transcribe.Result{}, fmt.Errorf("whisper.cpp could not decode the window (code %d)", int(rc))
	}
	res := n.result(l, language, r.PCM, int64(t.sound_end))
	if t.no_speech < 0 {
		t.no_speech = C.bb_no_speech(n.c(), l.state, C.int(n.threads))
	}
	res.NoSpeech = min(max(float64(t.no_speech), 0), 1)
	return res, nil
}

func (n *native) prompt(text string) ([]binding.Token, error) {
	if text == "" {
		return nil, nil
	}
	tokens := make([]binding.Token, len(text)+1) // a token is at least one byte
	count, err := n.ctx.Whisper_tokenize(" "+text, tokens)
	if err != nil {
		return nil, fmt.Errorf("prompt of %d bytes: %w", len(text), err)
	}
	tokens = tokens[:count]
	// whisper.cpp itself takes the last n_text_ctx/2 - 1 of them.
	if limit := n.ctx.Whisper_n_text_ctx()/2 - 1; count > limit {
		tokens = tokens[count-limit:]
	}
	return tokens, nil
}

// late is how long after the end of the sound a segment may begin: Whisper's
// timestamps are that inexact.
const late = 20 // hundredths of a second

func (n *native) result(l *lane, language int, pcm []float32, soundEnd int64) transcribe.Result {
	res := transcribe.Result{Language: binding.Whisper_lang_str(language)}
	eot := n.ctx.Whisper_token_eot()
	var all, heard, after []token
	var afterFrom, afterTo int64
	for s := range int(C.whisper_full_n_segments_from_state(l.state)) {
		var tokens []token
		for i := range int(C.whisper_full_n_tokens_from_state(l.state, C.int(s))) {
			data := C.whisper_full_get_token_data_from_state(l.state, C.int(s), C.int(i))
			id := binding.Token(data.id)
			if id >= eot {
				continue
			}
			t := token{text: n.ctx.Whisper_token_to_str(id), p: float64(data.p), logp: float64(data.plog)}
			tokens = append(tokens, t)
			res.AvgLogProb += t.logp
		}
		all = append(all, tokens...)
		if t0 := int64(C.whisper_full_get_segment_t0_from_state(l.state, C.int(s))); t0 <= soundEnd+late && len(after) == 0 {
			heard = append(heard, tokens...)
		} else {
			if len(after) == 0 {
				afterFrom = t0
			}
			after, afterTo = append(after, tokens...), int64(C.whisper_full_get_segment_t1_from_state(l.state, C.int(s)))
		}
	}
	res.Tokens = len(all)
	if res.Tokens > 0 {
		res.AvgLogProb /= float64(res.Tokens)
	}
	res.Text = text(all)
	res.Words = words(heard, res.Language)
	align(res.Words, pcm)
	// What Whisper puts where nothing is heard stays there, for the caller's
	// guards to see, rather than being laid into the speech before.
	invented := words(after, res.Language)
	spreadOver(invented, float64(afterFrom)/100, float64(afterTo)/100, float64(len(pcm))/transcribe.SampleRate)
	res.Words = append(res.Words, invented...)
	return res
}

// contextStep is what whisper.cpp rounds the decoder's view of the encoder's
// output up to (n_audio_ctx_pad in whisper.cpp). The rows between are never
// cleared: they hold what the last longer window left there, and the decoder
// attends to them. With whole steps there are none between.
const contextStep = 256

// wholeContext is the audio context that is asked for, in whole steps. 1500 is
// no multiple, but no window reaches beyond it, so what follows stays zero.
func wholeContext(asked int) int {
	if asked <= 0 {
		return 0
	}
	return min((asked+contextStep-1)/contextStep*contextStep, 1500)
}
