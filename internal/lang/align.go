package lang

// Distance counts the letters to insert, remove or change that make b of a
// (Levenshtein).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		corner := row[0]
		row[0]++
		for j := range y {
			changed := corner
			if x[i] != y[j] {
				changed++
			}
			corner = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// Common matches the words of two texts in order (their longest common
// subsequence): for each word of a its place in b, or -1. It takes time and memory
// for each pair of words: bound their numbers where texts come from outside.
func Common(a, b []string) []int {
	best := make([][]int32, len(a)+1) // of what follows
	for i := range best {
		best[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	match := make([]int, len(a))
	for i, j := 0, 0; i < len(a); i++ {
		for j < len(b) && a[i] != b[j] && best[i][j+1] > best[i+1][j] {
			j++
		}
		if match[i] = -1; j < len(b) && a[i] == b[j] {
			match[i] = j
			j++
		}
	}
	return match
}
