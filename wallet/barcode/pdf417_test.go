package barcode_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/leima/leima/wallet/barcode"
)

func TestEveryCodeOfACardHasAPDF417(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringMatching(`[A-Z0-9 ]{1,32}`).Draw(t, "content")
		if _, err := barcode.Draw(barcode.PDF417, content); err != nil {
			t.Fatalf("%q: %v", content, err)
		}
	})
	if _, err := barcode.Draw(barcode.PDF417, strings.Repeat("A", barcode.MaxPDF417+1)); !errors.Is(err, barcode.ErrInvalid) {
		t.Errorf("a text that is too long: %v", err)
	}
}

// The library of the other tests reads no PDF417, so the till's own reader does, in Node.
func TestPDF417IsReadAsTheTillReadsIt(t *testing.T) {
	modules := filepath.Join("..", "..", "web", "app", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "zxing-wasm")); err != nil {
		t.Skip("zxing-wasm is not there: tools/node-packages.sh web/app fetches it")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed (Debian: nodejs)")
	}
	const pictures = 40
	folder := t.TempDir()
	args := []string{filepath.Join("testdata", "read.mjs"), modules}
	var want []string
	content := rapid.StringMatching(`[A-Z0-9]{12,26}|[A-Z0-9]{4}( [A-Z0-9]{4}){3}|[0-9]{10}`)
	for n := range pictures {
		text := content.Example(n)
		drawing, err := barcode.Draw(barcode.PDF417, text)
		if err != nil {
			t.Fatal(err)
		}
		file, err := drawing.PNG(4)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, fmt.Sprintf("%d.png", n))
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		args, want = append(args, path), append(want, text)
	}
	c := exec.CommandContext(t.Context(), node, args...)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	for n, got := range strings.Split(strings.TrimRight(string(out), "\n"), "\n") {
		if got != want[n] {
			t.Errorf("%q is read as %q", want[n], got)
		}
	}
}
