// Package llmserver runs an OpenAI-compatible server for one language model
// file (GGUF) on this machine, for as long as it is needed.
//
// It keeps one invariant: the server listens on 127.0.0.1 only, and it is gone
// when Close has returned, when the context given to Start ends, or when the
// program that started it dies, however it dies.
//
// Two backends: llama-server when it is on PATH, else llama.cpp's server from
// PyPI's xllamacpp in a private Python environment. That environment is made
// by EnsureRuntime alone, on request, never by Start. The package chooses no
// model and sends no prompt.
package llmserver
