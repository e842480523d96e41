package storetest

import (
	"context"
	"errors"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

func attacksOnPrograms(v *victim) map[string]attack {
	return map[string]attack{
		"Programs": func(ctx context.Context, org string) error {
			l, err := v.Programs(ctx, org, paging.Page{})
			if err != nil || slices.ContainsFunc(l.Items, func(x loyalty.Program) bool { return x.OrgID != org }) {
				return errors.Join(errors.New("foreign programs"), err)
			}
			return nil
		},
		"Program": func(ctx context.Context, org string) error {
			_, err := v.Program(ctx, org, v.program.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"CreateProgram": func(ctx context.Context, org string) error {
			p := v.program
			p.OrgID, p.ID = org, typeid.New("prog")
			return v.CreateProgram(ctx, p)
		},
		"UpdateProgram": func(ctx context.Context, org string) error {
			p := v.program
			p.OrgID = org
			_, err := v.UpdateProgram(ctx, p, 1)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Stats": func(ctx context.Context, org string) error {
			_, err := v.Stats(ctx, org, v.program.ID, v.clock())
			return refusedWith(loyalty.ErrNotFound, err)
		},
	}
}

func attacksOnLedger(v *victim, thief *shop) map[string]attack {
	commands := func() []loyalty.Command {
		named := thief.redeem(v.coupon.ID)
		named.CardID = v.view.Card.ID
		return []loyalty.Command{
			thief.stamp(v.view.Card.ID, 1), thief.adjust(v.view.Card.ID, -1), thief.redeem(v.coupon.ID), thief.reverse(v.entry.ID), named,
			v.stamp(typeid.New("card"), 1), // so that the transaction may see the victim's organization, too
		}
	}
	return map[string]attack{
		"Apply": func(ctx context.Context, _ string) error {
			_, err := v.Apply(ctx, commands()[0])
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"ApplyBatch": func(ctx context.Context, _ string) error {
			outcomes, err := v.ApplyBatch(ctx, commands())
			for _, o := range outcomes {
				err = errors.Join(err, refusedWith(loyalty.ErrNotFound, o.Err))
			}
			return err
		},
		"Entries": func(ctx context.Context, org string) error {
			l, err := v.Entries(ctx, org, v.view.Card.ID, paging.Page{})
			return empty(l.Items, err)
		},
		"Entry": func(ctx context.Context, org string) error {
			_, err := v.Entry(ctx, org, v.entry.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"Coupons": func(ctx context.Context, org string) error {
			l, err := v.Coupons(ctx, org, v.view.Card.ID, paging.Page{})
			return empty(l.Items, err)
		},
		"Coupon": func(ctx context.Context, org string) error {
			_, err := v.Coupon(ctx, org, v.coupon.ID)
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"OverdueCoupons": func(ctx context.Context, org string) error {
			return empty(v.OverdueCoupons(ctx, org, v.clock()+1_000_000_000_000, 10))
		},
	}
}

func attacksOnImports(v *victim) map[string]attack {
	return map[string]attack{
		"CreateImport": func(ctx context.Context, org string) error {
			m := v.imported
			m.OrgID, m.ID = org, typeid.New("imp")
			return refusedWith(organization.ErrNotFound, v.CreateImport(ctx, m)) // into the victim's program
		},
		"StopImport": func(ctx context.Context, org string) error {
			_, err := v.StopImport(ctx, org, v.imported.ID, 1)
			return refusedWith(organization.ErrNotFound, err)
		},
		"SaveImport": func(ctx context.Context, org string) error {
			m := v.imported
			m.OrgID, m.Status = org, customer.ImportFailed
			return refusedWith(organization.ErrNotFound, v.SaveImport(ctx, m))
		},
		"AddImportErrors": func(ctx context.Context, org string) error {
			return refusedWith(organization.ErrNotFound, v.AddImportErrors(ctx, org, v.imported.ID, []customer.ImportError{{Row: 9}}))
		},
		"Import": func(ctx context.Context, org string) error {
			_, err := v.Import(ctx, org, v.imported.ID)
			return refusedWith(organization.ErrNotFound, err)
		},
		"Imports": func(ctx context.Context, org string) error {
			l, err := v.Imports(ctx, org, paging.Page{})
			return empty(l.Items, err)
		},
		"ImportErrors": func(ctx context.Context, org string) error {
			l, err := v.ImportErrors(ctx, org, v.imported.ID, paging.Page{})
			return empty(l.Items, err)
		},
		"ImportedCards": func(ctx context.Context, org string) error {
			_, _, err := v.ImportedCards(ctx, org, v.program.ID, []string{"1"}, v.clock())
			return refusedWith(loyalty.ErrNotFound, err)
		},
		"OldNumbers": func(ctx context.Context, org string) error {
			uses, err := v.OldNumbers(ctx, org, v.program.ID, []string{v.view.Customer.Number})
			if err != nil || len(uses) > 0 {
				return errors.Join(errors.New("a foreign number"), err)
			}
			return nil
		},
		"GiveOldNumbers": func(ctx context.Context, org string) error { // which leaves the victim as it is
			return v.GiveOldNumbers(ctx, org, v.program.ID, map[string]string{v.plastic(): v.view.Card.ID})
		},
		"UsedKeys": func(ctx context.Context, org string) error {
			used, err := v.UsedKeys(ctx, org, []string{v.entry.IdempotencyKey})
			if err != nil || len(used) > 0 {
				return errors.Join(errors.New("a foreign key"), err)
			}
			return nil
		},
		"ImportedLocations": func(ctx context.Context, org string) error {
			l, _, err := v.ImportedLocations(ctx, org, []string{"1"}, v.clock())
			if err != nil || l["1"].OrgID != org {
				return errors.Join(errors.New("a foreign location"), err)
			}
			return nil
		},
	}
}
