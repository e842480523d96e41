package main

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressesAreShownWithoutTheirPassword(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"redis://cache:6379", "redis://cache:6379"},
		{"redis://leima@cache:6379", "redis://leima@cache:6379"},
		{"redis://leima:hush@cache:6379/2", "redis://leima:xxxxx@cache:6379/2"},
		{"redis://:hush@cache", "redis://:xxxxx@cache"},
		{"redis-cluster://u:hush@one:1,two:2", "redis-cluster://u:xxxxx@one:1,two:2"},
		{"unix://u:hush@/run/redis.sock", "unix://u:xxxxx@/run/redis.sock"},
		{"unix:///run/redis.sock", "unix:///run/redis.sock"},
		{"postgres://leima:hush@one:1,two:2/leima", "postgres://leima:xxxxx@one:1,two:2/leima"},
		{"postgres://db/leima?user=leima&password=hush", "postgres://db/leima?password=xxxxx&user=leima"},
		{"postgres://db/leima?p%61ssword=hush", "postgres://db/leima?password=xxxxx"},
		{"postgres://db/leima?sslpassword=hush&a=%zz", "postgres://db/leima?xxxxx"},
		{"rediss://u:hush@cache?ca_file=/etc/ca.pem", "rediss://u:xxxxx@cache?ca_file=%2Fetc%2Fca.pem"},
		// Passwords with characters that end the part of an address where it stands.
		{"redis://leima:p@ss/word@127.0.0.1:18380", "redis://leima:xxxxx@127.0.0.1:18380"},
		{"postgres://leima:p@ss/word@127.0.0.1:5432/leima", "postgres://leima:xxxxx@127.0.0.1:5432/leima"},
		{"redis://leima:p@ss@cache", "redis://leima:xxxxx@cache"},
		{"redis://leima:12/ss@cache", "redis://leima:xxxxx@cache"},
		{"redis://leima:p#ss@cache", "redis://leima:xxxxx@cache"},
		{"redis://leima:p?ss@cache", "redis://xxxxx"},
		{"redis://leima:p@ss?w=ord@cache?pool_size=2", "redis://xxxxx"},
		{"postgres://db/leima?password=hu@sh", "postgres://xxxxx"},
		{"redis://pa/ss:word@cache", "redis://xxxxx@cache"},
		{"redis://pa@ss@cache", "redis://xxxxx@cache"},
		{"redis://leima:hush", "redis://xxxxx"},
		{"hush", "xxxxx"},
	} {
		if got := maskAddress(c.address); got != c.want {
			t.Errorf("%s is shown as %s, want %s", c.address, got, c.want)
		}
	}
}

// Whatever a password is made of, nothing of it is shown.
func TestNoPartOfAPasswordIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"SECRET", "@", "/", "?", "#", ":", "%", "&", "=", "%40", "://"}), 1, 12).Draw(t, "parts"), "")
		for _, address := range []string{"redis://leima:" + password + "@cache:6379", "postgres://leima:" + password + "@db/leima?sslmode=require"} {
			if got := maskAddress(address); strings.Contains(got, "SECRET") {
				t.Fatalf("%s is shown as %s", address, got)
			}
			if got := redactText("dial " + address + ": no"); strings.Contains(got, "SECRET") {
				t.Fatalf("%s is logged as %s", address, got)
			}
		}
	})
}
