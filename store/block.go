package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/typeid"
)

const blockColumns = "org_id, id, customer_id, reason, blocked_at, blocked_by_kind, blocked_by_id, lifted_at, lifted_by_kind, lifted_by_id"

func scanBlock(r scanner) (b customer.Block, err error) {
	err = r.Scan(&b.OrgID, &b.ID, &b.CustomerID, &b.Reason, &b.BlockedAt, &b.BlockedBy.Kind, &b.BlockedBy.ID,
		&b.LiftedAt, &b.LiftedBy.Kind, &b.LiftedBy.ID)
	if err != nil {
		err = fmt.Errorf("read block: %w", err)
	}
	return b, err
}

// BlockCustomer blocks the customer and all their cards from the instant on, for the
// reason that staff gave, and returns the block. A customer who is blocked already stays
// so: the block that is there is returned as it is. It returns customer.ErrNotFound for
// somebody who is not there and customer.ErrMerged for somebody who was merged.
func (s *Store) BlockCustomer(ctx context.Context, orgID, customerID, reason string, by loyalty.Actor, now int64) (customer.Block, error) {
	var block customer.Block
	err := s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		c, err := lockCustomer(ctx, tx, orgID, customerID)
		if err != nil {
			return err
		}
		block, err = lastingBlock(ctx, tx, orgID, customerID)
		switch {
		case err == nil || !errors.Is(err, customer.ErrNotFound):
			return err
		case c.Status == customer.StatusMerged:
			return customer.ErrMerged
		}
		block = customer.Block{OrgID: orgID, ID: typeid.New("blk"), CustomerID: customerID, Reason: reason, BlockedAt: now, BlockedBy: by}
		if err := insert(ctx, tx, "customer_block", blockColumns, []any{
			orgID, block.ID, customerID, reason, now, string(by.Kind), by.ID, 0, "", "",
		}); err != nil {
			return err
		}
		if err := s.note(ctx, tx, orgID, access.CustomerBlocked, customerID, nil, nil); err != nil {
			return err
		}
		return setBlocked(ctx, tx, n, orgID, customerID, now, now)
	})
	if err != nil {
		return customer.Block{}, fmt.Errorf("block customer: %w", err)
	}
	return block, nil
}

// UnblockCustomer ends the block of a customer; one who is not blocked stays as they are.
// It returns customer.ErrNotFound for somebody who is not there.
func (s *Store) UnblockCustomer(ctx context.Context, orgID, customerID string, by loyalty.Actor, now int64) error {
	err := s.writeTold(ctx, orgID, func(tx *transaction, n *news) error {
		if _, err := lockCustomer(ctx, tx, orgID, customerID); err != nil {
			return err
		}
		lifted, err := exec(ctx, tx, "UPDATE customer_block SET lifted_at = $3, lifted_by_kind = $4, lifted_by_id = $5 "+
			"WHERE org_id = $1 AND customer_id = $2 AND lifted_at = 0", orgID, customerID, now, string(by.Kind), by.ID)
		if err != nil || lifted == 0 {
			return err
		}
		if err := s.note(ctx, tx, orgID, access.CustomerUnblocked, customerID, nil, nil); err != nil {
			return err
		}
		return setBlocked(ctx, tx, n, orgID, customerID, 0, now)
	})
	if err != nil {
		return fmt.Errorf("unblock customer: %w", err)
	}
	return nil
}

// Blocks returns the customer's blocks, those that were lifted too, newest first, at most
// customer.MaxBlocks. It returns customer.ErrNotFound for somebody who is not there.
func (s *Store) Blocks(ctx context.Context, orgID, customerID string) ([]customer.Block, error) {
	var blocks []customer.Block
	err := s.read(ctx, orgID, func(tx *transaction) error {
		if _, err := customerBy(ctx, tx, orgID, "id", customerID); err != nil {
			return err
		}
		var err error
		blocks, err = all(ctx, tx, scanBlock, "SELECT "+blockColumns+" FROM customer_block WHERE org_id = $1 AND customer_id = $2 "+
			"ORDER BY blocked_at DESC, id DESC LIMIT $3", orgID, customerID, customer.MaxBlocks)
		return err
	})
	return blocks, err
}

// lockCustomer returns the customer, locked until the end of the transaction: whoever
// opens a card for them waits, and then sees what became of them.
func lockCustomer(ctx context.Context, tx *transaction, orgID, customerID string) (customer.Customer, error) {
	return one(ctx, tx, customer.ErrNotFound, scanCustomer,
		"SELECT "+customerSelect("customer")+" FROM customer WHERE org_id = $1 AND id = $2"+tx.forUpdate, orgID, customerID)
}

func lastingBlock(ctx context.Context, tx *transaction, orgID, customerID string) (customer.Block, error) {
	return one(ctx, tx, customer.ErrNotFound, scanBlock,
		"SELECT "+blockColumns+" FROM customer_block WHERE org_id = $1 AND customer_id = $2 AND lifted_at = 0", orgID, customerID)
}

// setBlocked notes on the customer and each of their cards since when they are blocked,
// 0 if they are not.
func setBlocked(ctx context.Context, tx *transaction, n *news, orgID, customerID string, since, now int64) error {
	if _, err := exec(ctx, tx, "UPDATE customer SET blocked_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2",
		orgID, customerID, since); err != nil {
		return err
	}
	cards, err := lockCardsOf(ctx, tx, orgID, customerID)
	if err != nil || len(cards) == 0 {
		return err
	}
	rows := make([][]any, len(cards))
	for i := range cards {
		cards[i].BlockedAt = since
		rows[i] = []any{orgID, cards[i].ID, since}
	}
	if err := updateRows(ctx, tx, "card", "org_id TEXT, id TEXT, blocked_at BIGINT", rows); err != nil {
		return err
	}
	return raiseVersions(ctx, tx, n, cards, now)
}
