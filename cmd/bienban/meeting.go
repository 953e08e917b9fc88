package main

import (
	"path/filepath"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/form"
	"bienban/transcribe"
)

// readMeeting reads a meeting.yaml and says what it ignored in it.
func (e *env) readMeeting(path string) (*minutes.Meeting, error) {
	if err := readable(path); err != nil {
		return nil, err
	}
	m, remarks, err := minutes.ReadMeeting(path)
	if err != nil {
		return nil, err
	}
	if err := form.Check(m); err != nil {
		return nil, fault.New(fault.Invalid, "%s: %w", path, err)
	}
	for _, r := range remarks {
		e.say("%s", r)
	}
	return m, nil
}

// readSpoken reads a meeting and a transcript of it, refuses a transcript of
// another agenda, and tells of speakers who are not registered.
func (e *env) readSpoken(meeting, transcript string) (*minutes.Meeting, *transcribe.Transcript, error) {
	m, err := e.readMeeting(meeting)
	if err != nil {
		return nil, nil, err
	}
	if err := readable(transcript); err != nil {
		return nil, nil, err
	}
	t, err := transcribe.ReadTranscriptFile(transcript)
	if err != nil {
		return nil, nil, err
	}
	remarks, err := minutes.CheckTranscript(filepath.Base(transcript), m, t)
	for _, r := range remarks {
		e.say("%s", r)
	}
	return m, t, err
}

func (e *env) readMinutes(path string) (*minutes.Minutes, error) {
	if err := readable(path); err != nil {
		return nil, err
	}
	return minutes.ReadMinutes(path)
}
