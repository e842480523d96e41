package loyalty

import "time"

// stamp gives stamps for a visit or purchase.
func (ch *change) stamp() *Refusal {
	if refusal := ch.mayEarn(); refusal != nil {
		return refusal
	}
	q := ch.command.Quantity
	ch.earn(EntryStamp, q)
	ch.card.LastStampAt = max(ch.card.LastStampAt, ch.command.At)
	switch {
	case ch.day == ch.card.Day:
		ch.card.DayStamps += q
	case ch.day > ch.card.Day:
		// Tally is what earlier, later-recorded stamps of that day came to; it is 0 for
		// the usual case of the first stamp of a day.
		ch.card.Day, ch.card.DayStamps = ch.day, ch.state.Tally.CardDay+q
	}
	return nil
}

// mayEarn checks the program's life and limits, from the cheapest and plainest
// reason to the rarest.
func (ch *change) mayEarn() *Refusal {
	p, c := &ch.program, &ch.command
	switch {
	case c.Quantity < 1 || c.Quantity > MaxQuantity:
		return &Refusal{Code: RefusedQuantity, Field: "quantity", Limit: MaxQuantity}
	case c.At > c.Now+FutureTolerance.Milliseconds():
		return &Refusal{Code: RefusedFuture, Field: "at"}
	case p.Status == ProgramDraft:
		return &Refusal{Code: RefusedNotActive}
	case p.Status == ProgramEnded || p.EndsAt != 0 && c.At >= p.EndsAt:
		return &Refusal{Code: RefusedEnded}
	case c.At < p.StartsAt:
		return &Refusal{Code: RefusedNotBegun, Field: "at"}
	}
	if refusal := ch.withinPast(); refusal != nil {
		return refusal
	}
	return ch.withinLimits()
}

// withinPast checks how far back the stamp lies; see Past. A stamp that is given at this
// moment lies nowhere, also if the clock was put back since the card was joined. What was
// given before a program was there was given by nobody who knew it, unless its owner says
// when it began.
func (ch *change) withinPast() *Refusal {
	p, c := &ch.program, &ch.command
	if c.At >= c.Now {
		return nil
	}
	switch {
	case c.Past < PastRecorded && p.StartsAt == 0 && c.At < p.CreatedAt-PastTolerance.Milliseconds():
		return &Refusal{Code: RefusedNotBegun, Field: "at"}
	case c.Past < PastReviewed && c.At < c.Now-LateTolerance.Milliseconds(),
		c.Past < PastOfCustomer && c.At < ch.card.JoinedAt-PastTolerance.Milliseconds():
		return &Refusal{Code: RefusedTooOld, Field: "at", Limit: int(LateTolerance / (24 * time.Hour))}
	}
	return nil
}

func (ch *change) withinLimits() *Refusal {
	l, c := ch.program.Limits, &ch.command
	if l.MaxPerScan > 0 && c.Quantity > l.MaxPerScan {
		return &Refusal{Code: RefusedPerScan, Field: "quantity", Limit: l.MaxPerScan}
	}
	if wait := ch.coolDownLeft(); wait > 0 {
		return &Refusal{Code: RefusedCoolDown, Limit: int((wait + 999) / 1000)}
	}
	if l.MaxPerCardDay > 0 && ch.stampsOnDay()+c.Quantity > l.MaxPerCardDay {
		return &Refusal{Code: RefusedPerCardDay, Limit: l.MaxPerCardDay}
	}
	if l.MaxPerStaffDay > 0 && c.Actor.Kind == ActorStaff &&
		ch.state.Tally.StaffDay+c.Quantity > l.MaxPerStaffDay {
		return &Refusal{Code: RefusedPerStaffDay, Limit: l.MaxPerStaffDay}
	}
	return nil
}

// coolDownLeft is in milliseconds. A stamp recorded late, from before the last
// one, must keep the same distance from those before and after it.
func (ch *change) coolDownLeft() int64 {
	near := ch.card.LastStampAt
	if ch.command.At < near && ch.state.Tally.NearStampAt != 0 {
		near = ch.state.Tally.NearStampAt
	}
	if ch.program.Limits.CoolDown == 0 || near == 0 {
		return 0
	}
	distance := max(ch.command.At-near, near-ch.command.At)
	return ch.program.Limits.CoolDown.Milliseconds() - distance
}

func (ch *change) stampsOnDay() int {
	if ch.day == ch.card.Day {
		return ch.card.DayStamps
	}
	return ch.state.Tally.CardDay
}

// welcome gives the welcome stamps and rewards, once in the life of a card.
func (ch *change) welcome() *Refusal {
	if ch.card.WelcomedAt != 0 {
		return &Refusal{Code: RefusedWelcomed}
	}
	ch.card.WelcomedAt = ch.command.At
	ch.earn(EntryWelcome, ch.program.WelcomeStamps)
	for _, r := range ch.program.Rewards {
		if r.Kind == RewardWelcome {
			ch.issue(r, 0, 0, ch.entries[0].ID)
		}
	}
	return nil
}

// adjust corrects the balance by hand. It asks no limits, but it cannot bring a
// card below zero or further below.
func (ch *change) adjust() *Refusal {
	q := ch.command.Quantity
	switch {
	case q == 0 || q > MaxQuantity || q < -MaxQuantity:
		return &Refusal{Code: RefusedQuantity, Field: "quantity", Limit: MaxQuantity}
	case q < 0 && ch.card.Balance+q < 0:
		return &Refusal{Code: RefusedBelowZero, Field: "quantity", Limit: max(ch.card.Balance, 0)}
	}
	ch.earn(EntryAdjust, q)
	if q < 0 {
		ch.rewind(ch.entries[0].ID)
	}
	return nil
}
