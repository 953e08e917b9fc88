// What the Go binding of whisper.cpp lacks, as few plain C functions.
#ifndef BIENBAN_SHIM_H
#define BIENBAN_SHIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <whisper.h>

// bb_abort is read by ggml between the nodes of a graph, on the decoding
// thread, while Go sets it from another.
typedef struct {
	atomic_int stop;
} bb_abort;

bb_abort *bb_abort_new(void);
void bb_abort_set(bb_abort *a, int stop);

// bb_tune sets what the binding's Params has no setter for. The token buffer
// must outlive the decode.
typedef struct {
	bb_abort *abort;
	const whisper_token *prompt;
	int prompt_len;
	int threads;
	int sound_end;  // hundredths of a second: nothing is heard after it
	int max_tokens; // 0 = no limit
	// Set by the decode:
	int passes;
	float no_speech; // < 0 when not known
} bb_tuning;

// t must live until the decode has ended.
void bb_tune(struct whisper_full_params *p, bb_tuning *t);

// bb_open loads a model without a state.
struct whisper_context *bb_open(const char *path);

// bb_fair says that a state decodes as if it were new (scripts/whisper.cpp.patch).
bool bb_fair(void);

// bb_full is whisper_full_with_state, whose parameters the binding owns.
int bb_full(struct whisper_context *ctx, struct whisper_state *state, const struct whisper_full_params *p, const float *pcm, int n);

// bb_no_speech decodes the one token that stands before language and task, on
// the window that was encoded last, and returns how probable "no speech" is
// after it; < 0 when that failed. whisper.cpp 1.9.1 has its own number, which
// is of an earlier decode: it reads the first row of the logits where only the
// last row of a prompt is computed.
float bb_no_speech(struct whisper_context *ctx, struct whisper_state *state, int threads);

// bb_patch is a stretch of a model file that holds half-precision numbers, and
// where their type (an int) stands.
typedef struct {
	long long type_at;
	long long from;
	long long to;
} bb_patch;

// bb_open_bf16 is bb_open of a half-precision model, with those numbers turned to
// bfloat16, which have the same size, on the way.
struct whisper_context *bb_open_bf16(const char *path, long long ftype_at, const bb_patch *patches, int n);
bool bb_cpu_has_bf16(void);

// bb_log_quiet lets only warnings and errors of the native code reach stderr.
void bb_log_quiet(void);

// bb_detect_prepare computes the mel spectrogram of pcm and sets the encoder's
// length, without encoding, for whisper_lang_auto_detect.
int bb_detect_prepare(struct whisper_context *ctx, struct whisper_state *state, const float *pcm, int n, int audio_ctx, int threads);

struct whisper_vad_context *bb_vad_open(const char *path, int threads);

#endif
