// Package accounts is who may sign in to this installation: local accounts,
// their passwords, their browsers' sessions.
//
// What it keeps true:
//   - A password is stored as an argon2id hash only, and never in a log, an error
//     or a command line.
//   - Guessing is slow: attempts are counted by name and by address before the
//     password is looked at, whether or not there is such an account, and an
//     unknown name takes as long as a wrong password.
//   - While there is no administrator, and only then, the holder of a token that
//     serve printed may make the first one; the token works once.
//   - There is always an administrator who can sign in, once there was one.
//   - A disabled account, a changed password and an ended session end at once,
//     also for requests that are under way.
//   - Each change is in the audit log in the same transaction, with who did it.
//
// Attempts are counted in memory of a fixed size and forgotten when the process
// ends: a restart is the operator's act, not a guesser's.
//
// What somebody may do is not decided here: roles and permissions are
// minutes/desk. Store is implemented by internal/sqlstore.
package accounts
