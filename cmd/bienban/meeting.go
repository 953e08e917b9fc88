package main

import (
	"bienban/minutes"
	"bienban/transcribe"
	"path/filepath"
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
	for _, r := range remarks {
		e.say("%s", r)
	}
	return m, nil
}

func (e *env) readTranscript(path string) (*transcribe.Transcript, error) {
	if err := readable(path); err != nil {
		return nil, err
	}
	return transcribe.ReadTranscriptFile(path)
}

func (e *env) readMinutes(path string) (*minutes.Minutes, error) {
	if err := readable(path); err != nil {
		return nil, err
	}
	return minutes.ReadMinutes(path)
}

// fits checks that a transcript is of the meeting's agenda, and tells of
// speakers who are not registered.
func (e *env) fits(path string, m *minutes.Meeting, t *transcribe.Transcript) error {
	remarks, err := minutes.CheckTranscript(filepath.Base(path), m, t)
	for _, r := range remarks {
		e.say("%s", r)
	}
	return err
}
