package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// ReviewStore keeps reviews. What is not there or is another organization's is
// loyalty.ErrNotFound.
type ReviewStore interface {
	// CreateReview keeps a review, or returns the one that is there under its key, and
	// whether it was there. It returns loyalty.ErrKeyReused if that one differs.
	CreateReview(ctx context.Context, r loyalty.Review) (customer.ReviewLine, bool, error)
	Review(ctx context.Context, orgID, id string) (customer.ReviewLine, error)
	// Reviews returns the latest first.
	Reviews(ctx context.Context, orgID string, q loyalty.ReviewQuery, p paging.Page) (paging.List[customer.ReviewLine], error)
	OpenReviews(ctx context.Context, orgID, locationID, tillID string) (int, error)
	// NoteReview marks the review as entered if the ledger holds its command, and returns
	// it as it is then.
	NoteReview(ctx context.Context, orgID, id string, by loyalty.Actor, reason string, now int64) (customer.ReviewLine, error)
	// DismissReview dismisses an open review or, with dismiss false, opens a dismissed one
	// again. It returns loyalty.ErrReviewDecided for one of another status.
	DismissReview(ctx context.Context, orgID, id string, dismiss bool, by loyalty.Actor, reason string, now int64) (customer.ReviewLine, error)
}

type reviewHandlers struct {
	store  ReviewStore
	ledger ledgerHandlers
}

// reviewKinds are the contract's names of what can be for review.
var reviewKinds = map[contract.ReviewKind]loyalty.CommandKind{
	contract.ReviewKindStamp: loyalty.CommandStamp, contract.ReviewKindRedemption: loyalty.CommandRedeem, contract.ReviewKindReversal: loyalty.CommandReverse,
}

// ListReviews implements the contract.
func (h reviewHandlers) ListReviews(ctx context.Context, r contract.ListReviewsRequestObject) (contract.ListReviewsResponseObject, error) {
	rq := requestOf(ctx)
	q, err := h.query(ctx, rq, r.Params)
	if err != nil {
		return nil, err
	}
	list, err := h.store.Reviews(ctx, rq.principal.OrgID, q, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	open, err := h.store.OpenReviews(ctx, rq.principal.OrgID, rq.principal.LocationID, q.TillID)
	if err != nil {
		return nil, fmt.Errorf("count open reviews: %w", err)
	}
	return contract.ListReviews200JSONResponse{Data: each(list.Items, reviewView(rq)), NextCursor: optional(list.NextCursor), Open: open}, nil
}

func (h reviewHandlers) query(ctx context.Context, rq *request, p contract.ListReviewsParams) (loyalty.ReviewQuery, error) {
	q := loyalty.ReviewQuery{State: given(p.State)}
	_, err := h.ledger.directory.zone(ctx, rq.organization, given(p.LocationID))
	if err != nil {
		return q, err
	}
	if q.LocationID, err = whereabouts(rq.principal, p.LocationID); err != nil {
		return q, err
	}
	if rq.principal.Kind == access.KindTill {
		q.TillID = rq.principal.ID
	}
	from, to, err := dayParameters(p.From, p.To)
	if err != nil {
		return q, err
	}
	if p.From != nil {
		q.From = loyalty.DayOf(from.UnixMilli(), time.UTC)
	}
	if p.To != nil {
		q.To = loyalty.DayOf(to.UnixMilli(), time.UTC)
	}
	return q, nil
}

// CreateReview implements the contract.
func (h reviewHandlers) CreateReview(ctx context.Context, r contract.CreateReviewRequestObject) (contract.CreateReviewResponseObject, error) {
	rq := requestOf(ctx)
	review, err := h.review(ctx, rq, r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	line, replayed, err := h.store.CreateReview(ctx, review)
	if err != nil {
		return nil, missing(reviewedNotFound[review.Kind], fmt.Errorf("keep review: %w", err))
	}
	return contract.CreateReview201JSONResponse{
		Body: reviewView(rq)(line), Headers: contract.CreateReview201ResponseHeaders{IdempotencyReplayed: replayMark(replayed)},
	}, nil
}

// reviewedNotFound says what is missing if a review cannot be kept.
var reviewedNotFound = map[loyalty.CommandKind]contract.ProblemCode{
	loyalty.CommandStamp: codeCardNotFound, loyalty.CommandRedeem: codeCouponNotFound, loyalty.CommandReverse: codeEntryNotFound,
}

// review reads what is handed in.
func (h reviewHandlers) review(ctx context.Context, rq *request, key string, b *contract.ReviewCreation) (loyalty.Review, error) {
	p := rq.principal
	if err := checkKey(key); err != nil {
		return loyalty.Review{}, err
	}
	if err := checkReviewCreation(b); err != nil {
		return loyalty.Review{}, err
	}
	if _, err := h.ledger.directory.zone(ctx, rq.organization, given(b.LocationID)); err != nil {
		return loyalty.Review{}, err
	}
	at, err := whereabouts(p, b.LocationID)
	if err != nil {
		return loyalty.Review{}, err
	}
	zone, err := h.ledger.directory.zone(ctx, rq.organization, at)
	if err != nil {
		return loyalty.Review{}, err
	}
	r := loyalty.Review{
		OrgID: p.OrgID, ID: typeid.New("rev"), Key: key, Kind: reviewKinds[b.Kind], CardID: given(b.CardID), CouponID: given(b.CouponID),
		EntryID: given(b.EntryID), Quantity: b.Quantity, At: b.At.UnixMilli(), RecordedAt: h.ledger.now(), LocationID: at,
		StaffID: given(b.StaffID), DeviceCount: int64(given(b.DeviceCount)), Words: given(b.Reason), Refusal: b.Refusal,
	}
	r.Day = loyalty.DayOf(r.At, zone)
	r.TillID = p.TillID
	if p.Kind == access.KindTillSession {
		r.StaffID = p.StaffID
	}
	if b.Code != nil {
		r.Code = namedBy(*b.Code)
		if r.CardID, err = h.identify(ctx, rq, r.Code); err != nil {
			return r, err
		}
	}
	r.BodyHash, err = reviewHash(b, r)
	return r, err
}

// identify returns the card that the code leads to, "" for none: what was handed over
// a counter is for review also if nobody knows the card.
func (h reviewHandlers) identify(ctx context.Context, rq *request, code string) (string, error) {
	if err := h.ledger.guesses.allowed(&rq.principal); err != nil {
		return "", err
	}
	id, _, err := identify(ctx, h.ledger.cards, rq.principal.OrgID, code)
	if errors.Is(err, loyalty.ErrNotFound) {
		return "", h.ledger.guesses.missed(ctx, &rq.principal, nil)
	}
	return id, err
}

// checkReviewCreation checks that the command names what it is about, and nothing else.
func checkReviewCreation(b *contract.ReviewCreation) error {
	type member struct {
		name  string
		there bool
	}
	members := []member{{"card_id", b.CardID != nil}, {"code", b.Code != nil}, {"coupon_id", b.CouponID != nil}, {"entry_id", b.EntryID != nil}}
	wanted := map[contract.ReviewKind][]string{
		contract.ReviewKindStamp: {"card_id", "code"}, contract.ReviewKindRedemption: {"coupon_id"}, contract.ReviewKindReversal: {"entry_id"},
	}[b.Kind]
	named := 0
	for _, m := range members {
		if !m.there {
			continue
		}
		if !slices.Contains(wanted, m.name) {
			return invalid(m.name, "is not part of a %s", b.Kind)
		}
		named++
	}
	switch {
	case named == 0:
		return invalid(wanted[0], "give %s", strings.Join(wanted, " or "))
	case named > 1:
		return invalid("code", "give card_id or code, not both")
	case b.Kind == contract.ReviewKindStamp && b.Quantity == 0:
		return invalid("quantity", "must not be 0")
	}
	return organization.CheckLine("reason", given(b.Reason), MaxRefLen, false)
}

// reviewHash is of what was handed in, written down in one way.
func reviewHash(b *contract.ReviewCreation, r loyalty.Review) (string, error) {
	plain := *b
	plain.At = instant(r.At)
	if b.Code != nil {
		plain.Code = &r.Code
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return "", fmt.Errorf("write review: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// DecideReview implements the contract.
func (h reviewHandlers) DecideReview(ctx context.Context, r contract.DecideReviewRequestObject) (contract.DecideReviewResponseObject, error) {
	rq := requestOf(ctx)
	if err := organization.CheckLine("reason", r.Body.Reason, MaxRefLen, true); err != nil {
		return nil, err
	}
	line, err := h.store.Review(ctx, rq.principal.OrgID, r.ReviewID)
	if err != nil {
		return nil, missing(codeReviewNotFound, err)
	}
	if !rq.principal.At(line.LocationID) {
		return nil, forbidden("it happened at another location")
	}
	if line, err = h.decide(ctx, rq, line, r.Body); err != nil {
		return nil, missing(codeReviewNotFound, err)
	}
	return contract.DecideReview200JSONResponse(reviewView(rq)(line)), nil
}

func (h reviewHandlers) decide(ctx context.Context, rq *request, line customer.ReviewLine, b *contract.ReviewDecision) (customer.ReviewLine, error) {
	note := func() (customer.ReviewLine, error) {
		return h.store.NoteReview(ctx, line.OrgID, line.ID, rq.principal.Actor(), b.Reason, h.ledger.now())
	}
	// The till may have tried again with success, or a decision's answer been lost.
	line, err := note()
	if err != nil || line.Status == loyalty.ReviewEntered {
		return line, err
	}
	dismissed := line.Status == loyalty.ReviewDismissed
	switch b.Action {
	case contract.ReviewDecisionActionDismiss, contract.ReviewDecisionActionReopen:
		dismiss := b.Action == contract.ReviewDecisionActionDismiss
		if dismiss == dismissed {
			return line, nil
		}
		return h.store.DismissReview(ctx, line.OrgID, line.ID, dismiss, rq.principal.Actor(), b.Reason, h.ledger.now())
	case contract.ReviewDecisionActionEnter, contract.ReviewDecisionActionAdjust:
	}
	if dismissed {
		return line, loyalty.ErrReviewDecided
	}
	c, err := h.command(ctx, rq, line.Review, b)
	if err != nil {
		return line, err
	}
	// Another body under the key: somebody else entered it at this moment.
	if _, err := h.ledger.carryOut(ctx, c, codeCardNotFound); err != nil && !errors.Is(err, loyalty.ErrKeyReused) {
		return line, err
	}
	return note()
}

// command returns what is to be entered.
func (h reviewHandlers) command(ctx context.Context, rq *request, r loyalty.Review, b *contract.ReviewDecision) (loyalty.Command, error) {
	now, card := h.ledger.now(), r.CardID
	set(&card, b.CardID)
	var c loyalty.Command
	if b.Action == contract.ReviewDecisionActionAdjust {
		if given(b.Quantity) == 0 {
			return c, invalid("quantity", "must not be 0")
		}
		c = r.Adjustment(card, *b.Quantity, now)
	} else {
		if b.Quantity != nil {
			return c, invalid("quantity", "is for adjust only")
		}
		r.CardID = card
		c = r.Again(now)
	}
	if c.CardID == "" {
		return c, invalid("card_id", "nobody knows the card that was scanned; say which one it is for")
	}
	zone, err := h.ledger.directory.zone(ctx, rq.organization, r.LocationID)
	if err != nil {
		return c, err
	}
	c.Zone, c.Actor, c.Reason = zone, rq.principal.Actor(), b.Reason
	c.BodyHash = meaning{
		Kind: c.Kind, Card: c.CardID, Coupon: c.CouponID, Entry: c.EntryID, Quantity: c.Quantity, LocationID: c.LocationID, Reason: c.Reason,
	}.hash()
	if c.Kind == loyalty.CommandRedeem || c.Kind == loyalty.CommandReverse {
		c.CardID = "" // the ledger finds it by the coupon or entry
	}
	return c, nil
}

// reviewView shows a review; customers only to those who may look at them, so that a
// till learns nothing of a code by handing it in.
func reviewView(rq *request) func(customer.ReviewLine) contract.Review {
	may := rq.principal.May(access.CustomersRead)
	return func(l customer.ReviewLine) contract.Review {
		v := contract.Review{
			ID: l.ID, IdempotencyKey: l.Key, Quantity: l.Quantity, At: instant(l.At), Day: day(l.Day), RecordedAt: instant(l.RecordedAt),
			CouponID: optional(l.CouponID), EntryID: optional(l.EntryID), LocationID: optional(l.LocationID), TillID: optional(l.TillID), TillName: optional(l.TillName),
			StaffID: optional(l.StaffID), StaffName: optional(l.StaffName), DeviceCount: optional(l.DeviceCount), Reason: optional(l.Words), Refusal: l.Refusal,
			RewardCost: optional(l.RewardCost), Status: contract.ReviewStatus(l.Status), DecidedAt: optionalInstant(l.DecidedAt), DecisionReason: optional(l.Reason),
			LedgerEntryID: optional(l.LedgerEntryID),
		}
		for kind, own := range reviewKinds {
			if own == l.Kind {
				v.Kind = kind
			}
		}
		if l.Reward != nil {
			reward := contract.LocalizedText(l.Reward)
			v.Reward = &reward
		}
		if l.DecidedAt != 0 {
			by := actorView(l.DecidedBy)
			v.DecidedBy = &by
		}
		if may {
			v.CardID, v.CustomerID, v.DisplayName, v.Code = optional(l.CardID), optional(l.CustomerID), optional(l.DisplayName), optional(l.Code)
		}
		return v
	}
}
