package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"bienban/transcribe"
)

// busyClock is a clock that stands still but for waiting and for the processor
// time that the engine uses: what a play would be like on a machine that does
// nothing else, measured on one that does. Processor time is that of the
// engine's busiest thread in each call; the others work beside it.
type busyClock struct {
	pid int

	mu  sync.Mutex
	now time.Duration
}

// Now implements live.Clock.
func (c *busyClock) Now() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// WaitUntil implements live.Clock.
func (c *busyClock) WaitUntil(ctx context.Context, t time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = max(c.now, t)
	return ctx.Err()
}

// during lets the clock go on by what a call costs.
func (c *busyClock) during(call func() error) error {
	before := threadTimes(c.pid)
	err := call()
	most := time.Duration(0)
	for id, t := range threadTimes(c.pid) {
		most = max(most, t-before[id])
	}
	c.mu.Lock()
	c.now += most
	c.mu.Unlock()
	return err
}

// threadTimes is the processor time of each thread of a process.
func threadTimes(pid int) map[string]time.Duration {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	list, _ := os.ReadDir(dir) // none when the process has ended: then the play fails as well
	out := make(map[string]time.Duration, len(list))
	for _, t := range list {
		b, _ := os.ReadFile(dir + "/" + t.Name() + "/schedstat")
		first, _, _ := strings.Cut(string(b), " ")
		ns, _ := strconv.ParseInt(first, 10, 64)
		out[t.Name()] = time.Duration(ns)
	}
	return out
}

// timed is an engine whose calls make the clock go on.
type timed struct {
	transcribe.Engine
	clock *busyClock
}

func (e timed) Transcribe(ctx context.Context, r transcribe.Request) (res transcribe.Result, err error) {
	_ = e.clock.during(func() error { res, err = e.Engine.Transcribe(ctx, r); return err })
	return res, err
}

// timedDetector is such a detector.
type timedDetector struct {
	transcribe.Detector
	clock *busyClock
}

func (d timedDetector) Feed(ctx context.Context, pcm []float32) (probs []float32, err error) {
	_ = d.clock.during(func() error { probs, err = d.Detector.Feed(ctx, pcm); return err })
	return probs, err
}
