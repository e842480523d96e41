package jobs

import (
	"context"
	"fmt"
	"slices"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/receipt"
)

// Why a receipt cannot be entered whose line has the number of a card from before.
var (
	oldNumberForm    = rowReason{code: "old_number_form", text: "The number of the old card must have 6 to 32 letters and digits, one of them a digit."}
	oldNumberTaken   = rowReason{code: "old_number_taken", text: "The old card leads to another customer's card, or its number is a customer's number."}
	oldNumberUnknown = rowReason{code: "old_number_unknown", text: "The old card leads to no card of the program, and the line names no customer."}
)

// plainOldNumber returns the number of a card from before in its plain form, "" for what is
// none, or what a till would take for the code of a card.
func plainOldNumber(s string) string {
	number, ok := customer.ParseOldNumber(s)
	if _, err := loyalty.ParseCode(number); !ok || err == nil {
		return ""
	}
	return number
}

// numbered are the receipts that may earn and have a good old number, each number once for
// each customer who stands beside it, in the order of the receipts.
func (im *importing) numbered(receipts []receipt.Receipt) []receipt.Receipt {
	type pair struct{ customer, number string }
	seen := map[pair]bool{}
	var all []receipt.Receipt
	for _, r := range receipts {
		if r.OldNumber == "" || im.file.Mapping.Earn.StampsFor(r) == 0 {
			continue
		}
		r.OldNumber = plainOldNumber(r.OldNumber)
		if p := (pair{r.Customer, r.OldNumber}); p.number != "" && !seen[p] {
			seen[p] = true
			all = append(all, r)
		}
	}
	return all
}

// readOldNumbers finds out what the numbers of the receipts are in the program already.
func (im *importing) readOldNumbers(ctx context.Context, numbered []receipt.Receipt) error {
	numbers := make([]string, 0, len(numbered))
	for _, r := range numbered {
		numbers = append(numbers, r.OldNumber)
	}
	for some := range slices.Chunk(distinct(numbers), MaxImportRefs) {
		uses, err := im.Store.OldNumbers(ctx, im.run.OrgID, im.run.ProgramID, some)
		if err != nil {
			return fmt.Errorf("read old numbers: %w", err)
		}
		for number, use := range uses {
			im.old[number] = use
		}
	}
	return nil
}

// wishes are those of the receipts that bring a customer a number which is free: the first
// customer gets it, and the first number.
func (im *importing) wishes(numbered []receipt.Receipt) []receipt.Receipt {
	given, has := map[string]bool{}, map[string]bool{}
	var all []receipt.Receipt
	for _, r := range numbered {
		if _, used := im.old[r.OldNumber]; used || r.Customer == "" || given[r.OldNumber] || has[r.Customer] {
			continue
		}
		given[r.OldNumber], has[r.Customer] = true, true
		all = append(all, r)
	}
	return all
}

// link gives the old numbers that are free to the cards of the customers beside them. That
// comes before the first stamp: a number means the same wherever in the file it stands.
func (im *importing) link(ctx context.Context, receipts []receipt.Receipt) error {
	numbered := im.numbered(receipts)
	if err := im.readOldNumbers(ctx, numbered); err != nil {
		return err
	}
	for some := range slices.Chunk(im.wishes(numbered), MaxImportRefs) {
		if ctx.Err() != nil {
			return fmt.Errorf("give old numbers: %w", context.Cause(ctx))
		}
		refs, cards := make([]string, 0, len(some)), make(map[string]string, len(some))
		for _, r := range some {
			refs = append(refs, r.Customer)
		}
		if err := im.resolveCustomers(ctx, refs, im.Now()); err != nil {
			return err
		}
		for _, r := range some {
			cards[r.OldNumber] = im.cards[r.Customer]
		}
		if err := im.Store.GiveOldNumbers(ctx, im.run.OrgID, im.run.ProgramID, cards); err != nil {
			return fmt.Errorf("link old cards: %w", err)
		}
		if err := im.readOldNumbers(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// cardFor returns the card of a receipt whose customer was resolved, or why it has none.
func (im *importing) cardFor(r receipt.Receipt) (cardID string, reason rowReason) {
	return pick(r, im.cards[r.Customer], im.old)
}

// pick decides whose a receipt is: own is the card of its customer, "" if none is named.
func pick(r receipt.Receipt, own string, old map[string]customer.OldNumberUse) (cardID string, reason rowReason) {
	if r.OldNumber == "" {
		return own, rowReason{}
	}
	number := plainOldNumber(r.OldNumber)
	use, used := old[number]
	switch {
	case number == "":
		return "", oldNumberForm
	case r.Customer == "" && use.CardID == "":
		return "", oldNumberUnknown
	case r.Customer == "":
		return use.CardID, rowReason{}
	case used && use.CardID != own:
		return "", oldNumberTaken
	}
	return own, rowReason{}
}

// refuse lists a receipt whose old number keeps it from being entered.
func (im *importing) refuse(ctx context.Context, r receipt.Receipt, reason rowReason) error {
	im.run.Counts.Refused++
	return im.bad(ctx, reason.in(r.Row, im.file.Mapping.Columns.OldNumber, r.OldNumber))
}
