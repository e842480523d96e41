package strip

import (
	"sync"

	"github.com/leima/leima/wallet/recent"
)

// Limits of a Cache. A strip takes about 25 kB in all scales, a press about as much for
// each count that was drawn.
const (
	MaxStrips      = 4096
	MaxStripsBytes = 64 << 20
	MaxPresses     = 64
)

// Cache keeps strips by version of the design and count, and the presses of designs in
// use. It may be used by many goroutines.
type Cache struct {
	strips  *recent.Cache[stripKey, *Strip]
	mu      sync.Mutex // so that a design is prepared once, not by everybody who waits for it
	presses *recent.Cache[string, *Press]
}

type stripKey struct {
	version string
	count   int
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	one := func(*Press) int { return 1 }
	return &Cache{
		strips:  recent.New[stripKey](MaxStrips, MaxStripsBytes, (*Strip).Bytes),
		presses: recent.New[string](MaxPresses, MaxPresses, one),
	}
}

// Strip returns the strip of a card with count stamps. Nobody may change it. Errors are
// in ErrDesign.
func (c *Cache) Strip(d Design, count int) (*Strip, error) {
	key := stripKey{d.Version, min(count, d.Size)}
	if found, ok := c.strips.Get(key); ok {
		return found, nil
	}
	drawn, err := c.Draw(d, key.count)
	if err != nil {
		return nil, err
	}
	c.strips.Put(key, drawn)
	return drawn, nil
}

// Draw returns the strip like Strip, for a caller that keeps strips itself: only the press
// is kept here.
func (c *Cache) Draw(d Design, count int) (*Strip, error) {
	press, err := c.press(d)
	if err != nil {
		return nil, err
	}
	return press.Draw(count)
}

// Stats returns how full the cache of strips is and how often it helped.
func (c *Cache) Stats() recent.Stats { return c.strips.Stats() }

func (c *Cache) press(d Design) (*Press, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.presses.Get(d.Version); ok {
		return found, nil
	}
	made, err := NewPress(d)
	if err != nil {
		return nil, err
	}
	c.presses.Put(d.Version, made)
	return made, nil
}
