// Package alarm tells people in time that a recording is in danger: nothing recorded during a session, silence, a pause
// that lasts too long, clipping, a dead channel, a disk, battery or mains that fails, a recorder that falls behind.
//
// Invariant: it is a state machine without clock, files or devices: the same frames and facts give the same events.
// Silence, clipping and dead channels are counted in frames; only what happens while no frames come uses the time that
// the caller passes in. Each alarm is raised once, and cleared once when its cause has been gone for a while.
//
// It shows and sounds nothing: it says what is wrong, in Vietnamese and English, and what to do.
package alarm
