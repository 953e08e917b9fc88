package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"bienban/internal/fault"
)

func TestAnErrorKeepsItsCodeAndItsCause(t *testing.T) {
	err := fault.New(fault.Invalid, "meeting.yaml: no such file: %w", fs.ErrNotExist)
	outer := fmt.Errorf("draft: %w", err)
	if got := fault.CodeOf(outer); got != fault.Invalid {
		t.Errorf("CodeOf = %q, want invalid", got)
	}
	if !errors.Is(outer, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if got, want := err.Error(), "meeting.yaml: no such file: file does not exist"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}

func TestAnErrorWithoutCodeIsInternal(t *testing.T) {
	if got := fault.CodeOf(errors.New("x")); got != fault.Internal {
		t.Errorf("CodeOf = %q, want internal", got)
	}
	if got := fault.CodeOf(nil); got != "" {
		t.Errorf("CodeOf(nil) = %q, want nothing", got)
	}
}
