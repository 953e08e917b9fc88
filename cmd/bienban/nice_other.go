//go:build !unix

package main

// beNice does nothing here.
func beNice() {}
