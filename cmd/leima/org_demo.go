package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
)

const removeDemoHelp = `Removes all customers of an organization that “leima demo” made, with their cards,
ledger, coupons and consents. Programs, locations, staff, tills and keys stay, so that
the shop can go on for real. It cannot be undone; --confirm takes the slug again.`

// removeDemoCommand removes what is made up.
func (sh *shell) removeDemoCommand() *cobra.Command {
	var slug, confirm string
	c := &cobra.Command{
		Use: "remove-demo-data", Short: "Remove the made-up customers of a demo", Long: removeDemoHelp, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.removeDemo(c.Context(), st, slug, confirm) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	c.Flags().StringVar(&confirm, "confirm", "", "the slug again")
	return c
}

func (sh *shell) removeDemo(ctx context.Context, st *store.Store, slug, confirm string) error {
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	if confirm != o.Slug {
		return usagef("--confirm must be %s, the slug of the organization", o.Slug)
	}
	d, err := st.RemoveDemoData(ctx, o.ID, sh.clock())
	if errors.Is(err, organization.ErrNotDemo) {
		return failf("%s is no demo, or its customers were removed before", o.Slug)
	}
	if err != nil {
		return fmt.Errorf("remove the made-up customers: %w", err)
	}
	result := map[string]any{"org_id": o.ID, "customers": d.Customers, "cards": d.Cards, "entries": d.Entries}
	return sh.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%d customers with %d cards and %d entries are removed from %s.\n", d.Customers, d.Cards, d.Entries, o.Name)
	})
}
