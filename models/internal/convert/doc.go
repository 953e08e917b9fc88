// Package convert turns published weights into the ggml files that
// whisper.cpp loads: a CTranslate2 Whisper model (binary version 6) with its
// tokenizer.json, and the Silero speech detector's safetensors.
//
// It keeps one invariant: the output depends on nothing but the input bytes,
// so that its SHA-256 can be pinned in the catalogue. Whisper base converted
// here is bit for bit the file that whisper.cpp publishes.
//
// Readers take an io.ReaderAt and index it first; tensor data is streamed, so
// memory does not grow with the model. Every length in the input is checked
// against the input's size before it is used. The package downloads nothing,
// knows no paths, and quantises nothing.
package convert
