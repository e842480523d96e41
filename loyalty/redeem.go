package loyalty

// redeem uses a coupon up.
func (ch *change) redeem() *Refusal {
	coupon := ch.state.Coupon
	switch coupon.Status {
	case CouponRedeemed:
		return &Refusal{Code: RefusedCouponRedeemed}
	case CouponReversed:
		return &Refusal{Code: RefusedCouponReversed}
	case CouponExpired:
		return &Refusal{Code: RefusedCouponExpired}
	case CouponIssued:
	}
	if coupon.overdue(ch.command.At) {
		return &Refusal{Code: RefusedCouponExpired}
	}
	if refusal := ch.useCode(); refusal != nil {
		return refusal
	}
	ch.closeCoupon(EntryRedeem, coupon, CouponRedeemed)
	return nil
}

// useCode uses the rotating code up, where the program asks for one: each is good for
// one redemption, and ends those before it.
func (ch *change) useCode() *Refusal {
	if ch.program.RedeemCode != RedeemRotating {
		return nil
	}
	if refusal := RefuseShown(ch.program, ch.card.ID, ch.command.Shown, ch.command.Now); refusal != nil {
		return refusal
	}
	if ch.command.Shown.Step <= ch.state.UsedStep {
		return &Refusal{Code: RefusedCodeUsed}
	}
	ch.usedStep = ch.command.Shown.Step
	return nil
}

// expire closes a coupon whose last day is over. The stamps it cost stay spent.
func (ch *change) expire() *Refusal {
	coupon := ch.state.Coupon
	if coupon.Status != CouponIssued || !coupon.overdue(ch.command.At) {
		return &Refusal{Code: RefusedNotExpired}
	}
	ch.closeCoupon(EntryExpire, coupon, CouponExpired)
	return nil
}

func (ch *change) closeCoupon(kind EntryKind, coupon Coupon, status CouponStatus) {
	e := ch.enter(kind, 0)
	e.CouponID = coupon.ID
	coupon.Status, coupon.ClosedAt, coupon.ClosedBy = status, ch.command.At, e.ID
	ch.changed = append(ch.changed, coupon)
}
