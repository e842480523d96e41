package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
)

func (sh *shell) programCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use: "list", Short: "List the programs of an organization", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.listPrograms(c.Context(), st, slug) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	return group("program", "Show programs", c)
}

func (sh *shell) listPrograms(ctx context.Context, st *store.Store, slug string) error {
	type row struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Status  string `json:"status"`
		Goal    int    `json:"goal"`
		JoinURL string `json:"join_url"`
	}
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	rows := []row{}
	err = each(func(p paging.Page) (paging.List[loyalty.Program], error) { return st.Programs(ctx, o.ID, p) },
		func(p loyalty.Program) bool {
			rows = append(rows, row{p.ID, p.Name.In(o.Locale, o.Locale), string(p.Status), p.Goal, sh.links().join(o.Slug, p.ID)})
			return true
		})
	if err != nil {
		return err
	}
	return sh.show(map[string]any{"programs": rows}, func(w io.Writer) {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintf(table, "%s\t%s\t%s\t%d stamps\t%s\n", r.ID, r.Name, r.Status, r.Goal, r.JoinURL)
		}
		_ = table.Flush() // words for a person
	})
}
