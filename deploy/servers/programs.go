//go:build unix

package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// debianPostgres is where Debian and Ubuntu keep the server programs of each
// major version, outside PATH.
const debianPostgres = "/usr/lib/postgresql/*/bin"

// Programs are the installed server programs.
type Programs struct {
	postgresFolder string // of initdb, postgres, createdb, pg_isready
	redisServer    string
}

// Postgres returns the path of one of PostgreSQL's programs.
func (p Programs) Postgres(name string) string { return filepath.Join(p.postgresFolder, name) }

// RedisServer returns the path of the Redis server.
func (p Programs) RedisServer() string { return p.redisServer }

// LookUp returns the programs that are there, and the Debian packages of those
// that are not. Debian's folders come before PATH, which may hold programs
// without their siblings.
func LookUp() (found Programs, missing []string) { return lookUp(debianPostgres, exec.LookPath) }

func lookUp(debianPattern string, lookPath func(string) (string, error)) (found Programs, missing []string) {
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
