package capture

import (
	"time"

	"bienban/audio/alarm"
	"bienban/audio/meter"
	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/internal/inhibit"
)

// State is what capture does.
type State string

// The states.
const (
	Recording    State = "recording"
	Paused       State = "paused"       // a closed part goes on: levels are measured, nothing is stored
	Reconnecting State = "reconnecting" // the device is gone and is being looked for
	NoRoom       State = "no_room"      // no capture runs, for the disk is full; one is started once there is room
	Stopping     State = "stopping"
	Ended        State = "ended"
)

// Status is how a capture does at one moment. Its JSON form is what the socket sends.
type Status struct {
	State     State     `json:"state"`
	PID       int       `json:"pid"`
	Meeting   string    `json:"meeting"`
	Recording string    `json:"recording"`
	Folder    string    `json:"folder"`
	Started   time.Time `json:"started"` // of this process
	Session   bool      `json:"session"` // something should be recorded
	Device    string    `json:"device"`
	Map       *Map      `json:"map,omitempty"`

	Seconds    float64 `json:"seconds"`     // of the recording from its beginning, gaps included
	Durable    float64 `json:"durable"`     // of it on the disk
	Captured   float64 `json:"captured"`    // seconds of audio that this process took, closed parts included
	Gaps       int     `json:"gaps"`        // of the device in this run
	GapSeconds float64 `json:"gap_seconds"` // their length so far
	Overflows  int     `json:"overflows"`   // times that the device dropped frames, in this run

	Levels *meter.Levels `json:"levels,omitempty"` // the newest tenth of a second
	Alarms []alarm.Alarm `json:"alarms"`
	Record record.Status `json:"record"`
	Disk   DiskLeft      `json:"disk"`
	Pause  *PauseStatus  `json:"pause,omitempty"`
	// OneDrive says that the mirror lies on the recording's own drive.
	OneDrive bool          `json:"mirror_one_drive,omitempty"`
	Power    inhibit.Power `json:"power"`
	Awake    AwakeStatus   `json:"awake"`
	Drift    *float64      `json:"drift_ppm,omitempty"` // how much faster the device's clock is, in millionths
	Bus      *BusStatus    `json:"bus,omitempty"`
	Ended    string        `json:"ended,omitempty"` // why, in state ended
}

// DiskLeft is the room that is left.
type DiskLeft struct {
	Bytes   int64   `json:"bytes"`   // -1 when not known
	Seconds float64 `json:"seconds"` // of recording
}

// PauseStatus is the closed part that goes on.
type PauseStatus struct {
	Who   string    `json:"who"`
	Why   string    `json:"why"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // as announced
}

// AwakeStatus says whether the machine is kept from sleeping.
type AwakeStatus struct {
	Held   bool   `json:"held"`
	Reason string `json:"reason,omitempty"` // why not
}

// BusStatus is how publishing does.
type BusStatus struct {
	Published float64 `json:"published"` // seconds of the recording that are on the bus
	Lag       float64 `json:"lag"`       // seconds on the disk that are not
	Refused   int64   `json:"refused"`   // chunks that a full stream refused; readers take them from the recording
	Failures  int64   `json:"failures"`  // publishes that failed and were repeated
	Error     string  `json:"error,omitempty"`
	Away      float64 `json:"away,omitempty"` // seconds for which the bus has taken nothing
}

// Subject is where a capture sends its Status ten times a second, as JSON, on a bus that it has: transient.
func Subject(recording string) string { return "capture." + recording }

// Request is a line that a client sends.
type Request struct {
	// Cmd is status, watch (a status ten times a second from then on), pause, resume, stop, session, last, close, erase or
	// import.
	Cmd string  `json:"cmd"`
	Who string  `json:"who,omitempty"` // pause, resume, stop, close, import: the person
	Why string  `json:"why,omitempty"`
	For float64 `json:"for,omitempty"` // pause: seconds that are announced, 0 = not said
	// Seconds of audio for last, default 10, at most 60.
	Seconds float64 `json:"seconds,omitempty"`
	On      bool    `json:"on,omitempty"` // session: whether one goes on

	From float64  `json:"from,omitempty"` // close, erase: where the stretch begins, in seconds of the recording
	To   float64  `json:"to,omitempty"`   // and ends
	By   []string `json:"by,omitempty"`   // erase: the two people

	File string    `json:"file,omitempty"` // import: the sound's path, whole
	Name string    `json:"name,omitempty"` // what people call it
	At   time.Time `json:"at,omitzero"`    // when its first frame was recorded; zero where that is not known
}

// Reply is a line that answers it. After one to last, Audio.Bytes bytes of samples follow.
type Reply struct {
	OK     bool    `json:"ok"`
	Error  string  `json:"error,omitempty"`
	Status *Status `json:"status,omitempty"`
	Audio  *Audio  `json:"audio,omitempty"`
	// Import is what an import filled.
	Import *record.ImportRecord `json:"import,omitempty"`
	// Copy says, where an erasure was done, why the copy on the second drive still holds the stretch.
	Copy string `json:"copy,omitempty"`
	// Code is the fault of an error where it is one that a caller acts on.
	Code fault.Code `json:"code,omitempty"`
}

// Audio describes samples that were read back from the disk: one channel, signed 16-bit little-endian.
type Audio struct {
	Rate   int    `json:"rate"`
	Bytes  int    `json:"bytes"`
	Folder string `json:"folder"` // the recording
	From   int64  `json:"from"`   // position in it, in frames of its base rate
	To     int64  `json:"to"`

	Start float64 `json:"start"` // the same in seconds
	End   float64 `json:"end"`
}
