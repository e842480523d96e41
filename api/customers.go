package api

import (
	"context"
	"fmt"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
)

// CustomerStore keeps customers. Who is not there or is another organization's is
// customer.ErrNotFound.
type CustomerStore interface {
	// Customers returns those that the query finds, "" for all.
	Customers(ctx context.Context, orgID, query string, p paging.Page) (paging.List[customer.Customer], error)
	Customer(ctx context.Context, orgID, id string) (customer.Customer, error)
	// UpdateCustomer returns customer.ErrVersion unless version is the current one, and
	// customer.ErrContactTaken if another customer has the contact or external_ref.
	UpdateCustomer(ctx context.Context, c customer.Customer, version int64) (customer.Customer, error)
	CustomerCards(ctx context.Context, orgID, customerID string) ([]customer.View, error)
}

type customerHandlers struct {
	store   CustomerStore
	cardURL func(slug, link string) string
}

// ListCustomers implements the contract.
func (h customerHandlers) ListCustomers(ctx context.Context, r contract.ListCustomersRequestObject) (contract.ListCustomersResponseObject, error) {
	list, err := h.store.Customers(ctx, requestOf(ctx).principal.OrgID, given(r.Params.Query), page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, fmt.Errorf("list customers: %w", err)
	}
	return contract.ListCustomers200JSONResponse{Data: each(list.Items, customerView), NextCursor: optional(list.NextCursor)}, nil
}

// GetCustomer implements the contract.
func (h customerHandlers) GetCustomer(ctx context.Context, r contract.GetCustomerRequestObject) (contract.GetCustomerResponseObject, error) {
	c, err := h.store.Customer(ctx, requestOf(ctx).principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	return contract.GetCustomer200JSONResponse{
		Body: customerView(c), Headers: contract.GetCustomer200ResponseHeaders{ETag: etag(c.Version)},
	}, nil
}

// UpdateCustomer implements the contract.
func (h customerHandlers) UpdateCustomer(ctx context.Context, r contract.UpdateCustomerRequestObject) (contract.UpdateCustomerResponseObject, error) {
	rq := requestOf(ctx)
	c, err := h.store.Customer(ctx, rq.principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	if c, err = changeCustomer(c, *r.Body, rq.organization.Country); err != nil {
		return nil, err
	}
	c, err = h.store.UpdateCustomer(ctx, c, versionOf(r.Params.IfMatch))
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	return contract.UpdateCustomer200JSONResponse{
		Body: customerView(c), Headers: contract.UpdateCustomer200ResponseHeaders{ETag: etag(c.Version)},
	}, nil
}

// changeCustomer parses what is given, in the form in which it is stored.
func changeCustomer(c customer.Customer, change contract.CustomerChange, country string) (customer.Customer, error) {
	var err error
	parse := func(to, from *string, f func(string) (string, error)) {
		if err == nil && from != nil {
			*to, err = f(*from)
		}
	}
	parse(&c.FirstName, change.FirstName, func(s string) (string, error) { return customer.ParseName("first_name", s) })
	parse(&c.LastName, change.LastName, func(s string) (string, error) { return customer.ParseName("last_name", s) })
	parse(&c.Phone, change.Phone, func(s string) (string, error) { return customer.ParsePhone("phone", s, country) })
	parse(&c.Email, change.Email, func(s string) (string, error) { return customer.ParseEmail("email", s) })
	parse(&c.ExternalRef, change.ExternalRef, func(s string) (string, error) {
		return s, organization.CheckLine("external_ref", s, MaxRefLen, false)
	})
	set(&c.Locale, change.Locale)
	return c, err
}

// ListCustomerCards implements the contract.
func (h customerHandlers) ListCustomerCards(ctx context.Context, r contract.ListCustomerCardsRequestObject) (contract.ListCustomerCardsResponseObject, error) {
	rq := requestOf(ctx)
	views, err := h.store.CustomerCards(ctx, rq.principal.OrgID, r.CustomerID)
	if err != nil {
		return nil, missing(codeCustomerNotFound, err)
	}
	if len(views) == 0 {
		if _, err := h.store.Customer(ctx, rq.principal.OrgID, r.CustomerID); err != nil {
			return nil, missing(codeCustomerNotFound, err)
		}
	}
	list, err := cut(views, page(r.Params.Limit, r.Params.Cursor))
	if err != nil {
		return nil, err
	}
	return contract.ListCustomerCards200JSONResponse{Data: each(list.Items, cardView(rq, h.cardURL)), NextCursor: optional(list.NextCursor)}, nil
}

func customerView(c customer.Customer) contract.Customer {
	return contract.Customer{
		ID: c.ID, Number: c.Number, DisplayName: c.DisplayName(), FirstName: optional(c.FirstName), LastName: optional(c.LastName),
		Phone: optional(c.Phone), Email: optional(c.Email), PendingPhone: optional(c.PendingPhone), PendingEmail: optional(c.PendingEmail),
		Locale: optional(c.Locale), Status: contract.CustomerStatus(c.Status), MergedInto: optional(c.MergedInto),
		ExternalRef: optional(c.ExternalRef), Version: c.Version, CreatedAt: instant(c.CreatedAt), ConfirmedAt: optionalInstant(c.ConfirmedAt),
		BlockedAt: optionalInstant(c.BlockedAt),
	}
}
