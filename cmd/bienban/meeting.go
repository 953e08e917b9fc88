package main

import (
	"bienban/minutes"
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
