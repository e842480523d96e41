package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// CardStore keeps customers' cards. What is not there or is another organization's
// is loyalty.ErrNotFound.
type CardStore interface {
	// Join carries out a parsed join. Besides loyalty.ErrNotFound for the program it
	// returns customer.ErrTwoCustomers and a *loyalty.Refusal for a program that cannot
	// be joined.
	Join(ctx context.Context, j customer.Join) (customer.Joined, error)
	Card(ctx context.Context, orgID, cardID string) (customer.View, error)
	// CardWalletPasses returns the passes of a card, the newest first, at most
	// customer.MaxPassesOfCard.
	CardWalletPasses(ctx context.Context, orgID, cardID string) ([]customer.WalletPass, error)
	// StalePasses returns passes in the wallet that are behind, those first that have waited
	// longest, at most customer.MaxStalePasses.
	StalePasses(ctx context.Context, orgID string, wallet customer.Wallet) ([]customer.HeldPass, error)
	// Identify finds a usable card; every failure takes as long as another. Without a
	// program it is the customer's most recently used card.
	Identify(ctx context.Context, orgID string, h customer.Handle, programID string) (customer.View, error)
	// Cards returns the program's cards without their coupons.
	Cards(ctx context.Context, orgID, programID string, p paging.Page) (paging.List[customer.View], error)
	RevokeCard(ctx context.Context, orgID, cardID string, now int64) error
	// CodeKey returns the key of the organization's rotating codes, mostly from memory.
	CodeKey(ctx context.Context, orgID string) ([]byte, error)
	// ReissueCard gives a usable card a new code and link; it returns a *loyalty.Refusal
	// for one that is not in use.
	ReissueCard(ctx context.Context, orgID, cardID string, now int64) (customer.View, error)
	// SetOldNumber returns customer.ErrOldNumberTaken for the number of another card.
	SetOldNumber(ctx context.Context, orgID, cardID, number string) error
	// Program is asked only to tell an unknown program from one without cards.
	Program(ctx context.Context, orgID, id string) (loyalty.Program, error)
}

type cardHandlers struct {
	store     CardStore
	directory *directory
	cardURL   func(slug, link string) string
	now       func() int64
}

// JoinProgram implements the contract.
func (h cardHandlers) JoinProgram(ctx context.Context, r contract.JoinProgramRequestObject) (contract.JoinProgramResponseObject, error) {
	rq := requestOf(ctx)
	p, org := rq.principal, rq.organization
	at, err := whereabouts(p, r.Body.LocationID)
	if err != nil {
		return nil, err
	}
	zone, err := h.directory.zone(ctx, org, at)
	if err != nil {
		return nil, err
	}
	j := customer.Join{
		OrgID: p.OrgID, ProgramID: r.ProgramID, FirstName: given(r.Body.FirstName), LastName: given(r.Body.LastName),
		Phone: given(r.Body.Phone), Email: given(r.Body.Email), Locale: given(r.Body.Locale),
		Consents: each(r.Body.Consents, func(d contract.ConsentDecision) customer.ConsentDecision {
			return customer.ConsentDecision{TextID: d.TextID, Granted: d.Granted}
		}),
		Trusted: p.Trusted(), Source: consentSource(p), Actor: p.Actor(), LocationID: at, Zone: zone, Now: h.now(),
	}
	if j, err = j.Parse(org.Country, organization.KnownLocale); err != nil {
		return nil, err
	}
	joined, err := h.store.Join(ctx, j)
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	view := joinedView(joined.View, h.cardURL(org.Slug, joined.View.Link), j.Trusted)
	if joined.Created {
		return contract.JoinProgram201JSONResponse(view), nil
	}
	return contract.JoinProgram200JSONResponse(view), nil
}

// consentSource tells where a principal's customers decide.
func consentSource(p access.Principal) customer.ConsentSource {
	switch {
	case !p.Trusted():
		return customer.SourceForm
	case p.StaffID != "":
		return customer.SourceStaff
	}
	return customer.SourceAPI
}

// GetCard implements the contract.
func (h cardHandlers) GetCard(ctx context.Context, r contract.GetCardRequestObject) (contract.GetCardResponseObject, error) {
	rq := requestOf(ctx)
	v, err := readCard(ctx, h.store, rq.principal, r.CardID)
	if err != nil {
		return nil, err
	}
	c := cardView(rq, h.cardURL)(v)
	c.Coupons = each(v.Coupons, couponView)
	return contract.GetCard200JSONResponse(c), nil
}

// readCard returns the card for the principal. One that is blocked or merged is there
// only for those who look after customers; to a till it does not exist.
func readCard(ctx context.Context, store CardStore, p access.Principal, cardID string) (customer.View, error) {
	v, err := store.Card(ctx, p.OrgID, cardID)
	if err == nil && !v.Card.Status.Usable() && !p.May(access.CustomersRead) {
		err = loyalty.ErrNotFound
	}
	if err != nil {
		return customer.View{}, missing(codeCardNotFound, err)
	}
	return v, nil
}

// ListProgramCards implements the contract.
func (h cardHandlers) ListProgramCards(ctx context.Context, r contract.ListProgramCardsRequestObject) (contract.ListProgramCardsResponseObject, error) {
	rq := requestOf(ctx)
	list, err := h.store.Cards(ctx, rq.principal.OrgID, r.ProgramID, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, missing(codeProgramNotFound, err)
	}
	if len(list.Items) == 0 {
		if _, err := h.store.Program(ctx, rq.principal.OrgID, r.ProgramID); err != nil {
			return nil, missing(codeProgramNotFound, err)
		}
	}
	return contract.ListProgramCards200JSONResponse{
		Data: each(list.Items, cardView(rq, h.cardURL)), NextCursor: optional(list.NextCursor),
	}, nil
}

// RevokeCard implements the contract.
func (h cardHandlers) RevokeCard(ctx context.Context, r contract.RevokeCardRequestObject) (contract.RevokeCardResponseObject, error) {
	if err := h.store.RevokeCard(ctx, requestOf(ctx).principal.OrgID, r.CardID, h.now()); err != nil {
		return nil, missing(codeCardNotFound, fmt.Errorf("revoke card: %w", err))
	}
	return contract.RevokeCard204Response{}, nil
}

// ReissueCard implements the contract.
func (h cardHandlers) ReissueCard(ctx context.Context, r contract.ReissueCardRequestObject) (contract.ReissueCardResponseObject, error) {
	rq := requestOf(ctx)
	v, err := h.store.ReissueCard(ctx, rq.principal.OrgID, r.CardID, h.now())
	if err != nil {
		return nil, missing(codeCardNotFound, err)
	}
	return contract.ReissueCard200JSONResponse{ID: v.Card.ID, Code: v.Code, Link: h.cardURL(rq.organization.Slug, v.Link)}, nil
}
