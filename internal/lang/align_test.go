package lang

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLettersThatDifferAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "đất", 3}, {"nghị quyết", "nghị quyết", 0}, {"thành", "thanh", 1}, {"Hạnh", "Hành", 1},
		{"kitten", "sitting", 3}, {"ủy ban", "uỷ ban", 2}, {"Lindqvist", "Linquist", 2},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestWordsAreMatchedInOrder(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []int
	}{
		{"", "một", nil},
		{"một hai", "", []int{-1, -1}},
		{"một hai ba", "một hai ba", []int{0, 1, 2}},
		{"một hai ba", "hai một ba", []int{-1, 0, 2}},
		{"biểu quyết thông qua", "xin biểu quyết để thông qua", []int{1, 2, 4, 5}},
		{"a x b", "a b y b", []int{0, -1, 1}},
	} {
		if got := Common(strings.Fields(c.a), strings.Fields(c.b)); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestWhatIsMatchedIsTheSameAndAsMuchAsCanBe(t *testing.T) {
	// most is how many words two texts have in common, by trying all.
	var most func(a, b []string) int
	most = func(a, b []string) int {
		if len(a) == 0 || len(b) == 0 {
			return 0
		}
		if a[0] == b[0] {
			return 1 + most(a[1:], b[1:])
		}
		return max(most(a[1:], b), most(a, b[1:]))
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"một", "hai", "ba"}), 0, 8)
		a, b := words.Draw(t, "a"), words.Draw(t, "b")
		n, last := 0, -1
		for i, j := range Common(a, b) {
			if j < 0 {
				continue
			}
			if j <= last || a[i] != b[j] {
				t.Fatalf("word %d is matched with %d behind %d", i, j, last)
			}
			n, last = n+1, j
		}
		if want := most(a, b); n != want {
			t.Fatalf("%d words are matched of %d", n, want)
		}
	})
}
