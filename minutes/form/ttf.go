package form

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// face is what laying out needs of a TrueType font: widths, glyphs, height.
// It is read here, and not asked of gofpdf, because gofpdf panics on a font
// that is cut, and gives a missing glyph the width of an average one.
type face struct {
	data    []byte
	widths  map[rune]float64 // thousandths of the size, of the runes that have a glyph
	ascent  float64          // thousandths above the baseline
	descent float64          // thousandths below it, positive
	missing rune             // stands for a rune without a glyph
}

var errFont = errors.New("the file is cut or no TrueType font")

// parseFace reads the tables head, hhea, hmtx and cmap (format 4, the Basic
// Multilingual Plane; gofpdf paints no other runes).
func parseFace(data []byte) (*face, error) {
	t := tables{data: data}
	if len(data) < 12 || t.u32(0) != 0x00010000 && t.u32(0) != 0x74727565 {
		return nil, fmt.Errorf("%w (collections and OpenType with CFF outlines cannot be used)", errFont)
	}
	t.at = map[string][2]int{}
	for i := range t.u16(4) {
		rec := 12 + 16*i
		if rec+16 > len(data) {
			return nil, errFont
		}
		off, size := t.u32(rec+8), t.u32(rec+12)
		if off > len(data) || size > len(data)-off {
			return nil, errFont
		}
		t.at[string(data[rec:rec+4])] = [2]int{off, size}
	}
	for _, need := range []string{"head", "hhea", "hmtx", "cmap", "maxp", "glyf", "loca", "name", "post"} {
		if t.at[need][1] == 0 {
			return nil, fmt.Errorf("%w: it has no table %s", errFont, need)
		}
	}
	// What gofpdf would only say on standard output, or not read.
	if os2 := t.at["OS/2"]; os2[1] > 10 {
		if fs := t.u16(os2[0] + 8); fs&0x000F == 2 || fs&0x0300 != 0 {
			return nil, errors.New("its licence bits (OS/2 fsType) do not allow embedding")
		}
	}
	if f := t.u16(t.at["name"][0]); f != 0 {
		return nil, fmt.Errorf("its table name has format %d; only 0 can be used", f)
	}
	unit := float64(t.u16(t.at["head"][0] + 18))
	if unit == 0 {
		return nil, errFont
	}
	hhea := t.at["hhea"][0]
	f := &face{data: data, widths: map[rune]float64{}}
	f.ascent = 1000 * float64(t.i16(hhea+4)) / unit
	f.descent = -1000 * float64(t.i16(hhea+6)) / unit
	metrics := t.u16(hhea + 34)
	sub := t.unicode()
	if sub == 0 || metrics == 0 || t.at["hmtx"][1] < 4*metrics {
		return nil, fmt.Errorf("%w: it has no Unicode characters", errFont)
	}
	for r := rune(0x20); r < 0xFFFF; r++ {
		if g := t.glyph(sub, int(r)); g > 0 {
			f.widths[r] = 1000 * float64(t.u16(t.at["hmtx"][0]+4*min(g, metrics-1))) / unit
		}
	}
	if t.short {
		return nil, errFont
	}
	for _, r := range []rune{'\u25A1', '\uFFFD', '?'} {
		if _, ok := f.widths[r]; ok {
			f.missing = r
			break
		}
	}
	if _, ok := f.widths[' ']; !ok || f.missing == 0 {
		return nil, fmt.Errorf("%w: it has no blank or question mark", errFont)
	}
	return f, nil
}

// tables reads numbers of a font; a place outside it reads as 0 and sets short.
type tables struct {
	data  []byte
	at    map[string][2]int
	short bool
}

func (t *tables) u16(i int) int {
	if i < 0 || i+2 > len(t.data) {
		t.short = true
		return 0
	}
	return int(binary.BigEndian.Uint16(t.data[i:]))
}

func (t *tables) i16(i int) int { return int(int16(t.u16(i))) }

func (t *tables) u32(i int) int { return t.u16(i)<<16 | t.u16(i+2) }

// unicode finds the subtable of format 4; 0 when there is none.
func (t *tables) unicode() int {
	cmap := t.at["cmap"][0]
	for i := range t.u16(cmap + 2) {
		rec := cmap + 4 + 8*i
		system, coding, off := t.u16(rec), t.u16(rec+2), cmap+t.u32(rec+4)
		if (system == 0 || system == 3 && coding == 1) && t.u16(off) == 4 {
			return off
		}
	}
	return 0
}

func (t *tables) glyph(sub, r int) int {
	segs := t.u16(sub+6) / 2
	lo, hi := 0, segs
	for lo < hi { // the first segment that ends at r or after it
		mid := (lo + hi) / 2
		if t.u16(sub+14+2*mid) < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == segs {
		return 0
	}
	start := t.u16(sub + 16 + 2*segs + 2*lo)
	if r < start {
		return 0
	}
	delta := t.u16(sub + 16 + 4*segs + 2*lo)
	place := sub + 16 + 6*segs + 2*lo
	offset := t.u16(place)
	if offset == 0 {
		return (r + delta) & 0xFFFF
	}
	if at := place + offset + 2*(r-start); at+2 <= len(t.data) {
		if g := t.u16(at); g > 0 {
			return (g + delta) & 0xFFFF
		}
	}
	return 0
}

// show gives the text as this face can paint it: what has no glyph becomes a
// visible mark, so that nobody takes it for nothing.
func (f *face) show(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '\u00A0' {
			out[i] = ' '
			continue
		}
		if _, ok := f.widths[r]; !ok {
			out[i] = f.missing
		}
	}
	return string(out)
}

// width of a text that show has given, in thousandths of the size.
func (f *face) width(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += f.widths[r]
	}
	return w
}
