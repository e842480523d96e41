package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/loyalty"
)

const (
	// MaxHistories is the most cards that one call of HistoriesOf reads.
	MaxHistories = 64
	// maxHistoryRows bounds the entries, and the coupons, that it reads of all of them together, so
	// that what is held in memory does not depend on the cards.
	maxHistoryRows = 20_000
)

// LedgerOf returns all entries of a card and all its coupons, whatever became of them,
// as one snapshot has them, the oldest first. A card that is not there has none. A card
// with more than loyalty.MaxHistory of either is an error that wraps
// loyalty.ErrHistoryTooLong.
func (s *Store) LedgerOf(ctx context.Context, orgID, cardID string) ([]loyalty.Entry, []loyalty.Coupon, error) {
	var entries []loyalty.Entry
	var coupons []loyalty.Coupon
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		// The entries of one command share a version and sort by their ids.
		entries, err = all(ctx, tx, scanEntry, "SELECT "+entrySelect+" FROM entry WHERE org_id = $1 AND card_id = $2 "+
			"ORDER BY card_version, id LIMIT $3", orgID, cardID, loyalty.MaxHistory+1)
		if err != nil {
			return err
		}
		coupons, err = all(ctx, tx, scanCoupon, "SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND card_id = $2 "+
			"ORDER BY issued_at, id LIMIT $3", orgID, cardID, loyalty.MaxHistory+1)
		return err
	})
	if err == nil && max(len(entries), len(coupons)) > loyalty.MaxHistory {
		err = fmt.Errorf("read ledger of card %s: %w", cardID, loyalty.ErrHistoryTooLong)
	}
	if err != nil {
		return nil, nil, err
	}
	return entries, coupons, nil
}

// HistoriesOf is LedgerOf for up to MaxHistories cards at once. Where they have too much
// together to be read at once, some are left out, and LedgerOf reads them one by one. A
// card that is not there has an empty history.
func (s *Store) HistoriesOf(ctx context.Context, orgID string, cardIDs []string) (map[string]loyalty.History, error) {
	return s.historiesOf(ctx, orgID, cardIDs, maxHistoryRows)
}

func (s *Store) historiesOf(ctx context.Context, orgID string, cardIDs []string, rows int) (map[string]loyalty.History, error) {
	if len(cardIDs) > MaxHistories {
		return nil, fmt.Errorf("read ledgers of %d cards: at most %d in a call", len(cardIDs), MaxHistories)
	}
	if len(cardIDs) == 0 {
		return nil, nil
	}
	args := []any{orgID, rows}
	cards := in(&args, cardIDs)
	var entries []loyalty.Entry
	var coupons []loyalty.Coupon
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		entries, err = all(ctx, tx, scanEntry, "SELECT "+entrySelect+" FROM entry WHERE org_id = $1 AND card_id IN "+cards+
			" ORDER BY card_id, card_version, id LIMIT $2", args...)
		if err != nil {
			return err
		}
		coupons, err = all(ctx, tx, scanCoupon, "SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND card_id IN "+cards+
			" ORDER BY card_id, issued_at, id LIMIT $2", args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	entriesOf, allEntries := partsOf(entries, rows, func(e loyalty.Entry) string { return e.CardID })
	couponsOf, allCoupons := partsOf(coupons, rows, func(k loyalty.Coupon) string { return k.CardID })
	histories := make(map[string]loyalty.History, len(cardIDs))
	for _, id := range cardIDs {
		h := loyalty.History{Entries: entriesOf[id], Coupons: couponsOf[id]}
		if (allEntries || h.Entries != nil) && (allCoupons || h.Coupons != nil) {
			histories[id] = h
		}
	}
	return histories, nil
}

// partsOf returns the parts of a list that is in the order of cards. If it was cut off at the
// limit, complete is false: then the last card, which may have more, is left out, and of a
// card that has no part nothing is known.
func partsOf[T any](list []T, limit int, cardOf func(T) string) (parts map[string][]T, complete bool) {
	parts, complete = map[string][]T{}, len(list) < limit
	for len(list) > 0 {
		n, card := 1, cardOf(list[0])
		for n < len(list) && cardOf(list[n]) == card {
			n++
		}
		if complete || n < len(list) {
			parts[card] = list[:n:n]
		}
		list = list[n:]
	}
	return parts, complete
}
