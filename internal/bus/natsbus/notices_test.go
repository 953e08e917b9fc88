package natsbus

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

func TestNoticesThatCannotBeSentAreLoggedAtOnceAndThenOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		life, stop := context.WithCancel(t.Context())
		s := startSender(life, func(*nats.Msg) error { return nats.ErrConnectionClosed }, slog.New(slog.NewTextHandler(&log, nil)))
		lines := func() [][]string {
			synctest.Wait()
			return regexp.MustCompile(`could not be sent" dropped=(\d+)`).FindAllStringSubmatch(log.String(), -1)
		}
		send := func(n int) { // ten a second, as a capture's status
			for range n {
				s.queue <- &nats.Msg{}
				time.Sleep(100 * time.Millisecond)
			}
		}
		send(20)
		if n := len(lines()); n != 1 {
			t.Errorf("%d lines in 2 s:\n%s", n, log.String())
		}
		send(10 * 60 * 10) // the server is away for ten minutes
		time.Sleep(2 * time.Minute)
		got, sum := lines(), 0
		for _, l := range got {
			n, err := strconv.Atoi(l[1])
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if len(got) < 10 || len(got) > 12 || sum != 20+6000 {
			t.Errorf("%d lines for %d drops:\n%s", len(got), sum, log.String())
		}
		stop()
		s.wait()
	})
}
