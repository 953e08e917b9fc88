package lang_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"

	"bienban/internal/lang"
)

// ordered is how a Vietnamese list has these names, whatever bytes they are.
var ordered = []string{
	"Alan Dewey", "An", "Àn", "Ản", "Ãn", "Án", "Ạn", "Anh", "Ăn", "Ân",
	"Dung", "Đặng Văn Ân", "Đỗ Thị Dung", "Em", "Ê Ban", "Hoàng Minh", "Huỳnh Thị Ê",
	"Nguyên Văn Ba", "Nguyễn Văn Bình", "Ơn", "Phan Ái", "Trần An", "Trần Ân", "Ung", "Ưng", "Zoe",
}

func TestNamesStandAsVietnameseListsHaveThem(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		got := slices.Clone(ordered)
		rng.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		lang.SortByName(got, func(s string) string { return s })
		if !slices.Equal(got, ordered) {
			t.Fatalf("got  %q\nwant %q", got, ordered)
		}
	}
}

func TestHowANameIsComposedOrWrittenInCapitalsDoesNotMoveIt(t *testing.T) {
	got := []string{"TRẦN AN", norm.NFD.String("Đỗ Dung"), "dương an", "Dung"}
	lang.SortByName(got, func(s string) string { return s })
	if want := []string{"Dung", "dương an", norm.NFD.String("Đỗ Dung"), "TRẦN AN"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTwoOfOneNameKeepTheirOrder(t *testing.T) {
	got := [][2]string{{"Lê An", "z"}, {"Lê An", "a"}, {"Đỗ An", "m"}}
	lang.SortByName(got, func(v [2]string) string { return v[0] })
	if want := [][2]string{{"Đỗ An", "m"}, {"Lê An", "z"}, {"Lê An", "a"}}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
