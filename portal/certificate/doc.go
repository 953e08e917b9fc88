// Package certificate gives the portal what it proves its name with: a PEM
// file of the operator, read again when it changes, or a certificate authority
// of this installation's own that a browser can be told to trust.
//
// Invariant: private keys are readable by the owner only, and a key of our own
// authority never leaves the data folder. The own authority signs for the
// machine's own names and addresses only.
//
// It does not fetch certificates from anywhere and does not decide whether
// plain HTTP will do (cmd/bienban does).
package certificate
