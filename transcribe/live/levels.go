package live

import "bienban/audio"

// levels knows how loud each microphone is from the last one to two blocks of
// sound: a memory that a committer which goes on elsewhere can build again
// (HistoryFrom), while one of the whole recording it could not.
type levels struct {
	block        int64 // number of the block that the last row was in
	channels     int
	now, younger *audio.Levels // since the block before; since this block
}

// learn takes a row.
func (l *levels) learn(row audio.ChannelEnergy) {
	b := row.Start / levelsBlock
	if l.now == nil || l.channels != len(row.RMS) {
		*l = levels{block: b, channels: len(row.RMS), now: audio.NewLevels(len(row.RMS)), younger: audio.NewLevels(len(row.RMS))}
	}
	if b != l.block {
		l.now = l.younger
		if b != l.block+1 {
			l.now = audio.NewLevels(l.channels)
		}
		l.block, l.younger = b, audio.NewLevels(l.channels)
	}
	rows := []audio.ChannelEnergy{row}
	l.now.Add(rows)
	l.younger.Add(rows)
}

// of gives what is known, nil when there is one microphone.
func (l *levels) of() *audio.Levels {
	if l.channels < 2 {
		return nil
	}
	return l.now
}

// take keeps the rows of a chunk. Those of sound that is committed teach only.
func (c *Committer) take(rows []audio.ChannelEnergy) {
	last := int64(-1)
	if n := len(c.rows); n > 0 {
		last = c.rows[n-1].Start
	}
	for _, r := range rows {
		if r.Start <= last || len(r.RMS) < 2 {
			continue // fed again, or nothing to compare
		}
		c.rows, last = append(c.rows, r), r.Start
	}
	c.learn(c.upTo)
}

// learn takes note of the rows that end before to, and forgets those that no
// window will need.
func (c *Committer) learn(to int64) {
	n := 0
	for n < len(c.rows) && c.rows[n].Start+audio.EnergyHop <= to {
		if c.rows[n].Start >= c.learned {
			c.levels.learn(c.rows[n])
			c.learned = c.rows[n].Start + 1
		}
		n++
	}
	keep := 0
	for keep < len(c.rows) && c.rows[keep].Start+audio.EnergyHop <= c.upTo {
		keep++
	}
	if keep > 0 {
		c.rows = append([]audio.ChannelEnergy(nil), c.rows[keep:]...)
	}
}
