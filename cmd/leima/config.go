package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

type shownSetting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

func (sh *shell) configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print the settings that count and where they come from, without secrets",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			shown := make([]shownSetting, 0, len(definitions))
			for _, d := range definitions {
				shown = append(shown, shownSetting{
					Name: d.name, Value: d.redacted(sh.settings.values[d.name]), Source: sh.settings.sources[d.name],
				})
			}
			return sh.show(map[string]any{"settings": shown}, func(w io.Writer) {
				table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				for _, s := range shown {
					value := s.Value
					if value == "" {
						value = "–"
					}
					fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, value, s.Source)
				}
				_ = table.Flush() // words for a person
			})
		},
	}
}
