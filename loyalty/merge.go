package loyalty

// mergeOut empties a card whose customer turned out to have another: unused
// coupons are turned back into the stamps they cost, and all stamps leave. The
// quantity of the head entry, negated, is what CommandMergeIn adds to the other
// card, where full cards become coupons again: the customer ends up with what one
// card would have given for all the stamps.
//
// A coupon whose last day is over does not come to life as stamps; it is left to
// expire. The head entry is written first, so the coupons are closed after it.
func (ch *change) mergeOut() *Refusal {
	if ch.command.OtherCardID == "" || ch.command.OtherCardID == ch.card.ID {
		return &Refusal{Code: refusedMergeIntoItself}
	}
	if ch.card.Status == CardMerged {
		return &Refusal{Code: RefusedCardNotUsable}
	}
	total := ch.card.Balance
	unused := ch.unusedCoupons()
	for _, c := range unused {
		total += c.Cost
	}
	ch.enter(EntryMerge, -total)
	for _, c := range unused {
		if ch.changedIndex(c.ID) < 0 { // a milestone may have gone with the card before
			ch.takeBack(c)
		}
	}
	ch.card.Lifetime -= int64(total)
	ch.card.Status = CardMerged
	ch.card.Milestone, ch.beyond = 0, 0
	return nil
}

// mergeIn adds the stamps that mergeOut took from another card. The quantity may
// be zero or negative: a debt moves too.
func (ch *change) mergeIn() *Refusal {
	if ch.command.OtherCardID == "" || ch.command.OtherCardID == ch.card.ID {
		return &Refusal{Code: refusedMergeIntoItself}
	}
	ch.earn(EntryMerge, ch.command.Quantity)
	if ch.command.Quantity < 0 {
		ch.rewind(ch.entries[0].ID)
	}
	return nil
}
