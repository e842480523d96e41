package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// UndoMerge takes a merge back, within customer.UndoMergeFor: the merged customer is there
// again with their contact, and their cards with their codes, links, stamps and coupons as
// they were. What the kept customer earned since stays theirs; a card that was opened for
// the merge is closed if nothing was earned on it. Consents stay as they are: whoever lost
// one can only be asked again.
//
// The same idempotency key gets the same answer again; the bool tells. It returns
// customer.ErrNotFound, ErrMergeUndone, ErrMergeTooOld, ErrMerged if the kept customer was
// merged into another one since, ErrContactTaken if somebody else has the contact now, and
// a *loyalty.Refusal if what moved was used.
func (s *Store) UndoMerge(ctx context.Context, orgID, mergeID, key string, actor loyalty.Actor, now int64) (customer.Merge, bool, error) {
	var merge customer.Merge
	var replayed bool
	err := s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		u := unmerging{mover: mover{
			ledgerWriter: ledgerWriter{news: n}, tx: tx, orgID: orgID, now: now, actor: actor, key: key, bodyHash: "undo " + mergeID,
		}}
		var err error
		if replayed, err = u.find(ctx, mergeID, key); err == nil && !replayed {
			err = u.run(ctx)
		}
		if err != nil {
			return err
		}
		if merge, err = mergeIn(ctx, tx, orgID, mergeID); err != nil || replayed {
			return err
		}
		return s.note(ctx, tx, orgID, access.CustomerUnmerged, merge.KeptID, nil, []fact{{name: "merged", value: merge.MergedID}})
	})
	if isUnique(err) {
		err = customer.ErrContactTaken
	}
	if err != nil {
		return customer.Merge{}, false, fmt.Errorf("undo merge: %w", err)
	}
	return merge, replayed, nil
}

// unmerging is one UndoMerge under way.
type unmerging struct {
	mover
	merge customer.Merge
	cards []keptMerge
}

// find marks the merge as undone under the key, which locks it, or reports that it was
// done before under the same key.
func (u *unmerging) find(ctx context.Context, mergeID, key string) (replayed bool, err error) {
	const merge = " FROM customer_merge WHERE org_id = $1 AND id = $2"
	if u.merge, err = one(ctx, u.tx, customer.ErrNotFound, scanMerge, "SELECT "+mergeColumns+merge+u.tx.forUpdate, u.orgID, mergeID); err != nil {
		return false, err
	}
	if u.merge.UndoneAt != 0 {
		used, err := one(ctx, u.tx, customer.ErrNotFound, scan1[string], "SELECT undo_key"+merge, u.orgID, mergeID)
		if err == nil && used != key {
			err = customer.ErrMergeUndone
		}
		return err == nil, err
	}
	if u.now >= u.merge.UndoUntil() {
		return false, customer.ErrMergeTooOld
	}
	if err := u.keyIsFree(ctx, key); err != nil {
		return false, err
	}
	if u.cards, err = mergedCards(ctx, u.tx, u.orgID, []string{mergeID}); err != nil {
		return false, err
	}
	_, err = exec(ctx, u.tx, "UPDATE customer_merge SET undone_at = $3, undone_by_kind = $4, undone_by_id = $5, undo_key = $6 "+
		"WHERE org_id = $1 AND id = $2", u.orgID, mergeID, u.now, string(u.actor.Kind), u.actor.ID, key)
	return false, err
}

// keyIsFree returns loyalty.ErrKeyReused for the key of another request.
func (u *unmerging) keyIsFree(ctx context.Context, key string) error {
	n, err := one(ctx, u.tx, nil, scan1[int], "SELECT COUNT(*) FROM customer_merge WHERE org_id = $1 AND (idempotency_key = $2 OR undo_key = $2)",
		u.orgID, key)
	if err == nil && n > 0 {
		err = loyalty.ErrKeyReused
	}
	if err != nil {
		return err
	}
	return keyIsNoEntrys(ctx, u.tx, u.orgID, key)
}

func (u *unmerging) run(ctx context.Context) error {
	org, err := organizationIn(ctx, u.tx, u.orgID)
	if err != nil {
		return err
	}
	u.zone = organization.LoadZone(org.Zone, "")
	kept, merged, err := lockTwo(ctx, u.tx, u.orgID, u.merge.KeptID, u.merge.MergedID)
	if err != nil {
		return err
	}
	after, restored, err := customer.PlanUndoMerge(u.merge, kept, merged)
	if err != nil {
		return err
	}
	locked, err := lockCardsOf(ctx, u.tx, u.orgID, kept.ID, merged.ID)
	if err != nil {
		return err
	}
	for _, k := range u.cards {
		if err := u.moveBack(ctx, k, locked); err != nil {
			return err
		}
		if err := leadBack(ctx, u.tx, u.orgID, k.FromCardID); err != nil {
			return err
		}
	}
	u.events = append(u.events, event{u.orgID, EventCustomerUnmerged, merged.ID, u.now})
	if err := u.countEntries(ctx, u.tx.itself, nil); err != nil {
		return err
	}
	if err := u.flush(ctx, u.tx); err != nil {
		return err
	}
	if err := saveMerged(ctx, u.tx, after, restored); err != nil {
		return err
	}
	return u.raiseOthers(ctx, locked)
}

// closeOpened closes the card if the merge opened it and nothing was earned on it since.
// Who gets another one later is welcomed then, as they never were.
func (u *unmerging) closeOpened(k keptMerge, r loyalty.Result) {
	c := r.Card
	if !k.Opened || c.Balance != 0 || c.Lifetime != 0 || !c.Status.Usable() {
		return
	}
	c.Status, c.WelcomedAt = loyalty.CardRevoked, 0
	u.news.card(c, true)
}

// moveBack takes what one card brought off the other one and puts it back.
func (u *unmerging) moveBack(ctx context.Context, k keptMerge, locked []loyalty.Card) error {
	card := func(id string) int { return slices.IndexFunc(locked, func(c loyalty.Card) bool { return c.ID == id }) }
	from, to := card(k.FromCardID), card(k.ToCardID)
	if from < 0 || to < 0 {
		return fmt.Errorf("merge %s: cards %s and %s: %w", k.mergeID, k.FromCardID, k.ToCardID, errMerge)
	}
	p, err := programIn(ctx, u.tx, u.orgID, k.ProgramID)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		kind         loyalty.CommandKind
		entry, where string
		card, before loyalty.Card
		otherID      string
	}{
		{loyalty.CommandUndoMergeIn, k.inEntryID, "earned_by = $3", locked[to], k.to, k.FromCardID},
		{
			loyalty.CommandUndoMergeOut, k.outEntryID, "closed_by IN (SELECT id FROM entry WHERE org_id = $1 AND card_id = $2 AND head_id = $3)",
			locked[from], k.from, k.ToCardID,
		},
	} {
		c := u.command()
		c.Kind, c.CardID, c.EntryID, c.OtherCardID = side.kind, side.card.ID, side.entry, side.otherID
		state := loyalty.State{Card: side.card, Before: side.before}
		if state.Merged, err = all(ctx, u.tx, scanCoupon, "SELECT "+couponColumns+" FROM coupon WHERE org_id = $1 AND card_id = $2 AND "+side.where,
			u.orgID, side.card.ID, side.entry); err != nil {
			return err
		}
		originals, err := entriesIn(ctx, u.tx, []rowKey{{u.orgID, side.entry}})
		if err != nil {
			return err
		}
		if len(originals) != 1 {
			return fmt.Errorf("merge %s: entry %s: %w", k.mergeID, side.entry, errMerge)
		}
		state.Original = originals[0]
		r, err := u.apply(ctx, p, state, c)
		if err != nil {
			return err
		}
		if side.kind == loyalty.CommandUndoMergeIn {
			u.closeOpened(k, r)
		}
	}
	return nil
}
