package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch samples the memory of a process and all below it until done, and gives
// the largest sum. Proportional set size: pages that processes share count once.
func watch(pid int, done <-chan struct{}) int64 {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	var peak int64
	for {
		select {
		case <-done:
			return peak
		case <-tick.C:
			peak = max(peak, treeMemory(pid))
		}
	}
}

func treeMemory(pid int) int64 {
	sum := memoryOf(pid)
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range tasks {
		// A Go program forks from any of its threads.
		if t.Name() != strconv.Itoa(pid) {
			more, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name()))
			children = append(children, more...)
		}
	}
	for f := range strings.FieldsSeq(string(children)) {
		if child, err := strconv.Atoi(f); err == nil {
			sum += treeMemory(child)
		}
	}
	return sum
}

func memoryOf(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0 // it has ended
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024
		}
	}
	return 0
}
