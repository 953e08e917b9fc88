package main

import (
	"bytes"
	"context"
	"io"

	"bienban/minutes/form"
)

var exportFormats = []string{form.PDF, form.Text, form.JSON, form.HTML}

type exportCmd struct {
	File   string `arg:"" help:"minutes.json"`
	Format string `help:"pdf, txt, json or html; default by the output's name, else txt." placeholder:"FORMAT"`
	Form   string `help:"A form other than the one that the kind and date choose." placeholder:"NAME"`
	Copy   string `default:"public" help:"public (nothing of closed items but number and title) or full." placeholder:"COPY"`
	Output string `short:"o" help:"Where to write; default standard output." placeholder:"FILE"`
}

// Run exports minutes.
func (c *exportCmd) Run(_ context.Context, e *env) error {
	format, err := formatOf(c.Format, c.Output, "txt", exportFormats)
	if err != nil {
		return err
	}
	m, err := e.readMinutes(c.File)
	if err != nil {
		return err
	}
	if err := canWrite(c.Output, c.File); err != nil {
		return err
	}
	// Into memory first: what cannot be exported must not leave half a page.
	var b bytes.Buffer
	o := form.Options{Format: format, Form: c.Form, Copy: c.Copy, Fonts: e.getenv("BIENBAN_FONTS")}
	if err := form.Export(&b, m, o); err != nil {
		return err
	}
	remarks, err := form.Remarks(m, o)
	if err != nil {
		return err
	}
	for _, r := range remarks {
		e.say("%s", r.Text)
	}
	if err := e.write(c.Output, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
		return err
	}
	return e.review(m)
}
