package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

type scanHandlers struct {
	store     CardStore
	directory *directory
	guesses   *guesses
	sentences Sentences
	now       func() int64
}

// CreateScan implements the contract.
func (h scanHandlers) CreateScan(ctx context.Context, r contract.CreateScanRequestObject) (contract.CreateScanResponseObject, error) {
	view, err := h.scan(ctx, requestOf(ctx), r.Body)
	if err != nil {
		return nil, err
	}
	return contract.CreateScan200JSONResponse(view), nil
}

func (h scanHandlers) scan(ctx context.Context, rq *request, body *contract.ScanCreation) (contract.Scan, error) {
	at, err := whereabouts(rq.principal, body.LocationID)
	if err != nil {
		return contract.Scan{}, err
	}
	zone, err := h.directory.zone(ctx, rq.organization, at)
	if err != nil {
		return contract.Scan{}, err
	}
	if err := h.guesses.allowed(&rq.principal); err != nil {
		return contract.Scan{}, err
	}
	v, err := h.find(ctx, rq, body.Code, given(body.ProgramID))
	if errors.Is(err, loyalty.ErrNotFound) {
		return contract.Scan{}, h.guesses.missed(ctx, &rq.principal, missing(codeCardNotFound, err))
	} else if err != nil {
		return contract.Scan{}, fmt.Errorf("find card: %w", err)
	}
	now := h.now()
	try := loyalty.Command{
		Kind: loyalty.CommandStamp, OrgID: rq.principal.OrgID, CardID: v.Card.ID, Quantity: 1, Actor: rq.principal.Actor(),
		LocationID: at, Zone: zone, At: now, Now: now,
	}
	if v.Program.RedeemCode == loyalty.RedeemRotating {
		if try.Shown, err = shownCode(ctx, h.store, try.OrgID, v.Card.ID, body.Code, now); err != nil {
			return contract.Scan{}, err
		}
		if notGenuine(try.Shown) {
			if err := h.guesses.missed(ctx, &rq.principal, nil); err != nil {
				return contract.Scan{}, err
			}
		}
	}
	return h.scanView(rq, &v, &try), nil
}

// find looks the card up by what the input may be. A number that could be several is a
// customer number first, then that of a card from before, then a phone number.
func (h scanHandlers) find(ctx context.Context, rq *request, input, programID string) (customer.View, error) {
	v, err := seek(ctx, h.store, rq.principal.OrgID, input, programID)
	if !errors.Is(err, loyalty.ErrNotFound) || !rq.principal.May(access.ScansPhone) {
		return v, err
	}
	phone, invalid := customer.ParsePhone("code", input, rq.organization.Country)
	if invalid != nil || phone == "" {
		return v, err
	}
	return h.store.Identify(ctx, rq.principal.OrgID, customer.Handle{Phone: phone}, programID)
}

// handleOf reads a card code, a rotating code, a customer number or the number of a card
// from before. What is none is looked up as it is, as a code that no card has, so that it
// takes as long to find nothing.
func handleOf(input string) customer.Handle {
	if code, err := loyalty.ParseCode(input); err == nil {
		return customer.Handle{Code: code}
	}
	if shown, err := loyalty.ParseRotatingCode(input); err == nil {
		return customer.Handle{Code: shown.Code}
	}
	if number, err := customer.ParseNumber(input); err == nil {
		return customer.Handle{Number: number}
	}
	if number, ok := customer.ParseOldNumber(input); ok {
		return customer.Handle{OldNumber: number}
	}
	return customer.Handle{Code: input}
}

// namedBy returns what was scanned or typed in one spelling, whatever it is.
func namedBy(input string) string {
	h := handleOf(input)
	return h.Code + h.Number + h.OldNumber
}

// scanView tells what a till shows. try is a stamping of one, now, with the rotating
// code that was scanned.
func (h scanHandlers) scanView(rq *request, v *customer.View, try *loyalty.Command) contract.Scan {
	card := v.Card
	card.Goal = loyalty.CardGoal(v.Program, card)
	next, missingStamps := loyalty.Next(v.Program, card)
	usable := make([]contract.Coupon, 0, len(v.Coupons))
	for _, c := range v.Coupons {
		if c.UsableAt(try.At) {
			usable = append(usable, couponView(c))
		}
	}
	p := &rq.principal
	allowed := contract.Allowed{
		Redeem:  p.May(access.CouponsRedeem) && len(usable) > 0 && card.BlockedAt == 0,
		Reverse: p.May(access.EntriesReverse), Adjust: p.May(access.EntriesAdjust),
	}
	if refusal := loyalty.RefuseShown(v.Program, v.Card.ID, try.Shown, try.Now); allowed.Redeem && refusal != nil {
		allowed.Redeem, allowed.RedeemRefusal = false, h.scanRefusal(rq, refusal)
	}
	_, refusal := loyalty.Apply(v.Program, loyalty.State{Card: v.Card}, *try, noIDs{})
	switch {
	case refusal != nil:
		allowed.Refusal = h.scanRefusal(rq, refusal)
	case p.May(access.StampsWrite):
		allowed.Stamp, allowed.MaxQuantity = true, mostStamps(v.Program.Limits, v.Card, loyalty.DayOf(try.At, try.Zone))
	}
	return contract.Scan{
		DisplayName: v.Customer.DisplayName(), Card: cardStateView(card),
		Program:    contract.ScanProgram{ID: v.Program.ID, Name: v.Program.Name, Goal: v.Program.Goal, RedeemCode: redeemCodeView(v.Program)},
		NextReward: contract.NextReward{Name: next.Name, Missing: missingStamps},
		Coupons:    usable, Allowed: allowed,
	}
}

func (h scanHandlers) scanRefusal(rq *request, r *loyalty.Refusal) *contract.ScanRefusal {
	return &contract.ScanRefusal{Code: contract.ProblemCode(r.Code), StaffMessage: h.sentences.Refusal(rq.locale(), r)}
}

// mostStamps is the most that the program's limits leave for the card on the day,
// at least 1 for a card that can be stamped.
func mostStamps(l loyalty.Limits, c loyalty.Card, today loyalty.Day) int {
	most := loyalty.MaxQuantity
	if l.MaxPerScan > 0 {
		most = min(most, l.MaxPerScan)
	}
	if l.MaxPerCardDay > 0 {
		had := 0
		if c.Day == today {
			had = c.DayStamps
		}
		most = min(most, l.MaxPerCardDay-had)
	}
	return most
}

// noIDs are the ids of what is tried and not kept.
type noIDs struct{}

func (noIDs) EntryID() string  { return "" }
func (noIDs) CouponID() string { return "" }

// identify finds the card that a stamp names by code or number, and tells how far back
// the stamp may lie: the number of a card from before, and what belongs to a customer who
// was merged into another one, may have been shown before the card that it leads to was there.
func identify(ctx context.Context, store CardStore, orgID, input string) (string, loyalty.Past, error) {
	v, err := seek(ctx, store, orgID, input, "")
	if err != nil {
		return "", loyalty.PastOfCard, fmt.Errorf("identify card: %w", err)
	}
	if h := handleOf(input); h.Code == v.Code || h.Number != "" && h.Number == v.Customer.Number {
		return v.Card.ID, loyalty.PastOfCard, nil
	}
	return v.Card.ID, loyalty.PastOfCustomer, nil
}
