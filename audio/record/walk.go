package record

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"

	"bienban/internal/durable"
)

// walker goes through the chunks of one segment by their headers, without reading payloads.
type walker struct {
	f     durable.File
	head  segmentHeader
	hash  [hashSize]byte // what the next chunk must name as the one before
	off   int64          // of the next chunk
	limit int64          // bytes that belong to the segment
	seq   int64          // of the next chunk
	at    int64          // its position
	buf   [chunkHeaderSize]byte
}

// openSegment reads a segment's header. size is how much of the file counts.
func openSegment(f durable.File, size int64) (*walker, error) {
	b := make([]byte, segmentHeaderSize)
	if n, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else if size < segmentHeaderSize || n < segmentHeaderSize {
		return nil, errTorn
	}
	h, err := decodeSegment(b)
	if err != nil {
		return nil, err
	}
	return &walker{f: f, head: h, hash: sha256.Sum256(b), off: segmentHeaderSize, limit: size,
		seq: h.firstSeq, at: h.at}, nil
}

// place is a chunk's header and where it lies.
type place struct {
	chunkHeader
	off int64
}

// damage says that there is no good chunk where one should be.
type damage struct {
	off  int64  // where
	next int64  // where the next good chunk begins; limit when there is none
	what string // in words
	torn bool   // it may be the unfinished end of a file: nothing good follows
	made bool   // nothing that is only unfinished looks like that: somebody made it so
}

func (d *damage) Error() string { return d.what }

// next returns the next chunk, io.EOF at the end, or a *damage; after a damage it goes on behind it. Other errors are
// those of the file.
func (w *walker) next() (place, error) {
	if w.off >= w.limit {
		return place{}, io.EOF
	}
	h, err := w.header(w.off)
	switch {
	case err == nil && w.off+h.size() > w.limit:
		// A whole header whose payload is cut: only the end of a file looks like that.
		d := &damage{off: w.off, next: w.limit, what: "the chunk is cut off", torn: true}
		w.off = w.limit
		return place{}, d
	case err == nil && h.at+h.span > lastPosition(w.head.base):
		// A good checksum over what no recorder writes. Positions go on from before it.
		d := &damage{off: w.off, next: w.off + h.size(), what: "it ends beyond any possible length", made: true}
		at := w.at
		w.take(h)
		w.at = at
		return place{}, d
	case err == nil && h.prev != w.hash, err == nil && h.seq != w.seq:
		d := &damage{off: w.off, next: w.off, what: "the chain of hashes is broken in front of it: a chunk before it was changed, removed or moved"}
		w.resume(h)
		return place{}, d
	case errors.Is(err, errTorn):
		return place{}, w.resync()
	case err != nil:
		return place{}, err
	case h.at != w.at:
		d := &damage{off: w.off, next: w.off, what: "its position does not follow from the chunks before it"}
		w.resume(h)
		return place{}, d
	}
	p := place{h, w.off}
	w.take(h)
	return p, nil
}

// resume makes the walk go on with the chunk at the walker's place, whatever it says it follows.
func (w *walker) resume(h chunkHeader) { w.hash, w.seq, w.at = h.prev, h.seq, h.at }

// take moves behind a chunk.
func (w *walker) take(h chunkHeader) {
	w.hash = sha256.Sum256(w.buf[:])
	w.off += h.size()
	w.seq, w.at = h.seq+1, h.at+h.span
}

// header reads the header at off into buf.
func (w *walker) header(off int64) (chunkHeader, error) {
	n, err := w.f.ReadAt(w.buf[:], off)
	if err != nil && !errors.Is(err, io.EOF) {
		return chunkHeader{}, err
	}
	if n < chunkHeaderSize || off+chunkHeaderSize > w.limit {
		return chunkHeader{}, errTorn
	}
	return decodeChunk(w.buf[:], w.head.format)
}

// resync looks for the next good header behind a broken one.
func (w *walker) resync() error {
	d := &damage{off: w.off, next: w.limit, what: "its header is broken", torn: true}
	const step = 64 << 10
	b := make([]byte, step+chunkHeaderSize)
	for off := w.off + 1; off < w.limit; off += step {
		n, err := w.f.ReadAt(b, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		n = int(min(int64(n), w.limit-off))
		for i := 0; i < min(n, step); {
			k := bytes.Index(b[i:n], []byte(chunkMagic))
			if k < 0 || i+k >= step {
				break
			}
			i += k
			if h, err := decodeChunk(b[i:n], w.head.format); err == nil && h.seq > w.seq && off+int64(i)+h.size() <= w.limit {
				d.next, d.torn = off+int64(i), false
				w.off = d.next
				w.resume(h)
				return d
			}
			i++
		}
	}
	w.off = w.limit
	return d
}

// payload reads the key and payload of a chunk. whole is false when they are not what the header commits to.
func payload(f durable.File, p place, buf []byte) (key, data []byte, whole bool, err error) {
	n := keySize + p.bytes
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	k, err := f.ReadAt(buf, p.off+chunkHeaderSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, false, err
	}
	key, data = buf[:keySize], buf[keySize:]
	return key, data, k == n && seal(key, data) == p.mac, nil
}

// isZero reports whether b holds nothing, as an erased payload and its key do.
func isZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
