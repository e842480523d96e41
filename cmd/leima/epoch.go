package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/leima/leima/store"
)

const epochHelp = `Everything that servers keep in Redis, or in their own memory, bears the epoch: a number
in the database. Raising it makes all servers forget all of that at once; they notice
within seconds and read from the database until they know again. Nothing is lost by it.

Raise it when Redis may hold what the database does not, or no longer:

  after the database was restored from a backup, before the servers start;
  after a failover of the database that may have lost its last transactions;
  after Redis was restored from a backup of its own while servers ran.

Servers raise it by themselves when Redis was restarted or replaced. “leima rebuild”
finds out whether anything shown differs from the ledger, without forgetting.`

func (sh *shell) epochCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "epoch",
		Short: "Show the epoch of the hot state, or raise it",
		Long:  epochHelp,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.tellEpoch(c.Context(), "The epoch is %d.\n", func(ctx context.Context, st *store.Store) (int64, error) {
				return st.Epoch(ctx)
			})
		},
	}
	c.AddCommand(&cobra.Command{
		Use:   "raise",
		Short: "Make all servers forget what they keep in Redis or in memory",
		Long:  epochHelp,
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			words := "The epoch is %d now. Servers follow within seconds.\n"
			return sh.tellEpoch(c.Context(), words, func(ctx context.Context, st *store.Store) (int64, error) {
				return st.RaiseEpoch(ctx, sh.clock())
			})
		},
	})
	return c
}

func (sh *shell) tellEpoch(ctx context.Context, words string, f func(context.Context, *store.Store) (int64, error)) error {
	return sh.withStore(ctx, func(st *store.Store) error {
		epoch, err := f(ctx, st)
		if err != nil {
			return err
		}
		return sh.show(map[string]int64{"epoch": epoch}, func(w io.Writer) { fmt.Fprintf(w, words, epoch) })
	})
}
