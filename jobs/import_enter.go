package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/receipt"
)

// analyzeAfter are the batches after which the database counts its tables anew. A
// first import fills empty ones, and what was planned for those is slow for full ones.
var analyzeAfter = []int{2, 16, 128}

// enter stamps the receipts in batches, each durable before the next.
func (im *importing) enter(ctx context.Context, receipts []receipt.Receipt) error {
	if err := im.link(ctx, receipts); err != nil {
		return err
	}
	done, batches := int64(0), 0
	for batch := range slices.Chunk(receipts, loyalty.MaxBatch) {
		if ctx.Err() != nil {
			return fmt.Errorf("enter receipts: %w", context.Cause(ctx))
		}
		if err := im.enterBatch(ctx, batch); err != nil {
			return fmt.Errorf("enter receipts %d to %d: %w", done+1, done+int64(len(batch)), err)
		}
		done += int64(len(batch))
		if batches++; batches%batchesPerSave == 0 {
			if err := im.save(ctx); err != nil {
				return err
			}
		}
		if slices.Contains(analyzeAfter, batches) {
			if err := im.Store.Analyze(ctx); err != nil {
				return fmt.Errorf("enter receipts: %w", err)
			}
		}
		im.progress(PhaseEntering, done, int64(len(receipts)))
	}
	return nil
}

func (im *importing) enterBatch(ctx context.Context, batch []receipt.Receipt) error {
	now := im.Now()
	var (
		earning  []receipt.Receipt
		commands []loyalty.Command
	)
	for _, r := range batch {
		c, ok := im.command(r, now)
		if !ok {
			im.run.Counts.TooSmall++
			continue
		}
		earning, commands = append(earning, r), append(commands, c)
	}
	if len(commands) == 0 {
		return nil
	}
	if err := im.resolve(ctx, earning, now); err != nil {
		return err
	}
	earning, commands, err := im.address(ctx, earning, commands)
	if err != nil || len(commands) == 0 {
		return err
	}
	outcomes, err := im.Store.ApplyBatch(ctx, commands)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	for i, outcome := range outcomes {
		if err := im.count(ctx, earning[i], outcome); err != nil {
			return err
		}
	}
	return nil
}

// address writes on each command whose card and which location it is for. Receipts whose
// old number keeps them from being entered are left out and listed.
func (im *importing) address(ctx context.Context, receipts []receipt.Receipt, commands []loyalty.Command) ([]receipt.Receipt, []loyalty.Command, error) {
	n := 0
	for i, r := range receipts {
		card, reason := im.cardFor(r)
		if reason.code != "" {
			if err := im.refuse(ctx, r, reason); err != nil {
				return nil, nil, err
			}
			continue
		}
		c, at := commands[i], im.locations[r.Location]
		c.CardID, c.LocationID, c.Zone = card, at.id, im.zoneOf(r.Location)
		receipts[n], commands[n] = r, c
		n++
	}
	return receipts[:n], commands[:n], nil
}

// resolve makes sure that the cards and locations of the receipts are known.
func (im *importing) resolve(ctx context.Context, receipts []receipt.Receipt, now int64) error {
	var customers, locations []string
	for _, r := range receipts {
		if _, known := im.cards[r.Customer]; !known && r.Customer != "" {
			customers = append(customers, r.Customer)
		}
		if _, known := im.locations[r.Location]; !known && r.Location != "" {
			locations = append(locations, r.Location)
		}
	}
	if err := im.resolveCustomers(ctx, customers, now); err != nil {
		return err
	}
	for refs := range slices.Chunk(distinct(locations), MaxImportRefs) {
		found, created, err := im.Store.ImportedLocations(ctx, im.run.OrgID, refs, now)
		if err != nil {
			return fmt.Errorf("find or create locations: %w", err)
		}
		im.run.Counts.NewLocations += int64(created)
		for ref, l := range found {
			im.locations[ref] = place{id: l.ID, zone: organization.LoadZone(l.Zone, im.zone.String())}
		}
	}
	return nil
}

// resolveCustomers makes sure that the cards of customers are known.
func (im *importing) resolveCustomers(ctx context.Context, customers []string, now int64) error {
	for refs := range slices.Chunk(distinct(customers), MaxImportRefs) {
		cards, created, err := im.Store.ImportedCards(ctx, im.run.OrgID, im.run.ProgramID, refs, now)
		if err != nil {
			return fmt.Errorf("find or create customers: %w", err)
		}
		im.run.Counts.NewCustomers += int64(created)
		for ref, id := range cards {
			im.cards[ref] = id
		}
	}
	return nil
}

// distinct returns each string once, in alphabetical order.
func distinct(refs []string) []string {
	slices.Sort(refs)
	return slices.Compact(refs)
}

// count writes down what became of a receipt. An error of it ends the run: the
// batch was entered, and the next run will find it so.
func (im *importing) count(ctx context.Context, r receipt.Receipt, outcome loyalty.Outcome) error {
	c := &im.run.Counts
	var reason rowReason
	switch {
	case outcome.Err == nil && outcome.Refusal == nil && outcome.Replayed:
		c.Replayed++
		return nil
	case outcome.Err == nil && outcome.Refusal == nil:
		c.Stamped++
		c.Stamps += int64(outcome.Entry.Quantity)
		c.Coupons += int64(len(outcome.Coupons))
		return nil
	case outcome.Refusal != nil:
		reason = refusedFor(outcome.Refusal)
	case errors.Is(outcome.Err, loyalty.ErrNotFound):
		reason = rowReason{code: string(loyalty.RefusedCardNotUsable), text: "The customer's card is not in use any more."}
	case errors.Is(outcome.Err, loyalty.ErrKeyReused):
		reason = rowReason{code: codeReceiptChanged, text: "The receipt was imported before with another customer, location, time or number of stamps. It was left as it is."}
	case errors.Is(outcome.Err, loyalty.ErrExternalRefUsed):
		reason = rowReason{code: codeReceiptUsed, text: "The location has a stamp with this receipt number already, from its till or another program."}
	default:
		return fmt.Errorf("receipt %s: %w", r.ID, outcome.Err)
	}
	c.Refused++
	return im.bad(ctx, reason.in(r.Row, im.file.Mapping.Columns.Receipt, r.ID))
}
