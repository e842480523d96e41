package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/organization"
)

// DemoStore removes customers who were made up. An organization that is not there is
// organization.ErrNotFound.
type DemoStore interface {
	DemoData(ctx context.Context, orgID string) (organization.DemoData, error)
	// RemoveDemoData returns what it removed, or organization.ErrNotDemo.
	RemoveDemoData(ctx context.Context, orgID string, now int64) (organization.DemoData, error)
}

type demoHandlers struct {
	store DemoStore
	now   func() int64
}

// GetDemoData implements the contract.
func (h demoHandlers) GetDemoData(ctx context.Context, _ contract.GetDemoDataRequestObject) (contract.GetDemoDataResponseObject, error) {
	d, err := h.store.DemoData(ctx, requestOf(ctx).principal.OrgID)
	if err != nil {
		return nil, fmt.Errorf("count demo data: %w", err)
	}
	return contract.GetDemoData200JSONResponse(demoView(d)), nil
}

// RemoveDemoData implements the contract.
func (h demoHandlers) RemoveDemoData(ctx context.Context, r contract.RemoveDemoDataRequestObject) (contract.RemoveDemoDataResponseObject, error) {
	rq := requestOf(ctx)
	if r.Body.Confirm != rq.organization.Slug {
		return nil, because(contract.ProblemReasonOneOf, nil, "confirm", "must be %s", rq.organization.Slug)
	}
	d, err := h.store.RemoveDemoData(ctx, rq.principal.OrgID, h.now())
	if err != nil {
		return nil, err //nolint:wrapcheck // errors.go says what it is
	}
	d.Demo = false
	return contract.RemoveDemoData200JSONResponse(demoView(d)), nil
}

func demoView(d organization.DemoData) contract.DemoData {
	return contract.DemoData{Demo: d.Demo, Customers: d.Customers, Cards: d.Cards, Entries: d.Entries}
}
