// Package pyenv finds a Python ≥ 3.10 and uses it for the two things this
// program needs of it: fetching a wheel with pip, and a private virtual
// environment for one pinned package.
//
// It never installs into the system's or the user's own Python, never runs
// without being asked, and every process it starts ends with its context,
// children included. It does not read wheels and does not know models.
package pyenv
