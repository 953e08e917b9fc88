package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bienban/internal/atomicfile"
	"bienban/internal/fault"
)

// write sends what fill writes to path, whole or not at all; to stdout when
// path is empty or "-".
func (e *env) write(path string, fill func(io.Writer) error) error {
	if path == "" || path == "-" {
		return fill(e.stdout)
	}
	return atomicfile.Write(path, fill)
}

// formatOf gives the format that was asked for, else the one that the output's
// name ends in, else the fallback.
func formatOf(asked, output, fallback string, known []string) (string, error) {
	format := asked
	if format == "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(output)), ".")
		if !contains(known, format) {
			format = fallback
		}
	}
	if !contains(known, format) {
		return "", fault.New(fault.Invalid, "--format %s: no such format; there are %s", asked, strings.Join(known, ", "))
	}
	return format, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// canWrite says early that an output cannot be written, before an hour of work,
// or that it would overwrite one of the inputs.
func canWrite(path string, inputs ...string) error {
	if path == "" || path == "-" {
		return nil
	}
	target, old, err := atomicfile.Target(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Unavailable, "%w", err)
	case err != nil:
		return fault.New(fault.Invalid, "%w", err)
	}
	for _, in := range inputs {
		if info, err := os.Stat(in); err == nil && old != nil && os.SameFile(info, old) {
			return fault.New(fault.Invalid, "%s: is an input of this command, and would be overwritten: give the output another name", path)
		}
	}
	if old != nil && !old.Mode().IsRegular() {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".bienban-*")
	if err != nil {
		return fault.New(fault.Unavailable, "%s: cannot be written: %w", path, unnamed(err))
	}
	f.Close()
	return os.Remove(f.Name())
}

// unnamed leaves out the name of a temporary file.
func unnamed(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// readable refuses a path that is not a file to read, naming it.
func readable(path string) error {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return fault.New(fault.Invalid, "%s: no such file", path)
	case err != nil:
		return fault.New(fault.Unavailable, "%s: cannot be read: %w", path, err)
	case info.IsDir():
		return fault.New(fault.Invalid, "%s: is a folder, not a file", path)
	}
	return nil
}
