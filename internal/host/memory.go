package host

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

// meminfo is where Linux tells how much memory is to be had (proc(5)).
const meminfo = "/proc/meminfo"

// FreeMemory is how many bytes programs can still get without swapping, -1 when the system does not tell.
func FreeMemory() int64 { return freeMemory(meminfo) }

func freeMemory(path string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return -1
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) >= 2 && words[0] == "MemAvailable:" {
			if kb, err := strconv.ParseInt(words[1], 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return -1
}
