package bus

// Cursor keeps an AudioReader's promise for implementations: it is given a
// stream's chunks in stored order and tells what to do with each.
type Cursor struct {
	pos   int64
	ended bool
}

// NewCursor begins at sample pos.
func NewCursor(pos int64) Cursor { return Cursor{pos: pos} }

// Position is the sample at which the next chunk begins.
func (c *Cursor) Position() int64 { return c.pos }

// Ended tells whether the chunk of kind End was taken.
func (c *Cursor) Ended() bool { return c.ended }

// Take looks at the next stored chunk. It returns the part to hand out and
// true; or a *MissingError, after which the same chunk must be given again; or
// false, when the chunk lies before the position (it was published twice, or
// late) and is to be left out.
func (c *Cursor) Take(k Chunk) (Chunk, bool, error) {
	switch {
	case k.First > c.pos:
		err := &MissingError{Recording: k.Recording, From: c.pos, To: k.First}
		c.pos = k.First
		return Chunk{}, false, err
	case k.Kind == End:
		// An end that lies before the position is of an earlier state of the
		// recording; there is nothing after it, so it counts all the same.
		c.ended = true
		k.First = c.pos
		return k, true, nil
	case k.End() <= c.pos:
		return Chunk{}, false, nil
	}
	k = k.From(c.pos)
	c.pos = k.End()
	return k, true, nil
}
