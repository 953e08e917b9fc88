package record

import "bienban/audio"

// converter brings chunks of one format into another: the rate by resampling, channels by number. A single channel
// is spread to all; what has no counterpart is silent or left out.
type converter struct {
	from, to Format
	res      *audio.Resampler
	pcm      []float32
	mixed    []float32
	left     []float32 // resampled frames that belong to the next chunk
}

func newConverter(from, to Format) (*converter, error) {
	c := &converter{from: from, to: to}
	return c, c.renew()
}

func (c *converter) renew() error {
	c.left = c.left[:0]
	if c.from.Rate == c.to.Rate {
		return nil
	}
	r, err := audio.NewResampler(c.from.Rate, c.to.Rate, c.to.Channels)
	c.res = r
	return err
}

// reset forgets what came before: the next chunk does not follow on the last.
func (c *converter) reset() {
	if c.res != nil {
		_ = c.renew() // it could be made once
	}
}

// run appends exactly span frames. The resampler looks a few ms ahead, so a stretch in another rate comes out that
// much later, with silence in front.
func (c *converter) run(dst []float32, data []byte, span int64) []float32 {
	c.pcm = DecodePCM(c.pcm[:0], data, c.from.Bits)
	src := c.pcm
	if c.from.Channels != c.to.Channels {
		c.mixed = spread(c.mixed[:0], src, c.from.Channels, c.to.Channels)
		src = c.mixed
	}
	if c.res == nil {
		return append(dst, src...)
	}
	c.left = c.res.Process(c.left, src)
	need := int(span) * c.to.Channels
	k := min(need, len(c.left))
	dst = append(dst, make([]float32, need-k)...)
	dst = append(dst, c.left[:k]...)
	c.left = c.left[:copy(c.left, c.left[k:])]
	return dst
}

func spread(dst, src []float32, from, to int) []float32 {
	for ; len(src) >= from; src = src[from:] {
		for ch := range to {
			switch {
			case from == 1:
				dst = append(dst, src[0])
			case ch < from:
				dst = append(dst, src[ch])
			default:
				dst = append(dst, 0)
			}
		}
	}
	return dst
}
