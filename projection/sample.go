package projection

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	// MaxSample bounds the cards of one SelfCheck.
	MaxSample = 10_000
	// handful is how many neighbours are taken at each place.
	handful = 8
	// maxPlaces bounds how many places are tried for every one that is needed: where few
	// cards were made, the same ones are found again and again.
	maxPlaces = 4
)

// SelfCheck proves up to n cards of an organization that are chosen at random, and its
// live totals, as Rebuild does.
//
// Cards are found by the instants at which they were made, so one that was made in a
// quiet time is chosen more often than one of a big import.
func (p Prover) SelfCheck(ctx context.Context, orgID string, n int, random *rand.Rand) (Report, error) {
	r := newRun(p)
	n = min(n, MaxSample)
	first, err := p.Pages.ViewsAfter(ctx, orgID, "", 1)
	if err != nil {
		return r.end(ctx), fmt.Errorf("projection: check %s: %w", orgID, err)
	}
	if len(first) == 0 {
		return r.end(ctx), nil
	}
	looked := map[string]bool{}
	for range maxPlaces * (n/handful + 1) {
		if len(looked) >= n {
			break
		}
		views, err := p.Pages.ViewsAfter(ctx, orgID, randomPlace(first[0].Card.ID, p.Now(), random), handful)
		if err != nil {
			return r.end(ctx), fmt.Errorf("projection: check %s: %w", orgID, err)
		}
		fresh := views[:0]
		for _, v := range views {
			if !looked[v.Card.ID] && len(looked) < n {
				looked[v.Card.ID] = true
				fresh = append(fresh, v)
			}
		}
		if err := r.page(ctx, fresh); err != nil {
			return r.end(ctx), fmt.Errorf("projection: check %s: %w", orgID, err)
		}
	}
	if err := r.totals(ctx, orgID); err != nil {
		return r.end(ctx), fmt.Errorf("projection: check %s: %w", orgID, err)
	}
	return r.end(ctx), nil
}

// Ids of cards are TypeIDs of UUIDv7: after the prefix, ten characters of Crockford's
// base32 tell the millisecond at which they were made (RFC 9562, 5.7).
const (
	instantChars = 10
	base32       = "0123456789abcdefghjkmnpqrstvwxyz"
)

// randomPlace returns an id between the first one and one that would be made now. "" is
// for ids of another form.
func randomPlace(first string, now int64, random *rand.Rand) string {
	prefix, suffix, ok := strings.Cut(first, "_")
	if !ok || len(suffix) < instantChars {
		return ""
	}
	var from int64
	for i := range instantChars {
		digit := strings.IndexByte(base32, suffix[i])
		if digit < 0 {
			return ""
		}
		from = from<<5 | int64(digit)
	}
	// A moment earlier, so that the first card itself can be found.
	from -= time.Millisecond.Milliseconds()
	at := from + random.Int64N(max(now-from, 0)+1)
	place := make([]byte, instantChars, len(suffix))
	for i := instantChars - 1; i >= 0; i-- {
		place[i] = base32[at&31]
		at >>= 5
	}
	for len(place) < len(suffix) {
		place = append(place, base32[random.IntN(len(base32))])
	}
	return prefix + "_" + string(place)
}
