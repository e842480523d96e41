package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/receipt"
)

// Limits of what a dry run reads of the database, in pages of paging.MaxLimit.
const (
	maxRehearsalPages      = 10_000
	maxRehearsalEntryPages = 1_000
)

// rehearsal is a dry run: what the receipts would do to the cards as they are now,
// worked out in memory by the same rules.
type rehearsal struct {
	*importing
	tried map[string]*rehearsedCard // by the file's customers
	// byID are the cards that are there: of the file's customers, and those that its numbers
	// of cards from before lead to.
	byID  map[string]*rehearsedCard
	known map[string]bool   // the file's customers that are there
	taken map[takenRef]bool // receipt numbers that stamps of known cards bear
	// entered are the receipts that were entered before, by idempotency key, whosever they
	// were: the hashes of what they said.
	entered map[string]string
	ids     int
}

type takenRef struct{ locationID, ref string }

type rehearsedCard struct {
	card      loyalty.Card
	oldNumber bool // it has one
	// days are the stamps by day, for a limit per card and day, and stampings the
	// instants of all of them, for a cool-down.
	days      map[loyalty.Day]int
	stampings []int64
}

// rehearse counts what entering the receipts would do and changes nothing.
func (im *importing) rehearse(ctx context.Context, receipts []receipt.Receipt) error {
	r := rehearsal{importing: im, tried: map[string]*rehearsedCard{}, byID: map[string]*rehearsedCard{}, known: map[string]bool{}, taken: map[takenRef]bool{}, entered: map[string]string{}}
	numbered := im.numbered(receipts)
	if err := im.readOldNumbers(ctx, numbered); err != nil {
		return err
	}
	if err := r.load(ctx, receipts); err != nil {
		return err
	}
	r.link(numbered)
	for n, one := range receipts {
		if n%loyalty.MaxBatch == 0 {
			if ctx.Err() != nil {
				return fmt.Errorf("try receipts: %w", context.Cause(ctx))
			}
			im.progress(PhaseEntering, int64(n), int64(len(receipts)))
		}
		if err := r.play(ctx, one); err != nil {
			return err
		}
	}
	im.progress(PhaseEntering, int64(len(receipts)), int64(len(receipts)))
	return nil
}

// play tries one receipt.
func (r *rehearsal) play(ctx context.Context, one receipt.Receipt) error {
	c, ok := r.command(one, r.Now())
	if !ok {
		r.run.Counts.TooSmall++
		return nil
	}
	var own *rehearsedCard
	if one.Customer != "" {
		own = r.cardOf(one.Customer)
	}
	if one.Location != "" {
		if _, known := r.locations[one.Location]; !known {
			r.locations[one.Location] = place{zone: r.zone}
			r.run.Counts.NewLocations++
		}
	}
	card, reason := r.cardFor(one, own)
	if reason.code != "" {
		return r.refuse(ctx, one, reason)
	}
	c.Zone = r.zoneOf(one.Location)
	if hash, entered := r.entered[c.IdempotencyKey]; entered {
		if hash != c.BodyHash {
			return r.count(ctx, one, loyalty.Outcome{Err: loyalty.ErrKeyReused})
		}
		return r.count(ctx, one, loyalty.Outcome{Replayed: true})
	}
	if r.taken[takenRef{r.locations[one.Location].id, one.ID}] {
		return r.count(ctx, one, loyalty.Outcome{Err: loyalty.ErrExternalRefUsed})
	}
	day := loyalty.DayOf(c.At, c.Zone)
	state := loyalty.State{Card: card.card, Tally: loyalty.Tally{CardDay: card.days[day]}}
	if r.program.Limits.CoolDown != 0 {
		for _, at := range card.stampings {
			state.Tally.NearStamp(at, c.At)
		}
	}
	result, refusal := loyalty.Apply(r.program, state, c, r)
	if refusal != nil {
		return r.count(ctx, one, loyalty.Outcome{Refusal: refusal})
	}
	card.card = result.Card
	card.days[day] += c.Quantity
	card.stampings = append(card.stampings, c.At)
	return r.count(ctx, one, loyalty.Outcome{Entry: result.Entries[0], Card: result.Card, Coupons: result.Issued})
}

// link is importing.link without writing anything.
func (r *rehearsal) link(numbered []receipt.Receipt) {
	for _, one := range r.wishes(numbered) {
		if c := r.cardOf(one.Customer); !c.oldNumber {
			c.oldNumber = true
			r.old[one.OldNumber] = customer.OldNumberUse{CardID: c.card.ID}
		}
	}
}

// cardFor is importing.cardFor; own is the card of the receipt's customer, nil if it names
// none.
func (r *rehearsal) cardFor(one receipt.Receipt, own *rehearsedCard) (*rehearsedCard, rowReason) {
	ownID := ""
	if own != nil {
		ownID = own.card.ID
	}
	id, reason := pick(one, ownID, r.old)
	if own != nil || reason.code != "" {
		return own, reason
	}
	return r.byID[id], reason
}

// cardOf returns the card of a customer, a new one if there is none.
func (r *rehearsal) cardOf(ref string) *rehearsedCard {
	c, known := r.tried[ref]
	if !known {
		c = &rehearsedCard{days: map[loyalty.Day]int{}, card: loyalty.Card{
			OrgID: r.run.OrgID, ID: "new " + ref, ProgramID: r.run.ProgramID, Status: loyalty.CardActive, Goal: r.program.Goal,
		}}
		r.tried[ref], r.byID[c.card.ID] = c, c
		if !r.known[ref] {
			r.run.Counts.NewCustomers++
		}
	}
	return c
}

// EntryID makes the rehearsal a loyalty.IDs; nothing keeps its ids.
func (r *rehearsal) EntryID() string { r.ids++; return "ent_" + strconv.Itoa(r.ids) }

// CouponID is the same for coupons.
func (r *rehearsal) CouponID() string { r.ids++; return "coup_" + strconv.Itoa(r.ids) }

// load reads the customers, cards and locations that the receipts are about.
func (r *rehearsal) load(ctx context.Context, receipts []receipt.Receipt) error {
	wanted := map[string]bool{}
	for _, one := range receipts {
		wanted[one.Customer] = true
	}
	err := eachPage(maxRehearsalPages, func(p paging.Page) (string, error) {
		list, err := r.Store.Customers(ctx, r.run.OrgID, "", p)
		if err != nil {
			return "", fmt.Errorf("read customers: %w", err)
		}
		for _, c := range list.Items {
			if wanted[c.ExternalRef] {
				r.known[c.ExternalRef] = true
			}
		}
		return list.NextCursor, nil
	})
	if err != nil {
		return err
	}
	if err := r.loadCards(ctx); err != nil {
		return err
	}
	if err := r.loadEntered(ctx, receipts); err != nil {
		return err
	}
	return eachPage(maxRehearsalPages, func(p paging.Page) (string, error) {
		list, err := r.Store.Locations(ctx, r.run.OrgID, p)
		if err != nil {
			return "", fmt.Errorf("read locations: %w", err)
		}
		for _, l := range list.Items {
			if l.ExternalRef != "" {
				r.locations[l.ExternalRef] = place{id: l.ID, zone: organization.LoadZone(l.Zone, r.zone.String())}
			}
		}
		return list.NextCursor, nil
	})
}

// loadCards reads the cards of the known customers, and those that old numbers lead to.
func (r *rehearsal) loadCards(ctx context.Context) error {
	ledTo := map[string]bool{}
	for _, use := range r.old {
		ledTo[use.CardID] = true
	}
	return eachPage(maxRehearsalPages, func(p paging.Page) (string, error) {
		list, err := r.Store.Cards(ctx, r.run.OrgID, r.run.ProgramID, p)
		if err != nil {
			return "", fmt.Errorf("read cards: %w", err)
		}
		for _, v := range list.Items {
			ref := v.Customer.ExternalRef
			if !v.Card.Status.Usable() || !r.known[ref] && !ledTo[v.Card.ID] {
				continue
			}
			card := &rehearsedCard{card: v.Card, oldNumber: v.OldNumber != "", days: map[loyalty.Day]int{}}
			if err := r.loadEntries(ctx, card); err != nil {
				return "", err
			}
			r.byID[v.Card.ID] = card
			if r.known[ref] {
				r.tried[ref] = card
			}
		}
		return list.NextCursor, nil
	})
}

// loadEntered finds out which of the receipts were entered before.
func (r *rehearsal) loadEntered(ctx context.Context, receipts []receipt.Receipt) error {
	for some := range slices.Chunk(receipts, MaxImportRefs) {
		keys := make([]string, 0, len(some))
		for _, one := range some {
			keys = append(keys, importKey(r.run.ProgramID, one.ID))
		}
		used, err := r.Store.UsedKeys(ctx, r.run.OrgID, keys)
		if err != nil {
			return fmt.Errorf("find receipts of before: %w", err)
		}
		maps.Copy(r.entered, used)
	}
	return nil
}

func (r *rehearsal) loadEntries(ctx context.Context, c *rehearsedCard) error {
	return eachPage(maxRehearsalEntryPages, func(p paging.Page) (string, error) {
		list, err := r.Store.Entries(ctx, r.run.OrgID, c.card.ID, p)
		if err != nil {
			return "", fmt.Errorf("read entries of %s: %w", c.card.ID, err)
		}
		for _, e := range list.Items {
			if e.Kind == loyalty.EntryStamp {
				c.days[e.Day] += e.Quantity
				c.stampings = append(c.stampings, e.At)
				if e.ExternalRef != "" {
					r.taken[takenRef{e.LocationID, e.ExternalRef}] = true
				}
			}
		}
		return list.NextCursor, nil
	})
}

// eachPage asks for one page after the other until the last.
func eachPage(limit int, next func(paging.Page) (cursor string, err error)) error {
	page := paging.Page{Limit: paging.MaxLimit}
	for range limit {
		cursor, err := next(page)
		if err != nil {
			return err
		}
		if cursor == "" {
			return nil
		}
		page.Cursor = cursor
	}
	return fmt.Errorf("the list has more than %d pages of %d", limit, paging.MaxLimit)
}
