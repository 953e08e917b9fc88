// Package capture is the process that records a hall: it reads a device, a file or raw samples, measures them, hands
// them to the recorder, answers on a socket how it does, and passes what is on the disk on to the bus.
//
// Invariants it keeps:
//   - Audio comes first. Between the input and the recorder stand only the meters. Socket, bus, alarms, D-Bus and mirror
//     have goroutines of their own and nothing of them is waited for.
//   - What is published was read back from the recording. A bus that is away costs nothing: publishing goes on from
//     where the bus's copy ends.
//   - A device that is gone is marked as a gap and opened again for as long as capture runs; the recording of a capture
//     that was killed is gone on with.
//   - It needs no bus, no store, no D-Bus and no meeting that anybody knows.
//
// It does not transcribe, decide who may pause, or verify; package record stores, package alarm judges.
package capture
