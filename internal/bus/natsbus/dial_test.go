package natsbus

import (
	"strings"
	"testing"

	"bienban/internal/fault"
)

func TestAnAddressThatNoServerCanHaveIsRefusedAtOnce(t *testing.T) {
	for url, says := range map[string]string{
		"http://hub:4222":          "not http://",
		"nats://":                  "no host",
		"nats://secret@":           "no host",
		"nats://hub:4222, ftp://x": "not ftp://",
		"":                         "no URL",
		"nats://a:secret@hub?x=1":  "only domain=NAME",
		"nats://secret@hub?domain": "only domain=NAME",
		"nats://hub?domain=a.b":    "only domain=NAME",
	} {
		b, err := Dial(Options{URL: url})
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
		if b != nil {
			_ = b.Close()
		}
	}
	for _, url := range []string{"nats://127.0.0.1:1", "127.0.0.1:1", "tls://token@127.0.0.1:1,nats://127.0.0.1:2", "nats://127.0.0.1:1?domain=hub"} {
		b, err := Dial(Options{URL: url}) // not there yet is no error
		if err != nil {
			t.Errorf("%q: %v", url, err)
			continue
		}
		_ = b.Close()
	}
}
