//go:build linux || darwin

package host

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// sysfs and mountinfo are where Linux tells of drives and mounts (sysfs(5), proc(5)); other systems have neither.
const (
	sysfs     = "/sys/dev/block"
	mountinfo = "/proc/self/mountinfo"
)

func placeOf(dir string) (place, error) {
	dir, err := Existing(dir)
	if err != nil {
		return place{}, err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return place{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return place{}, errors.New(dir + ": the system does not tell on which drive it lies")
	}
	p := place{fs: uint64(st.Dev)} //nolint:unconvert // macOS has 32 bits there
	p.drives = drivesOf(sysfs, p.fs)
	if len(p.drives) == 0 { // a file system that makes device numbers of its own (btrfs)
		if source := sourceOf(mountinfo, p.fs); strings.HasPrefix(source, "/dev/") {
			if info, err := os.Stat(source); err == nil {
				if st, ok := info.Sys().(*syscall.Stat_t); ok {
					p.drives = drivesOf(sysfs, uint64(st.Rdev)) //nolint:unconvert // macOS has 32 bits there
				}
			}
		}
	}
	return p, nil
}

// major and minor are the parts of a device number (makedev(3) of glibc).
func major(dev uint64) uint64 { return dev>>8&0xfff | dev>>32&^0xfff }
func minor(dev uint64) uint64 { return dev&0xff | dev>>12&^0xff }

// drivesOf names the drives under a block device: its disk where it is a partition, and those that a logical volume or
// an array is made of.
func drivesOf(sys string, dev uint64) []string {
	path, err := filepath.EvalSymlinks(filepath.Join(sys, fmt.Sprintf("%d:%d", major(dev), minor(dev))))
	if err != nil {
		return nil
	}
	return under(path, 0)
}

// layers bounds how many devices may lie on each other: partition, encryption, volume, array.
const layers = 8

func under(path string, depth int) []string {
	if _, err := os.Stat(filepath.Join(path, "partition")); err == nil {
		path = filepath.Dir(path)
	}
	list, err := os.ReadDir(filepath.Join(path, "slaves"))
	if err != nil || len(list) == 0 || depth == layers {
		return []string{filepath.Base(path)}
	}
	var all []string
	for _, e := range list {
		if below, err := filepath.EvalSymlinks(filepath.Join(path, "slaves", e.Name())); err == nil {
			all = append(all, under(below, depth+1)...)
		}
	}
	return all
}

// sourceOf gives what is mounted as a device number, "" when that is not known.
func sourceOf(mounts string, dev uint64) string {
	f, err := os.Open(mounts)
	if err != nil {
		return ""
	}
	defer f.Close()
	number := fmt.Sprintf("%d:%d", major(dev), minor(dev))
	for s := bufio.NewScanner(f); s.Scan(); {
		head, tail, ok := strings.Cut(s.Text(), " - ")
		words, end := strings.Fields(head), strings.Fields(tail)
		if ok && len(words) > 2 && len(end) > 1 && words[2] == number {
			return end[1]
		}
	}
	return ""
}
