package pass

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/wallet/apple"
)

// Bundle returns the passes of a customer's cards as one file of BundleMediaType: those in
// use, and of more than apple.MaxBundle the ones that were opened last. It returns
// loyalty.ErrNotFound for a customer who is not there or has no such card. It notes for
// each that somebody has it.
func (i *Issuer) Bundle(ctx context.Context, orgID, customerID string) ([]byte, error) {
	views, err := i.live(ctx, orgID, customerID)
	if err != nil {
		return nil, err
	}
	if len(views) == 0 {
		return nil, loyalty.ErrNotFound
	}
	passes := make([]*apple.Pass, 0, len(views))
	for _, v := range views {
		made, err := i.issue(ctx, orgID, v.Card.ID)
		if err != nil {
			return nil, err
		}
		passes = append(passes, made)
	}
	packed, err := apple.Bundle(passes)
	if err != nil {
		return nil, fmt.Errorf("bundle passes: %w", err)
	}
	return packed, nil
}

// Bundled returns how many passes a Bundle of the customer has: 0 for one who is not
// there.
func (i *Issuer) Bundled(ctx context.Context, orgID, customerID string) (int, error) {
	views, err := i.live(ctx, orgID, customerID)
	if errors.Is(err, loyalty.ErrNotFound) {
		return 0, nil
	}
	return len(views), err
}

// live returns the cards that go into a bundle, those opened last at the end.
func (i *Issuer) live(ctx context.Context, orgID, customerID string) ([]customer.View, error) {
	views, err := i.Store.CustomerCards(ctx, orgID, customerID)
	if errors.Is(err, customer.ErrNotFound) {
		return nil, loyalty.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read cards of passes: %w", err)
	}
	views = slices.DeleteFunc(views, func(v customer.View) bool { return !v.Card.Status.Usable() })
	return views[max(0, len(views)-apple.MaxBundle):], nil
}
