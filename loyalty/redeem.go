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
	ch.closeCoupon(EntryRedeem, coupon, CouponRedeemed)
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
