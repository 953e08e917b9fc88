package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// againAfter is from when on a second signal ends the program at once. One within it is the first one said twice: a
// terminal's Ctrl-C reaches the program, and whatever runs it (sudo, timeout, a service manager) passes its own on.
const againAfter = time.Second

// untilStopped gives a context that the first request to stop ends, so that what is done is saved: Ctrl-C, SIGTERM,
// Ctrl-\ and a terminal that is closed. A second one, againAfter later, is the operating system's own end.
func untilStopped() context.Context {
	stopping := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) { // nohup asked that it be ignored
		stopping = append(stopping, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), stopping...)
	context.AfterFunc(ctx, func() { time.AfterFunc(againAfter, stop) })
	return ctx
}
