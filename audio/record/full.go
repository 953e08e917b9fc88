package record

// FullReason is what the end record of a recording says that was stopped for want of room.
const FullReason = "the disk is full"

// full ends the recording on a disk without room: what is whole stays, the chunk that was begun is cut off, and the
// rest is booked as lost, in the room that the reserve file gives back.
func (w *writer) full() error {
	w.stat.do(func(s *stats) { s.disk.Full = true; s.trouble = "no space left" })
	w.keep.release()
	w.wholeOnly()
	var lost int64
	var left []item
	flush := func() {
		if lost > 0 {
			left = append(left, item{kind: KindOverflow, format: w.work.format, span: lost, wall: w.opts.Now(),
				note: &Note{Reason: FullReason}})
			lost = 0
		}
	}
	take := func(items []item) {
		for _, it := range items {
			switch {
			case it.kind == KindAudio:
				lost += it.span
				w.refuse(it, ErrDiskFull)
			case it.last:
			default:
				flush()
				it.format = w.work.format // no room for a new segment
				left = append(left, it)
			}
		}
	}
	take(w.todo)
	take(w.q.rest())
	flush()
	left = append(left, item{kind: KindEnd, format: w.work.format, wall: w.opts.Now(), note: &Note{Reason: FullReason}, last: true})
	w.todo, w.written = left, 0
	ended := w.try() == nil
	if !ended {
		w.wholeOnly()
		for _, it := range w.todo {
			w.refuse(it, ErrDiskFull)
		}
	}
	_ = w.close(ended)
	return ErrDiskFull
}

// wholeOnly cuts a chunk that was only begun off, and keeps what is whole if the disk takes it, else what was synced.
func (w *writer) wholeOnly() {
	if w.cur == nil {
		w.work, w.written = w.safe, 0
		return
	}
	if w.cur.Truncate(w.work.size) == nil && w.commit() == nil {
		return
	}
	w.work, w.written = w.safe, 0
	if w.cur.Truncate(w.safe.size) != nil || w.cur.Sync() != nil {
		w.abandoned = true
		_ = w.cur.Close()
		w.cur = nil
	}
}
