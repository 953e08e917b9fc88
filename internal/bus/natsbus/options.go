package natsbus

import (
	"log/slog"
	"time"
)

// Options say how to connect and what the streams made by this connection keep.
// The zero value of each field means its default.
type Options struct {
	// URL is that of a server, several separated by commas; user, password or
	// token may be in it. After it may stand "?domain=NAME", the JetStream domain
	// to use, which a client of a leaf server without streams of its own must
	// say. Left empty when AddressFile is given.
	URL string
	// AddressFile is the file in which an embedded server writes where it
	// listens (Server.AddressFile); it is read again at each reconnect, so a
	// restarted server may move. One without a token was written by people, and
	// its "url" is taken as URL, so that a password need not be an argument.
	AddressFile string
	// Name is shown in the server's monitoring.
	Name string
	// Timeout ends a call that gets no answer: 2 s.
	Timeout time.Duration
	// Replicas of each stream: 1, or 3 in a cluster.
	Replicas int
	// AudioBytes and AudioAge bound each recording's stream: 512 MiB (above
	// 4 h of 16 kHz sound) and 24 h; what is older stays in the recording. On an
	// embedded server it is 8 MiB (above 4 min): the recording lies on the same
	// disk, and the library keeps blocks of this in memory (of 4 MiB, and of 8
	// where a stream may hold 32 MiB or more).
	AudioBytes int64
	AudioAge   time.Duration
	// Refuse makes a full stream refuse new chunks instead of dropping the oldest.
	Refuse bool
	Log    *slog.Logger

	domain string // of URL
}

// Defaults of Options.
const (
	defaultTimeout    = 2 * time.Second
	defaultAudioBytes = 512 << 20
	nearAudioBytes    = 8 << 20 // on an embedded server
	defaultAudioAge   = 24 * time.Hour
)

// near is for an embedded server.
func (o Options) near() Options {
	if o.AudioBytes <= 0 {
		o.AudioBytes = nearAudioBytes
	}
	return o
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Replicas <= 0 {
		o.Replicas = 1
	}
	if o.AudioBytes <= 0 {
		o.AudioBytes = defaultAudioBytes
	}
	if o.AudioAge <= 0 {
		o.AudioAge = defaultAudioAge
	}
	if o.Name == "" {
		o.Name = "bienban"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}
