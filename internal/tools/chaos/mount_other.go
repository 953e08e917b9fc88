//go:build !linux

package main

import "errors"

// mountSmall mounts a small disk, which is known for Linux only.
func mountSmall(string, int) (func(), error) { return nil, errors.New("no small disk on this system") }
