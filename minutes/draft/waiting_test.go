package draft

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestASlowModelIsToldOfWhileItIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []time.Duration
		c := &client{llm: LLM{Waiting: func(d time.Duration) { told = append(told, d) }}}
		stop := c.waiting(t.Context())
		time.Sleep(3*WaitingEvery + time.Second)
		stop()
		time.Sleep(10 * WaitingEvery)
		if len(told) != 3 || told[2] != 3*WaitingEvery {
			t.Errorf("told %v, want three times and never after the answer", told)
		}
	})
}

func TestWhoDoesNotAskIsNotTold(t *testing.T) {
	(&client{}).waiting(t.Context())()
}
