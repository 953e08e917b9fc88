package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bienban/internal/rig"
	"bienban/transcribe"
)

// short are the faults of the short form. Power cuts have their own tests, and what is left out here takes the speech
// model or kills nothing that another does not.
var short = []string{"capture", "capture-serve", "worker", "both", "stall", "hub", "slow-disk", "full-disk", "deaf", "half-speed", "full-stream"}

// TestFaultsCostWhatTheyMay is the short form: each fault at a few moments. How
// soon all is well again depends on what else the machine does, and does not count.
func TestFaultsCostWhatTheyMay(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	place, err := rig.Enter(t.Context(), "chaos-test", "", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(place.Leave)
	for _, name := range short {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
			defer stop()
			var b bytes.Buffer
			err := run(ctx, settings{moments: 3, outage: 6 * time.Second, steady: 12 * time.Second, only: name, bin: place.Program}, faults(), &b)
			if err != nil {
				t.Error(err)
			}
			t.Logf("\n%s", b.String())
		})
	}
}

func TestAFaultThatBreaksItsBoundIsSaidAndNamed(t *testing.T) {
	faults := []fault{
		{"well", "", func(context.Context, *lab) (row, error) { return row{moments: 4, lost: 0.2, recovery: -1}, nil }},
		{"ill", "", func(context.Context, *lab) (row, error) {
			return row{moments: 2, lost: 1.2}, (&lab{}).bounds(row{lost: 1.2})
		}},
		{"worse", "", func(context.Context, *lab) (row, error) { return row{}, errors.New("nothing came") }},
	}
	var b bytes.Buffer
	err := run(t.Context(), settings{bin: "x", seed: 7}, faults, &b)
	if err == nil || err.Error() != "broken by: ill, worse (seed 7)" {
		t.Errorf("%v", err)
	}
	for _, want := range []string{"seed 7", "well                    4     0.20          -  holds", "BROKEN: 1.20 s were lost", "BROKEN: nothing came"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if err := run(t.Context(), settings{bin: "x", only: "well,nobody"}, faults, &b); !errors.Is(err, errUnknown) {
		t.Errorf("a fault that does not exist: %v", err)
	}
}

func TestAStalledWorkersTextWouldShow(t *testing.T) {
	seg := func(text string, start, end float64) transcribe.Segment {
		return transcribe.Segment{Text: text, Start: start, End: end}
	}
	whole := []transcribe.Stretch{{End: 3, Kind: transcribe.CoveredSpeech}}
	want := transcribe.Transcript{Segments: []transcribe.Segment{seg("một", 0, 1), seg("hai", 1, 2), seg("ba", 2, 3)}, Coverage: whole}
	for name, c := range map[string]struct {
		got  []transcribe.Segment
		good bool
	}{
		"handed over":       {[]transcribe.Segment{seg("MỘT", 0, 1), seg("hai", 1, 2), seg("ba", 2, 3)}, true},
		"too late":          {[]transcribe.Segment{seg("MỘT", 0, 1), seg("HAI", 1, 2), seg("ba", 2, 3)}, false},
		"nothing by either": {[]transcribe.Segment{seg("MỘT", 0, 1), seg("ba", 2, 3)}, false},
		"never the first":   {[]transcribe.Segment{seg("một", 0, 1), seg("hai", 1, 2), seg("ba", 2, 3)}, false},
	} {
		err := handedOver(transcribe.Transcript{Segments: c.got, Coverage: whole}, want, 1)
		if (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
