// Package transcribe turns speech into a transcript: speech detection, windows
// packed at pauses, an engine, guards against invented text, and a coverage
// ledger.
//
// It keeps one invariant: every second of the audio is accounted for, as
// speech with text, as non-speech, or as a gap that people see. What a guard
// refuses stays in the transcript, struck.
//
// It knows sound and words. It knows nothing of meetings, agendas or people:
// which item a segment belongs to is decided in package minutes.
package transcribe
