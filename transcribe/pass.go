package transcribe

import (
	"context"

	"bienban/audio"
	"bienban/internal/fault"
)

// Source is File for sound that is no file: a recording's segments. name is
// what the transcript calls it. It keeps no checkpoint. src stays the caller's.
func Source(ctx context.Context, src audio.Source, name string, eng Engine, det Detector, o Options) (*Transcript, error) {
	if o.Resume || o.Checkpoint != "" {
		return nil, fault.New(fault.Invalid, "resume: only the transcription of a file can be gone on with")
	}
	format := src.Format()
	reader, err := audio.NewSpeechReader(src, audio.MixOptions{NoEnergies: format.Channels == 1})
	if err != nil {
		return nil, err
	}
	j := newJob(eng, o)
	j.audio = Audio{File: nfc(name), Rate: format.Rate, Channels: format.Channels}
	if format.Frames > 0 {
		j.expected = float64(format.Frames) / float64(format.Rate)
	}
	l := &listener{src: reader, det: det, pack: newPacker(fileLimits())}
	if format.Channels > 1 {
		l.levels = audio.NewLevels(format.Channels)
	}
	identified := make(chan error, 1)
	identified <- nil // there is nothing to hash
	return j.run(ctx, l, identified)
}
