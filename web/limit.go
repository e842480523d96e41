package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of what one network address may do. They are wide enough for a queue of
// customers on the shop's Wi-Fi and much too narrow for guessing.
var (
	joinLimit    = limit{burst: 20, every: 10 * time.Second}
	signInLimit  = limit{burst: 20, every: 10 * time.Second}
	confirmLimit = limit{burst: 30, every: 5 * time.Second}
)

// maxTracked bounds the addresses remembered by one limit. When there are more,
// those who were not seen lately are forgotten.
const maxTracked = 10_000

// limit allows burst requests at once and one more every so often.
type limit struct {
	burst int
	every time.Duration
}

// limiters are the limits of the pages that take guesses or make things.
type limiters struct {
	join, signIn, confirm *limiter
}

func newLimiters() limiters {
	return limiters{
		join: newLimiter(joinLimit), signIn: newLimiter(signInLimit),
		confirm: newLimiter(confirmLimit),
	}
}

// limiter counts by network address, in two generations: when the young one is
// full it becomes the old one, and the old one is forgotten. Whoever keeps coming
// moves to the young one and keeps their count.
type limiter struct {
	limit
	mu         sync.Mutex
	young, old map[netip.Prefix]*rate.Limiter
}

func newLimiter(l limit) *limiter {
	return &limiter{limit: l, young: map[netip.Prefix]*rate.Limiter{}}
}

// allow counts one request and reports whether it is within the limit.
func (l *limiter) allow(address string, now int64) bool {
	network := networkOf(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.young[network]
	if bucket == nil {
		if bucket = l.old[network]; bucket == nil {
			bucket = rate.NewLimiter(rate.Every(l.every), l.burst)
		}
		if len(l.young) >= maxTracked {
			l.old, l.young = l.young, map[netip.Prefix]*rate.Limiter{}
		}
		l.young[network] = bucket
	}
	return bucket.AllowN(time.UnixMilli(now), 1)
}

// networkOf is the network that one customer of a provider has: the address in
// IPv4, the /64 in IPv6. What is no address shares one bucket.
func networkOf(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	network, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

// within returns errTooMany if the visitor's network has done this too often.
func (r *request) within(l *limiter) error {
	if !l.allow(r.RealIP(), r.now()) {
		return errTooMany
	}
	return nil
}
