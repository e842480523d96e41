// Package recent keeps what was used lately, within two limits: how many values and
// how many bytes. It knows nothing of what it keeps. Start with New.
package recent

import (
	"container/list"
	"sync"
)

// Cache keeps values by key. It may be used by many goroutines.
type Cache[K comparable, V any] struct {
	maxEntries int
	maxBytes   int
	size       func(V) int

	mu      sync.Mutex
	bytes   int
	order   *list.List // of entry[K, V], last used first
	entries map[K]*list.Element
	hits    uint64
	misses  uint64
}

type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

// New returns an empty cache that holds at most so many entries and so many bytes, as
// size counts them. A value that alone is larger is not kept.
func New[K comparable, V any](maxEntries, maxBytes int, size func(V) int) *Cache[K, V] {
	return &Cache[K, V]{
		maxEntries: maxEntries, maxBytes: maxBytes, size: size,
		order: list.New(), entries: map[K]*list.Element{},
	}
}

// Get returns the value of a key and whether there is one.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.entries[key]
	if !ok {
		c.misses++
		var none V
		return none, false
	}
	c.hits++
	c.order.MoveToFront(found)
	return valueOf[K, V](found).value, true
}

// Put keeps a value, and lets go of those that were not used for longest.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.entries[key]; ok {
		c.remove(found)
	}
	bytes := c.size(value)
	if bytes > c.maxBytes || c.maxEntries < 1 {
		return
	}
	c.bytes += bytes
	c.entries[key] = c.order.PushFront(entry[K, V]{key, value, bytes})
	for len(c.entries) > c.maxEntries || c.bytes > c.maxBytes {
		c.remove(c.order.Back())
	}
}

func (c *Cache[K, V]) remove(e *list.Element) {
	gone := valueOf[K, V](e)
	c.order.Remove(e)
	c.bytes -= gone.bytes
	delete(c.entries, gone.key)
}

func valueOf[K comparable, V any](e *list.Element) entry[K, V] {
	return e.Value.(entry[K, V]) //nolint:errcheck,forcetypeassert // nothing else is ever put into the list
}

// Stats are what a cache holds and how often it could help since it was made.
type Stats struct {
	Entries, Bytes int
	Hits, Misses   uint64
}

// Stats returns the figures of now.
func (c *Cache[K, V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Entries: len(c.entries), Bytes: c.bytes, Hits: c.hits, Misses: c.misses}
}
