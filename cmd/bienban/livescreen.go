package main

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"
)

// liveScreen writes lines that stay and, on a terminal, a foot that is drawn over.
type liveScreen struct {
	w        io.Writer
	fd       int
	terminal bool

	wide, high int
	foot       int        // lines of it on the screen
	kept       []viewLine // the newest lines, to be written anew when the window changes
}

// Size of a terminal that does not say its own, or one too small for it.
const (
	usualWidth  = 80
	usualHeight = 24
	leastWidth  = 20
	leastHeight = 6
)

// keptMost is how many lines are written anew at most: more than a tall window has.
const keptMost = 200

func (s *liveScreen) draw(v *liveView) {
	lines := v.lines
	v.lines = nil
	if !s.terminal {
		for _, l := range lines {
			fmt.Fprintln(s.w, l.text)
		}
		return
	}
	out := s.clear()
	s.kept = append(s.kept, lines...)
	s.kept = s.kept[max(0, len(s.kept)-keptMost):]
	if wide, high := s.size(); wide != s.wide || high != s.high {
		if s.wide != 0 { // what stands there was broken for another width
			out = "\x1b[2J\x1b[H"
			lines = s.kept
		}
		s.wide, s.high = wide, high
	}
	for _, l := range lines {
		for _, part := range wrapWords(l.text, s.wide, l.indent()) {
			out += l.style.wrap(part) + "\r\n"
		}
		if l.bell {
			out += "\a"
		}
	}
	for i := range s.kept {
		s.kept[i].bell = false
	}
	foot := v.foot(s.wide)
	if n := len(foot) - (s.high - 1); n > 0 { // the end matters: keys and what is typed
		foot = foot[n:]
	}
	for i, l := range foot {
		if i > 0 {
			out += "\r\n"
		}
		out += l.style.wrap(l.text)
	}
	s.foot = len(foot)
	_, _ = io.WriteString(s.w, out)
}

func (s *liveScreen) size() (wide, high int) {
	wide, high, err := term.GetSize(s.fd)
	if err != nil || wide < leastWidth {
		wide = usualWidth
	}
	if err != nil || high < leastHeight {
		high = usualHeight
	}
	return wide, high
}

// clear takes the foot away.
func (s *liveScreen) clear() string {
	out := "\r"
	if s.foot > 1 {
		out += fmt.Sprintf("\x1b[%dA", s.foot-1)
	}
	s.foot = 0
	return out + "\x1b[J"
}

// leave puts the terminal's cursor behind what stays.
func (s *liveScreen) leave() {
	if s.terminal {
		_, _ = io.WriteString(s.w, s.clear())
	}
}

// indent is that of a line's further parts: under the text behind its time.
func (l viewLine) indent() string {
	if stamp, _, found := strings.Cut(l.text, "] "); found && strings.HasPrefix(stamp, "[") {
		return strings.Repeat(" ", len(stamp)+2)
	}
	return "  "
}
