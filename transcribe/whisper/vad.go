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
	"unsafe"

	"bienban/transcribe"
)

// vad is one stream of Silero in whisper.cpp.
type vad struct {
	ctx  *C.struct_whisper_vad_context
	rest []float32 // less than a frame
}

// openVAD loads the model, 0.9 MB. One thread: a frame is 0.1 ms of work, and
// a second thread costs more in barriers than it gives.
func openVAD(path string) (*vad, error) {
	if err := checkHeader(path, "speech detection model"); err != nil {
		return nil, err
	}
	C.bb_log_quiet()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	ctx := C.bb_vad_open(name, 1)
	if ctx == nil {
		return nil, fmt.Errorf("speech detection model %s: whisper.cpp cannot load it; pull it again with: bienban models pull", path)
	}
	v := &vad{ctx: ctx}
	C.whisper_vad_reset_state(ctx) // the state's memory is not cleared when it is made
	return v, nil
}

// Feed hears whole frames; the model's memory goes on from call to call.
func (v *vad) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
	if v.ctx == nil {
		return nil, errors.New("speech detector: closed")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all := append(v.rest[:len(v.rest):len(v.rest)], pcm...)
	whole := len(all) / transcribe.DetectorFrame * transcribe.DetectorFrame
	if whole == 0 {
		v.rest = all
		return nil, nil
	}
	if !C.whisper_vad_detect_speech_no_reset(v.ctx, (*C.float)(&all[0]), C.int(whole)) {
		return nil, errors.New("speech detector: whisper.cpp failed")
	}
	n := int(C.whisper_vad_n_probs(v.ctx))
	probs := make([]float32, n)
	for i, p := range unsafe.Slice((*float32)(unsafe.Pointer(C.whisper_vad_probs(v.ctx))), n) {
		probs[i] = p
	}
	v.rest = append([]float32(nil), all[whole:]...)
	return probs, nil
}

// Reset begins a new stream.
func (v *vad) Reset(context.Context) error {
	if v.ctx == nil {
		return errors.New("speech detector: closed")
	}
	C.whisper_vad_reset_state(v.ctx)
	v.rest = nil
	return nil
}

// Close frees the model.
func (v *vad) Close() error {
	if v.ctx != nil {
		C.whisper_vad_free(v.ctx)
		v.ctx = nil
	}
	return nil
}

// openBackend loads what the child serves.
func openBackend(model, vadModel string, threads, lanes int) (Backend, error) {
	if threads == 0 {
		threads = min(cores(), 8) // base gains nothing from more
	}
	b := Backend{Lanes: max(lanes, 1), Model: model, System: systemInfo()}
	if vadModel != "" {
		first, err := openVAD(vadModel) // so that a bad file shows at once
		if err != nil {
			return Backend{}, err
		}
		b.Detector = func() (transcribe.Detector, error) {
			if d := first; d != nil {
				first = nil
				return d, nil
			}
			return openVAD(vadModel)
		}
	}
	if model != "" {
		n, err := openNative(model, threads, b.Lanes)
		if err != nil {
			return Backend{}, err
		}
		b.Engine = n
	}
	return b, nil
}
