package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The module below is small, but go test itself makes the events, so that a
// change of their format is seen here.
const module = `
-- go.mod --
module example.test/toy

go 1.26
-- good/good_test.go --
package good

import "testing"

func TestGood(t *testing.T) {
	t.Log("good tests keep quiet")
	t.Run("part", func(t *testing.T) {})
}

func TestLater(t *testing.T) { t.Skip("needs a thing that is not here") }
-- bad/bad_test.go --
package bad

import "testing"

func TestGood(t *testing.T) { t.Log("good tests keep quiet") }

func TestBad(t *testing.T) {
	t.Run("part", func(t *testing.T) { t.Error("one is not two") })
}
-- panics/panics_test.go --
package panics

import "testing"

func TestPanics(t *testing.T) { panic("out of stamps") }
-- unbuildable/unbuildable_test.go --
package unbuildable

func broken() { nosuchthing() }
-- exits/exits_test.go --
package exits

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	fmt.Println("no set-up")
	os.Exit(3)
}
-- empty/empty.go --
package empty
`

func TestReports(t *testing.T) {
	for name, c := range map[string]struct {
		args    []string
		code    int
		last    string
		shows   []string
		conceal []string
	}{
		"all well": {
			args:    []string{"./good"},
			last:    "2 passed, 0 failed, 1 skipped",
			shows:   []string{"ok  \texample.test/toy/good", "TestLater good_test.go:10: needs a thing that is not here"},
			conceal: []string{"keep quiet", "PASS"},
		},
		"a subtest fails": {
			args: []string{"./good", "./bad"}, code: 1,
			last:    "3 passed, 2 failed, 1 skipped",
			shows:   []string{"--- FAIL: TestBad/part", "bad_test.go:8: one is not two", "FAIL\texample.test/toy/bad"},
			conceal: []string{"keep quiet"},
		},
		"a panic": {
			args: []string{"./panics"}, code: 1,
			last:  "0 passed, 1 failed, 0 skipped",
			shows: []string{"panic: out of stamps", "panics_test.go:5"},
		},
		"a package does not build": {
			args: []string{"./good", "./unbuildable"}, code: 1,
			last:  "2 passed, 1 failed, 1 skipped",
			shows: []string{"undefined: nosuchthing", "[build failed]"},
		},
		"the set-up fails": {
			args: []string{"./exits"}, code: 1,
			last:  "0 passed, 1 failed, 0 skipped",
			shows: []string{"no set-up", "FAIL\texample.test/toy/exits"},
		},
		"no tests": {
			args: []string{"./empty"}, code: 1,
			last:  "0 passed, 0 failed, 0 skipped",
			shows: []string{"[no test files]", "no test ran"},
		},
		"no such package": {
			args: []string{"./nowhere"}, code: 1,
			last:  "0 passed, 1 failed, 0 skipped",
			shows: []string{"nowhere"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(writeModule(t))
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), c.args, &stdout, &stderr)
			all := stdout.String() + stderr.String()
			lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
			if last := lines[len(lines)-1]; code != c.code || last != c.last {
				t.Errorf("exit code %d, last line %q; want %d, %q", code, last, c.code, c.last)
			}
			for _, text := range c.shows {
				if !strings.Contains(all, text) {
					t.Errorf("%q is not shown", text)
				}
			}
			for _, text := range c.conceal {
				if strings.Contains(all, text) {
					t.Errorf("%q is shown", text)
				}
			}
			if t.Failed() {
				t.Logf("stdout:\n%s\nstderr:\n%s", &stdout, &stderr)
			}
		})
	}
}

func TestALineTooLongIsAnError(t *testing.T) {
	_, err := report(strings.NewReader(strings.Repeat("x", lineLimit+1)), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("want an error about a line that is too long, got %v", err)
	}
}

// writeModule writes the module into a new folder and returns its path.
func writeModule(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, part := range strings.Split(module, "\n-- ")[1:] {
		name, content, found := strings.Cut(part, " --\n")
		if !found {
			t.Fatalf("no file name in %q", part)
		}
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
