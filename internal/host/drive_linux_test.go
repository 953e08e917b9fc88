package host

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

func TestFoldersOfOneFileSystemLieOnOneDrive(t *testing.T) {
	dir := t.TempDir()
	if same, err := SameDrive(dir, filepath.Join(dir, "not", "there")); err != nil || !same {
		t.Errorf("%v, %v", same, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if same, err := SameDrive(dir, link); err != nil || !same {
		t.Errorf("through a link: %v, %v", same, err)
	}
}

func TestAnotherMountIsAnotherDriveAndABindMountIsNone(t *testing.T) {
	dir, at := t.TempDir(), t.TempDir()
	mount := func(source, kind string, flags uintptr) {
		t.Helper()
		if err := syscall.Mount(source, at, kind, flags, ""); err != nil {
			t.Skipf("nothing can be mounted here (%v): run as root", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
	}
	mount("tmpfs", "tmpfs", 0)
	if same, err := SameDrive(dir, at); err != nil || same {
		t.Errorf("another mount: %v, %v", same, err)
	}
	mount(dir, "", syscall.MS_BIND)
	if same, err := SameDrive(dir, filepath.Join(at, "copy")); err != nil || !same {
		t.Errorf("a bind mount: %v, %v", same, err)
	}
}

func TestDrivesAreFoundUnderPartitionsAndVolumes(t *testing.T) {
	root := t.TempDir()
	sys := filepath.Join(root, "dev", "block")
	make := func(path string) string {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := func(to, at string) {
		t.Helper()
		if err := os.Symlink(to, at); err != nil {
			t.Fatal(err)
		}
	}
	make("dev/block")
	first, second := make("devices/sda/sda1"), make("devices/sda/sda2")
	for _, p := range []string{first, second} {
		if err := os.WriteFile(filepath.Join(p, "partition"), []byte("1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	other, volume := make("devices/nvme0n1"), make("devices/virtual/dm-0")
	make("devices/virtual/dm-0/slaves")
	link(second, filepath.Join(volume, "slaves", "sda2"))
	link(other, filepath.Join(volume, "slaves", "nvme0n1"))
	for number, to := range map[string]string{"8:1": first, "8:2": second, "259:0": other, "253:0": volume} {
		link(to, filepath.Join(sys, number))
	}
	for dev, want := range map[uint64][]string{8<<8 | 1: {"sda"}, 8<<8 | 2: {"sda"}, 259 << 8: {"nvme0n1"}, 253 << 8: {"nvme0n1", "sda"}, 1: nil} {
		if got := drivesOf(sys, dev); !slices.Equal(got, want) {
			t.Errorf("%d:%d lies on %v, want %v", major(dev), minor(dev), got, want)
		}
	}
	mounts := filepath.Join(root, "mountinfo")
	if err := os.WriteFile(mounts, []byte("30 1 0:27 / / rw shared:1 - btrfs /dev/sda1 rw\n31 1 0:28 / /mnt rw - tmpfs none rw\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for dev, want := range map[uint64]string{27: "/dev/sda1", 28: "none", 29: ""} {
		if got := sourceOf(mounts, dev); got != want {
			t.Errorf("0:%d is %q, want %q", dev, got, want)
		}
	}
}
