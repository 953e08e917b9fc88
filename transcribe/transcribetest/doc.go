// Package transcribetest holds what every speech engine and every speech
// detector must pass (Engine, Detector), and an engine that replays recorded
// decodes, for tests of what is built on engines.
//
// It judges the contract in transcribe.Engine and transcribe.Detector: no state
// between windows, times within the window, cancelling within a second, results
// that do not depend on how a stream is cut. It does not measure accuracy
// beyond "the words are those that were said".
package transcribetest
