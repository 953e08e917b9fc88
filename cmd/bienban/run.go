package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"bienban/audio"
	"bienban/internal/fault"
	"bienban/models"
)

// Exit codes (docs/design.md section 7). They do not change.
const (
	exitDone   = 0
	exitFailed = 1 // full disk, no permission, broken tool
	exitUsage  = 2 // wrong usage or bad input
	exitReview = 3 // done, with something that a person must see
)

// errReview is what a command returns when its work is done and a person must
// look at a flag, a conflict or a damaged input.
var errReview = errors.New("done, with something that a person must see")

// env is what a command may touch of the world outside.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	json           bool // --log json
}

// say prints one line for people (or a JSON object for machines) to stderr.
func (e *env) say(format string, args ...any) { e.log("info", fmt.Sprintf(format, args...)) }

func (e *env) log(level, text string) {
	if e.json {
		_ = json.NewEncoder(e.stderr).Encode(struct {
			Level string `json:"level"`
			Text  string `json:"text"`
		}{level, text})
		return
	}
	if level == "error" {
		text = "bienban: " + text
	}
	fmt.Fprintln(e.stderr, text)
}

// cli is the command line. Each field is a subcommand in a file of its own.
type cli struct {
	Log string `enum:"text,json" default:"text" help:"How messages are written: text for people, json for machines."`

	Demo       demoCmd       `cmd:"" help:"The sample meetings through the whole main job."`
	Transcribe transcribeCmd `cmd:"" help:"A recording to a transcript, on this machine."`
	Draft      draftCmd      `cmd:"" help:"A transcript to a draft of the minutes."`
	Check      checkCmd      `cmd:"" help:"Each sentence of any minutes against its evidence."`
	Export     exportCmd     `cmd:"" help:"Minutes to pdf, txt, json or html."`
	Verify     verifyCmd     `cmd:"" help:"Check recordings byte for byte, and show what is missing in them and why."`
	Models     modelsCmd     `cmd:"" help:"List, fetch and verify speech and language models."`
	Recording  recordingCmd  `cmd:"" help:"What is done to a recording afterwards: close a stretch, erase one, fill gaps."`
	Capture    captureCmd    `cmd:"" help:"Record a hall from its mixer, a file or raw samples; or list the microphones."`
	Serve      serveCmd      `cmd:"" help:"The hub: takes in sound, keeps workers running, stores text."`
	Worker     workerCmd     `cmd:"" help:"Make text of what halls say, for a serve here or elsewhere."`
	Live       liveCmd       `cmd:"" help:"Follow a meeting in a terminal: text, levels, alarms; keys mark items, pause, note."`
	User       userCmd       `cmd:"" help:"Accounts of this installation: add, passwd, list, disable, enable."`
	Backup     backupCmd     `cmd:"" help:"The installation in one file, while it works: text, accounts, audit log, recordings."`
	Restore    restoreCmd    `cmd:"" help:"An installation from a backup, into an empty folder; or --check it."`
	Doctor     doctorCmd     `cmd:"" help:"Measure this machine: microphones, disk, clock, power, memory, speech models; and what to do."`
	Engine     engineCmd     `cmd:"" help:"The speech engine's own process; started by the others." hidden:""`
	Version    versionCmd    `cmd:"" help:"Which bienban this is, and what it was built with."`
}

// run parses args, runs the command and says what went wrong in one line.
func run(ctx context.Context, args []string, e env) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("bienban"),
		kong.Description("AI minutes of a meeting, on the hall's own machine. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 3 done but a person must look."),
		kong.Writers(e.stdout, e.stderr),
		kong.Exit(func(code int) { exited = code; panic(exitNow{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		e.log("error", err.Error())
		return exitFailed
	}
	kctx, err := parse(parser, args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		e.log("error", err.Error()+"; see bienban --help")
		return exitUsage
	}
	e.json = c.Log == "json"
	err = kctx.Run(&e)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReview):
		return exitReview
	}
	e.log("error", oneLine(err))
	return exitCode(err)
}

// exitNow unwinds kong's parser after --help, which wants to end the process.
type exitNow struct{}

func parse(p *kong.Kong, args []string) (ctx *kong.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exitNow); !ok {
				panic(r)
			}
		}
	}()
	return p.Parse(args)
}

// exitCode is the table from an error to the code that a shell sees.
func exitCode(err error) int {
	var (
		format  *audio.FormatError
		unknown *models.UnknownModelError
		hash    *models.HashError
	)
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENOSPC), errors.Is(err, context.Canceled):
		return exitFailed
	case errors.As(err, &format), errors.As(err, &unknown), errors.As(err, &hash):
		return exitUsage
	}
	switch fault.CodeOf(err) {
	case fault.Invalid, fault.NotFound:
		return exitUsage
	}
	return exitFailed
}

func oneLine(err error) string {
	if errors.Is(err, context.Canceled) && err.Error() == context.Canceled.Error() { // a longer text says what is saved and how to go on
		return "stopped; nothing was written"
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
