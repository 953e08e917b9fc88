package transcribe

import (
	"slices"

	"bienban/audio"
)

// turn is a stretch in which one microphone was the loudest.
type turn struct {
	span
	channel  int  // from 1; 0 = not known
	doubtful bool // another was about as loud
}

const (
	turnStep = audio.SpeechRate / 10 // how finely turns are told: 0.1 s
	turnView = audio.SpeechRate / 4  // each step listens this far to both sides
	// turnLeast is the shortest change of microphone that is believed: an
	// answer of one syllable, not a cough or a touch of the table.
	turnLeast = audio.SpeechRate * 3 / 10
	// doubtShare is the share of votes (audio.Dominant) under which a second
	// microphone counts as about as loud.
	doubtShare = 0.6
)

// turnsOf tells who spoke when in stretches of speech, from the channels'
// energies and what is known of their levels so far. A source of one channel
// has no turns: every stretch gets channel 0.
func turnsOf(in []heard, rows []audio.ChannelEnergy, levels *audio.Levels) []turn {
	var out []turn
	for _, h := range in {
		if levels == nil {
			out = append(out, turn{span: h.span})
			continue
		}
		out = append(out, split(h.span, rows, levels)...)
	}
	return smooth(out)
}

func split(s span, rows []audio.ChannelEnergy, levels *audio.Levels) []turn {
	var out []turn
	for from := s.from; from < s.to; from += turnStep {
		step := span{from, min(from+turnStep, s.to)}
		view := span{step.from - turnView, step.to + turnView}.cut(s)
		channel, share := audio.Dominant(rowsIn(rows, view), view.from, view.to, audio.DominantOptions{Levels: levels})
		out = append(out, turn{span: step, channel: channel + 1, doubtful: channel >= 0 && share < doubtShare})
	}
	return out
}

func rowsIn(rows []audio.ChannelEnergy, s span) []audio.ChannelEnergy {
	at := func(pos int64) int {
		i, _ := slices.BinarySearchFunc(rows, pos, func(r audio.ChannelEnergy, p int64) int {
			return int(max(min(r.Start-p, 1), -1))
		})
		return i
	}
	return rows[at(s.from-audio.EnergyHop):at(s.to)]
}

// smooth joins neighbours of one channel and gives stretches that are too
// short, or in which no channel stood out, to the longer neighbour.
func smooth(in []turn) []turn {
	out := joinTurns(in)
	given := make(map[int64]bool) // starts of stretches that changed once: none changes twice
	for {
		short := -1
		for i, t := range out {
			if (t.channel == 0 || t.len() < turnLeast) && !given[t.from] && neighbour(out, i) != t.channel &&
				(short < 0 || t.len() < out[short].len()) {
				short = i
			}
		}
		if short < 0 {
			return out
		}
		given[out[short].from] = true
		out[short].channel = neighbour(out, short)
		out = joinTurns(out)
	}
}

// near is how far apart stretches may be to lend each other a channel.
const near = audio.SpeechRate / 2

// neighbour is the channel of the longer stretch beside stretch i, its own when there is none near.
func neighbour(ts []turn, i int) int {
	best, channel := int64(0), ts[i].channel
	if i > 0 && ts[i].from-ts[i-1].to < near && ts[i-1].len() > best && ts[i-1].channel != 0 {
		best, channel = ts[i-1].len(), ts[i-1].channel
	}
	if i+1 < len(ts) && ts[i+1].from-ts[i].to < near && ts[i+1].len() > best && ts[i+1].channel != 0 {
		channel = ts[i+1].channel
	}
	return channel
}

func joinTurns(in []turn) []turn {
	var out []turn
	for _, t := range in {
		if n := len(out); n > 0 && out[n-1].channel == t.channel && t.from == out[n-1].to {
			last := &out[n-1]
			// Doubt counts when most of the stretch is doubtful.
			last.doubtful = last.doubtful && (t.doubtful || t.len() < last.len()) || t.doubtful && t.len() > last.len()
			last.to = t.to
			continue
		}
		out = append(out, t)
	}
	return out
}

// speakerOf is the one person who uses a channel, "" when several or nobody do.
func speakerOf(channel int, people map[int][]string) string {
	if names := people[channel]; channel > 0 && len(names) == 1 {
		return nfc(names[0])
	}
	return ""
}
