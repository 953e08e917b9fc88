//go:build whisper

#include "shim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bb_abort *bb_abort_new(void) { return calloc(1, sizeof(bb_abort)); }

void bb_abort_set(bb_abort *a, int stop) { atomic_store(&a->stop, stop); }

static bool bb_abort_check(void *data) { return atomic_load(&((bb_abort *)data)->stop) != 0; }

// A loop is a phrase of 4 to 40 tokens that stands 8 times in a row, or a
// shorter one 20 times ("Aye." by each of a council is no loop). That is more
// than the caller's own guard against loops needs to see one, and a third of
// the tokens that a decode would otherwise run to.
enum { BB_LOOP_LONGEST = 40, BB_LOOP_SHORT = 3, BB_LOOP_TIMES = 8, BB_LOOP_TIMES_SHORT = 20 };

static bool bb_loops(const whisper_token_data *t, int n) {
	for (int p = 1; p <= BB_LOOP_LONGEST; p++) {
		int span = p * (p <= BB_LOOP_SHORT ? BB_LOOP_TIMES_SHORT : BB_LOOP_TIMES);
		if (span > n) {
			continue;
		}
		int i = n - span + p;
		while (i < n && t[i].id == t[i - p].id) {
			i++;
		}
		if (i == n) {
			return true;
		}
	}
	return false;
}

// bb_filter leaves a decoder that runs in a loop nothing but the end.
static void bb_filter(struct whisper_context *ctx, struct whisper_state *state, const whisper_token_data *tokens, int n, float *logits, void *data) {
	(void)state;
	(void)data;
	if (!bb_loops(tokens, n)) {
		return;
	}
	int vocabulary = whisper_n_vocab(ctx);
	for (int i = 0; i < vocabulary; i++) {
		if (i != whisper_token_eot(ctx)) {
			logits[i] = -INFINITY;
		}
	}
}

// Whisper may end a decode before the window ends, and whisper_full then goes
// on from the last timestamp. That catches speech that was skipped; on a rest
// without sound it invents some. So it goes on only where there is as much
// sound as a few words need, and not for ever.
enum { BB_MIN_REST = 120 /* hundredths of a second */, BB_MAX_PASSES = 3 };

static bool bb_go_on(struct whisper_context *ctx, struct whisper_state *state, void *data) {
	bb_tuning *t = data;
	if (t->passes++ == 0) {
		return true;
	}
	if (t->passes == 2) { // the first part of the window is still encoded
		t->no_speech = bb_no_speech(ctx, state, t->threads);
	}
	int n = whisper_full_n_segments_from_state(state), tokens = 0;
	for (int i = 0; i < n; i++) {
		tokens += whisper_full_n_tokens_from_state(state, i);
	}
	long long end = n > 0 ? whisper_full_get_segment_t1_from_state(state, n - 1) : 0;
	return t->passes <= BB_MAX_PASSES && end + BB_MIN_REST <= t->sound_end && (t->max_tokens == 0 || tokens < t->max_tokens);
}

void bb_tune(struct whisper_full_params *p, bb_tuning *t) {
	// The binding's callbacks go through unlocked Go maps and, when a segment
	// callback is set, into Go in the middle of a decode: nothing here needs them.
	p->new_segment_callback = NULL;
	p->progress_callback = NULL;
	p->encoder_begin_callback = bb_go_on;
	p->encoder_begin_callback_user_data = t;
	t->passes = 0;
	t->no_speech = -1.0f;
	p->abort_callback = bb_abort_check;
	p->abort_callback_user_data = t->abort;
	p->logits_filter_callback = bb_filter;
	p->suppress_blank = true;
	p->suppress_nst = true;
	// One decode a call: whether to try again warmer is the caller's to decide,
	// so the thresholds that would drop text or fall back are switched off.
	p->greedy.best_of = 1;
	p->temperature_inc = 0.0f;
	p->no_speech_thold = 2.0f;
	p->logprob_thold = -1e9f;
	p->entropy_thold = 0.0f;
	// With timestamps and several segments, so that a decode that ends early can
	// go on (bb_go_on). In words the two ways are alike within the noise: through
	// the whole pipeline 13.2 % wrong with timestamps against 12.6 % without on
	// council-demo, 29.6 % against 28.1 % on two minutes of Vietnamese news.
	p->no_timestamps = false;
	p->single_segment = false;
	p->print_progress = false;
	p->print_realtime = false;
	p->print_timestamps = false;
	p->prompt_tokens = t->prompt_len > 0 ? t->prompt : NULL;
	p->prompt_n_tokens = t->prompt_len;
}

struct whisper_context *bb_open(const char *path) {
	return whisper_init_from_file_with_params_no_state(path, whisper_context_default_params());
}

bool bb_fair(void) {
#ifdef WHISPER_FAIR_STATE
	return true;
#else
	return false;
#endif
}

int bb_full(struct whisper_context *ctx, struct whisper_state *state, const struct whisper_full_params *p, const float *pcm, int n) {
	return whisper_full_with_state(ctx, state, *p, pcm, n);
}

float bb_no_speech(struct whisper_context *ctx, struct whisper_state *state, int threads) {
	whisper_token sot = whisper_token_sot(ctx);
	if (whisper_decode_with_state(ctx, state, &sot, 1, 0, threads) != 0) {
		return -1.0f;
	}
	const float *logits = whisper_get_logits_from_state(state);
	int n = whisper_n_vocab(ctx);
	float top = logits[0];
	for (int i = 1; i < n; i++) {
		top = logits[i] > top ? logits[i] : top;
	}
	double sum = 0;
	for (int i = 0; i < n; i++) {
		sum += expf(logits[i] - top);
	}
	return (float)(expf(logits[whisper_token_nosp(ctx)] - top) / sum);
}

static enum ggml_log_level bb_log_last = GGML_LOG_LEVEL_NONE;

static void bb_log(enum ggml_log_level level, const char *text, void *data) {
	(void)data;
	if (level != GGML_LOG_LEVEL_CONT) {
		bb_log_last = level;
	}
	if (strstr(text, "encoder_begin_callback") != NULL) {
		return; // our own doing
	}
	if (bb_log_last == GGML_LOG_LEVEL_WARN || bb_log_last == GGML_LOG_LEVEL_ERROR) {
		fputs(text, stderr);
	}
}

void bb_log_quiet(void) {
	whisper_log_set(bb_log, NULL);
	ggml_log_set(bb_log, NULL);
}

static bool bb_no_encode(struct whisper_context *ctx, struct whisper_state *state, void *data) {
	(void)ctx;
	(void)state;
	(void)data;
	return false;
}

int bb_detect_prepare(struct whisper_context *ctx, struct whisper_state *state, const float *pcm, int n, int audio_ctx, int threads) {
	// whisper_lang_auto_detect encodes as many positions as the decode before it
	// had asked for. whisper_full sets that number, and stops in front of the
	// encoder when the callback says so.
	struct whisper_full_params p = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
	p.n_threads = threads;
	p.audio_ctx = audio_ctx;
	p.language = "en";
	p.no_context = true;
	p.print_progress = false;
	p.encoder_begin_callback = bb_no_encode;
	return whisper_full_with_state(ctx, state, p, pcm, n);
}

struct whisper_vad_context *bb_vad_open(const char *path, int threads) {
	struct whisper_vad_context_params p = whisper_vad_default_context_params();
	p.n_threads = threads;
	p.use_gpu = false;
	return whisper_vad_init_from_file_with_params(path, p);
}
