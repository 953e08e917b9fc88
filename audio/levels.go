package audio

import (
	"math"
	"slices"
)

// Levels learns, as a recording goes by, what is needed to compare microphones: the noise floor of each channel and
// how its level relative to the others moves. Memory is fixed (about 10 kB a channel). For one goroutine at a time.
type Levels struct {
	channels int
	floors   []histogram // level in dB of all rows
	relative []histogram // level over the floor less the mean of all channels, in rows with somebody speaking
	active   int64       // such rows
	warm     []ChannelEnergy
	floor    []float64 // as of the last floorEvery rows
	learned  int64
}

// Constants of comparing channels.
const (
	// levelFloor is the level in dB given to silence; 16-bit dither lies near -96.
	levelFloor = -100.0
	// floorShare is the share of rows below the noise floor. A microphone is silent, or hears only bleed between
	// words, for more than a tenth of any meeting.
	floorShare = 0.10
	// floorOver is added to that to reach the mean level of the noise, in dB.
	floorOver = 2.0
	// activeSNR is how far in dB a channel must rise above its floor for a row to count as speech.
	activeSNR = 10.0
	// warmRows is how many rows are kept back until a floor is known: 3 s.
	warmRows = 300
	// floorEvery is after how many rows the floor is looked up again.
	floorEvery = 50
	// spreadShare: the range of a channel's relative level is taken between these quantiles.
	spreadShare = 0.03
	// spreadLeast is the range in dB beyond which a channel is known both to lead and to follow: some voice is
	// closest to it at times and others are at other times. Bleed alone varies less.
	spreadLeast = 10.0
	// spreadRows is how much speech must have been heard before ranges count: 10 s.
	spreadRows = 1000
)

// histogram counts levels in steps of half a decibel from -140 to 60 dB.
type histogram struct {
	n     int64
	count [400]uint32
}

func (h *histogram) add(db float64) {
	i := int((db + 140) * 2)
	h.count[max(0, min(i, len(h.count)-1))]++
	h.n++
}

// quantile returns the level below which the share q of all counts lies.
func (h *histogram) quantile(q float64) float64 {
	want, sum := int64(q*float64(h.n)), int64(0)
	for i, c := range h.count {
		if sum += int64(c); sum > want {
			return float64(i)/2 - 140 + 0.25
		}
	}
	return levelFloor
}

// NewLevels returns an empty record of a source with this many channels.
func NewLevels(channels int) *Levels {
	return &Levels{channels: channels, floors: make([]histogram, channels), relative: make([]histogram, channels)}
}

// Add takes rows in order. Rows of another width are ignored.
func (l *Levels) Add(rows []ChannelEnergy) {
	for _, row := range rows {
		if len(row.RMS) != l.channels {
			continue
		}
		for c, v := range row.RMS {
			l.floors[c].add(decibel(float64(v)))
		}
		if l.floors[0].n <= warmRows {
			l.warm = append(l.warm, row)
			continue
		}
		l.learnWarm()
		l.learn(row)
	}
}

// learnWarm takes the rows that were kept back.
func (l *Levels) learnWarm() {
	for _, row := range l.warm {
		l.learn(row)
	}
	l.warm = nil
}

func (l *Levels) learn(row ChannelEnergy) {
	if l.learned%floorEvery == 0 {
		l.floor = l.noise()
	}
	l.learned++
	db, snr := overFloor(row.RMS, l.floor)
	if slices.Max(snr) < activeSNR {
		return
	}
	mean := 0.0
	for _, v := range db {
		mean += v / float64(len(db))
	}
	for c, v := range db {
		l.relative[c].add(v - mean)
	}
	l.active++
}

// noise returns each channel's noise floor in dB.
func (l *Levels) noise() []float64 {
	f := make([]float64, l.channels)
	for c := range f {
		f[c] = l.floors[c].quantile(floorShare) + floorOver
	}
	return f
}

// offset returns what is to be subtracted from each channel's level so that a microphone with less gain is not at a
// disadvantage, nor one that hears the whole room at an advantage: the middle between the channel's relative level
// when it leads and when it follows. A channel that was not seen to do both gets the mean of the others' offsets, and
// if there are not two that were, nothing is corrected.
func (l *Levels) offset() []float64 {
	off := make([]float64, l.channels)
	if l.active < spreadRows {
		return off
	}
	known, sum := 0, 0.0
	ok := make([]bool, l.channels)
	for c := range off {
		lo, hi := l.relative[c].quantile(spreadShare), l.relative[c].quantile(1-spreadShare)
		if hi-lo >= spreadLeast {
			off[c], ok[c] = (lo+hi)/2, true
			known++
			sum += off[c]
		}
	}
	if known < 2 {
		clear(off)
		return off
	}
	for c := range off {
		if !ok[c] {
			off[c] = max(sum/float64(known), l.relative[c].quantile(0.5))
		}
	}
	return off
}

// overFloor returns the levels in dB with the noise power subtracted, and how far in dB each stands above its floor.
func overFloor(rms []float32, floors []float64) (db, snr []float64) {
	db, snr = make([]float64, len(rms)), make([]float64, len(rms))
	for c, v := range rms {
		noise := math.Pow(10, floors[c]/10)
		power := float64(v) * float64(v)
		// What is left is not trusted below a tenth of the noise.
		db[c] = 10 * math.Log10(max(power-noise, noise/10, math.Pow(10, levelFloor/10)))
		snr[c] = 10*math.Log10(max(power, math.Pow(10, levelFloor/10))) - floors[c]
	}
	return db, snr
}

func decibel(rms float64) float64 {
	return 20 * math.Log10(max(rms, math.Pow(10, levelFloor/20)))
}
