package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/leima/leima"
)

func (sh *shell) openAPICommand() *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "Print the contract of the HTTP interface, as YAML or with --json as JSON",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !sh.json {
				if _, err := sh.out.Write(leima.OpenAPI); err != nil {
					return fmt.Errorf("write the contract: %w", err)
				}
				return nil
			}
			var contract map[string]any
			if err := yaml.Unmarshal(leima.OpenAPI, &contract); err != nil {
				return fmt.Errorf("read the contract: %w", err)
			}
			return printJSON(sh.out, contract)
		},
	}
}
