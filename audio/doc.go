// Package audio turns a recording into what the rest of the program hears: samples with exact positions.
//
// It opens a file by its content (WAV, RF64, BW64 and FLAC natively, everything else through ffmpeg when that is
// installed), resamples it, mixes the channels of a hall mixer into the one signal that the recogniser gets, and
// measures the energy of each channel so that the speaker can be told from the microphone.
//
// Invariants it keeps:
//   - Time is a sample count. Position maps between a source's frames and 16 kHz samples by exact integer
//     arithmetic, so nothing drifts over hours.
//   - Everything streams: memory does not depend on the length of a recording.
//   - Nothing is lost in silence. A cut or broken file yields every whole frame in front of the damage and then a
//     *DamageError; a file that cannot be read at all is a *FormatError that says what to do.
//   - The result does not depend on how a caller chunks its reads.
//
// It does not recognise speech, know people, agenda items or meetings, write files, or open the network. Listing
// capture devices is the subpackage device.
package audio
