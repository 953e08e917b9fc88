package capture

import (
	"time"

	"golang.org/x/sys/unix"
)

// suspended is for how long the machine has slept since it was started: the one clock goes on in sleep, the other stands.
func suspended() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil {
		return 0
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
