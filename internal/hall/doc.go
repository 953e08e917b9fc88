// Package hall is what happens to a hall's sound on its way to text: workers
// that hear a recording and hand in its text, the one ingester that stores it,
// the keeper that knows the recordings on the disk, and the supervision of both
// kinds of child process. Store is what it needs kept.
//
// Invariants it keeps:
//   - A worker can die at any moment, and so can the ingester: what was stored
//     is exactly the text up to final_upto, and whoever goes on begins there.
//     Nothing is transcribed twice into the store, and no second is skipped.
//   - Only the ingester writes text, and only under the newest epoch that it
//     knows. A worker whose lease is over stops; one that does not know yet is
//     refused.
//   - A worker needs a bus and, for what the bus dropped, the recording's
//     folder. It has no credentials for the store; it asks (Ask) whoever has it.
//   - No sound is skipped under load. Provisional text is what goes first.
//   - Capture is never stopped or doubled by what happens here: it runs in its
//     own session, and is adopted by whoever comes later.
//
// It does not decode (package live and an engine do), record (package capture)
// or draw pages. It knows of a meeting only what helps to hear it.
package hall
