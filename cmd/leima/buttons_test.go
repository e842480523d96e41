package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPicturesOfButtonsAreCheckedBeforeTheServerStarts(t *testing.T) {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60"/>`
	for name, c := range map[string]struct {
		files    []string // nil is no folder
		settings map[string]string
		want     string
		fails    bool
	}{
		"no setting":            {nil, nil, "a drawing of Leima's", false},
		"a folder not there":    {nil, map[string]string{buttonsSetting: "/nowhere/buttons"}, "cannot be used: read the folder", true},
		"a name nobody knows":   {[]string{"apple-fi.svg", "apple-it.svg"}, nil, "apple-it.svg: want a name", true},
		"nothing on offer":      {[]string{"apple-fi.svg"}, nil, "no wallet is offered", false},
		"some languages":        {[]string{"apple-fi.svg", "apple-en.svg"}, map[string]string{appleCertificate: "x"}, "no pictures for apple (sv, pl, fr, de, ru)", false},
		"two wallets, no files": {[]string{}, map[string]string{appleCertificate: "x", samsungPartner: "x"}, "apple (en, fi, sv, pl, fr, de, ru); samsung (en,", false},
	} {
		t.Run(name, func(t *testing.T) {
			values := map[string]string{}
			if c.files != nil {
				values[buttonsSetting] = t.TempDir()
				for _, file := range c.files {
					if err := os.WriteFile(filepath.Join(values[buttonsSetting], file), []byte(svg), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			for name, value := range c.settings {
				values[name] = value
			}
			sh := withApple(values, publicBase, time.Now())
			if got := sh.checkButtons(); !strings.Contains(got.Detail, c.want) || got.OK == c.fails || !got.OK && got.WayOut == "" {
				t.Errorf("doctor says %+v, want %q", got, c.want)
			}
			if _, err := sh.openButtons(); c.fails != (err != nil) {
				t.Errorf("the server starts with %v", err)
			}
		})
	}
}
