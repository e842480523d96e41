package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func (sh *shell) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date",
		Long: `Brings the database up to date; what is up to date is left alone. “leima serve” does
the same when it starts, so this is for those who want to see it happen first.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			log, err := sh.logger()
			if err != nil {
				return err
			}
			st, err := sh.openStore(c.Context(), openOptions{migrate: true, log: log})
			if err != nil {
				return err
			}
			defer func() { err = closing(err, st) }()
			result := map[string]string{"database": st.Kind(), "status": "up to date"}
			return sh.show(result, func(w io.Writer) { fmt.Fprintf(w, "The %s database is up to date.\n", st.Kind()) })
		},
	}
}
