package hall

import (
	"encoding/json"

	"bienban/internal/capture"
	"bienban/transcribe"
	"bienban/transcribe/live"
)

// Methods of Ask, with what is sent and answered.
const (
	AskTasks  = "tasks"  // nil → []Task: what there is to hear
	AskBegin  = "begin"  // BeginBody → Work: a worker has the lease
	AskEvents = "events" // EventsBody → []Event
	AskAct    = "act"    // Act → Event
	AskHall   = "hall"   // name of a meeting or recording → HallInfo
)

// Task is a recording that has text to come.
type Task struct {
	Recording string `json:"recording"`
	Live      bool   `json:"live"` // it goes on: its text cannot wait
	FinalUpTo int64  `json:"final_upto"`
	Epoch     uint64 `json:"epoch"`
	Length    int64  `json:"length"` // in samples, -1 while it goes on
}

// BeginBody is the question of a worker that has a recording's lease.
type BeginBody struct {
	Recording string `json:"recording"`
	Epoch     uint64 `json:"epoch"`
}

// Work is all that a worker needs to go on with a recording.
type Work struct {
	Task
	Meeting  string           `json:"meeting"`
	Folder   string           `json:"folder"` // of the segments, on serve's machine
	Before   string           `json:"before"` // the last committed words
	Language string           `json:"language"`
	Votes    []live.Vote      `json:"votes,omitempty"` // on the language, while it is not settled
	Glossary []string         `json:"glossary,omitempty"`
	Channels map[int][]string `json:"channels,omitempty"`
}

// EventsBody asks for a meeting's events after one.
type EventsBody struct {
	Meeting string `json:"meeting"`
	After   int64  `json:"after"`
}

// Act is something that a person does in a meeting.
type Act struct {
	ID      string `json:"id"` // new for each act: asked twice, it happens once
	Meeting string `json:"meeting"`
	Kind    string `json:"kind"` // EventMark, EventNote, EventPaused, EventLonger, EventResumed
	ActBody
}

// HallInfo says what goes on in a meeting.
type HallInfo struct {
	Meeting   string      `json:"meeting"`
	Title     string      `json:"title,omitempty"`
	Recording string      `json:"recording"`          // its newest
	Running   bool        `json:"running"`            // a capture records it
	Language  string      `json:"language,omitempty"` // of the recording, or the meeting; "" while not known
	Agenda    []AgendaRow `json:"agenda,omitempty"`
	Seconds   float64     `json:"seconds"` // of the recording so far
	// Waiting is how it stands while no capture can run for want of room.
	Waiting *capture.Status `json:"waiting,omitempty"`
}

// AgendaRow is an item of the agenda.
type AgendaRow struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Meeting is what helps to hear a meeting, and to follow it.
type Meeting struct {
	Title    string
	Language string
	Glossary []string
	Channels map[int][]string // microphone from 1 → names of those who use it
	Agenda   []AgendaRow
}

// payload is a final's text on the bus.
type payload struct {
	Segments []transcribe.Segment `json:"segments"`
	Coverage []transcribe.Cover   `json:"coverage"`
	Language string               `json:"language,omitempty"`
}

// LiveSubject is where a worker sends a recording's Said, transient.
func LiveSubject(recording string) string { return "live." + recording }

// LagSubject is where a worker sends its Lag once a second, transient.
func LagSubject(recording string) string { return "lag." + recording }

// EventSubject is where serve says that a recording's meeting has new events.
func EventSubject(recording string) string { return "event." + recording }

// Said is text as a worker makes it.
type Said struct {
	Recording string  `json:"recording"`
	Type      string  `json:"type"` // provisional or committed
	Epoch     uint64  `json:"epoch"`
	From      int64   `json:"from"`
	To        int64   `json:"to"`
	Text      string  `json:"text"`
	Lag       float64 `json:"lag"` // seconds
}

// Lag says how a worker keeps up.
type Lag struct {
	Recording string  `json:"recording"`
	Worker    string  `json:"worker"`
	Epoch     uint64  `json:"epoch"`
	Heard     float64 `json:"heard"` // seconds of the recording that it has heard
	Lag       float64 `json:"lag"`   // seconds of sound that wait for it
	Final     float64 `json:"final"` // seconds of the recording whose text was handed in
	Trouble   string  `json:"trouble,omitempty"`
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // our own types have none; a notice may be lost
		return nil
	}
	return b
}
