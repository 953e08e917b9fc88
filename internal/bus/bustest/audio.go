package bustest

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// someBytes is room for about ten test chunks, whatever an implementation
// counts beside the sound.
const someBytes = 70_000

var audioTests = []test{
	{"a reader gets every chunk in order and then the end", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		publish(t, b, "r", 0, 5)
		must(t, b.PublishAudio(ctx, EndOf("r", 5)))
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 5)
		if c, err := r.Next(ctx); err != nil || c.Kind != bus.End || c.First != 5*Frames {
			t.Fatalf("got %v %v, want the end at %d", c.Kind, err, 5*Frames)
		}
		if _, err := r.Next(ctx); !errors.Is(err, io.EOF) {
			t.Fatalf("after the end: %v, want EOF", err)
		}
	}},
	{"a chunk comes back as it was sent", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		sent := Chunk("r", 0)
		must(t, b.PublishAudio(ctx, sent))
		must(t, b.PublishAudio(ctx, bus.Chunk{Recording: "r", Kind: bus.Paused, Seq: 1, First: Frames, Frames: 90_000_000}))
		r := read(t, b, "r", 0)
		got, err := r.Next(ctx)
		must(t, err)
		if got.Seq != sent.Seq || got.Kind != bus.Audio || !slices.Equal(got.PCM, sent.PCM) || !slices.Equal(got.Energies, sent.Energies) {
			t.Error("the chunk was changed on its way")
		}
		got, err = r.Next(ctx)
		must(t, err)
		if got.Kind != bus.Paused || got.Frames != 90_000_000 {
			t.Errorf("got kind %d of %d frames, want a pause of 90000000", got.Kind, got.Frames)
		}
	}},
	{"a reader follows what is published after it", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		r := read(t, b, "r", 0) // the recording does not exist yet
		done := make(chan struct{})
		go func() {
			defer close(done)
			expect(t, r, "r", 0, 20)
		}()
		publish(t, b, "r", 0, 20)
		<-done
	}},
	{"a reader begins exactly at the sample asked for", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		publish(t, b, "r", 0, 40)
		for _, from := range []int64{0, 1, Frames - 1, Frames, 17*Frames + 5, 40*Frames - 1} {
			r := read(t, b, "r", from)
			c, err := r.Next(ctx)
			must(t, err)
			i := from / Frames
			if c.First != from || c.End() != (i+1)*Frames || int64(len(c.PCM)) != c.Frames || c.PCM[0] != Chunk("r", int(i)).PCM[from%Frames] {
				t.Errorf("from %d: got %d to %d", from, c.First, c.End())
			}
		}
	}},
	{"a chunk published twice is read once", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		publish(t, b, "r", 0, 3)
		publish(t, b, "r", 1, 6)
		expect(t, read(t, b, "r", 0), "r", 0, 6)
		expect(t, read(t, b, "r", 2*Frames), "r", 2, 6)
	}},
	{"a stretch that was never published is told, not skipped", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		publish(t, b, "r", 2, 4)
		publish(t, b, "r", 7, 9)
		r := read(t, b, "r", 100)
		missing(t, r, 100, 2*Frames)
		expect(t, r, "r", 2, 4)
		missing(t, r, 4*Frames, 7*Frames)
		expect(t, r, "r", 7, 9)
	}},
	{"the end tells of what is missing before it", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		publish(t, b, "r", 0, 2)
		must(t, b.PublishAudio(ctx, EndOf("r", 5)))
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 2)
		missing(t, r, 2*Frames, 5*Frames)
		if c, err := r.Next(ctx); err != nil || c.Kind != bus.End {
			t.Fatalf("got %v %v, want the end", c.Kind, err)
		}
	}},
	{"a reader is told what a bounded stream has dropped", Limits{AudioBytes: someBytes}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{AudioBytes: someBytes}), Context(t)
		publish(t, b, "r", 0, 2)
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 2)
		idle := read(t, b, "r", 0) // never read until the end: it must not hold anything up
		publish(t, b, "r", 2, 200)
		for _, r := range []bus.AudioReader{idle, read(t, b, "r", 0)} {
			begin := r.Position()
			_, err := r.Next(ctx)
			var m *bus.MissingError
			if !errors.As(err, &m) || m.From != begin || m.To <= 100*Frames {
				t.Fatalf("got %v, want a missing stretch from %d to beyond %d", err, begin, 100*Frames)
			}
			expect(t, r, "r", int(m.To/Frames), 200)
		}
	}},
	{"a full stream refuses and does not block", Limits{AudioBytes: someBytes, Refuse: true}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{AudioBytes: someBytes, Refuse: true}), Context(t)
		stored := 0
		var err error
		for ; stored < 200 && err == nil; stored++ {
			err = b.PublishAudio(ctx, Chunk("r", stored))
		}
		stored--
		if fault.CodeOf(err) != fault.Unavailable || !errors.Is(err, bus.ErrFull) {
			t.Fatalf("after %d chunks: %v, want ErrFull", stored, err)
		}
		begin := time.Now()
		for i := range 20 {
			if err := b.PublishAudio(ctx, Chunk("r", stored+i)); !errors.Is(err, bus.ErrFull) {
				t.Fatalf("publish into a full stream: %v, want ErrFull", err)
			}
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("20 refusals took %v", d)
		}
		expect(t, read(t, b, "r", 0), "r", 0, stored)
		must(t, b.PublishAudio(ctx, Chunk("other", 0)))
	}},
	{"the end of a stream is where its publisher goes on", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		if end, err := b.AudioEnd(ctx, "r"); err != nil || end != 0 {
			t.Fatalf("of nothing: %d %v, want 0", end, err)
		}
		publish(t, b, "r", 0, 3)
		if end, err := b.AudioEnd(ctx, "r"); err != nil || end != 3*Frames {
			t.Fatalf("got %d %v, want %d", end, err, 3*Frames)
		}
	}},
	{"a dropped recording is gone and another is not", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		publish(t, b, "r", 0, 3)
		publish(t, b, "s", 0, 3)
		must(t, b.DropAudio(ctx, "r"))
		must(t, b.DropAudio(ctx, "r"))
		if end, err := b.AudioEnd(ctx, "r"); err != nil || end != 0 {
			t.Errorf("of the dropped: %d %v, want 0", end, err)
		}
		expect(t, read(t, b, "s", 0), "s", 0, 3)
		publish(t, b, "r", 0, 2)
		expect(t, read(t, b, "r", 0), "r", 0, 2)
	}},
	{"a reader survives that its recording is dropped and begun again", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		publish(t, b, "r", 0, 3)
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 3)
		must(t, b.DropAudio(ctx, "r"))
		publish(t, b, "r", 0, 6)
		for i := 3; i < 6; i++ {
			c := nextUp(t, r)
			if c.First != int64(i)*Frames {
				t.Fatalf("got sample %d, want %d", c.First, i*Frames)
			}
		}
	}},
	{"Next ends with its context and the reader goes on", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		publish(t, b, "r", 0, 1)
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 1)
		short, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		if _, err := r.Next(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want the context's error", err)
		}
		publish(t, b, "r", 1, 3)
		expect(t, r, "r", 1, 3)
		must(t, r.Close())
		if _, err := r.Next(t.Context()); fault.CodeOf(err) != fault.Unavailable {
			t.Fatalf("after Close: %v, want unavailable", err)
		}
	}},
	{"what is no chunk or no name is refused as invalid", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		broken := Chunk("r", 0)
		broken.PCM = broken.PCM[1:]
		_, readErr := b.ReadAudio(ctx, "r", -1)
		_, nameErr := b.ReadAudio(ctx, "a.b", 0)
		for what, err := range map[string]error{
			"cut sound":  b.PublishAudio(ctx, broken),
			"empty name": b.PublishAudio(ctx, Chunk("", 0)),
			"wildcard":   b.PublishAudio(ctx, Chunk("*", 0)),
			"dot":        nameErr, "before the beginning": readErr,
			"accent": b.DropAudio(ctx, "hội-trường"),
		} {
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want invalid", what, err)
			}
		}
	}},
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// publish sends chunks from to up to (not included).
func publish(t *testing.T, b bus.Bus, recording string, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if err := b.PublishAudio(Context(t), Chunk(recording, i)); err != nil {
			t.Fatalf("publish chunk %d: %v", i, err)
		}
	}
}

func read(t *testing.T, b bus.Bus, recording string, from int64) bus.AudioReader {
	t.Helper()
	r, err := b.ReadAudio(Context(t), recording, from)
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// nextUp is the reader's next chunk, over outages.
func nextUp(t *testing.T, r bus.AudioReader) bus.Chunk {
	t.Helper()
	var c bus.Chunk
	Eventually(t, "read", func(ctx context.Context) (err error) {
		c, err = r.Next(ctx)
		return err
	})
	return c
}

// expect reads the chunks from to up to (not included).
func expect(t *testing.T, r bus.AudioReader, recording string, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		c, err := r.Next(Context(t))
		if err != nil {
			t.Errorf("chunk %d: %v", i, err)
			return
		}
		if want := Chunk(recording, i); c.Seq != want.Seq || c.First != want.First || !slices.Equal(c.PCM, want.PCM) {
			t.Errorf("got chunk %d at %d, want %d at %d", c.Seq, c.First, want.Seq, want.First)
			return
		}
	}
}

func missing(t *testing.T, r bus.AudioReader, from, to int64) {
	t.Helper()
	_, err := r.Next(Context(t))
	var m *bus.MissingError
	if !errors.As(err, &m) || m.From != from || m.To != to {
		t.Fatalf("got %v, want samples %d to %d missing", err, from, to)
	}
}
