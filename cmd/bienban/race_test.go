//go:build linux && race && portaudio

package main

// raced: the portaudio binding keeps numbers in pointers, which the race
// detector's pointer check does not let pass. Plain builds do not check.
const raced = true
