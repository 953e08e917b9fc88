package register_test

import (
	"strings"
	"testing"
	"time"

	"bienban/internal/register"
)

func TestHostileInputTakesNoLong(t *testing.T) {
	t.Parallel()
	const n = 6_000
	for name, s := range map[string]string{
		"cells": "<table><tr>" + strings.Repeat("<td>a", n), "tables": strings.Repeat("<table><tr><td>", n), "rows": "<table>" + strings.Repeat("<tr>", 1_000),
		"spans": "<table>" + strings.Repeat("<tr><td rowspan=20000 colspan=64>x", 1_000), "tabs": strings.Repeat("\t", n), "lines": strings.Repeat("\n", n),
		"numbers": strings.Repeat("1.1.", n), "long": strings.Repeat("a", 4*n), "capitals": strings.Repeat("Ab ", n), "acronyms": strings.Repeat("AB", n) + strings.Repeat(" AB", n),
		"slashes": strings.Repeat("12/2020/", n), "comments": "<table>" + strings.Repeat("<!--", n), "attributes": "<p " + strings.Repeat("a=b ", n),
	} {
		begin := time.Now()
		_, _ = register.ReadAgenda(s)
		agenda := time.Since(begin)
		register.Terms(s)
		_, _ = register.Read("x", []byte(s))
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s: %v (agenda %v)", name, took, agenda)
		} else {
			t.Logf("%s: %v (agenda %v)", name, took, agenda)
		}
	}
}
