//go:build whisper

#include "shim.h"

#include <ggml-cpu.h>
#include <stdio.h>
#include <string.h>

typedef struct {
	FILE *file;
	long long at;
	long long ftype_at;
	const bb_patch *patches;
	int n;
	int next; // the first patch that does not lie before at
} bb_reader;

bool bb_cpu_has_bf16(void) { return ggml_cpu_has_avx512_bf16() != 0; }

static void bb_set_int(bb_reader *r, char *out, size_t n, long long where, int value) {
	if (where >= r->at && where + (long long)sizeof value <= r->at + (long long)n) {
		memcpy(out + (where - r->at), &value, sizeof value);
	}
}

static void bb_convert(void *data, size_t bytes) {
	float wide[1024];
	char *p = data;
	for (size_t left = bytes / 2; left > 0;) {
		size_t k = left < 1024 ? left : 1024;
		ggml_fp16_to_fp32_row((const ggml_fp16_t *)p, wide, (int64_t)k);
		ggml_fp32_to_bf16_row(wide, (ggml_bf16_t *)p, (int64_t)k);
		p += 2 * k;
		left -= k;
	}
}

static size_t bb_read(void *ctx, void *output, size_t size) {
	bb_reader *r = ctx;
	size_t n = fread(output, 1, size, r->file);
	long long end = r->at + (long long)n;
	bb_set_int(r, output, n, r->ftype_at, GGML_FTYPE_MOSTLY_BF16);
	while (r->next < r->n && r->patches[r->next].to <= r->at) {
		r->next++;
	}
	for (int i = r->next; i < r->n && r->patches[i].type_at < end; i++) {
		const bb_patch *p = &r->patches[i];
		bb_set_int(r, output, n, p->type_at, GGML_TYPE_BF16);
		long long from = p->from > r->at ? p->from : r->at;
		long long to = p->to < end ? p->to : end;
		if (from < to) { // whisper.cpp reads a tensor at once, so no number is cut
			bb_convert((char *)output + (from - r->at), (size_t)(to - from));
		}
	}
	r->at = end;
	return n;
}

static bool bb_eof(void *ctx) { return feof(((bb_reader *)ctx)->file) != 0; }

static void bb_close(void *ctx) { (void)ctx; }

struct whisper_context *bb_open_bf16(const char *path, long long ftype_at, const bb_patch *patches, int n) {
	bb_reader r = {.file = fopen(path, "rb"), .ftype_at = ftype_at, .patches = patches, .n = n};
	if (r.file == NULL) {
		return NULL;
	}
	struct whisper_model_loader loader = {.context = &r, .read = bb_read, .eof = bb_eof, .close = bb_close};
	struct whisper_context *ctx = whisper_init_with_params_no_state(&loader, whisper_context_default_params());
	fclose(r.file);
	return ctx;
}
