package capture

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
)

// Client talks to a capture that runs. It is for one goroutine at a time.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// How long an answer may take.
const (
	answerWait = 10 * time.Second // a pause waits for the disk
	eraseWait  = 10 * time.Minute // it overwrites what may be hours
	importWait = time.Hour        // it reads a day's sound twice
)

// Connect reaches the capture that records into a folder; fault.Unavailable when none does.
func Connect(ctx context.Context, dir string) (*Client, error) {
	short, done, err := shortPath(dir)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "%s: no capture runs there: %w", dir, err)
	}
	defer done()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(short, SocketName))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "%s: no capture runs there: %w", dir, err)
	}
	return &Client{conn: conn, in: bufio.NewReader(conn)}, nil
}

// Close hangs up.
func (c *Client) Close() error { return c.conn.Close() }

// do sends a request and gives the answer and the samples behind it.
func (c *Client) do(ctx context.Context, r Request) (Reply, []byte, error) {
	return c.doWithin(ctx, r, answerWait)
}

func (c *Client) doWithin(ctx context.Context, r Request, wait time.Duration) (Reply, []byte, error) {
	deadline := time.Now().Add(wait)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := c.conn.SetDeadline(deadline); err != nil {
		return Reply{}, nil, c.lost(ctx, err)
	}
	end := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Now()) })
	defer end()
	b, err := json.Marshal(r)
	if err != nil {
		return Reply{}, nil, err
	}
	if _, err := c.conn.Write(append(b, '\n')); err != nil {
		return Reply{}, nil, c.lost(ctx, err)
	}
	reply, err := c.read(ctx)
	if err != nil {
		return Reply{}, nil, err
	}
	if !reply.OK {
		code := reply.Code
		if code == "" {
			code = fault.Conflict
		}
		return reply, nil, fault.New(code, "%s", reply.Error)
	}
	if reply.Audio == nil {
		return reply, nil, nil
	}
	pcm := make([]byte, reply.Audio.Bytes)
	if _, err := io.ReadFull(c.in, pcm); err != nil {
		return Reply{}, nil, c.lost(ctx, err)
	}
	return reply, pcm, nil
}

func (c *Client) read(ctx context.Context) (Reply, error) {
	var reply Reply
	line, err := c.in.ReadBytes('\n')
	if err != nil {
		return reply, c.lost(ctx, err)
	}
	if err := json.Unmarshal(line, &reply); err != nil {
		return reply, fmt.Errorf("capture's answer: %w", err)
	}
	return reply, nil
}

func (c *Client) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.Unavailable, "capture does not answer: %w", err)
}

// Status asks how it does.
func (c *Client) Status(ctx context.Context) (Status, error) {
	r, _, err := c.do(ctx, Request{Cmd: "status"})
	if err != nil {
		return Status{}, err
	}
	if r.Status == nil {
		return Status{}, errors.New("capture's answer holds no status")
	}
	return *r.Status, nil
}

// Watch calls told ten times a second until capture ends (nil), told returns an error (that), ctx ends, or capture dies
// (fault.Unavailable). The client is used up.
func (c *Client) Watch(ctx context.Context, told func(Status) error) error {
	defer c.conn.Close()
	end := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	defer end()
	if err := c.conn.SetDeadline(time.Time{}); err != nil {
		return c.lost(ctx, err)
	}
	if _, err := c.conn.Write([]byte(`{"cmd":"watch"}` + "\n")); err != nil {
		return c.lost(ctx, err)
	}
	for {
		r, err := c.read(ctx)
		if err != nil {
			return err
		}
		if r.Status == nil {
			return errors.New("capture's answer holds no status")
		}
		if err := told(*r.Status); err != nil {
			return err
		}
		if r.Status.State == Ended {
			return nil
		}
	}
}

// Pause begins a closed part. length is what is announced, 0 when it is not known. When it returns nil the pause is on
// the disk. fault.Conflict when it is refused.
func (c *Client) Pause(ctx context.Context, who, why string, length time.Duration) error {
	_, _, err := c.do(ctx, Request{Cmd: "pause", Who: who, Why: why, For: length.Seconds()})
	return err
}

// Resume ends it.
func (c *Client) Resume(ctx context.Context, who, why string) error {
	_, _, err := c.do(ctx, Request{Cmd: "resume", Who: who, Why: why})
	return err
}

// CloseStretch marks a stretch, in seconds of the recording, as closed afterwards. When it returns nil that is on the disk.
func (c *Client) CloseStretch(ctx context.Context, from, to float64, who, why string) error {
	_, _, err := c.do(ctx, Request{Cmd: "close", From: from, To: to, Who: who, Why: why})
	return err
}

// Erase destroys a stretch, in seconds of the recording. When it returns nil nothing of it is left on the disk; a copy on
// a second drive that could not be reached is a *record.CopyError.
func (c *Client) Erase(ctx context.Context, from, to float64, by [2]string, why string) error {
	r, _, err := c.doWithin(ctx, Request{Cmd: "erase", From: from, To: to, By: by[:], Why: why}, eraseWait)
	if err == nil && r.Copy != "" {
		err = &record.CopyError{Folder: r.Copy, Err: errors.New(r.Error)}
	}
	return err
}

// Import fills gaps of the recording from a sound file, whose path the capture opens. at is when its first frame was
// recorded, zero where that is not known. fault.Invalid for a file that is no sound, fits nowhere or fills nothing.
func (c *Client) Import(ctx context.Context, file, name, who string, at time.Time) (*record.ImportRecord, error) {
	r, _, err := c.doWithin(ctx, Request{Cmd: "import", File: file, Name: name, Who: who, At: at}, importWait)
	if err == nil && r.Import == nil {
		err = errors.New("capture's answer holds no import")
	}
	return r.Import, err
}

// Stop asks for a clean stop. It returns before capture has ended; Watch tells when.
func (c *Client) Stop(ctx context.Context, who, why string) error {
	_, _, err := c.do(ctx, Request{Cmd: "stop", Who: who, Why: why})
	return err
}

// Session says whether a session goes on, in which something should be recorded.
func (c *Client) Session(ctx context.Context, on bool) error {
	_, _, err := c.do(ctx, Request{Cmd: "session", On: on})
	return err
}

// Last gives the newest seconds of audio as they lie on the disk, mixed to one channel.
func (c *Client) Last(ctx context.Context, seconds float64) (Audio, []byte, error) {
	r, pcm, err := c.do(ctx, Request{Cmd: "last", Seconds: seconds})
	if err != nil {
		return Audio{}, nil, err
	}
	if r.Audio == nil {
		return Audio{}, nil, errors.New("capture's answer holds no audio")
	}
	return *r.Audio, pcm, nil
}
