package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/capture"
	"bienban/internal/rig"
)

// memory is what a process holds, in bytes.
type memory struct {
	resident  int64 // VmRSS: files that are mapped included (the program itself, the database)
	anonymous int64 // RssAnon: its own
	most      int64 // VmHWM: the most resident since it began
}

// use is what each process held over time.
type use struct{ by map[string][]memory }

func newUse() *use { return &use{by: map[string][]memory{}} }

// look takes a sample of serve, its children and the captures.
func (u *use) look(serve int, recordings string) {
	u.add("serve", serve)
	for _, pid := range rig.Children(serve) {
		u.tree(pid)
	}
	all, _ := capture.Running(context.Background(), recordings) // none between two starts
	for _, c := range all {
		u.add("capture", c.PID)
	}
}

// tree takes a child with its own children: a worker and its engines.
func (u *use) tree(pid int) {
	name := nameOf(pid)
	if name == "" || name == "capture" { // a capture is found by its socket
		return
	}
	u.add(name, pid)
	for _, child := range rig.Children(pid) {
		u.tree(child)
	}
}

// nameOf is a process of this program by its subcommand.
func nameOf(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	args := strings.Split(string(bytes.TrimRight(b, "\x00")), "\x00")
	if len(args) < 2 {
		return ""
	}
	return args[1]
}

func (u *use) add(name string, pid int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return
	}
	var m memory
	for line := range strings.Lines(string(b)) {
		key, rest, _ := strings.Cut(line, ":")
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			continue
		}
		switch key {
		case "VmRSS":
			m.resident = kb << 10
		case "RssAnon":
			m.anonymous = kb << 10
		case "VmHWM":
			m.most = kb << 10
		}
	}
	if m.resident > 0 {
		u.by[name] = append(u.by[name], m)
	}
}

// most is the most that processes of a name were resident with.
func (u *use) most(name string) (n int64) {
	for _, m := range u.by[name] {
		n = max(n, m.most)
	}
	return n
}

// print prints a table, in megabytes.
func (u *use) print() {
	fmt.Printf("%-12s %8s %16s %16s %16s\n", "process", "samples", "resident, MB", "own, MB", "at most, MB")
	names := make([]string, 0, len(u.by))
	for name := range u.by {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all := u.by[name]
		steady := all[len(all)/10:]
		middle := func(of func(memory) int64) float64 {
			var v []int64
			for _, m := range steady {
				v = append(v, of(m))
			}
			slices.Sort(v)
			return float64(v[len(v)/2]) / 1e6
		}
		fmt.Printf("%-12s %8d %16.1f %16.1f %16.1f\n", name, len(all),
			middle(func(m memory) int64 { return m.resident }), middle(func(m memory) int64 { return m.anonymous }), float64(u.most(name))/1e6)
	}
}
