package apple_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
)

// BenchmarkPassesPerCPUSecond measures, side by side in one run, what signing alone takes,
// a pass with all pictures from caches, and a pass with a strip that was not made before.
// The figures are of CPU time, not of the clock, so that others on the machine do not
// matter; "of-bare" is the part of bare signing that is reached.
func BenchmarkPassesPerCPUSecond(b *testing.B) {
	key, err := x509.ParsePKCS1PrivateKey(der(demo().Files.Key))
	if err != nil {
		b.Fatal(err)
	}
	full := template(b, pharmacy(b))
	card := func(n int) apple.Card {
		c := aino()
		c.Serial, c.Version, c.Stamps = fmt.Sprintf("card-%d", n), int64(n), n%11
		return c
	}
	from := func(m *apple.Maker) func(n int) {
		return func(n int) {
			if _, err := m.Pass(full, card(n)); err != nil {
				b.Fatal(err)
			}
		}
	}
	// With the caches that a server has: no pass is asked for twice here, but what lies in
	// them decides how often memory is tidied up.
	cached := apple.NewMaker(demo().Identity, apple.CacheLimits{})
	// With room for one strip, every other count is made anew; its bands are there.
	stitched := apple.NewMaker(demo().Identity, apple.CacheLimits{Strips: 1})
	kinds := []struct {
		name string
		run  func(n int)
	}{
		{"bare", func(n int) {
			digest := sha256.Sum256([]byte{byte(n)})
			if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
				b.Fatal(err)
			}
		}},
		{"cached", from(cached)},
		{"new-count", from(stitched)},
	}
	const warm = 11 // all counts of the card
	for _, k := range kinds {
		for n := range warm {
			k.run(n)
		}
	}
	// What drawing the first strips took is given back now and not while something else is
	// measured.
	debug.FreeOSMemory()
	spent := map[string]time.Duration{}
	done := warm
	const batch = 50 // they take turns, so that all meet the same machine
	for b.Loop() {
		for _, k := range kinds {
			before := cpu(b)
			for n := range batch {
				k.run(done + n)
			}
			spent[k.name] += cpu(b) - before
		}
		done += batch
	}
	each := float64(done - warm)
	for _, k := range kinds {
		b.ReportMetric(each/spent[k.name].Seconds(), k.name+"/cpu-s")
		if k.name != "bare" {
			b.ReportMetric(spent["bare"].Seconds()/spent[k.name].Seconds(), k.name+"-of-bare")
		}
	}
}

// cpu returns the time that this process has used so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
