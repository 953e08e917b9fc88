package whisper

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"bienban/transcribe"
)

func TestARequestArrivesAsItWasSent(t *testing.T) {
	for name, r := range map[string]transcribe.Request{
		"all fields": {PCM: []float32{0, -1, 0.25, math.SmallestNonzeroFloat32}, Language: "vi", Prompt: "Đại hội Đảng bộ phường; \"biên bản\"",
			AudioContext: 512, Beam: 5, Temperature: 0.4, MaxTokens: 99},
		"only sound": {PCM: make([]float32, 1000)},
	} {
		b, err := packRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		var pipe bytes.Buffer
		if err := writeFrame(&pipe, frame{askDecode, 7, b}); err != nil {
			t.Fatal(err)
		}
		f, err := readFrame(&pipe)
		if err != nil || f.kind != askDecode || f.id != 7 {
			t.Fatalf("%s: frame %c %d, %v", name, f.kind, f.id, err)
		}
		got, err := unpackRequest(f.payload)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, r)
		}
	}
}

func TestALongestWindowFitsInAFrame(t *testing.T) {
	b, err := packRequest(transcribe.Request{PCM: make([]float32, maxSamples), Prompt: strings.Repeat("\x01", maxHeader/8)})
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFrame(io.Discard, frame{askDecode, 1, b}); err != nil {
		t.Error(err)
	}
	if err := writeFrame(io.Discard, frame{askDecode, 1, make([]byte, maxFrame+1)}); err == nil {
		t.Error("a frame beyond the limit was written")
	}
}

func TestDamagedFramesAreErrors(t *testing.T) {
	var whole bytes.Buffer
	if err := writeFrame(&whole, frame{sayDone, 3, []byte("abc")}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < whole.Len(); n++ {
		if _, err := readFrame(bytes.NewReader(whole.Bytes()[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
	if _, err := readFrame(bytes.NewReader(nil)); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	for _, size := range []uint32{0, 4, maxFrame + headSize - 3, math.MaxUint32} {
		head := binary.LittleEndian.AppendUint32(nil, size)
		if _, err := readFrame(bytes.NewReader(append(head, make([]byte, 100)...))); err == nil {
			t.Errorf("length %d was accepted", size)
		}
	}
	for name, b := range map[string][]byte{"empty": nil, "header beyond the end": {9, 0, 0, 0, '{', '}'}, "no JSON": {2, 0, 0, 0, '{', '{'}, "half a sample": {2, 0, 0, 0, '{', '}', 1}} {
		if r, err := unpackRequest(b); err == nil {
			t.Errorf("request %s: %+v", name, r)
		}
	}
	if _, _, err := unpackStream([]byte{1, 2}); err == nil {
		t.Error("a stream without its number was accepted")
	}
}

func FuzzFramesNeitherPanicNorGrow(f *testing.F) {
	var whole bytes.Buffer
	b, err := packRequest(transcribe.Request{PCM: []float32{1, 2}, Prompt: "x"})
	if err != nil {
		f.Fatal(err)
	}
	if err := writeFrame(&whole, frame{askDecode, 1, b}); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add([]byte{255, 255, 255, 255, 'D', 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		fr, err := readFrame(bytes.NewReader(b))
		if err != nil {
			return
		}
		if len(fr.payload) > len(b) {
			t.Fatalf("%d bytes out of %d", len(fr.payload), len(b))
		}
		var again bytes.Buffer
		if err := writeFrame(&again, fr); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, again.Bytes()) {
			t.Fatal("a frame that was read is not what is written")
		}
		if r, err := unpackRequest(fr.payload); err == nil && 4*len(r.PCM) > len(fr.payload) {
			t.Fatal("more samples than bytes")
		}
		if _, pcm, err := unpackStream(fr.payload); err == nil && 4*len(pcm) > len(fr.payload) {
			t.Fatal("more samples than bytes")
		}
	})
}
