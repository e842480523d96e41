//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/leima/leima/deploy/servers"
)

//go:embed install.sh
var installScript string

// findPrograms looks for the servers' programs and installs what is missing
// where that needs no question. Otherwise the error says what to install.
func findPrograms(ctx context.Context, stderr io.Writer) (servers.Programs, error) {
	found, missing := servers.LookUp()
	if len(missing) == 0 {
		return found, nil
	}
	if err := install(ctx, missing, stderr); err != nil {
		return servers.Programs{}, err
	}
	found, missing = servers.LookUp()
	if len(missing) > 0 {
		return servers.Programs{}, fmt.Errorf("%s installed, but its server program is not found", strings.Join(missing, ", "))
	}
	return found, nil
}

// install installs Debian packages as root or by a sudo that asks nothing.
func install(ctx context.Context, packages []string, stderr io.Writer) error {
	list := strings.Join(packages, " ")
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("this machine lacks the servers that Debian packages as %s: "+
			"install them, or test with SQLite only by make test-short", list)
	}
	shell := []string{"sh", "-c", installScript, "install.sh"}
	if os.Geteuid() != 0 {
		if err := exec.CommandContext(ctx, "sudo", "-n", "true").Run(); err != nil {
			return fmt.Errorf("missing packages; install them by \"sudo apt-get install %s\", "+
				"or test with SQLite only by make test-short", list)
		}
		shell = append([]string{"sudo", "-n"}, shell...)
	}
	command := exec.CommandContext(ctx, shell[0], append(shell[1:], packages...)...) //nolint:gosec // our own script, our own package names
	command.Stdout, command.Stderr = stderr, stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("install %s: %w", list, err)
	}
	return nil
}
