//go:build linux && !(race && portaudio)

package main

const raced = false
