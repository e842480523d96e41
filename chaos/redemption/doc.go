// Package redemption is a fight of many clients over a few coupons, and the question
// whether what they saw can have happened one after the other.
//
// Each client redeems, undoes a redemption or reads, under keys of its own, at any
// replica. A history is linearizable if every operation can be given an instant between
// its call and its answer so that, in that order, one coupon that knows no concurrency
// would have answered the same: of two redemptions one succeeds, and nobody reads what
// was before. What was not answered is an open operation: it may have happened at any
// time since, or never.
//
// The package asks porcupine (github.com/anishathalye/porcupine) to look for such an
// order. Start with Check (check.go); clients.go makes histories.
package redemption
