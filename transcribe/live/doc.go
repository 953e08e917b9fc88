// Package live turns sound into text while it is heard: provisional text at
// once, final text at the next pause.
//
// It keeps these invariants:
//   - Committed events are final and in order, and each begins at the sample at
//     which the one before ends. Together they account for every sample as
//     speech with text, as non-speech, or as a gap.
//   - What is committed depends on the sound, on the options and on what was
//     committed before, and on nothing else: not on how the sound was cut into
//     chunks, nor on how slow the machine is. Each commit begins anew at its own
//     end, with a fresh speech detector. So a worker may die at any moment and
//     another goes on from the last commit to the same text.
//   - A provisional event replaces all text beyond the last commit and never
//     reaches before it. Under load provisional text comes late or not at all;
//     sound is never skipped.
//   - Where the detector hears nobody, the recogniser is not asked.
//
// It has no wall clock and no bus: whoever feeds the sound says how late it is
// (Play does, for files). It does not know what is worth saying twice: a second
// pass over the recording is package transcribe's.
package live
