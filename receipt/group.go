package receipt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Receipt is one purchase, put together from its lines.
type Receipt struct {
	ID          string // the shop's own number
	Customer    string // empty only if OldNumber is not
	OldNumber   string // of a card from before, as it stands in the file
	Location    string
	At          int64 // of the earliest line, UTC milliseconds
	Lines       int
	Row         int   // of the first line
	AmountMinor int64 // total of the lines that may earn
}

// Receipts are the purchases of one file.
type Receipts struct {
	// All is ordered by At, then by ID, so that running a file again gives
	// the same commands in the same order.
	All []Receipt
	// Contacts says for each customer what the file tells about them: for
	// each detail the first one that is not empty. Customers without any are
	// missing, and so is who is known by an old number alone.
	Contacts map[string]Contact
	// Conflicts counts the lines that were refused because they contradict
	// an earlier line of the same receipt.
	Conflicts int
}

// Group puts lines into receipts, by receipt id, wherever in the file they
// stand. A receipt's later line that names another customer, old number or location is
// refused: nobody can say which is right, and the first must not depend on
// what comes after it. Bad is called for such lines and for every *RowError
// among the lines; an error of it ends the grouping. Columns are the mapping's,
// to name the column in such errors. A final error of the lines is returned and
// nothing else, because half a receipt is no receipt.
//
// All receipts are held in memory, see [MaxRows].
func Group(
	ctx context.Context, columns Columns, lines iter.Seq2[Line, error], bad func(*RowError) error,
) (*Receipts, error) {
	g := grouping{columns: columns, byID: map[string]int{}, names: map[string]string{}, contacts: map[string]Contact{}}
	conflicts, n := 0, 0
	for line, err := range lines {
		if n++; n%rowsPerContextCheck == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("grouping receipts: %w", context.Cause(ctx))
		}
		var row *RowError
		switch {
		case err == nil:
			if row = g.add(&line); row == nil {
				continue
			}
			conflicts++
		case !errors.As(err, &row):
			return nil, err
		}
		if err := bad(row); err != nil {
			return nil, fmt.Errorf("reporting row %d: %w", row.Row, err)
		}
	}
	slices.SortFunc(g.all, func(a, b Receipt) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return &Receipts{All: g.all, Contacts: g.contacts, Conflicts: conflicts}, nil
}

type grouping struct {
	columns  Columns
	all      []Receipt
	byID     map[string]int // index into all
	names    map[string]string
	contacts map[string]Contact
}

func (g *grouping) add(l *Line) *RowError {
	i, ok := g.byID[l.Receipt]
	if !ok {
		// Cloned, or the receipt would keep the whole row in memory.
		id := strings.Clone(l.Receipt)
		g.byID[id] = len(g.all)
		g.all = append(g.all, Receipt{
			ID: id, Customer: g.name(l.Customer), OldNumber: g.name(l.OldNumber), Location: g.name(l.Location),
			At: l.At, Lines: 1, Row: l.Row, AmountMinor: l.AmountMinor,
		})
		g.contact(l)
		return nil
	}
	r := &g.all[i]
	if r.Customer != l.Customer {
		return conflict(l, CodeOtherCustomer, g.columns.Customer, l.Customer, r.Customer, r.Row)
	}
	if r.OldNumber != l.OldNumber {
		return conflict(l, CodeOtherOldNumber, g.columns.OldNumber, l.OldNumber, r.OldNumber, r.Row)
	}
	if r.Location != l.Location {
		return conflict(l, CodeOtherLocation, g.columns.Location, l.Location, r.Location, r.Row)
	}
	r.At = min(r.At, l.At)
	r.Lines++
	r.AmountMinor += l.AmountMinor
	g.contact(l)
	return nil
}

func conflict(l *Line, code Code, column, value, before string, row int) *RowError {
	return because(code, l.Receipt, before, row).in(l.Row, column, value)
}

// name returns one copy of s for all its uses: customers and locations come
// again and again.
func (g *grouping) name(s string) string {
	if have, ok := g.names[s]; ok {
		return have
	}
	s = strings.Clone(s)
	g.names[s] = s
	return s
}

func (g *grouping) contact(l *Line) {
	if l.Contact == (Contact{}) || l.Customer == "" {
		return
	}
	have := g.contacts[l.Customer]
	for _, detail := range []struct {
		to   *string
		from string
	}{
		{&have.Phone, l.Contact.Phone},
		{&have.Email, l.Contact.Email},
		{&have.FirstName, l.Contact.FirstName},
		{&have.LastName, l.Contact.LastName},
	} {
		if *detail.to == "" {
			*detail.to = strings.Clone(detail.from)
		}
	}
	g.contacts[g.name(l.Customer)] = have
}
