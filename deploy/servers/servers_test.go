//go:build unix

package servers

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAServerThatEndsAtOnceIsReportedWithItsLog(t *testing.T) {
	private, err := makeFolder("leima-test-", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(private.path) })
	_, err = Launch{
		Name:    "broken",
		Program: "/bin/sh",
		Args:    []string{"-c", "echo no room left; exit 1"},
		Ready:   func(context.Context) error { return errors.New("not yet") },
	}.Start(t.Context(), private)
	if err == nil || !strings.Contains(err.Error(), "no room left") {
		t.Errorf("want an error with the log, got %v", err)
	}
}

func TestProgramsAreFoundInTheNewestDebianFolderOrInPath(t *testing.T) {
	nowhere := func(string) (string, error) { return "", exec.ErrNotFound }
	inPath := func(name string) (string, error) { return "/opt/bin/" + name, nil }
	debian := t.TempDir()
	for _, program := range []string{"9/bin/initdb", "15/bin/initdb", "16/bin/psql"} {
		path := filepath.Join(debian, program)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	pattern := filepath.Join(debian, "*", "bin")
	none := filepath.Join(debian, "none", "*")

	for name, c := range map[string]struct {
		pattern  string
		lookPath func(string) (string, error)
		found    Programs
		missing  []string
	}{
		"Debian, 16 has only clients": {
			pattern, inPath, Programs{filepath.Join(debian, "15", "bin"), "/opt/bin/redis-server"}, nil,
		},
		"another system":     {none, inPath, Programs{"/opt/bin", "/opt/bin/redis-server"}, nil},
		"nothing":            {none, nowhere, Programs{}, []string{"postgresql", "redis-server"}},
		"Debian, Redis lost": {pattern, nowhere, Programs{filepath.Join(debian, "15", "bin"), ""}, []string{"redis-server"}},
	} {
		t.Run(name, func(t *testing.T) {
			found, missing := lookUp(c.pattern, c.lookPath)
			if found != c.found || !cmp.Equal(missing, c.missing) {
				t.Errorf("found %+v, missing %v; want %+v, %v", found, missing, c.found, c.missing)
			}
		})
	}
}

func TestAPathTooLongForASocketIsExplained(t *testing.T) {
	private := Folder{path: "/tmp/" + strings.Repeat("x", socketPathLimit)}
	_, err := StartPostgres(t.Context(), Programs{}, private)
	if err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("want an error that names TMPDIR, got %v", err)
	}
}
