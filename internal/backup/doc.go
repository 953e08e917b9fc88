// Package backup puts an installation into one file while it works, checks such a
// file, and makes an installation of it again, on either database.
//
// The file is a ZIP archive (docs/store.md has its format): the store's tables as
// rows, the recordings' files byte for byte, what else lies in the data folder,
// and a manifest with each entry's hash. What it keeps true:
//   - The tables are of one moment. Recordings are copied after it, so that no text
//     is without its sound; of one that is running the copy is what a power cut at
//     that moment would have left, and verifies.
//   - A file that is named as a backup is whole: it has another name until it has
//     been synced and read again.
//   - Restore writes into an empty folder and an empty database only, and makes
//     nothing of a file that does not verify unless it is told to.
//
// A backup holds all that the data folder holds, hashes of passwords and keys
// included; browsers' sessions are not in it. It is not encrypted.
package backup
