//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// debianPostgres is where Debian and Ubuntu keep the server programs of each
// major version, outside PATH.
const debianPostgres = "/usr/lib/postgresql/*/bin"

//go:embed install.sh
var installScript string

// programs are the installed server programs.
type programs struct {
	postgresFolder string // of initdb, postgres, createdb, pg_isready
	redisServer    string
}

// postgres returns the path of one of PostgreSQL's programs.
func (p programs) postgres(name string) string { return filepath.Join(p.postgresFolder, name) }

// findPrograms looks for the servers' programs and installs what is missing
// where that needs no question. Otherwise the error says what to install.
func findPrograms(ctx context.Context, stderr io.Writer) (programs, error) {
	found, missing := lookUp(debianPostgres, exec.LookPath)
	if len(missing) == 0 {
		return found, nil
	}
	if err := install(ctx, missing, stderr); err != nil {
		return programs{}, err
	}
	found, missing = lookUp(debianPostgres, exec.LookPath)
	if len(missing) > 0 {
		return programs{}, fmt.Errorf("%s installed, but its server program is not found", strings.Join(missing, ", "))
	}
	return found, nil
}

// lookUp returns the programs that are there, and the Debian packages of those
// that are not. Debian's folders come before PATH, which may hold programs
// without their siblings.
func lookUp(debianPattern string, lookPath func(string) (string, error)) (found programs, missing []string) {
	found.postgresFolder = newestPostgres(debianPattern)
	if found.postgresFolder == "" {
		if path, err := lookPath("initdb"); err == nil {
			found.postgresFolder = filepath.Dir(path)
		} else {
			missing = append(missing, "postgresql")
		}
	}
	var err error
	if found.redisServer, err = lookPath("redis-server"); err != nil {
		missing = append(missing, "redis-server")
	}
	return found, missing
}

// newestPostgres returns the folder with a server program whose parent has the
// highest major version, or "" when there is none.
func newestPostgres(pattern string) string {
	folders, err := filepath.Glob(pattern)
	if err != nil {
		return "" // the pattern is a constant and well formed
	}
	// A folder without initdb belongs to a client package.
	folders = slices.DeleteFunc(folders, func(folder string) bool {
		_, err := os.Stat(filepath.Join(folder, "initdb"))
		return err != nil
	})
	if len(folders) == 0 {
		return ""
	}
	return slices.MaxFunc(folders, func(a, b string) int { return majorVersion(a) - majorVersion(b) })
}

// majorVersion returns 15 for /usr/lib/postgresql/15/bin, and 0 for a folder
// not named so.
func majorVersion(folder string) int {
	version, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	if err != nil {
		return 0
	}
	return version
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
