package device

import (
	"slices"
	"testing"
)

func TestSoundIsPlayedAtWholeMultiplesOfItsRate(t *testing.T) {
	all := playAttempts(16000)
	if all[0] != (attempt{16000, 1, 16}) || !slices.Contains(all, attempt{48000, 2, 16}) {
		t.Errorf("%v", all)
	}
	for _, a := range all {
		if a.rate%16000 != 0 || a.rate > 96000 {
			t.Errorf("%v", a)
		}
	}
	var got []int16
	for k := range 3 {
		for part := range 3 {
			got = append(got, between([]int16{0, 30, -32768}, k, part, 3))
		}
	}
	if want := []int16{0, 10, 20, 30, -10902, -21835, -32768, -32768, -32768}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
