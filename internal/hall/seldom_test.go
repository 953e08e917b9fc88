package hall

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheSameTroubleIsSaidOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seldom
		for _, c := range []struct {
			after time.Duration
			text  string
			say   bool
		}{
			{0, "the stream is full", true},
			{time.Second, "the stream is full", false},
			{58 * time.Second, "the stream is full", false},
			{time.Second, "the stream is full", true},
			{time.Second, "no answer", true},
			{time.Second, "the stream is full", true},
		} {
			time.Sleep(c.after)
			if got := s.again(c.text); got != c.say {
				t.Errorf("%q said again: %v", c.text, got)
			}
		}
	})
}
