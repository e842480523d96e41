package loyalty

import (
	"fmt"
	"strconv"
)

// RefusalCode is the stable name of a reason to say no.
type RefusalCode string

// The reasons for which a command is refused.
const (
	RefusedQuantity       RefusalCode = "invalid_quantity"
	RefusedPerScan        RefusalCode = "scan_limit_reached"
	RefusedPerCardDay     RefusalCode = "daily_limit_reached"
	RefusedCoolDown       RefusalCode = "cool_down"
	RefusedPerStaffDay    RefusalCode = "staff_daily_limit_reached"
	RefusedNotActive      RefusalCode = "program_not_active"
	RefusedNotBegun       RefusalCode = "program_not_begun"
	RefusedEnded          RefusalCode = "program_ended"
	RefusedFuture         RefusalCode = "at_in_future"
	RefusedTooOld         RefusalCode = "at_too_old"
	RefusedCouponRedeemed RefusalCode = "coupon_redeemed"
	RefusedCouponExpired  RefusalCode = "coupon_expired"
	RefusedCouponReversed RefusalCode = "coupon_reversed"
	RefusedNotExpired     RefusalCode = "coupon_not_expired"
	RefusedCodeRequired   RefusalCode = "rotating_code_required"
	RefusedCodeExpired    RefusalCode = "rotating_code_expired"
	RefusedCodeUsed       RefusalCode = "rotating_code_used"
	RefusedReversed       RefusalCode = "already_reversed"
	RefusedNotReversible  RefusalCode = "not_reversible"
	RefusedBelowZero      RefusalCode = "balance_below_zero"
	RefusedWelcomed       RefusalCode = "already_welcomed"
	RefusedCardNotUsable  RefusalCode = "card_not_usable"
	RefusedBlocked        RefusalCode = "customer_blocked"
	// RefusedMergedRewardUsed and RefusedMergedStampsUsed: what a merge moved cannot go
	// back, because the customer used it.
	RefusedMergedRewardUsed RefusalCode = "merged_reward_used"
	RefusedMergedStampsUsed RefusalCode = "merged_stamps_used"
	refusedUnknownCommand   RefusalCode = "unknown_command"
	refusedMergeIntoItself  RefusalCode = "merge_into_itself"
)

// RefusalCodes lists every code that a caller can meet, for contracts and texts.
var RefusalCodes = []RefusalCode{
	RefusedQuantity, RefusedPerScan, RefusedPerCardDay, RefusedCoolDown, RefusedPerStaffDay,
	RefusedNotActive, RefusedNotBegun, RefusedEnded, RefusedFuture, RefusedTooOld, RefusedCouponRedeemed,
	RefusedCouponExpired, RefusedCouponReversed, RefusedNotExpired, RefusedCodeRequired,
	RefusedCodeExpired, RefusedCodeUsed, RefusedReversed,
	RefusedNotReversible, RefusedBelowZero, RefusedWelcomed, RefusedCardNotUsable,
	RefusedBlocked, RefusedMergedRewardUsed, RefusedMergedStampsUsed,
}

// Refusal is a no with its reason. It is an answer of the rules, not a fault, and
// nothing has been changed.
type Refusal struct {
	Code RefusalCode
	// Field is the part of the command that the reason is about, "" if none.
	Field string
	// Limit is the number that was reached, 0 where there is none. For a cool-down it
	// is the seconds still to wait, for RefusedMergedStampsUsed the stamps that are missing.
	Limit int
	// Reward names the reward that RefusedMergedRewardUsed is about.
	Reward Text
}

// Error makes a Refusal usable where an error is wanted.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.StaffMessage() }

// Params are what a translated sentence needs, by name.
func (r *Refusal) Params(locale string) map[string]string {
	return map[string]string{"limit": strconv.Itoa(r.Limit), "reward": r.Reward.In(locale, "")}
}

// StaffMessage is the reason in plain English, as staff can read it out. Packages
// with pages translate by Code instead.
func (r *Refusal) StaffMessage() string {
	switch r.Code {
	case RefusedQuantity:
		return fmt.Sprintf("The number of stamps must be between 1 and %d.", r.Limit)
	case RefusedPerScan:
		return fmt.Sprintf("At most %s can be given at once.", stamps(r.Limit))
	case RefusedPerCardDay:
		return fmt.Sprintf("This card has got its %s for today.", stamps(r.Limit))
	case RefusedCoolDown:
		return fmt.Sprintf("This card was stamped a moment ago. Try again in %s.", waitingTime(r.Limit))
	case RefusedPerStaffDay:
		return fmt.Sprintf("You have given your %s for today.", stamps(r.Limit))
	case RefusedNotActive:
		return "This program is not running."
	case RefusedNotBegun:
		return "This program had not begun at that time."
	case RefusedEnded:
		return "This program has ended."
	case RefusedFuture:
		return "The time of the stamp lies in the future. Check the clock of the till."
	case RefusedTooOld:
		return fmt.Sprintf("The time of the stamp lies before this card was opened, or more than %d days back. Check the clock of the till.", r.Limit)
	case RefusedCouponRedeemed:
		return "This reward has been used already."
	case RefusedCouponExpired:
		return "This reward has expired."
	case RefusedCouponReversed:
		return "This reward was taken back with the stamps that earned it."
	case RefusedNotExpired:
		return "This reward has not expired."
	case RefusedCodeRequired:
		return "Ask the customer to open the card on the phone, and scan the code there."
	case RefusedCodeExpired:
		return "This code is out of date. Ask the customer to open the card again, and scan the code there."
	case RefusedCodeUsed:
		return "This code has been used. Scan the next one that the customer's phone shows; it changes every 30 seconds."
	case RefusedReversed:
		return "This has been undone already."
	case RefusedNotReversible:
		return "This cannot be undone by itself. Undo the stamps that led to it."
	case RefusedBelowZero:
		return fmt.Sprintf("The card has only %s.", stamps(r.Limit))
	case RefusedWelcomed:
		return "The welcome reward was given before."
	case RefusedCardNotUsable:
		return "This card is not in use any more."
	case RefusedBlocked:
		return "This customer is blocked: nothing can be given or redeemed. Please ask a manager."
	case RefusedMergedRewardUsed:
		return fmt.Sprintf("The reward %q came with the merge and has been used since.", r.Reward.In("en", ""))
	case RefusedMergedStampsUsed:
		return fmt.Sprintf("What the merge brought has been used since: the card is short of %s.", stamps(r.Limit))
	case refusedUnknownCommand, refusedMergeIntoItself:
		return "This cannot be done."
	}
	return "This cannot be done."
}

func stamps(n int) string {
	if n == 1 {
		return "1 stamp"
	}
	return fmt.Sprintf("%d stamps", n)
}

// waitingTime says seconds in the unit that a person would choose, rounded up.
func waitingTime(seconds int) string {
	switch {
	case seconds < 2:
		return "1 second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds < 2*60*60:
		return fmt.Sprintf("%d minutes", (seconds+59)/60)
	default:
		return fmt.Sprintf("%d hours", (seconds+3599)/3600)
	}
}
