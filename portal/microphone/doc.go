// Package microphone takes what a browser's microphone hears into a recording
// of the hall's own kind: meters, alarms, live text and all.
//
// The browser keeps its sound in a file of its own until it is told that it is
// on this machine's disk, and sends it again when it was not. Its samples are
// counted from the first one of the stream, and a stream is a recording, so
// sample n of the one is frame n of the other, always. That count is the whole
// protocol: a part says at which sample it begins, the answer says how many
// samples are stored.
//
// Invariants it keeps:
//   - What is reported as stored survives a kill and a power cut.
//   - A part that comes twice, or again after this process was killed, is in the
//     recording once. A part that does not join what is there is refused.
//   - Sound that the browser has lost is marked, as long as it was; sound that
//     only comes late leaves no gap.
//   - A stream's recording ends when somebody ends it, not when this process does.
//
// It does not decide who may be a microphone.
package microphone
