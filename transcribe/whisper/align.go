package whisper

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"bienban/transcribe"
)

// Times of words. whisper.cpp offers two ways, and neither serves: its DTW
// over cross-attention needs flash attention off for the whole model, and its
// token times read energy at the wrong place in all but the first segment of a
// window and take the model's improbable timestamps as facts. What is certain
// is where the sound pauses. So words are laid into the stretches of sound
// between pauses, in order, by dynamic programming: a stretch should last as
// long as its words take to say, and a pause belongs after punctuation rather
// than inside a phrase. Within a stretch, words take time by their length.
const (
	hop      = transcribe.SampleRate / 100 // one envelope frame: 10 ms
	hopTime  = 0.01                        // seconds
	minPause = 12                          // frames: a closed consonant lasts up to about 100 ms
	minSound = 4                           // frames: shorter sounds are clicks
	tailGap  = 20                          // frames: a closed final consonant may be released so late,
	tailLong = 20                          // frames: and last so long; it belongs to the sound before
	spread   = 0.06                        // seconds: variance of a stretch's length for each second of it
	loose    = 2.5                         // cost of a pause inside a phrase
	comma    = 0.5                         // cost of a pause after a comma
	joined   = 0.8                         // cost of a full stop without a pause
	snap     = 5                           // frames: how far a word boundary moves to the quietest place
)

// stretch is sound between two pauses, in frames [from, to).
type stretch struct{ from, to int }

func (s stretch) seconds() float64 { return float64(s.to-s.from) * hopTime }

// align gives each word its time in pcm, in seconds. Times rise and lie within
// the window.
func align(words []transcribe.Word, pcm []float32) {
	if len(words) == 0 {
		return
	}
	env := envelope(pcm)
	parts := stretches(env)
	weights := make([]float64, len(words))
	for i, w := range words {
		weights[i] = weight(w.Text)
	}
	total := float64(len(pcm)) / transcribe.SampleRate
	next := 0
	for k, n := range assign(words, weights, parts) {
		place(words[next:next+n], weights[next:next+n], parts[k], env, total)
		next += n
	}
}

// envelope is the level of each frame in dB, smoothed over three frames.
func envelope(pcm []float32) []float64 {
	n := max(1, (len(pcm)+hop-1)/hop)
	power := make([]float64, n)
	for i := range n {
		sum := 0.0
		frame := pcm[min(i*hop, len(pcm)):min((i+1)*hop, len(pcm))]
		for _, x := range frame {
			sum += float64(x) * float64(x)
		}
		power[i] = sum / hop
	}
	env := make([]float64, n)
	for i := range env {
		lo, hi := max(0, i-1), min(n, i+2)
		sum := 0.0
		for _, p := range power[lo:hi] {
			sum += p
		}
		// The floor is well under 16-bit quantisation noise (-98 dB).
		env[i] = 10 * math.Log10(sum/float64(hi-lo)+1e-11)
	}
	return env
}

// stretches splits the envelope at pauses. There is always one.
func stretches(env []float64) []stretch {
	sorted := slices.Sorted(slices.Values(env))
	floor := sorted[len(sorted)/20]
	top := sorted[len(sorted)*19/20]
	// Speech is rarely more than 30 dB under its own peaks; a window without a
	// quiet place has no pause to find.
	limit := max(floor+0.3*(top-floor), top-30)
	var out []stretch
	quiet := minPause
	for i, level := range env {
		switch {
		case level < limit:
			quiet++
		case quiet >= minPause:
			out = append(out, stretch{i, i + 1})
			quiet = 0
		default:
			out[len(out)-1].to = i + 1
			quiet = 0
		}
	}
	var kept []stretch
	for _, s := range out {
		last := len(kept) - 1
		switch {
		case s.to-s.from < minSound:
		case last >= 0 && s.to-s.from < tailLong && s.from-kept[last].to < tailGap:
			kept[last].to = s.to
		default:
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return []stretch{{0, len(env)}}
	}
	return kept
}

// weight estimates how long a word takes to say, in letters.
func weight(word string) float64 {
	w := 1.5
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			w += 4 // "5" is said "five"
		case r == '$' || r == '€' || r == '£' || r == '%':
			w += 6
		case unicode.IsLetter(r) && r > 0x2e80: // a syllable a character: Chinese, Japanese, Korean
			w += 3
		case unicode.IsLetter(r):
			w++
		}
	}
	return w
}

// assign says how many words each stretch holds, in order.
func assign(words []transcribe.Word, weights []float64, parts []stretch) []int {
	n, m := len(words), len(parts)
	before := make([]float64, n+1) // sum of weights of the first i words
	stops := make([]float64, n+1)  // cost of their full stops when none has a pause
	for i := range n {
		before[i+1] = before[i] + weights[i]
		stops[i+1] = stops[i] + joined*ending(words[i].Text, ".?!…。？！")
	}
	sound := 0.0
	for _, p := range parts {
		sound += p.seconds()
	}
	rate := sound / before[n]
	cost := make([][]float64, m+1) // cost[k][i]: the first i words in the first k stretches
	from := make([][]int, m+1)
	for k := range cost {
		cost[k] = slices.Repeat([]float64{math.Inf(1)}, n+1)
		from[k] = make([]int, n+1)
	}
	cost[0][0] = 0
	for k := 1; k <= m; k++ {
		d := parts[k-1].seconds()
		for i := 0; i <= n; i++ {
			for j := 0; j <= i; j++ {
				if math.IsInf(cost[k-1][j], 1) {
					continue
				}
				said := rate * (before[i] - before[j])
				c := cost[k-1][j] + (d-said)*(d-said)/(spread*(d+said))
				if i > j {
					c += stops[i-1] - stops[j] // stops inside the stretch
					if i < n {
						c += breaking(words[i-1].Text)
					}
				}
				if c < cost[k][i] {
					cost[k][i], from[k][i] = c, j
				}
			}
		}
	}
	counts := make([]int, m)
	for k, i := m, n; k > 0; k-- {
		counts[k-1] = i - from[k][i]
		i = from[k][i]
	}
	return counts
}

// breaking is the cost of a pause after a word.
func breaking(word string) float64 {
	switch {
	case ending(word, ".?!…。？！") > 0:
		return 0
	case ending(word, ",;:-–—，、") > 0:
		return comma
	}
	return loose
}

func ending(word, marks string) float64 {
	r := []rune(strings.TrimRight(word, `"')]”’»`))
	if len(r) > 0 && strings.ContainsRune(marks, r[len(r)-1]) {
		return 1
	}
	return 0
}

// place lays words over one stretch by their weights, each boundary moved to
// the quietest place nearby.
func place(words []transcribe.Word, weights []float64, s stretch, env []float64, total float64) {
	if len(words) == 0 {
		return
	}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at, done := s.from, 0.0
	for i := range words {
		done += weights[i]
		end := s.to
		if i < len(words)-1 {
			end = quietest(env, s.from+int(float64(s.to-s.from)*done/sum+0.5), at+1, s.to)
		}
		words[i].Start = min(float64(at)*hopTime, total)
		words[i].End = min(float64(end)*hopTime, total)
		at = end
	}
}

// spreadOver gives words their times between two seconds, by their weights,
// within the window.
func spreadOver(words []transcribe.Word, from, to, total float64) {
	from = min(max(from, 0), total)
	to = min(max(to, from), total)
	sum := 0.0
	for _, w := range words {
		sum += weight(w.Text)
	}
	at := from
	for i := range words {
		words[i].Start = at
		at = min(at+(to-from)*weight(words[i].Text)/sum, to)
		words[i].End = at
	}
}

// quietest finds the lowest frame near at, within [lo, hi].
func quietest(env []float64, at, lo, hi int) int {
	at = min(max(at, lo), hi)
	best := at
	for i := max(at-snap, lo); i <= min(at+snap, hi) && i < len(env); i++ {
		if env[i] < env[best] || best >= len(env) {
			best = i
		}
	}
	return best
}
