package host

import "slices"

// SameDrive says whether two folders lie on one drive, so that a fault of it takes both. Folders that are not there
// count as lying where they would be made. Besides one file system (also seen through a bind mount or a link) it knows
// partitions, logical volumes and subvolumes of one drive where the system tells of them; what it cannot tell apart from
// two drives (shares of one server, a virtual machine's disks in one file) is false.
//
// Errors: those of the file system.
func SameDrive(a, b string) (bool, error) {
	x, err := placeOf(a)
	if err != nil {
		return false, err
	}
	y, err := placeOf(b)
	if err != nil {
		return false, err
	}
	return x.fs == y.fs || slices.ContainsFunc(x.drives, func(d string) bool { return slices.Contains(y.drives, d) }), nil
}

// place is where a folder lies.
type place struct {
	fs     uint64   // device number of its file system
	drives []string // under it, as the kernel calls them; none where it does not tell
}
