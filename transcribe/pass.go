package transcribe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"bienban/audio"
	"bienban/internal/fault"
)

// Source is File for sound that is no file: a recording's segments. name is
// what the transcript calls it. A checkpoint needs Options.Identity. src stays
// the caller's.
func Source(ctx context.Context, src audio.Source, name string, eng Engine, det Detector, o Options) (*Transcript, error) {
	if o.Identity == "" && (o.Resume || o.Checkpoint != "") {
		return nil, fault.New(fault.Invalid, "resume: this sound has no identity by which it can be known again")
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
	if o.Identity != "" {
		sum := sha256.Sum256([]byte(o.Identity))
		j.id = identity{hex.EncodeToString(sum[:]), format.Frames}
	}
	identified := make(chan error, 1)
	identified <- nil // there is nothing to hash
	if err := j.resume(); err != nil {
		return nil, err
	}
	l := &listener{src: reader, det: det, pack: newPacker(fileLimits())}
	if format.Channels > 1 {
		l.levels = audio.NewLevels(format.Channels)
	}
	t, err := j.run(ctx, l, identified)
	if t != nil {
		t.Audio.SHA256 = "" // the identity is no hash of the sound
	}
	return t, err
}
