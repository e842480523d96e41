package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/google/googletest"
)

// accountValues are the settings of an administrator whose Google is the stand-in.
func accountValues(t *testing.T, standIn *googletest.Server) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, standIn.AccountFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		googleIssuerID: googletest.Issuer, googleServiceAccount: path, googleServer: standIn.URL, googleKeysURL: standIn.KeysURL(),
	}
}

func TestTheAccountForGoogleIsCheckedAtStart(t *testing.T) {
	standIn := googletest.New(t, nil)
	broken := func(change func(fields map[string]string)) func(v map[string]string) {
		return func(v map[string]string) {
			var fields map[string]string
			if err := json.Unmarshal(standIn.AccountFile(), &fields); err != nil {
				t.Fatal(err)
			}
			change(fields)
			file, err := json.Marshal(fields)
			if err != nil {
				t.Fatal(err)
			}
			v[googleServiceAccount] = filepath.Join(t.TempDir(), "broken.json")
			if err := os.WriteFile(v[googleServiceAccount], file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		change func(v map[string]string)
		base   string
		// want is what doctor says, and refused that the server does not start.
		want    string
		refused bool
	}{
		"as it should be":     {want: "issuer " + googletest.Issuer + ", " + googletest.Email},
		"none":                {change: func(v map[string]string) { clear(v) }, want: "cards are not offered there"},
		"origins of its own":  {change: func(v map[string]string) { v[googleOrigins] = "https://a.example, https://b.example" }, want: "issuer"},
		"without https":       {base: "http://cards.example.org", want: "by https only", refused: true},
		"no issuer":           {change: func(v map[string]string) { delete(v, googleIssuerID) }, want: "--google-issuer-id is not", refused: true},
		"issuer with letters": {change: func(v map[string]string) { v[googleIssuerID] = "leima" }, want: "is not a number", refused: true},
		"no account":          {change: func(v map[string]string) { delete(v, googleServiceAccount) }, want: "--google-service-account is not", refused: true},
		"a file not there":    {change: func(v map[string]string) { v[googleServiceAccount] = "/nowhere/key.json" }, want: "cannot be read", refused: true},
		"an origin with path": {change: func(v map[string]string) { v[googleOrigins] = "https://a.example/join" }, want: "without a path", refused: true},
		"many origins": {change: func(v map[string]string) {
			v[googleOrigins] = strings.Repeat("https://a.example,", 6) + "https://b.example"
		}, want: "at most 5", refused: true},
		"of a user":       {change: broken(func(f map[string]string) { f["type"] = "authorized_user" }), want: "not of a service account", refused: true},
		"without its key": {change: broken(func(f map[string]string) { f["private_key"] = "" }), want: "no private_key", refused: true},
		"with half a key": {change: broken(func(f map[string]string) { f["private_key"] = f["private_key"][:200] }), want: "not an RSA key", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			values := accountValues(t, standIn)
			if c.change != nil {
				c.change(values)
			}
			base := c.base
			if base == "" {
				base = publicBase
			}
			sh := withApple(values, base, time.Now())
			got := sh.checkGoogle()
			if !strings.Contains(got.Detail, c.want) || got.OK == c.refused || !got.OK && got.WayOut == "" {
				t.Errorf("doctor says %+v, want %q", got, c.want)
			}
			if strings.Contains(got.Detail, "PRIVATE KEY") {
				t.Errorf("doctor shows the key: %s", got.Detail)
			}
			if _, err := sh.openGoogleAccount(); (err != nil) != c.refused {
				t.Errorf("the server starts with %v", err)
			}
		})
	}
}
