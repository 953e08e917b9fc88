package whisper

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"bienban/transcribe"
)

// kind is what a frame holds.
type kind byte

// Frames to the child, and back.
const (
	askDecode kind = 'D' // JSON of transcribe.Request, then its sound
	askCancel kind = 'C' // nothing: the call of this id is no longer wanted
	askFeed   kind = 'F' // stream (uint32), then sound
	askReset  kind = 'R' // stream
	askClose  kind = 'X' // stream
	sayReady  kind = 'H' // JSON of hello; id 0
	sayResult kind = 'r' // JSON of transcribe.Result
	sayProbs  kind = 'p' // float32, one a detector frame
	sayDone   kind = 'k' // nothing
	sayError  kind = 'e' // JSON of failure
)

// Sizes that a reader accepts. A length beyond them is damage, not a wish.
const (
	maxSamples = 30 * transcribe.SampleRate // Whisper's window
	maxHeader  = 1 << 20                    // JSON of a request or a result
	maxFrame   = maxHeader + 4*maxSamples + 16
	headSize   = 9
)

// frame is one message: length of the rest (uint32), kind (byte), call id
// (uint32), payload; little-endian.
type frame struct {
	kind    kind
	id      uint32
	payload []byte
}

type hello struct {
	Model  string `json:"model"`
	System string `json:"system"` // what whisper.cpp was built with
}

type failure struct {
	Message   string `json:"message"`
	Cancelled bool   `json:"cancelled,omitempty"`
}

func writeFrame(w io.Writer, f frame) error {
	if len(f.payload) > maxFrame {
		return fmt.Errorf("engine frame of %d bytes: the limit is %d", len(f.payload), maxFrame)
	}
	b := make([]byte, headSize, headSize+len(f.payload))
	binary.LittleEndian.PutUint32(b, uint32(headSize-4+len(f.payload)))
	b[4] = byte(f.kind)
	binary.LittleEndian.PutUint32(b[5:], f.id)
	_, err := w.Write(append(b, f.payload...))
	return err
}

// readFrame returns io.EOF only at the end between two frames.
func readFrame(r io.Reader) (frame, error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	size := int64(binary.LittleEndian.Uint32(head[:])) - (headSize - 4)
	if size < 0 || size > maxFrame {
		return frame{}, fmt.Errorf("engine frame: length %d is not one that we write", size)
	}
	f := frame{kind: kind(head[4]), id: binary.LittleEndian.Uint32(head[5:])}
	// Grows with what really comes, so a wrong length costs no memory.
	payload, err := io.ReadAll(io.LimitReader(r, size))
	if err != nil {
		return frame{}, err
	}
	if int64(len(payload)) < size {
		return frame{}, io.ErrUnexpectedEOF
	}
	f.payload = payload
	return f, nil
}

// packRequest puts the sound, as it is in memory, after the rest as JSON.
func packRequest(r transcribe.Request) ([]byte, error) {
	pcm := r.PCM
	r.PCM = nil
	head, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("engine request: %w", err)
	}
	b := make([]byte, 0, 4+len(head)+4*len(pcm))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(head)))
	b = append(b, head...)
	return appendFloats(b, pcm), nil
}

func unpackRequest(b []byte) (transcribe.Request, error) {
	var r transcribe.Request
	if len(b) < 4 {
		return r, io.ErrUnexpectedEOF
	}
	n := int64(binary.LittleEndian.Uint32(b))
	b = b[4:]
	if n > int64(len(b)) {
		return r, io.ErrUnexpectedEOF
	}
	if err := json.Unmarshal(b[:n], &r); err != nil {
		return r, fmt.Errorf("engine request: %w", err)
	}
	pcm, err := floats(b[n:])
	r.PCM = pcm
	return r, err
}

func appendFloats(b []byte, pcm []float32) []byte {
	for _, x := range pcm {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func floats(b []byte) ([]float32, error) {
	if len(b)%4 != 0 {
		return nil, fmt.Errorf("engine frame: %d bytes are no whole samples", len(b))
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out, nil
}

// packStream puts the number of a detector's stream before its sound.
func packStream(stream uint32, pcm []float32) []byte {
	b := make([]byte, 0, 4+4*len(pcm))
	return appendFloats(binary.LittleEndian.AppendUint32(b, stream), pcm)
}

func unpackStream(b []byte) (uint32, []float32, error) {
	if len(b) < 4 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	pcm, err := floats(b[4:])
	return binary.LittleEndian.Uint32(b), pcm, err
}
