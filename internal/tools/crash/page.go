package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"bienban/internal/hall"
	"bienban/minutes/desk"
)

// line is a line of the text as a page shows it.
type line struct{ recording, id, text string }

// page is the text as a browser makes it of the events, and the newest event that it
// has. It knows the rules of split and merge by itself, so that it can be compared
// with the store's text.
type page struct {
	mu    sync.Mutex
	seq   int64
	lines []line
}

func newPage() *page { return &page{} }

func (p *page) newest() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seq
}

// some gives a line and those behind it of the same recording.
func (p *page) some(dice func(int) int) []line {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lines) == 0 {
		return nil
	}
	i := dice(len(p.lines))
	out := []line{p.lines[i]}
	if i+1 < len(p.lines) && p.lines[i+1].recording == out[0].recording {
		out = append(out, p.lines[i+1])
	}
	return out
}

// event takes the next event in.
func (p *page) event(e desk.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq = e.Seq
	if e.Type == hall.EventFinal {
		var b hall.FinalBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return err
		}
		for _, g := range b.Segments {
			if !g.Struck {
				p.lines = append(p.lines, line{b.Recording, g.ID, g.Text})
			}
		}
		return nil
	}
	switch desk.Kind(e.Type) {
	case desk.KindText, desk.KindSplit, desk.KindMerge, desk.KindSettle:
	default:
		return nil
	}
	var b desk.EventBody
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return err
	}
	if b.Conflict != nil {
		return nil
	}
	kind, body := desk.Kind(e.Type), b.Body
	if kind == desk.KindSettle {
		// Who settles for what came second applies that act: what it changed stands in the edits.
		return p.settled(b)
	}
	return p.change(kind, body, b.Made)
}

// settled applies a settlement: the texts that its edits set.
func (p *page) settled(b desk.EventBody) error {
	if len(b.Edits) == 0 {
		return nil
	}
	var was struct{ Body json.RawMessage }
	for _, c := range b.Changes {
		if strings.HasPrefix(c.Key, "conflict:") && len(c.Before) > 0 {
			if err := json.Unmarshal(c.Before, &was); err != nil {
				return err
			}
		}
	}
	return p.change(b.Of, was.Body, b.Made)
}

func (p *page) change(kind desk.Kind, body json.RawMessage, made string) error {
	at := func(recording, id string) (int, error) {
		if i := slices.IndexFunc(p.lines, func(g line) bool { return g.recording == recording && g.id == id }); i >= 0 {
			return i, nil
		}
		return 0, fmt.Errorf("%s of segment %s of %s, which no event tells of", kind, id, recording)
	}
	switch kind {
	case desk.KindText:
		var x desk.TextChanged
		if err := json.Unmarshal(body, &x); err != nil {
			return err
		}
		i, err := at(x.Recording, x.Segment)
		if err != nil {
			return err
		}
		p.lines[i].text = x.Text
	case desk.KindSplit:
		var x desk.SplitAt
		if err := json.Unmarshal(body, &x); err != nil {
			return err
		}
		i, err := at(x.Recording, x.Segment)
		if err != nil {
			return err
		}
		r := []rune(p.lines[i].text)
		p.lines[i].text = strings.TrimSpace(string(r[:x.At]))
		p.lines = slices.Insert(p.lines, i+1, line{x.Recording, made, strings.TrimSpace(string(r[x.At:]))})
	case desk.KindMerge:
		var x desk.SegmentsNamed
		if err := json.Unmarshal(body, &x); err != nil {
			return err
		}
		i, err := at(x.Recording, x.Segments[0])
		if err != nil {
			return err
		}
		for _, id := range x.Segments[1:] {
			k, err := at(x.Recording, id)
			if err != nil {
				return err
			}
			p.lines[i].text += " " + p.lines[k].text
			p.lines = slices.Delete(p.lines, k, k+1)
		}
	}
	return nil
}
