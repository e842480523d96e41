package hot

// lru keeps what was used last, up to a total cost. The zero value is not ready:
// see newLRU. It has no lock of its own.
type lru[K comparable, V any] struct {
	max, cost int
	items     map[K]*lruItem[K, V]
	// ends.next is what was used last, ends.prev what goes first.
	ends lruItem[K, V]
	// dropped, if set, hears of every value that leaves or is replaced.
	dropped func(K, V)
}

type lruItem[K comparable, V any] struct {
	prev, next *lruItem[K, V]
	key        K
	value      V
	cost       int
}

func newLRU[K comparable, V any](maxCost int, dropped func(K, V)) *lru[K, V] {
	l := &lru[K, V]{max: maxCost, items: map[K]*lruItem[K, V]{}, dropped: dropped}
	l.ends.prev, l.ends.next = &l.ends, &l.ends
	return l
}

// get returns the value and counts as use.
func (l *lru[K, V]) get(key K) (V, bool) {
	item, ok := l.items[key]
	if !ok {
		var none V
		return none, false
	}
	item.unlink()
	l.first(item)
	return item.value, true
}

// put sets the value and drops the least recently used ones until the cost fits.
// A value that costs more than everything together is not kept.
func (l *lru[K, V]) put(key K, value V, cost int) {
	l.remove(key)
	if cost > l.max {
		return
	}
	for l.cost+cost > l.max {
		l.remove(l.ends.prev.key)
	}
	item := &lruItem[K, V]{key: key, value: value, cost: cost}
	l.items[key] = item
	l.cost += cost
	l.first(item)
}

func (l *lru[K, V]) remove(key K) {
	item, ok := l.items[key]
	if !ok {
		return
	}
	item.unlink()
	delete(l.items, key)
	l.cost -= item.cost
	if l.dropped != nil {
		l.dropped(key, item.value)
	}
}

func (l *lru[K, V]) first(item *lruItem[K, V]) {
	item.prev, item.next = &l.ends, l.ends.next
	item.prev.next, item.next.prev = item, item
}

func (i *lruItem[K, V]) unlink() { i.prev.next, i.next.prev = i.next, i.prev }
