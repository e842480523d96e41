package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// Organizations lists who the jobs work for.
type Organizations interface {
	Organizations(ctx context.Context) ([]organization.Organization, error)
}

// each runs f for every organization until the context ends. A fault in one does not
// keep it from the others; the errors are joined. what names the job in them.
func each(ctx context.Context, all Organizations, what string, f func(context.Context, organization.Organization) error) error {
	organizations, err := all.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var problems []error
	for _, o := range organizations {
		if ctx.Err() != nil {
			break
		}
		err := f(ctx, o)
		if errors.Is(err, loyalty.ErrAway) {
			if len(problems) == 0 {
				return fmt.Errorf("%s: %w", what, err)
			}
			break // what failed before must not be lost beside it
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s of %s: %w", what, o.ID, err))
		}
	}
	return errors.Join(problems...)
}
