//go:build !race && portaudio && linux

package device_test

const passes = 2 // a device must be there again after it was closed
