package audio

import (
	"cmp"
	"slices"
)

// votingSNR is how far in dB a channel must stand above its floor to be named: a voice that reaches only a microphone
// that is no candidate is nobody's.
const votingSNR = 6.0

// DominantOptions says how channels are compared.
type DominantOptions struct {
	// Candidates are the channels that may be chosen, counted from 0; nil means all. Leave out a microphone that
	// hears the whole room and belongs to nobody.
	Candidates []int
	// Levels is what is known of the whole recording; nil means to learn from the rows given, which wants some
	// minutes of them.
	Levels *Levels
}

// Dominant tells which channel was the closest to whoever spoke from 16 kHz sample from up to to (not included). Rows
// are those of SpeechReader.Energies, in order; those outside of the stretch only serve to learn levels. Each row in
// which somebody speaks votes for the channel that stands highest, above its own noise and beside its own usual
// level; confidence is the share of votes that agree. Without such a row it returns -1 and 0: nobody is audible.
func Dominant(rows []ChannelEnergy, from, to int64, o DominantOptions) (channel int, confidence float64) {
	l := o.Levels
	if l == nil {
		if len(rows) == 0 {
			return -1, 0
		}
		l = NewLevels(len(rows[0].RMS))
		l.Add(rows)
		l.learnWarm()
	}
	floors, offset := l.noise(), l.offset()
	candidates := o.Candidates
	if candidates == nil {
		for c := range l.channels {
			candidates = append(candidates, c)
		}
	}
	votes, total := make([]int, l.channels), 0
	first, _ := slices.BinarySearchFunc(rows, from-EnergyHop+1, func(r ChannelEnergy, at int64) int {
		return cmp.Compare(r.Start, at)
	})
	for _, row := range rows[first:] {
		if row.Start >= to {
			break
		}
		if len(row.RMS) != l.channels {
			continue
		}
		db, snr := overFloor(row.RMS, floors)
		if slices.Max(snr) < activeSNR {
			continue
		}
		best, top := -1, 0.0
		for _, c := range candidates {
			if c < 0 || c >= l.channels {
				continue
			}
			if v := db[c] - offset[c]; best < 0 || v > top {
				best, top = c, v
			}
		}
		if best >= 0 && snr[best] >= votingSNR {
			votes[best]++
			total++
		}
	}
	if total == 0 {
		return -1, 0
	}
	best := 0
	for c, v := range votes {
		if v > best {
			best, channel = v, c
		}
	}
	return channel, float64(best) / float64(total)
}
