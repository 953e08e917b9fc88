package tape

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"bienban/transcribe"
)

// speech is a sample whose words are bursts of noise.
func speech() Part {
	dice := rand.New(rand.NewPCG(9, 9))
	p := Part{Name: "lời nói", PCM: make([]int16, 10*Rate), Result: transcribe.Result{Language: "vi", NoSpeech: 0.1, AvgLogProb: -0.2}}
	for i, w := range strings.Fields("kính thưa đại hội hôm nay tôi xin báo cáo") {
		at := float64(i) + 0.2
		for k := range Rate / 2 {
			p.PCM[int(at*Rate)+k] = int16(dice.IntN(8000) - 4000)
		}
		p.Result.Words = append(p.Result.Words, transcribe.Word{Text: w, Start: at, End: at + 0.5, P: 0.9})
	}
	return p
}

// played is two rounds of the tape.
func played(t *testing.T, tp *Tape) []byte {
	t.Helper()
	b, err := io.ReadAll(tp.Reader(2 * tp.Round()))
	if err != nil || int64(len(b)) != 4*tp.Round() {
		t.Fatalf("%d bytes of %d samples: %v", len(b), 2*tp.Round(), err)
	}
	return b
}

// window is a stretch of it as an engine gets it.
func window(b []byte, from, to int64) []float32 {
	out := make([]float32, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, float32(int16(binary.LittleEndian.Uint16(b[2*i:])))/(1<<15))
	}
	return out
}

func TestWhatIsKnownByHeartIsHeardHoweverTheWindowIsCut(t *testing.T) {
	sample := speech()
	tp := New(sample)
	e, all := NewByHeart(tp), played(t, tp)
	second := int64(0) // where the sample begins again in the first round
	tp.Walk(tp.Round(), func(p Placed) {
		if p.Speech {
			second = p.From
		}
	})
	dice := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		from := second - Rate + dice.Int64N(11*Rate)
		to := from + 1600 + dice.Int64N(8*Rate)
		got, err := e.Transcribe(t.Context(), transcribe.Request{PCM: window(all, from, to)})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, w := range sample.Result.Words {
			middle := second + int64((w.Start+w.End)/2*Rate)
			if middle >= from && middle < to {
				want = append(want, w.Text)
			}
		}
		if got.Text != strings.Join(want, " ") {
			t.Fatalf("samples %d to %d: heard %q, said %q", from-second, to-second, got.Text, want)
		}
		for _, w := range got.Words {
			said := sample.Result.Words
			for _, s := range said {
				if s.Text != w.Text {
					continue
				}
				at := float64(second-from)/Rate + s.Start
				if w.Start < 0 || math.Abs(w.Start-max(at, 0)) > 1e-6 || w.End > float64(to-from)/Rate+1e-6 {
					t.Fatalf("%s is heard from %.4f to %.4f s, said from %.4f", w.Text, w.Start, w.End, at)
				}
			}
		}
	}
}

func TestWhereNobodySpeaksNothingIsHeard(t *testing.T) {
	tp := New(speech())
	e, all := NewByHeart(tp), played(t, tp)
	tp.Walk(2*tp.Round(), func(p Placed) {
		if p.Speech {
			return
		}
		got, err := e.Transcribe(t.Context(), transcribe.Request{PCM: window(all, p.From, min(p.To, p.From+20*Rate))})
		if err != nil || len(got.Words) > 0 || got.NoSpeech < 0.5 {
			t.Errorf("%s: %q, no speech %.2f, %v", p.Name, got.Text, got.NoSpeech, err)
		}
	})
	strange := make([]float32, 5*Rate)
	for i := range strange {
		strange[i] = float32(math.Sin(float64(i) / 7))
	}
	for name, pcm := range map[string][]float32{"strange sound": strange, "silence": make([]float32, 5*Rate), "too short": make([]float32, 3)} {
		if got, err := e.Transcribe(t.Context(), transcribe.Request{PCM: pcm}); err != nil || got.Text != "" {
			t.Errorf("%s: %q %v", name, got.Text, err)
		}
	}
	if _, err := e.Transcribe(t.Context(), transcribe.Request{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("a window of nothing: %v", err)
	}
}

func TestATapeIsTheSameHoweverItIsReadAndGoesRound(t *testing.T) {
	tp := New(speech())
	end := tp.Round() + 12*Rate + 7
	whole, err := io.ReadAll(tp.Reader(end))
	if err != nil {
		t.Fatal(err)
	}
	var pieces []byte
	r, dice := tp.Reader(end), rand.New(rand.NewPCG(3, 4))
	for {
		b := make([]byte, 1+dice.IntN(5000))
		n, err := r.Read(b)
		pieces = append(pieces, b[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
	}
	if !bytes.Equal(whole, pieces) || int64(len(whole)) != 2*end {
		t.Errorf("%d bytes at once, %d in pieces, of %d samples", len(whole), len(pieces), end)
	}
	if !bytes.Equal(whole[2*tp.Round():], whole[:2*(end-tp.Round())]) {
		t.Error("the second round is another one")
	}
	at := int64(0)
	tp.Walk(end, func(p Placed) {
		if p.From != at || p.To <= p.From {
			t.Errorf("%s from %d to %d, after %d", p.Name, p.From, p.To, at)
		}
		at = p.To
	})
	if at != end {
		t.Errorf("the parts end at %d, the tape at %d", at, end)
	}
}

func TestWhatWasHeardIsReadBack(t *testing.T) {
	var b bytes.Buffer
	want := speech().Result
	if err := Write(&b, "../x.flac", want); err != nil {
		t.Fatal(err)
	}
	sound, got, err := Read(b.Bytes())
	if err != nil || sound != "../x.flac" || len(got.Words) != len(want.Words) || got.Words[3] != want.Words[3] {
		t.Errorf("%q %+v %v", sound, got, err)
	}
	if !IsFile(b.Bytes()) || IsFile([]byte(`{"decodes": {}}`)) || IsFile([]byte("x")) {
		t.Error("a tape's file is not told from others")
	}
	if _, err := Open(t.Context(), "no/such/folder/t.json", b.Bytes()); err == nil {
		t.Error("a tape without its sound was opened")
	}
}
