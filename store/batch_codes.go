package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/leima/leima/loyalty"
)

// loadUsedCodes reads, under the lock of their cards, which rotating codes were used
// last, where a coupon is to be redeemed with one.
func (b *batch) loadUsedCodes(ctx context.Context) error {
	var cards keySet
	for i := range b.commands {
		c := &b.commands[i]
		if h := b.cardOf[i]; h != nil && c.Kind == loyalty.CommandRedeem && c.Shown.Step != 0 && h.program.RedeemCode == loyalty.RedeemRotating {
			cards.add(h.key())
		}
	}
	if len(cards.values) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	b.usedSteps, b.usesCodes = map[rowKey]int64{}, map[rowKey]bool{}
	type use struct {
		card rowKey
		step int64
	}
	var args []any
	list, err := all(ctx, tx, func(r scanner) (u use, err error) {
		if err = r.Scan(&u.card.orgID, &u.card.id, &u.step); err != nil {
			err = fmt.Errorf("read used code: %w", err)
		}
		return u, err
	}, "SELECT org_id, card_id, step FROM code_use WHERE (org_id, card_id) IN "+inPairs(&args, cards.values), args...)
	for _, u := range list {
		b.usedSteps[u.card] = u.step
	}
	return err
}

// saveUsedCodes writes which codes the commands have used up.
func (b *batch) saveUsedCodes(ctx context.Context) error {
	if len(b.usesCodes) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	const width = 3
	var args []any
	for _, card := range slices.SortedFunc(maps.Keys(b.usesCodes), compareKeys) {
		args = append(args, card.orgID, card.id, b.usedSteps[card])
	}
	_, err = exec(ctx, tx, "INSERT INTO code_use (org_id, card_id, step) VALUES "+placeholders(1, len(args)/width, width)+
		" ON CONFLICT (org_id, card_id) DO UPDATE SET step = excluded.step", args...)
	return err
}
