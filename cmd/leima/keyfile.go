package main

import (
	"io"
	"os"
)

// maxKeyFile bounds a file with a certificate or a key, in bytes.
const maxKeyFile = 256 << 10

// readKeyFile returns what the file of a setting holds, a certificate or a key. It returns
// nothing if the setting names no file.
func readKeyFile(name, path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("the file of --%s cannot be read: %w", name, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, usagef("the file of --%s cannot be read: %w", name, err)
	}
	if len(data) > maxKeyFile {
		return nil, usagef("the file of --%s has more than %d bytes: that is no certificate or key", name, maxKeyFile)
	}
	return data, nil
}
