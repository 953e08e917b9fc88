//go:build !linux

package capture

import "time"

// suspended is for how long the machine has slept; not known here.
func suspended() time.Duration { return 0 }
