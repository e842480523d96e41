package store

import (
	"context"
	"fmt"

	"github.com/leima/leima/loyalty"
)

// Apply is loyalty.Ledger's: one command in a transaction of its own.
func (s *Store) Apply(ctx context.Context, c loyalty.Command) (loyalty.Outcome, error) {
	outcomes, err := s.ApplyBatch(ctx, c.OrgID, []loyalty.Command{c})
	if err != nil {
		return loyalty.Outcome{}, err
	}
	return outcomes[0], outcomes[0].Err
}

// ApplyBatch is loyalty.BatchLedger's: it carries out up to loyalty.MaxBatch commands
// of one organization in one transaction, in their order, each seeing what those
// before it did. It returns after the commit.
//
// The cards are locked in the order of their ids, then the counters of staff, and
// both before anything is decided; two batches over the same cards therefore wait
// for each other and never in a circle. If another replica uses one of the
// idempotency keys or external references in the meantime, the batch is run again
// and finds it. If the database refuses the values of a batch (a location that is not
// there, say), its commands are run one by one, so that only the one at fault fails.
//
// Cost of a batch of plain stamps, whatever its size: between begin and commit, three
// statements that read (cards, keys, programs) and four that write (entries, keys,
// events, cards). With these and the one that names the organization a batch takes ten
// round trips to PostgreSQL. One more each for external references, for limits per
// card and day and for coupons issued; two for a limit per staff and day; up to six for
// commands that go back to a coupon or an entry.
func (s *Store) ApplyBatch(ctx context.Context, orgID string, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	if len(commands) > loyalty.MaxBatch {
		return nil, fmt.Errorf("apply %d commands: at most %d in a batch", len(commands), loyalty.MaxBatch)
	}
	outcomes, err := s.applyOnce(ctx, orgID, commands)
	if err == nil || !isRejected(err) {
		return outcomes, err
	}
	if len(commands) == 1 {
		if isForeignKey(err) {
			err = loyalty.ErrNotFound
		}
		return []loyalty.Outcome{{Err: err}}, nil
	}
	outcomes = make([]loyalty.Outcome, 0, len(commands))
	for i := range commands {
		o, err := s.ApplyBatch(ctx, orgID, commands[i:i+1])
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, o...)
	}
	return outcomes, nil
}

func (s *Store) applyOnce(ctx context.Context, orgID string, commands []loyalty.Command) ([]loyalty.Outcome, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	var b *batch
	err := s.writeRaced(ctx, orgID, func(tx *transaction) error {
		b = newBatch(tx, orgID, commands)
		if err := b.load(ctx); err != nil {
			return err
		}
		if err := b.decide(); err != nil {
			return err
		}
		if err := b.saveStaffDays(ctx); err != nil {
			return err
		}
		return b.flush(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("apply %d commands: %w", len(commands), err)
	}
	if changed := b.changedCards(); len(changed) > 0 {
		s.committed(orgID, changed)
	}
	return b.outcomes, nil
}

// batch is one ApplyBatch under way: what was read, as the commands so far have
// changed it, and what is to be written.
type batch struct {
	ledgerWriter
	commands []loyalty.Command
	outcomes []loyalty.Outcome

	// cardOf is, for each command, the card that it is about, "" if that is not there.
	cardOf   []string
	cards    map[string]loyalty.Card
	programs map[string]loyalty.Program
	// coupons are those that commands may need, open those still issued by card.
	coupons   map[string]loyalty.Coupon
	open      map[string][]string
	originals map[string]loyalty.Entry
	reversed  map[string]bool
	used      map[string]usedKey
	refs      map[externalRef]bool
	cardDays  map[cardDay]int
	// stampings are those of cards that loadStampings asked about, and of this batch.
	stampings     map[string][]stamping
	asksStampings bool
	staffDays     map[staffDay]int
}

// usedKey is an idempotency key that was used before this batch (with a snapshot and an
// entry) or earlier in it (with the index of its command).
type usedKey struct {
	key, bodyHash, entryID, snapshot string
	index                            int
}

type externalRef struct {
	locationID, ref string
	kind            loyalty.EntryKind
}

type cardDay struct {
	cardID string
	day    loyalty.Day
}

type staffDay struct {
	programID, staffID string
	day                loyalty.Day
}

func newBatch(tx *transaction, orgID string, commands []loyalty.Command) *batch {
	return &batch{
		ledgerWriter: ledgerWriter{tx: tx, orgID: orgID},
		commands:     commands,
		outcomes:     make([]loyalty.Outcome, len(commands)),
		cardOf:       make([]string, len(commands)),
		cards:        make(map[string]loyalty.Card, len(commands)),
		programs:     map[string]loyalty.Program{},
		coupons:      map[string]loyalty.Coupon{}, open: map[string][]string{},
		originals: map[string]loyalty.Entry{}, reversed: map[string]bool{},
		used: map[string]usedKey{}, refs: map[externalRef]bool{},
		cardDays: map[cardDay]int{}, stampings: map[string][]stamping{}, staffDays: map[staffDay]int{},
	}
}

// decide runs the commands in their order.
func (b *batch) decide() error {
	for i, c := range b.commands {
		if u, ok := b.used[c.IdempotencyKey]; ok && c.IdempotencyKey != "" && c.OrgID == b.orgID {
			o, err := b.replay(c, u)
			if err != nil {
				return err
			}
			b.outcomes[i] = o
			continue
		}
		if err := b.decideNew(i); err != nil {
			return err
		}
	}
	return nil
}

// replay returns the outcome of the command that used the key.
func (b *batch) replay(c loyalty.Command, u usedKey) (loyalty.Outcome, error) {
	if u.bodyHash != c.BodyHash {
		return loyalty.Outcome{Err: loyalty.ErrKeyReused}, nil
	}
	o := loyalty.Outcome{}
	if u.snapshot == "" {
		o = b.outcomes[u.index]
	} else {
		var err error
		if o, err = readSnapshot(u.snapshot, b.originals[u.entryID]); err != nil {
			return o, err
		}
	}
	o.Replayed = true
	return o, nil
}

func (b *batch) decideNew(i int) error {
	c := b.commands[i]
	card, found := b.cards[b.cardOf[i]]
	if !found || !card.Status.Usable() && hidesUnusable(c.Kind) {
		b.outcomes[i].Err = loyalty.ErrNotFound
		return nil
	}
	ref := externalRef{c.LocationID, c.ExternalRef, entryKindOf(c.Kind)}
	if c.ExternalRef != "" && b.refs[ref] {
		b.outcomes[i].Err = loyalty.ErrExternalRefUsed
		return nil
	}
	result, refusal := loyalty.Apply(b.programs[card.ProgramID], b.state(c, card), c, newIDs{})
	if refusal != nil {
		b.outcomes[i].Refusal = refusal
		return nil //nolint:nilerr // a refusal is an answer, not a fault
	}
	b.take(c, result)
	o := outcomeOf(result)
	b.outcomes[i] = o
	if c.ExternalRef != "" {
		b.refs[ref] = true
	}
	if c.IdempotencyKey == "" {
		return nil
	}
	b.used[c.IdempotencyKey] = usedKey{bodyHash: c.BodyHash, index: i}
	text, err := writeSnapshot(o)
	if err != nil {
		return err
	}
	b.addKey(c, o.Entry.ID, text)
	return nil
}

// hidesUnusable reports whether a card that is not usable is, to the command, not
// there at all. Commands about what a card held before tell the truth instead.
func hidesUnusable(k loyalty.CommandKind) bool {
	return k == loyalty.CommandStamp || k == loyalty.CommandRedeem || k == loyalty.CommandAdjust
}

// entryKindOf returns the kind of the head entry that a command writes.
func entryKindOf(k loyalty.CommandKind) loyalty.EntryKind {
	switch k {
	case loyalty.CommandReverse:
		return loyalty.EntryReversal
	case loyalty.CommandMergeIn, loyalty.CommandMergeOut:
		return loyalty.EntryMerge
	case loyalty.CommandStamp, loyalty.CommandRedeem, loyalty.CommandAdjust, loyalty.CommandExpire, loyalty.CommandWelcome:
	}
	return loyalty.EntryKind(k) // the others share their names
}

func outcomeOf(r loyalty.Result) loyalty.Outcome {
	o := loyalty.Outcome{Entry: r.Entries[0], Card: r.Card}
	o.Coupons = append(append(o.Coupons, r.Changed...), r.Issued...)
	return o
}

// state gathers what loyalty.Apply has to know.
func (b *batch) state(c loyalty.Command, card loyalty.Card) loyalty.State {
	st := loyalty.State{Card: card, Coupon: b.coupons[c.CouponID]}
	if c.EntryID != "" {
		st.Original = b.originals[c.EntryID]
		st.Reversed = b.reversed[c.EntryID]
		st.OriginalCoupon = b.coupons[st.Original.CouponID]
	}
	for _, id := range b.open[card.ID] {
		if k := b.coupons[id]; k.Status == loyalty.CouponIssued {
			st.Coupons = append(st.Coupons, k)
		}
	}
	day := loyalty.DayOf(c.At, c.Zone)
	st.Tally.CardDay = b.cardDays[cardDay{card.ID, day}]
	b.tallyStampings(&st.Tally, c, card.ID)
	if c.Actor.Kind == loyalty.ActorStaff {
		st.Tally.StaffDay = b.staffDays[staffDay{card.ProgramID, c.Actor.ID, day}]
	}
	return st
}

// take makes the result what the next commands see, and marks it to be written.
func (b *batch) take(c loyalty.Command, r loyalty.Result) {
	b.add(c.Now, r)
	b.cards[r.Card.ID] = r.Card
	for _, k := range r.Changed {
		b.coupons[k.ID] = k
	}
	for _, k := range r.Issued {
		b.coupons[k.ID] = k
		b.open[k.CardID] = append(b.open[k.CardID], k.ID)
	}
	for _, e := range r.Entries {
		if e.Reverses != "" {
			b.reversed[e.Reverses] = true
		}
	}
	b.countStamping(r.Entries[0])
	switch head := r.Entries[0]; head.Kind {
	case loyalty.EntryStamp:
		b.count(head, head.Quantity)
	case loyalty.EntryReversal:
		if original := b.originals[head.Reverses]; original.Kind == loyalty.EntryStamp {
			b.count(original, -original.Quantity)
		}
	default:
	}
}

// count adds stamps to the tallies that were loaded; others nobody asks for.
func (b *batch) count(e loyalty.Entry, stamps int) {
	if n, ok := b.cardDays[cardDay{e.CardID, e.Day}]; ok {
		b.cardDays[cardDay{e.CardID, e.Day}] = max(n+stamps, 0)
	}
	staff := staffDay{e.ProgramID, e.Actor.ID, e.Day}
	if n, ok := b.staffDays[staff]; ok && e.Actor.Kind == loyalty.ActorStaff {
		b.staffDays[staff] = max(n+stamps, 0)
	}
}
