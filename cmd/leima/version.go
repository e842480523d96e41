package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
)

// version is set by the release build: -ldflags "-X main.version=1.2.3".
var version = ""

type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"`
	// Time is when the commit was made; RFC 3339, "" if not known.
	Time     string `json:"time"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild tells what the binary was made from, as far as the Go tool wrote it
// down.
func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if ok && b.Version == "" {
		b.Version = info.Main.Version
	}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "dev"
	}
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// madeAfter is an instant that a right clock has passed: when the binary's commit
// was made, or else when this program was begun.
func (b build) madeAfter() time.Time {
	if t, err := time.Parse(time.RFC3339, b.Time); err == nil {
		return t
	}
	return time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)
}

func (sh *shell) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			return sh.show(b, func(w io.Writer) {
				fmt.Fprintf(w, "leima %s", b.Version)
				if b.Commit != "" {
					fmt.Fprintf(w, " (%.12s)", b.Commit)
				}
				fmt.Fprintf(w, " %s %s\n", b.Go, b.Platform)
			})
		},
	}
}
