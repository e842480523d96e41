package api

import (
	"context"
	"fmt"
	"time"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// activityOverlap is how far back an answer since another one goes: longer than a server
// takes from making an entry's id to committing it.
const activityOverlap = 5 * time.Second

type activityHandlers struct {
	store ListStore
}

// ListActivity implements the contract.
func (h activityHandlers) ListActivity(ctx context.Context, r contract.ListActivityRequestObject) (contract.ListActivityResponseObject, error) {
	rq := requestOf(ctx)
	at, err := whereabouts(rq.principal, r.Params.LocationID)
	if err != nil {
		return nil, err
	}
	newest, since := "", ""
	if r.Params.Since != nil {
		parts, err := paging.Decode(*r.Params.Since, 1)
		if err != nil || typeid.Check("ent", parts[0]) != nil {
			return nil, invalid("since", "was not made by this list")
		}
		newest = parts[0]
		since = typeid.Earlier("ent", newest, activityOverlap)
	}
	list, err := h.store.Activity(ctx, rq.principal.OrgID, at, since, page(r.Params.Limit, nil).Size())
	if err != nil {
		return nil, fmt.Errorf("read activity: %w", err)
	}
	if len(list) > 0 {
		newest = max(newest, list[0].Entry.ID)
	}
	v := contract.ListActivity200JSONResponse{Data: each(list, activityView)}
	if newest != "" {
		cursor := paging.Encode(newest)
		v.Since = &cursor
	}
	return v, nil
}

func activityView(h customer.HeldEntry) contract.ActivityEntry {
	e := h.Entry
	return contract.ActivityEntry{
		ID: e.ID, Kind: contract.EntryKind(e.Kind), Quantity: e.Quantity, At: instant(e.At), ProgramID: e.ProgramID, CardID: e.CardID,
		CustomerID: h.Customer.ID, FirstName: optional(h.Customer.FirstName), LocationID: optional(e.LocationID),
		Actor: entryView(e).Actor, StaffName: optional(h.StaffName),
	}
}
