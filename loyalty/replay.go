package loyalty

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// ReplayError tells where a ledger is not what the rules make of its commands.
type ReplayError struct {
	// EntryID is the first entry that differs.
	EntryID string
	// Reason says how, in plain English.
	Reason string
}

func (e *ReplayError) Error() string { return "entry " + e.EntryID + ": " + e.Reason }

// Replay does everything that the ledger of one card tells once more, from an empty
// card on, and returns the card and its coupons, in the order of their issue, as they
// must be now. Whoever keeps a card compares it with what it keeps: a ledger whose last
// command is missing is sound in itself and leads to another card.
//
// The entries are all those of the card, by card version and, within a command, in the
// order in which they were written. From the first entry of each command the command
// is made again and given to Apply under the program of the entry's RuleVersion, which
// programs returns; Apply must come to the same entries, field by field. It returns a
// *ReplayError for the first entry where it does not.
//
// What a ledger does not tell is taken from the card as it is kept: who it is and
// whose, when it was joined, whether it was provisional or revoked (only the commands
// after a merge and the merge itself are judged by status), whether its customer is
// blocked, the goal it was opened with
// as long as nothing was earned, a welcome that was given on an earlier card of the
// customer, and versions that rose because the owner's name changed, say. Neither entry
// nor coupon says which time zone it was issued in, and a location's zone may change,
// so coupons gives each coupon's ExpiresAt; Replay checks that it is one that some zone
// leads to. Limits per member of staff concern more than one card and are not checked.
//
// The rules once forgot what MilestoneBeyond tells. What was written then is right as the
// rules were: Replay takes a card or coupon that is kept without it, and a ledger that
// gives a milestone again for it.
//
// Cost: that of Apply for each command, and memory for all entries.
func Replay(programs func(version int64) (Program, bool), card Card, coupons []Coupon, entries []Entry) (Card, []Coupon, error) {
	r := newReplay(programs, card, coupons, entries)
	err := r.all(entries)
	if err != nil && r.shrank {
		forgetful := newReplay(programs, card, coupons, entries)
		forgetful.forgets = true
		if forgetful.all(entries) == nil {
			r, err = forgetful, nil
		}
	}
	if err != nil {
		return Card{}, nil, err
	}
	return r.finish(card), r.couponsInOrder(), nil
}

func (r *replay) all(entries []Entry) error {
	for len(entries) > 0 {
		length := commandLength(entries)
		if err := r.command(entries[:length]); err != nil {
			return err
		}
		entries = entries[length:]
	}
	return nil
}

// commandLength returns how many of the entries the first one is the head of.
func commandLength(entries []Entry) int {
	n := 1
	for n < len(entries) && entries[n].HeadID == entries[0].ID {
		n++
	}
	return n
}

// replay is a card under way from nothing to now.
type replay struct {
	*memory
	programs func(version int64) (Program, bool)
	// mergedOut are the entries that emptied the card: at most the last merge of a card
	// that is no more, and those that were taken back.
	mergedOut map[string]bool
	// kept are the coupons as they are kept, by their ids.
	kept map[string]Coupon
	// shrank tells that the card had a milestone that did not fit on it any more, forgets
	// that it is to be forgotten.
	shrank, forgets bool
	// before holds the card as each merge found it.
	before map[string]Card
}

func newReplay(programs func(version int64) (Program, bool), card Card, coupons []Coupon, entries []Entry) *replay {
	r := &replay{
		programs: programs,
		kept:     make(map[string]Coupon, len(coupons)),
		memory: newMemory(Card{
			OrgID: card.OrgID, ID: card.ID, ProgramID: card.ProgramID, CustomerID: card.CustomerID,
			Status: CardActive, Goal: card.Goal, JoinedAt: card.JoinedAt,
		}, len(entries), len(coupons)),
		mergedOut: map[string]bool{}, before: map[string]Card{},
	}
	for _, k := range coupons {
		r.kept[k.ID] = k
	}
	welcomed, lastMerge := false, ""
	for _, e := range entries {
		welcomed = welcomed || e.Kind == EntryWelcome
		switch e.Kind {
		case EntryMerge:
			lastMerge = e.ID
		case EntryUnmerge:
			r.mergedOut[e.Reverses] = true
		default:
		}
	}
	if card.Status == CardMerged {
		r.mergedOut[lastMerge] = true
	}
	if !welcomed {
		r.card.WelcomedAt = card.WelcomedAt
	}
	return r
}

// command does one command again. Its entries begin with the head.
func (r *replay) command(written []Entry) error {
	head := written[0]
	wrong := func(format string, a ...any) error {
		return &ReplayError{EntryID: head.ID, Reason: fmt.Sprintf(format, a...)}
	}
	for _, e := range written {
		if _, twice := r.entries[e.ID]; twice {
			return &ReplayError{EntryID: e.ID, Reason: "stands in the ledger twice"}
		}
		r.entries[e.ID] = e
	}
	switch {
	case head.HeadID != head.ID:
		return wrong("belongs to the command of entry %s, which is not before it", head.HeadID)
	case head.CardVersion <= r.card.Version:
		return wrong("is of card version %d, but comes after version %d", head.CardVersion, r.card.Version)
	}
	program, found := r.programs(head.RuleVersion)
	if !found {
		return wrong("was decided by version %d of the program, which is not there", head.RuleVersion)
	}
	zone, ok := zoneOf(head.At, head.Day)
	if !ok {
		return wrong("is of day %d, on which its instant %d lies in no time zone", head.Day, head.At)
	}
	command, err := r.commandOf(head)
	if err != nil {
		return err
	}
	command.Zone = zone
	// Other changes than those of the ledger raise the version, too.
	r.card.Version = head.CardVersion - 1
	if head.Kind == EntryMerge {
		r.before[head.ID] = r.card
	}
	state := r.state(command, head.Day)
	r.addMerged(&state, command)
	result, refusal := Apply(program, state, command, &writtenIDs{entries: written})
	if refusal != nil {
		return wrong("its %s would be refused: %v", command.Kind, refusal)
	}
	if err := compareEntries(written, result.Entries); err != nil {
		return err
	}
	return r.take(program, result)
}

// commandOf makes the command again that wrote the head entry. Its zone is missing.
func (r *replay) commandOf(head Entry) (Command, error) {
	c := Command{
		OrgID: r.card.OrgID, CardID: r.card.ID, Quantity: head.Quantity, CouponID: head.CouponID,
		OtherCardID: head.OtherCardID, Actor: head.Actor, LocationID: head.LocationID,
		IdempotencyKey: head.IdempotencyKey, ExternalRef: head.ExternalRef, Reason: head.Reason,
		At: head.At, Now: head.RecordedAt, Past: PastRecorded,
	}
	switch head.Kind {
	case EntryStamp, EntryWelcome, EntryAdjust, EntryRedeem, EntryExpire:
		c.Kind = CommandKind(head.Kind) // they share their names
	case EntryReversal:
		c.Kind, c.EntryID = CommandReverse, head.Reverses
		if r.entries[head.Reverses].Kind == EntryMerge {
			c.Kind = CommandUndoMergeIn
		}
	case EntryMerge:
		c.Kind = CommandMergeIn
		if r.mergedOut[head.ID] {
			c.Kind = CommandMergeOut
		}
	case EntryUnmerge:
		c.Kind, c.EntryID = CommandUndoMergeOut, head.Reverses
	case EntryReward:
		return c, &ReplayError{EntryID: head.ID, Reason: "is a reward of no command"}
	default:
		return c, &ReplayError{EntryID: head.ID, Reason: fmt.Sprintf("is of the unknown kind %q", head.Kind)}
	}
	return c, nil
}

// addMerged adds what a command that parts cards again has to know of their merge.
func (r *replay) addMerged(s *State, c Command) {
	if c.Kind != CommandUndoMergeOut && c.Kind != CommandUndoMergeIn {
		return
	}
	s.Before = r.before[c.EntryID]
	for _, k := range r.coupons {
		if c.Kind == CommandUndoMergeIn && k.EarnedBy == c.EntryID ||
			c.Kind == CommandUndoMergeOut && k.ClosedBy != "" && r.entries[k.ClosedBy].HeadID == c.EntryID {
			s.Merged = append(s.Merged, k)
		}
	}
}

// take makes the result what the next command finds.
func (r *replay) take(p Program, result Result) error {
	for i, k := range result.Issued {
		// The zone of the replay is right about the day of the entry, not of the coupon's
		// last one.
		kept, known := r.kept[k.ID]
		expiresAt := kept.ExpiresAt
		if !known {
			return &ReplayError{EntryID: k.EntryID, Reason: fmt.Sprintf("issued coupon %s, which is not there", k.ID)}
		}
		if !expiryIsPossible(p, k, expiresAt) {
			return &ReplayError{EntryID: k.EntryID, Reason: fmt.Sprintf(
				"issued coupon %s, which expires at %d: in no time zone is this the end of its validity", k.ID, expiresAt)}
		}
		result.Issued[i].ExpiresAt = expiresAt
		if within, beyond := roomFor(k.Milestone, k.Cost); beyond > 0 && kept.Milestone == within {
			result.Issued[i].Milestone = within
		}
	}
	within, beyond := roomFor(result.Card.Milestone, result.Card.Goal)
	r.shrank = r.shrank || beyond > 0
	if r.forgets {
		result.Card.Milestone = within
	}
	r.remember(result)
	return nil
}

func (r *replay) finish(kept Card) Card {
	c := r.card
	if c.Status == CardActive && kept.Status != CardMerged {
		c.Status = kept.Status
	}
	if within, _ := roomFor(c.Milestone, c.Goal); kept.Milestone == within {
		c.Milestone = within
	}
	c.Version = max(c.Version, kept.Version)
	c.BlockedAt = kept.BlockedAt
	return c
}

// writtenIDs gives Apply the ids that stand on the entries of a command. When it asks
// for more there are more entries than were written, which compareEntries tells.
type writtenIDs struct {
	entries          []Entry
	entryAt, rewards int
}

func (w *writtenIDs) EntryID() string {
	w.entryAt++
	if w.entryAt > len(w.entries) {
		return ""
	}
	return w.entries[w.entryAt-1].ID
}

// CouponID is asked before the id of the reward entry that names the coupon.
func (w *writtenIDs) CouponID() string {
	for ; w.rewards < len(w.entries); w.rewards++ {
		if e := w.entries[w.rewards]; e.Kind == EntryReward && e.Reverses == "" {
			w.rewards++
			return e.CouponID
		}
	}
	return ""
}

// compareEntries returns a *ReplayError for the first entry that was written otherwise
// than it ought to have been.
func compareEntries(written, right []Entry) error {
	for i, e := range written {
		if i >= len(right) {
			return &ReplayError{EntryID: e.ID, Reason: fmt.Sprintf(
				"is one entry too many: the command leads to %d", len(right))}
		}
		if e == right[i] {
			continue
		}
		got, want := reflect.ValueOf(e), reflect.ValueOf(right[i])
		for f := range got.NumField() {
			if a, b := got.Field(f).Interface(), want.Field(f).Interface(); a != b {
				return &ReplayError{EntryID: e.ID, Reason: fmt.Sprintf(
					"its %s is %v, but the rules lead to %v", got.Type().Field(f).Name, a, b)}
			}
		}
	}
	if missing := len(right) - len(written); missing > 0 {
		return &ReplayError{EntryID: written[0].ID, Reason: fmt.Sprintf(
			"its command leads to %d entries, of which %d are missing", len(right), missing)}
	}
	return nil
}

// westmost and eastmost bound the offsets of all zones from UTC, of today and of the
// past, with room for clocks put forward.
const (
	westmost = -16 * time.Hour
	eastmost = 16 * time.Hour
)

// zoneOf returns a zone in which the instant lies on the day.
func zoneOf(at int64, day Day) (*time.Location, bool) {
	y, m, d := int(day)/10000, time.Month(int(day)/100%100), int(day)%100
	begin := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	instant := time.UnixMilli(at)
	// The least shift of UTC that does, in whole seconds as zones are.
	var offset time.Duration
	switch {
	case instant.Before(begin):
		offset = (begin.Sub(instant) + time.Second - 1).Truncate(time.Second)
	case !instant.Before(begin.AddDate(0, 0, 1)):
		last := begin.AddDate(0, 0, 1).Add(-time.Millisecond)
		offset = -(instant.Sub(last) + time.Second - 1).Truncate(time.Second)
	}
	if offset < westmost || offset > eastmost {
		return nil, false
	}
	zone := time.FixedZone("", int(offset.Seconds()))
	return zone, DayOf(at, zone) == day
}

// expiryIsPossible tells whether there is a zone in which the coupon's validity ends at
// the instant.
func expiryIsPossible(p Program, k Coupon, expiresAt int64) bool {
	i := slices.IndexFunc(p.Rewards, func(r Reward) bool { return r.ID == k.RewardID })
	if i < 0 {
		return false
	}
	valid := p.Rewards[i].ValidFor
	if valid.IsZero() {
		return expiresAt == 0
	}
	// A zone's offset when the coupon expires may be another than when it was issued.
	earliest := valid.ExpiryAfter(k.IssuedAt, time.FixedZone("", int(eastmost.Seconds())))
	latest := valid.ExpiryAfter(k.IssuedAt, time.FixedZone("", int(westmost.Seconds())))
	const aDay = 24 * time.Hour
	return min(earliest, latest)-aDay.Milliseconds() <= expiresAt && expiresAt <= max(earliest, latest)+aDay.Milliseconds()
}
