package convert

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Limits of the CTranslate2 reader: far above any real model, low enough that
// a damaged count cannot make it allocate or loop for long.
const (
	ct2Version  = 6       // of the binary format (CTranslate2 model.cc)
	ct2MaxVars  = 1 << 16 // variables, aliases
	ct2MaxRank  = 8
	ct2Elements = 1 << 40
)

// ct2Model is the index of a CTranslate2 model.bin: where each variable lies.
type ct2Model struct {
	spec     string // e.g. "WhisperSpec"
	revision int    // of that spec
	vars     map[string]tensor
}

// readCT2 reads the index of a CTranslate2 model.bin of size bytes. Aliases
// appear as variables of their own name.
func readCT2(r io.ReaderAt, size int64) (*ct2Model, error) {
	c := &cursor{r: r, size: size}
	if v := c.u32(); c.err == nil && v != ct2Version {
		return nil, fmt.Errorf("CTranslate2 binary version %d, want %d: not a model of a supported CTranslate2", v, ct2Version)
	}
	m := &ct2Model{spec: c.str(), revision: int(c.u32()), vars: map[string]tensor{}}
	n := c.count(ct2MaxVars)
	for i := 0; i < n && c.err == nil; i++ {
		t := tensor{name: c.str()}
		rank := int(c.u8())
		if rank > ct2MaxRank {
			return nil, fmt.Errorf("CTranslate2 variable %q has %d dimensions", t.name, rank)
		}
		for range rank {
			t.dims = append(t.dims, int(c.u32()))
		}
		id := c.u8()
		nbytes := int64(c.u32())
		if c.err != nil {
			break
		}
		var err error
		if t.dtype, err = ct2Type(id); err != nil {
			return nil, fmt.Errorf("CTranslate2 variable %q: %w", t.name, err)
		}
		elems, err := checkedElems(t.dims, ct2Elements)
		if err != nil {
			return nil, fmt.Errorf("CTranslate2 variable %q: %w", t.name, err)
		}
		if elems*t.dtype.size() != nbytes {
			return nil, fmt.Errorf("CTranslate2 variable %q: %d bytes for dimensions %v", t.name, nbytes, t.dims)
		}
		if _, dup := m.vars[t.name]; dup {
			return nil, fmt.Errorf("CTranslate2 variable %q appears twice", t.name)
		}
		t.offset = c.pos
		c.skip(nbytes)
		m.vars[t.name] = t
	}
	n = c.count(ct2MaxVars)
	for i := 0; i < n && c.err == nil; i++ {
		alias, target := c.str(), c.str()
		if c.err != nil {
			break
		}
		t, ok := m.vars[target]
		if !ok {
			return nil, fmt.Errorf("CTranslate2 alias %q points to missing variable %q", alias, target)
		}
		m.vars[alias] = t
	}
	if c.err != nil {
		return nil, fmt.Errorf("read CTranslate2 model at byte %d: %w", c.pos, c.err)
	}
	return m, nil
}

// ct2Type maps CTranslate2's DataType numbers (include/ctranslate2/types.h).
func ct2Type(id byte) (dtype, error) {
	types := []dtype{dtypeF32, dtypeI8, dtypeI16, dtypeI32, dtypeF16, dtypeBF16}
	if int(id) >= len(types) {
		return 0, fmt.Errorf("unknown element type %d", id)
	}
	return types[id], nil
}

// get returns the variable and checks its shape; a negative dimension in want
// matches any size.
func (m *ct2Model) get(name string, want ...int) (tensor, error) {
	t, ok := m.vars[name]
	if !ok {
		return tensor{}, fmt.Errorf("CTranslate2 model lacks variable %q", name)
	}
	match := len(t.dims) == len(want)
	for i := 0; match && i < len(want); i++ {
		match = want[i] < 0 || t.dims[i] == want[i]
	}
	if !match {
		return tensor{}, fmt.Errorf("CTranslate2 variable %q has shape %v, want %v", name, t.dims, want)
	}
	return t, nil
}

// scalar returns the value of an integer variable without dimensions.
func (m *ct2Model) scalar(r io.ReaderAt, name string) (int, error) {
	t, err := m.get(name)
	if err != nil {
		return 0, err
	}
	var b [4]byte
	if _, err := r.ReadAt(b[:t.dtype.size()], t.offset); err != nil {
		return 0, fmt.Errorf("read CTranslate2 variable %q: %w", name, err)
	}
	switch t.dtype {
	case dtypeI8:
		return int(int8(b[0])), nil
	case dtypeI16:
		return int(int16(binary.LittleEndian.Uint16(b[:]))), nil
	case dtypeI32:
		return int(int32(binary.LittleEndian.Uint32(b[:]))), nil
	default:
		return 0, fmt.Errorf("CTranslate2 variable %q is not an integer", name)
	}
}

// cursor reads little-endian fields from a file of known size. The first
// error sticks and later reads return zero.
type cursor struct {
	r    io.ReaderAt
	size int64
	pos  int64
	err  error
}

func (c *cursor) read(n int64) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > c.size-c.pos {
		c.err = io.ErrUnexpectedEOF
		return nil
	}
	b := make([]byte, n)
	if _, err := c.r.ReadAt(b, c.pos); err != nil {
		c.err = err
		return nil
	}
	c.pos += n
	return b
}

func (c *cursor) skip(n int64) {
	if c.err == nil && (n < 0 || n > c.size-c.pos) {
		c.err = io.ErrUnexpectedEOF
	}
	if c.err == nil {
		c.pos += n
	}
}

func (c *cursor) u8() byte {
	if b := c.read(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.read(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// count reads an element count and refuses one above limit.
func (c *cursor) count(limit uint32) int {
	n := c.u32()
	if c.err == nil && n > limit {
		c.err = fmt.Errorf("count %d is above %d", n, limit)
	}
	return int(n)
}

// str reads a string: 16-bit length that counts a final NUL, then the bytes.
func (c *cursor) str() string {
	b := c.read(2)
	if b == nil {
		return ""
	}
	s := c.read(int64(binary.LittleEndian.Uint16(b)))
	if n := len(s); n > 0 && s[n-1] == 0 {
		s = s[:n-1]
	}
	return string(s)
}
