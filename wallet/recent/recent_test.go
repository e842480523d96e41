package recent_test

import (
	"testing"

	"github.com/leima/leima/wallet/recent"
	"pgregory.net/rapid"
)

// TestTheLimitsHoldWhateverIsPut compares with a list that is searched from the end.
func TestTheLimitsHoldWhateverIsPut(t *testing.T) {
	type pair struct{ key, value int }
	rapid.Check(t, func(t *rapid.T) {
		maxEntries, maxBytes := rapid.IntRange(0, 5).Draw(t, "entries"), rapid.IntRange(0, 30).Draw(t, "bytes")
		cache := recent.New[int](maxEntries, maxBytes, func(v int) int { return v })
		var kept []pair // last used last
		forget := func(key int) {
			for i, p := range kept {
				if p.key == key {
					kept = append(kept[:i:i], kept[i+1:]...)
					return
				}
			}
		}
		sum := func() (bytes int) {
			for _, p := range kept {
				bytes += p.value
			}
			return bytes
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			key := rapid.IntRange(0, 7).Draw(t, "key")
			if rapid.Bool().Draw(t, "put") {
				value := rapid.IntRange(0, 12).Draw(t, "value")
				cache.Put(key, value)
				forget(key)
				if value <= maxBytes && maxEntries > 0 {
					kept = append(kept, pair{key, value})
				}
				for len(kept) > maxEntries || sum() > maxBytes {
					kept = kept[1:]
				}
			} else {
				value, ok := cache.Get(key)
				want, wanted := 0, false
				for _, p := range kept {
					if p.key == key {
						want, wanted = p.value, true
					}
				}
				if ok != wanted || value != want {
					t.Fatalf("key %d: got %d %v, want %d %v", key, value, ok, want, wanted)
				}
				if wanted {
					forget(key)
					kept = append(kept, pair{key, want})
				}
			}
			if s := cache.Stats(); s.Entries != len(kept) || s.Bytes != sum() {
				t.Fatalf("it holds %d entries, %d bytes; want %d, %d", s.Entries, s.Bytes, len(kept), sum())
			}
		}
	})
}
