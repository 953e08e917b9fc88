// Package models is the catalogue of speech, speech-detection and language
// models, and the store that fetches and checks them.
//
// It keeps two invariants. A file under its final name in the store has been
// verified whole against the SHA-256 in the catalogue: it is written under
// another name, checked, synced and only then renamed. And nothing is fetched
// unless Pull is called: Path, Installed and Verify never touch the network.
//
// The catalogue is data (catalogue.yaml). A model has sources in order: the
// upstream URL first, then a mirror as Python packages, with the conversion it
// needs. The package runs no model, keeps no weights in git, and knows nothing
// of meetings.
package models
