//go:build !unix

package main

import "os"

// lockFile does nothing here: SQLite's own locks still keep the data whole.
func lockFile(*os.File) (taken bool, err error) { return false, nil }
