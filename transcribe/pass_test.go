package transcribe

import (
	"context"
	"errors"
	"testing"

	"bienban/audio"
	"bienban/internal/fault"
)

// sourceOf transcribes a file as sound that is no file.
func sourceOf(t *testing.T, ctx context.Context, path string, eng Engine, o Options) (*Transcript, error) {
	t.Helper()
	src, err := audio.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	return Source(ctx, src, "họp", eng, &levelDetector{}, o)
}

func TestSoundThatIsNoFileIsResumedByItsIdentity(t *testing.T) {
	path := writeWAV(t, talk(60))
	o := Options{Language: "vi"}
	eng := &burstEngine{}
	whole, err := sourceOf(t, t.Context(), path, eng, o)
	if err != nil {
		t.Fatal(err)
	}
	want := asJSON(t, whole)
	o.Identity, o.Checkpoint = "recording h, 60 words", t.TempDir()+"/state.json"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := eng.calls / 2
	half := &burstEngine{before: func(call int, _ Request) error {
		if call == stop {
			cancel()
		}
		return nil
	}}
	if _, err := sourceOf(t, ctx, path, half, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	o.Resume = true
	other := o
	other.Identity = "recording h, erased since"
	if _, err := sourceOf(t, t.Context(), path, &burstEngine{}, other); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("another sound went on with it: %v", err)
	}
	rest := &burstEngine{}
	got, err := sourceOf(t, t.Context(), path, rest, o)
	if err != nil || asJSON(t, got) != want {
		t.Errorf("another transcript after resuming (%v)", err)
	}
	if rest.calls != eng.calls-stop {
		t.Errorf("%d decodes to finish, want %d", rest.calls, eng.calls-stop)
	}
}

func TestSoundWithoutIdentityKeepsNoCheckpoint(t *testing.T) {
	path := writeWAV(t, talk(5))
	for _, o := range []Options{{Checkpoint: t.TempDir() + "/x"}, {Resume: true}} {
		if _, err := sourceOf(t, t.Context(), path, &burstEngine{}, o); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
