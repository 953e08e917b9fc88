package bus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"bienban/internal/fault"
)

// MaxPayload is the largest payload of a final, in bytes: a minute of speech
// with its words is about 30 kB.
const MaxPayload = 512 << 10

// ID names the final for deduplication.
func (f Final) ID() string {
	return fmt.Sprintf("%s.%d.%d.%d", f.Recording, f.Epoch, f.From, f.To)
}

// Check says what is wrong with the final (fault.Invalid).
func (f Final) Check() error {
	if err := CheckName(f.Recording); err != nil {
		return err
	}
	switch {
	case f.Epoch == 0:
		return fault.New(fault.Invalid, "final of recording %s: epoch 0; epochs count from 1", f.Recording)
	case f.From < 0 || f.To <= f.From:
		return fault.New(fault.Invalid, "final of recording %s: samples %d to %d are no stretch", f.Recording, f.From, f.To)
	case len(f.Payload) > MaxPayload:
		return fault.New(fault.Invalid, "final of recording %s: %d bytes, at most %d", f.Recording, len(f.Payload), MaxPayload)
	}
	return nil
}

// EncodeFinal writes a final for the queue.
func EncodeFinal(f Final) ([]byte, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(f)
}

// DecodeFinal reads what EncodeFinal wrote; what is no final is fault.Invalid.
func DecodeFinal(b []byte) (Final, error) {
	var f Final
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(&f)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows it")
		}
	}
	if err != nil {
		return Final{}, fault.New(fault.Invalid, "a message in the queue of finals is none: %w", err)
	}
	if err := f.Check(); err != nil {
		return Final{}, err
	}
	return f, nil
}
