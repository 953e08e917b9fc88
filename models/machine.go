package models

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"bienban/internal/fault"
)

// Fit says whether a machine has the memory for a model.
type Fit string

// The answers.
const (
	FitYes   Fit = "yes"
	FitTight Fit = "tight" // it fits, but little is left for anything else
	FitNo    Fit = "no"
)

// tightAbove is the share of memory above which a model leaves too little for
// the system and the other model (a transcription beside a draft).
const tightAbove = 0.75

// FitsIn compares the memory of m with that of a machine, in bytes.
func (m Model) FitsIn(memory int64) Fit {
	switch {
	case m.Memory > memory:
		return FitNo
	case float64(m.Memory) > tightAbove*float64(memory):
		return FitTight
	default:
		return FitYes
	}
}

// cgroupLimit is where a container's memory limit stands (cgroup version 2).
const cgroupLimit = "/sys/fs/cgroup/memory.max"

// MachineMemory returns the memory that this process may use, in bytes: the
// machine's, or its container's limit when that is lower.
func MachineMemory() (int64, error) {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0, fault.New(fault.Internal, "ask for the machine's memory: %w", err)
	}
	total := int64(info.Totalram) * int64(info.Unit)
	if raw, err := os.ReadFile(cgroupLimit); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err == nil && n > 0 && n < total {
			total = n // otherwise it says "max"
		}
	}
	return total, nil
}
