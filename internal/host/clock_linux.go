package host

import (
	"time"

	"golang.org/x/sys/unix"
)

// ReadClock asks the kernel (adjtimex(2)): it calls the clock unsynchronised until a time service has disciplined it.
func ReadClock() Clock {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return Clock{}
	}
	c := Clock{Known: true, Synced: state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0}
	if c.Synced {
		c.Error = time.Duration(t.Maxerror) * time.Microsecond
	}
	return c
}
