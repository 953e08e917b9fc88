package bus_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

func chunk() *rapid.Generator[bus.Chunk] {
	return rapid.Custom(func(t *rapid.T) bus.Chunk {
		c := bus.Chunk{
			Recording: rapid.StringMatching(`[A-Za-z0-9_-]{1,128}`).Draw(t, "recording"),
			Kind:      bus.Kind(rapid.IntRange(0, 3).Draw(t, "kind")),
			Seq:       rapid.Uint64().Draw(t, "seq"),
			First:     rapid.Int64Range(0, 1<<50).Draw(t, "first"),
			Energies:  rapid.SliceOfN(rapid.Float32(), 0, bus.MaxChannels).Draw(t, "energies"),
		}
		switch c.Kind {
		case bus.Audio:
			c.PCM = rapid.SliceOfN(rapid.Int16(), 1, 400).Draw(t, "pcm")
			c.Frames = int64(len(c.PCM))
		case bus.Paused, bus.Gap:
			c.Frames = rapid.Int64Range(1, 1<<40).Draw(t, "frames")
		}
		return c
	})
}

func TestAChunkIsDecodedAsItWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := chunk().Draw(t, "chunk")
		b, err := c.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		d, err := bus.DecodeChunk(c.Recording, b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.MarshalBinary()
		if err != nil || !bytes.Equal(again, b) || d.First != c.First || d.Seq != c.Seq || d.Kind != c.Kind || len(d.PCM) != len(c.PCM) {
			t.Fatalf("%+v became %+v: %v", c, d, err)
		}
		if n := rapid.IntRange(0, len(b)-1).Draw(t, "cut"); len(b) > 0 {
			if _, err := bus.DecodeChunk(c.Recording, b[:n]); fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("cut at %d of %d: %v, want invalid", n, len(b), err)
			}
		}
	})
}

func TestWhatIsNoChunkIsRefused(t *testing.T) {
	good := bus.Chunk{Recording: "r", Frames: 2, PCM: []int16{1, 2}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *bus.Chunk){
		"negative position":   func(c *bus.Chunk) { c.First = -1 },
		"beyond all samples":  func(c *bus.Chunk) { c.First = math.MaxInt64 - 1 },
		"unknown kind":        func(c *bus.Chunk) { c.Kind = 9 },
		"no sound":            func(c *bus.Chunk) { c.Frames, c.PCM = 0, nil },
		"sound too long":      func(c *bus.Chunk) { c.Frames, c.PCM = bus.MaxFrames+1, make([]int16, bus.MaxFrames+1) },
		"sound in a pause":    func(c *bus.Chunk) { c.Kind = bus.Paused },
		"an empty gap":        func(c *bus.Chunk) { c.Kind, c.Frames, c.PCM = bus.Gap, 0, nil },
		"an end with length":  func(c *bus.Chunk) { c.Kind, c.PCM = bus.End, nil },
		"too many channels":   func(c *bus.Chunk) { c.Energies = make([]float32, bus.MaxChannels+1) },
		"a name with a dot":   func(c *bus.Chunk) { c.Recording = "a.b" },
		"a name with accents": func(c *bus.Chunk) { c.Recording = "họp" },
		"a name too long":     func(c *bus.Chunk) { c.Recording = strings.Repeat("a", 129) },
	} {
		c := good
		change(&c)
		if err := c.Check(); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}

func FuzzDecodeChunk(f *testing.F) {
	for _, c := range []bus.Chunk{
		{Recording: "r", Frames: 2, PCM: []int16{1, 2}, Energies: []float32{0.5}},
		{Recording: "r", Kind: bus.End, First: 99},
	} {
		b, err := c.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := bus.DecodeChunk("r", b)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%v, want invalid", err)
			}
			return
		}
		if err := c.Check(); err != nil {
			t.Fatalf("decoded, but: %v", err)
		}
	})
}

func FuzzDecodeFinal(f *testing.F) {
	b, err := bus.EncodeFinal(bus.Final{Recording: "r", Epoch: 1, To: 5, Payload: []byte("đã biểu quyết")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"recording":"r","epoch":1,"from_sample":0,"to_sample":1,"payload":""} x`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := bus.DecodeFinal(b)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%v, want invalid", err)
			}
			return
		}
		if _, err := bus.EncodeFinal(v); err != nil {
			t.Fatalf("decoded, but: %v", err)
		}
	})
}

// A cursor hands out, whatever it is given, samples without overlap or hole.
func TestACursorJoinsWhateverIsStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 500).Draw(t, "from")
		cur, pos := bus.NewCursor(from), from
		for range rapid.IntRange(1, 40).Draw(t, "chunks") {
			first := rapid.Int64Range(0, 1000).Draw(t, "first")
			pcm := make([]int16, rapid.IntRange(1, 60).Draw(t, "frames"))
			for i := range pcm {
				pcm[i] = int16(first + int64(i))
			}
			k := bus.Chunk{Recording: "r", First: first, Frames: int64(len(pcm)), PCM: pcm}
			part, ok, err := cur.Take(k)
			var m *bus.MissingError
			if errors.As(err, &m) {
				if m.From != pos || m.To != first || m.From >= m.To {
					t.Fatalf("at %d given %d: missing %d to %d", pos, first, m.From, m.To)
				}
				pos = m.To
				part, ok, err = cur.Take(k)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				if k.End() > pos {
					t.Fatalf("left out %d to %d at %d", first, k.End(), pos)
				}
				continue
			}
			if part.First != pos || part.PCM[0] != int16(pos) || part.Check() != nil {
				t.Fatalf("at %d got %d with sample %d", pos, part.First, part.PCM[0])
			}
			pos = part.End()
			if cur.Position() != pos {
				t.Fatalf("position %d, want %d", cur.Position(), pos)
			}
		}
	})
}

func TestPatternsOfSubjects(t *testing.T) {
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{"a.b", "a.b", true}, {"a.b", "a.c", false}, {"a.b", "a", false}, {"a.b", "a.b.c", false},
		{"*.b", "a.b", true}, {"a.*", "a", false}, {"a.*", "a.b.c", false},
		{"a.>", "a.b", true}, {"a.>", "a.b.c", true}, {"a.>", "a", false}, {">", "a", true},
	} {
		if got := bus.Matches(c.pattern, c.subject); got != c.want {
			t.Errorf("%s of %s: %v", c.pattern, c.subject, got)
		}
	}
}
