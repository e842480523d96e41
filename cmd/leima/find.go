package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
)

// maxPages bounds the pages of paging.MaxLimit that a command looks through.
const maxPages = 100

// findOrganization returns the organization with the slug, or the only one if slug
// is "".
func findOrganization(ctx context.Context, st *store.Store, slug string) (organization.Organization, error) {
	if slug != "" {
		o, err := st.OrganizationBySlug(ctx, slug)
		if errors.Is(err, organization.ErrNotFound) {
			return o, failf("there is no organization %q", slug).hint("“leima org list” shows those there are.")
		}
		return o, err
	}
	all, err := st.Organizations(ctx)
	if err != nil {
		return organization.Organization{}, fmt.Errorf("read organizations: %w", err)
	}
	switch len(all) {
	case 1:
		return all[0], nil
	case 0:
		return organization.Organization{}, failf("there is no organization yet").hint("Make one with “leima org create”.")
	}
	var slugs []string
	for _, o := range all {
		slugs = append(slugs, o.Slug)
	}
	return organization.Organization{}, usagef("there are several organizations; say which one with --org: %s", strings.Join(slugs, ", "))
}

// each calls f for the items of a list, page by page, until it returns false.
func each[T any](list func(paging.Page) (paging.List[T], error), f func(T) bool) error {
	page := paging.Page{Limit: paging.MaxLimit}
	for range maxPages {
		l, err := list(page)
		if err != nil {
			return err
		}
		for _, item := range l.Items {
			if !f(item) {
				return nil
			}
		}
		if l.NextCursor == "" {
			return nil
		}
		page.Cursor = l.NextCursor
	}
	return failf("the list has more than %d entries", maxPages*paging.MaxLimit)
}

// find returns the only item that fits, and the number of those that do.
func find[T any](list func(paging.Page) (paging.List[T], error), fits func(T) bool) (found T, n int, err error) {
	err = each(list, func(item T) bool {
		if fits(item) {
			found = item
			n++
		}
		return true
	})
	return found, n, err
}

// findProgram returns the program with the id, or the only one of the organization.
func findProgram(ctx context.Context, st *store.Store, orgID, id string) (loyalty.Program, error) {
	if id != "" {
		p, err := st.Program(ctx, orgID, id)
		if errors.Is(err, loyalty.ErrNotFound) {
			return p, failf("there is no program %q", id).hint("“leima program list” shows those there are.")
		}
		return p, err
	}
	list := func(p paging.Page) (paging.List[loyalty.Program], error) { return st.Programs(ctx, orgID, p) }
	p, n, err := find(list, func(loyalty.Program) bool { return true })
	switch {
	case err != nil:
		return p, err
	case n == 0:
		return p, failf("the organization has no program yet")
	case n > 1:
		return p, usagef("the organization has %d programs; say which one with --program", n).
			hint("“leima program list” shows them.")
	}
	return p, nil
}

// findStaff returns the member with the id or e-mail address, or the only owner if
// who is "".
func findStaff(ctx context.Context, st *store.Store, orgID, who string) (organization.Staff, error) {
	list := func(p paging.Page) (paging.List[organization.Staff], error) { return st.StaffList(ctx, orgID, p) }
	s, n, err := find(list, func(s organization.Staff) bool {
		return who == "" && s.Role == organization.RoleOwner && s.Active || s.ID == who || who != "" && s.Email != "" && strings.EqualFold(s.Email, who)
	})
	switch {
	case err != nil:
		return s, err
	case who == "" && n != 1:
		return s, usagef("the organization has %d owners; say who signs in with --staff", n).hint("“leima org show” lists the staff.")
	case n == 0:
		return s, failf("nobody of the staff has the id or address %q", who).hint("“leima org show” lists the staff.")
	case n > 1:
		return s, failf("%d of the staff have the address %q; use an id", n, who).hint("“leima org show” lists the staff.")
	}
	return s, nil
}

// findLocation returns the location with the id, name or external reference, or the
// only one if which is "".
func findLocation(ctx context.Context, st *store.Store, orgID, which string) (organization.Location, error) {
	list := func(p paging.Page) (paging.List[organization.Location], error) { return st.Locations(ctx, orgID, p) }
	l, n, err := find(list, func(l organization.Location) bool {
		return which == "" || l.ID == which || strings.EqualFold(l.Name, which) || l.ExternalRef != "" && l.ExternalRef == which
	})
	switch {
	case err != nil:
		return l, err
	case n == 0 && which == "":
		return l, failf("the organization has no location yet")
	case n == 0:
		return l, failf("there is no location %q", which).hint("“leima org show” lists the locations.")
	case n > 1:
		return l, usagef("%d locations fit; say which one with --location", n).hint("“leima org show” lists the locations.")
	}
	return l, nil
}
