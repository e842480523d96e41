package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

// ofCustomers are the tables that hold what is of customers and their cards, in an order in
// which no row names one that is gone. Runs of imports stay, as a list of what was done.
var ofCustomers = []string{
	"review", "pass_registration", "pass", "samsung_pass", "google_pass", "code_use", "customer_merge_card", "customer_merge", "customer_block",
	"confirmation", "consent", "entry", "coupon", "staff_day", "event", "card", "customer",
}

// CreateDemoOrganization is CreateOrganization for one that is made up: its customers can
// be removed.
func (s *Store) CreateDemoOrganization(ctx context.Context, o organization.Organization) error {
	return s.createOrganization(ctx, o, true)
}

// DemoData counts what RemoveDemoData would remove. It returns organization.ErrNotFound.
func (s *Store) DemoData(ctx context.Context, orgID string) (organization.DemoData, error) {
	var d organization.DemoData
	err := s.read(ctx, orgID, func(tx *transaction) (err error) {
		d, err = demoData(ctx, tx, orgID)
		return err
	})
	return d, err
}

func demoData(ctx context.Context, tx *transaction, orgID string) (organization.DemoData, error) {
	return one(ctx, tx, organization.ErrNotFound, func(r scanner) (d organization.DemoData, err error) {
		if err = r.Scan(&d.Demo, &d.Customers, &d.Cards, &d.Entries); err != nil {
			err = fmt.Errorf("read demo data: %w", err)
		}
		return d, err
	}, "SELECT o.demo, (SELECT COUNT(*) FROM customer WHERE org_id = $1), (SELECT COUNT(*) FROM card WHERE org_id = $1), "+
		"(SELECT COUNT(*) FROM entry WHERE org_id = $1) FROM organization o WHERE o.org_id = $1", orgID)
}

// RemoveDemoData removes all customers of an organization that was made as a demo, with
// their cards, ledger, coupons, consents and all else that is of them, and returns what
// that was. Programs, locations, staff, tills, keys and the audit log stay. From then on
// the organization is a real one. It returns organization.ErrNotDemo for any other, and
// organization.ErrNotFound.
func (s *Store) RemoveDemoData(ctx context.Context, orgID string, now int64) (organization.DemoData, error) {
	var had organization.DemoData
	err := s.write(ctx, orgID, func(tx *transaction) (err error) {
		if had, err = demoData(ctx, tx, orgID); err != nil {
			return err
		}
		if !had.Demo {
			return organization.ErrNotDemo
		}
		if err := removeCustomers(ctx, tx, orgID); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, "UPDATE organization SET demo = FALSE WHERE org_id = $1", orgID); err != nil {
			return err
		}
		return s.note(ctx, tx, orgID, access.DemoRemoved, orgID, nil, nil)
	})
	if err != nil {
		return organization.DemoData{}, fmt.Errorf("remove demo data: %w", err)
	}
	// What the hot state holds of them is not removed row by row.
	if _, err := s.RaiseEpoch(ctx, now); err != nil {
		return organization.DemoData{}, fmt.Errorf("forget demo data: %w", err)
	}
	return had, nil
}

// removeCustomers deletes the rows. In PostgreSQL the server's role may not, and asks a
// function of the schema's owner, which makes sure of what it deletes.
func removeCustomers(ctx context.Context, tx *transaction, orgID string) error {
	if tx.forUpdate != "" {
		_, err := exec(ctx, tx, "SELECT leima_remove_demo($1, $2)", orgID, ofCustomers)
		return err
	}
	for _, table := range ofCustomers {
		if _, err := exec(ctx, tx, "DELETE FROM "+table+" WHERE org_id = $1", orgID); err != nil {
			return fmt.Errorf("delete from %s: %w", table, err)
		}
	}
	return nil
}
