package device

import "time"

// Constants of measuring drift.
const (
	// driftWindow: the least delay within it is that of a block which nobody held up.
	driftWindow = 10 * time.Second
	// driftLeast is how long must be measured: one millisecond of doubt in a minute is 17 ppm.
	driftLeast = time.Minute
	// driftMost: quartz is within 200 ppm; beyond a tenth the device does not keep time at all (a file, a test).
	driftMost = 100_000.0
)

// Drift measures how much faster a device's clock runs than the machine's. Blocks come late when the machine is busy
// and never early, so only the least delay of each stretch counts.
type Drift struct {
	Rate int // of the frames, in Hz

	frames      int64
	begun       bool
	start       time.Duration // when the first block had come
	window      time.Duration // when the current one began
	least       float64       // delay in it, in seconds
	leastAt     time.Duration
	first, last float64
	t0, t1      time.Duration
	windows     int
}

// Add takes a block of frames that came at a time since any fixed moment, by a clock that is never set.
func (d *Drift) Add(frames int64, at time.Duration) {
	if !d.begun {
		d.begun, d.start, d.window = true, at, at
		d.least = 0
		d.leastAt = at
		return // its own length lies before it
	}
	d.frames += frames
	delay := (at - d.start).Seconds() - float64(d.frames)/float64(d.Rate)
	if at-d.window >= driftWindow {
		if d.windows == 0 {
			d.first, d.t0 = d.least, d.leastAt
		}
		d.last, d.t1 = d.least, d.leastAt
		d.windows++
		d.window, d.least, d.leastAt = at, delay, at
	}
	if delay < d.least {
		d.least, d.leastAt = delay, at
	}
}

// PPM tells by how many millionths the device's clock is fast, and whether that is known yet.
func (d *Drift) PPM() (ppm float64, known bool) {
	if d.windows < 2 || d.t1-d.t0 < driftLeast {
		return 0, false
	}
	ppm = (d.first - d.last) / (d.t1 - d.t0).Seconds() * 1e6
	return ppm, ppm > -driftMost && ppm < driftMost
}
