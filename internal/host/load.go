package host

import (
	"os"
	"strconv"
	"strings"
)

// Load is how many programs wanted a core at once in the last minute (proc(5), loadavg), -1 when the system does not tell.
func Load() float64 { return loadOf("/proc/loadavg") }

func loadOf(path string) float64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return -1
	}
	first, _, _ := strings.Cut(string(b), " ")
	n, err := strconv.ParseFloat(first, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
