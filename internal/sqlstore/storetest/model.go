package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"bienban/internal/fault"
	"bienban/internal/hall"
)

// model is what a store must behave like, in a few lines.
type model struct {
	upTo   int64
	epoch  uint64
	stored []hall.Final
	text   string
}

// accept does what AcceptFinal must do and returns the reason of a refusal.
func (m *model) accept(f hall.Final) hall.Reason {
	for _, was := range m.stored {
		if was.From == f.From && was.To == f.To && was.Segments[0].Text == f.Segments[0].Text {
			return ""
		}
	}
	switch {
	case f.Epoch < m.epoch:
		return hall.Stale
	case f.From > m.upTo:
		return hall.Ahead
	case f.From < m.upTo:
		return hall.Behind
	}
	m.upTo, m.epoch = f.To, f.Epoch
	m.stored = append(m.stored, f)
	if m.text != "" {
		m.text += " "
	}
	m.text += f.Segments[0].Text
	return ""
}

// againstModel sends finals with duplicates, holes, reorderings and stale
// epochs to a store and to the model.
func (s Suite) againstModel(t *testing.T) {
	store := s.New(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		n++
		id := fmt.Sprintf("r%d", n)
		if err := store.StartRecording(ctx, Recording(id)); err != nil {
			rt.Fatal(err)
		}
		m := &model{}
		sent := []hall.Final{}
		rt.Repeat(map[string]func(*rapid.T){
			"the next": func(rt *rapid.T) {
				f := Final(id, m.epoch+uint64(rapid.IntRange(0, 1).Draw(rt, "hand-over")), m.upTo,
					m.upTo+rapid.Int64Range(1, 3).Draw(rt, "length"), rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "text"))
				f.Epoch = max(f.Epoch, 1)
				sent = append(sent, f)
				check(rt, store, m, f)
			},
			"any": func(rt *rapid.T) {
				from := rapid.Int64Range(0, m.upTo+2).Draw(rt, "from")
				f := Final(id, rapid.Uint64Range(1, m.epoch+2).Draw(rt, "epoch"), from,
					from+rapid.Int64Range(1, 3).Draw(rt, "length"), rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "text"))
				sent = append(sent, f)
				check(rt, store, m, f)
			},
			"one again": func(rt *rapid.T) {
				if len(sent) == 0 {
					rt.Skip()
				}
				check(rt, store, m, rapid.SampledFrom(sent).Draw(rt, "which"))
			},
			"raise the epoch": func(rt *rapid.T) {
				e := rapid.Uint64Range(0, m.epoch+2).Draw(rt, "epoch")
				m.epoch = max(m.epoch, e)
				if _, err := store.RaiseEpoch(ctx, id, e); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				if r, err := store.Recording(ctx, id); err != nil || r.FinalUpTo != m.upTo || r.Epoch != m.epoch {
					rt.Fatalf("final up to %d, epoch %d, %v; want %d, %d", r.FinalUpTo, r.Epoch, err, m.upTo, m.epoch)
				}
			},
		})
		stands(rt, store, id, m.upTo, m.epoch, m.text)
	})
}

func check(rt *rapid.T, store hall.Store, m *model, f hall.Final) {
	want := m.accept(f)
	err := store.AcceptFinal(context.Background(), f)
	var why *hall.Refused
	switch {
	case want == "" && err != nil:
		rt.Fatalf("%d to %d, epoch %d: refused: %v", f.From, f.To, f.Epoch, err)
	case want != "" && (fault.CodeOf(err) != fault.Conflict || !errors.As(err, &why) || why.Reason != want):
		rt.Fatalf("%d to %d, epoch %d: %v, want refused as %s", f.From, f.To, f.Epoch, err, want)
	}
}
