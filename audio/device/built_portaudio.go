//go:build portaudio

package device

// Built says whether this program has PortAudio in it (build tag portaudio).
const Built = true
