package host

import "time"

// Clock is how the machine's clock stands.
type Clock struct {
	Known  bool          // the system tells whether it is synchronised
	Synced bool          // with a time server
	Error  time.Duration // at most, as the system estimates it; 0 when not known
}

// Steps tells when the clock is set while a program runs: positions of a recording are counted and do not care, but the
// times of day that people read do.
type Steps struct {
	wall time.Time // without Go's monotonic reading
	mono time.Time
}

// WatchSteps begins to watch.
func WatchSteps() Steps {
	now := time.Now()
	return Steps{wall: now.Round(0), mono: now}
}

// Step is by how much the clock was set since, beyond how the time went by.
func (s Steps) Step() time.Duration { return s.stepAt(time.Now()) }

func (s Steps) stepAt(now time.Time) time.Duration {
	return now.Round(0).Sub(s.wall) - now.Sub(s.mono)
}
