package store

import (
	"context"

	"github.com/leima/leima/loyalty"
)

// batch is one ApplyBatch under way: what was read, as the commands so far have
// changed it, and what is to be written.
type batch struct {
	ledgerWriter
	st       batchStatements
	commands []loyalty.Command
	outcomes []loyalty.Outcome
	// careful tells that cards are locked and keys looked for before anything is decided.
	careful bool

	// cardOf is, for each command, the card that it is about, nil if that is not there.
	cardOf []*heldCard
	cards  map[rowKey]*heldCard
	// nowhere are locations that commands name and that are not there.
	nowhere map[rowKey]bool
	// coupons are those that commands may need, open those still issued by card.
	coupons   map[rowKey]loyalty.Coupon
	open      map[rowKey][]rowKey
	originals map[rowKey]loyalty.Entry
	reversed  map[rowKey]bool
	// used are the keys that were used before, usedHere those that commands of this batch
	// have used, with the index of the command.
	used     map[rowKey]usedKey
	usedHere map[rowKey]int
	refs     map[externalRef]bool
	cardDays map[cardDay]int
	// stampings are those of cards that loadStampings asked about, and of this batch.
	stampings     map[rowKey][]stamping
	asksStampings bool
	staffDays     map[staffDay]int
	// usedSteps are the steps of the rotating codes used last, as the commands so far
	// have left them, and usesCodes the cards whose one they changed; nil if no command
	// shows a code.
	usedSteps map[rowKey]int64
	usesCodes map[rowKey]bool
}

// heldCard is a locked card, as the commands so far have changed it.
type heldCard struct {
	card loyalty.Card
	// version is the program's, as it was read together with the card.
	version int64
	program *loyalty.Program
}

func (h *heldCard) key() rowKey { return rowKey{h.card.OrgID, h.card.ID} }

// usedKey is what stands with an idempotency key that was used before: the head entry and
// a snapshot of the outcome.
type usedKey struct {
	bodyHash, snapshot string
	entry              loyalty.Entry
}

type externalRef struct {
	orgID, locationID, ref string
	kind                   loyalty.EntryKind
}

type cardDay struct {
	card rowKey
	day  loyalty.Day
}

type staffDay struct {
	program rowKey
	staffID string
	day     loyalty.Day
}

func newBatch(st batchStatements, n *news, commands []loyalty.Command) *batch {
	n.expect(len(commands))
	return &batch{
		// A plain stamp changes one card and writes one entry.
		ledgerWriter: ledgerWriter{news: n, changed: make([]bool, 0, len(commands)), entries: make([]keptEntry, 0, len(commands))},
		st:           st,
		commands:     commands,
		outcomes:     make([]loyalty.Outcome, len(commands)),
		cardOf:       make([]*heldCard, len(commands)),
		coupons:      map[rowKey]loyalty.Coupon{}, open: map[rowKey][]rowKey{},
		originals: map[rowKey]loyalty.Entry{}, reversed: map[rowKey]bool{},
		used: map[rowKey]usedKey{}, usedHere: make(map[rowKey]int, len(commands)), refs: map[externalRef]bool{},
		cardDays: map[cardDay]int{}, stampings: map[rowKey][]stamping{}, staffDays: map[staffDay]int{},
	}
}

// run carries the commands out and commits.
func (b *batch) run(ctx context.Context, s *Store) error {
	if err := b.load(ctx, s); err != nil {
		return err
	}
	if err := b.decide(); err != nil {
		return err
	}
	if err := b.replayRefused(ctx); err != nil {
		return err
	}
	if err := b.countEntries(ctx, b.st.rare, b.originals); err != nil {
		return err
	}
	if err := b.saveStaffDays(ctx); err != nil {
		return err
	}
	if err := b.saveUsedCodes(ctx); err != nil {
		return err
	}
	if err := b.noteAdjustments(ctx, s); err != nil {
		return err
	}
	return b.st.commit(ctx, &b.ledgerWriter, s.now())
}

// decide runs the commands in their order.
func (b *batch) decide() error {
	for i := range b.commands {
		again, err := b.replay(i)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		if err := b.decideNew(i); err != nil {
			return err
		}
	}
	return nil
}

// replay gives the command the outcome of the one that used its key, if one did.
func (b *batch) replay(i int) (again bool, err error) {
	c, o := &b.commands[i], &b.outcomes[i]
	if c.IdempotencyKey == "" {
		return false, nil
	}
	key := rowKey{c.OrgID, c.IdempotencyKey}
	if first, here := b.usedHere[key]; here {
		*o = b.outcomes[first]
		o.Replayed = true
		if c.BodyHash != b.commands[first].BodyHash {
			*o = loyalty.Outcome{Err: loyalty.ErrKeyReused}
		}
		return true, nil
	}
	u, before := b.used[key]
	if before {
		*o, err = u.outcome(c)
	}
	return before, err
}

// outcome returns that of the command that used the key, for one that is sent with it again.
func (u usedKey) outcome(c *loyalty.Command) (loyalty.Outcome, error) {
	if u.bodyHash != c.BodyHash {
		return loyalty.Outcome{Err: loyalty.ErrKeyReused}, nil
	}
	o, err := readSnapshot(u.snapshot, u.entry)
	o.Replayed = true
	return o, err
}

// replayRefused looks for the keys of commands that were refused, if nobody has yet: what
// is refused now may have been carried out before, and then that is the answer.
func (b *batch) replayRefused(ctx context.Context) error {
	if b.careful {
		return nil
	}
	var keys []rowKey
	for i, o := range b.outcomes {
		if c := &b.commands[i]; c.IdempotencyKey != "" && (o.Err != nil || o.Refusal != nil) {
			keys = append(keys, rowKey{c.OrgID, c.IdempotencyKey})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	_, used, err := b.st.read(ctx, nil, sortedKeys(keys), false)
	if err != nil {
		return err
	}
	before := make(map[rowKey]usedKey, len(used))
	for _, u := range used {
		before[rowKey{u.entry.OrgID, u.entry.IdempotencyKey}] = u
	}
	for i := range b.outcomes {
		c, o := &b.commands[i], &b.outcomes[i]
		u, is := before[rowKey{c.OrgID, c.IdempotencyKey}]
		if !is || o.Err == nil && o.Refusal == nil {
			continue
		}
		if *o, err = u.outcome(c); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) decideNew(i int) error {
	c, h := &b.commands[i], b.cardOf[i]
	if h == nil || !h.card.Status.Usable() && hidesUnusable(c.Kind) || b.nowhere[rowKey{c.OrgID, c.LocationID}] {
		b.outcomes[i].Err = loyalty.ErrNotFound
		return nil
	}
	ref := externalRef{c.OrgID, c.LocationID, c.ExternalRef, entryKindOf(c.Kind)}
	if c.ExternalRef != "" && b.refs[ref] {
		b.outcomes[i].Err = loyalty.ErrExternalRefUsed
		return nil
	}
	result, refusal := loyalty.Apply(*h.program, b.state(c, &h.card), *c, newIDs{})
	if refusal != nil {
		b.outcomes[i].Refusal = refusal
		return nil //nolint:nilerr // a refusal is an answer, not a fault
	}
	o := outcomeOf(result)
	b.outcomes[i] = o
	if c.ExternalRef != "" {
		b.refs[ref] = true
	}
	var text string
	if c.IdempotencyKey != "" {
		b.usedHere[rowKey{c.OrgID, c.IdempotencyKey}] = i
		var err error
		if text, err = writeSnapshot(o); err != nil {
			return err
		}
	}
	if result.Card.Status != h.card.Status {
		b.merged = append(b.merged, result.Card)
	}
	h.card = result.Card
	b.take(c, &result, text)
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
	case loyalty.CommandUndoMergeIn:
		return loyalty.EntryReversal
	case loyalty.CommandUndoMergeOut:
		return loyalty.EntryUnmerge
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
func (b *batch) state(c *loyalty.Command, card *loyalty.Card) loyalty.State {
	st, key := loyalty.State{Card: *card}, rowKey{card.OrgID, card.ID}
	st.UsedStep = b.usedSteps[key]
	if c.CouponID != "" {
		st.Coupon = b.coupons[rowKey{c.OrgID, c.CouponID}]
	}
	if c.EntryID != "" {
		original := rowKey{c.OrgID, c.EntryID}
		st.Original = b.originals[original]
		st.Reversed = b.reversed[original]
		st.OriginalCoupon = b.coupons[rowKey{c.OrgID, st.Original.CouponID}]
	}
	for _, id := range b.open[key] {
		if k := b.coupons[id]; k.Status == loyalty.CouponIssued {
			st.Coupons = append(st.Coupons, k)
		}
	}
	b.tallyStampings(&st.Tally, c, key)
	if len(b.cardDays)+len(b.staffDays) == 0 {
		return st
	}
	day := loyalty.DayOf(c.At, c.Zone)
	st.Tally.CardDay = b.cardDays[cardDay{key, day}]
	if c.Actor.Kind == loyalty.ActorStaff {
		st.Tally.StaffDay = b.staffDays[staffDay{rowKey{card.OrgID, card.ProgramID}, c.Actor.ID, day}]
	}
	return st
}

// take makes the result what the next commands see, and marks it to be written with the
// snapshot of its outcome.
func (b *batch) take(c *loyalty.Command, r *loyalty.Result, snapshot string) {
	b.add(c, r, snapshot)
	card := rowKey{r.Card.OrgID, r.Card.ID}
	for _, k := range r.Changed {
		b.coupons[rowKey{k.OrgID, k.ID}] = k
	}
	for _, k := range r.Issued {
		id := rowKey{k.OrgID, k.ID}
		b.coupons[id] = k
		b.open[card] = append(b.open[card], id)
	}
	for _, e := range r.Entries {
		if e.Reverses != "" {
			b.reversed[rowKey{e.OrgID, e.Reverses}] = true
		}
	}
	if r.UsedStep != 0 {
		b.usedSteps[card], b.usesCodes[card] = r.UsedStep, true
	}
	head := &r.Entries[0]
	b.countStamping(head)
	switch head.Kind {
	case loyalty.EntryStamp:
		b.count(head, head.Quantity)
	case loyalty.EntryReversal:
		if original := b.originals[rowKey{head.OrgID, head.Reverses}]; original.Kind == loyalty.EntryStamp {
			b.count(&original, -original.Quantity)
		}
	default:
	}
}

// count adds stamps to the tallies that were loaded; others nobody asks for.
func (b *batch) count(e *loyalty.Entry, stamps int) {
	if len(b.cardDays)+len(b.staffDays) == 0 {
		return
	}
	card := cardDay{rowKey{e.OrgID, e.CardID}, e.Day}
	if n, ok := b.cardDays[card]; ok {
		b.cardDays[card] = max(n+stamps, 0)
	}
	staff := staffDay{rowKey{e.OrgID, e.ProgramID}, e.Actor.ID, e.Day}
	if n, ok := b.staffDays[staff]; ok && e.Actor.Kind == loyalty.ActorStaff {
		b.staffDays[staff] = max(n+stamps, 0)
	}
}
