package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"bienban/audio/device"
)

type captureCmd struct {
	List bool `required:"" help:"Show the microphones and mixers that this machine has."`
}

// Run lists capture devices.
func (c *captureCmd) Run(_ context.Context, e *env) error {
	devices, err := device.List()
	if err != nil {
		return err
	}
	if len(devices) == 0 {
		e.say("no microphone or mixer was found: plug one in, or check that the system's sound settings show it")
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "INDEX\tNAME\tCHANNELS\tRATE\tTHROUGH")
	for _, d := range devices {
		mark := ""
		if d.Default {
			mark = " (default)"
		}
		fmt.Fprintf(w, "%d\t%s%s\t%d\t%.0f Hz\t%s\n", d.Index, d.Name, mark, d.Channels, d.DefaultRate, d.HostAPI)
	}
	return w.Flush()
}
