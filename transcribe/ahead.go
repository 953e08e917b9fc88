package transcribe

import "context"

// begun is a window whose first decode may be under way.
type begun struct {
	window
	ask func(context.Context) (Result, error) // waits for its result; nil = not asked yet
}

// lanes is how many windows the engine decodes at once.
func lanes(e Engine) int {
	if p, ok := e.(Parallel); ok {
		return max(p.Lanes(), 1)
	}
	return 1
}

// ahead passes windows on in order and, where the engine has lanes for it,
// begins each one's first decode before its turn has come. A window that comes
// before the language is known, or whose text a checkpoint holds, is only
// passed on. The channel ends with windows, or when ctx does.
func (j *job) ahead(ctx context.Context, windows <-chan window) <-chan begun {
	n := lanes(j.dec.eng)
	// One window is at decodeAll's hands and one in ours, so there is room for
	// the rest of those that are decoded at once.
	out := make(chan begun, max(n-2, 0))
	skip := j.work.Windows
	go func() {
		defer close(out)
		for w := range windows {
			b := begun{window: w}
			if skip > 0 {
				skip--
			} else if n > 1 && j.isSettled() {
				b.ask = j.dec.begin(ctx, j.dec.first(&w))
			}
			select {
			case out <- b:
			case <-ctx.Done():
				for range windows {
					// Nobody wants them; the listener must not wait for us.
				}
				return
			}
		}
	}()
	return out
}

// isSettled says whether dec.language may be read from any goroutine.
func (j *job) isSettled() bool {
	select {
	case <-j.settled:
		return true
	default:
		return false
	}
}

// begin asks the engine beside its caller; what it returns waits for the answer.
func (d *decoder) begin(ctx context.Context, r Request) func(context.Context) (Result, error) {
	type answer struct {
		res Result
		err error
	}
	done := make(chan answer, 1)
	go func() {
		res, err := d.once(ctx, r)
		done <- answer{res, err}
	}()
	return func(ctx context.Context) (Result, error) {
		select {
		case a := <-done:
			return a.res, a.err
		case <-ctx.Done():
			return Result{}, ctx.Err()
		}
	}
}
