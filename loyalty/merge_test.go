package loyalty_test

import (
	"testing"

	"github.com/leima/leima/loyalty"
)

// Two cards of one person become one: the stamps of the first go on the second as
// if they had always been there.
func TestTwoCardsBecomeOne(t *testing.T) {
	ten := cardOf(10)
	five := cardOf(10, milestone(5))
	for _, c := range []struct {
		name                 string
		program              loyalty.Program
		from, to             []step
		wantMoved            int
		wantFrom, wantOnCard string
	}{
		{"stamps", ten, []step{stamp(3)}, []step{stamp(4)}, 3, "0/10", "7/10"},
		{"together they fill a card", ten, []step{stamp(6)}, []step{stamp(6)}, 6, "0/10", "2/10, main issued"},
		{"an empty card", ten, nil, []step{stamp(4)}, 0, "0/10", "4/10"},
		{
			"an unused reward becomes stamps and a reward again", ten,
			[]step{stamp(13)},
			[]step{stamp(4)},
			13,
			"0/10, main reversed", "7/10, main issued",
		},
		{
			"many unused rewards", ten,
			[]step{stamp(100), stamp(5)},
			[]step{stamp(5)},
			105,
			"0/10, main reversed, main reversed, main reversed, main reversed, main reversed, main reversed, main reversed, main reversed, main reversed, main reversed",
			"0/10, main issued, main issued, main issued, main issued, main issued, main issued, main issued, main issued, main issued, main issued, main issued",
		},
		{
			"a used reward stays where it was used", ten,
			[]step{stamp(23), use(0)},
			[]step{stamp(4)},
			13,
			"0/10, main redeemed, main reversed", "7/10, main issued",
		},
		{"a debt moves", ten, []step{stamp(10), use(0), undo(0)}, []step{stamp(4)}, -10, "0/10, main redeemed", "-6/10"},
		{
			"a debt is paid by an unused reward", ten,
			[]step{stamp(10), use(0), undo(0)},
			[]step{stamp(14)},
			-10,
			"0/10, main redeemed", "4/10, main reversed",
		},
		{"a milestone is given by what is on the card then", five, []step{stamp(3)}, []step{stamp(3)}, 3, "0/10", "6/10, milestone5 issued"},
		{"milestones of both are one", five, []step{stamp(5)}, []step{stamp(1)}, 5, "0/10, milestone5 reversed", "6/10, milestone5 issued"},
		{
			"milestones go with the cards they stand on", five,
			[]step{stamp(16)},
			nil, 16,
			"0/10, milestone5 reversed, main reversed, milestone5 reversed", "6/10, milestone5 issued, main issued, milestone5 issued",
		},
		{
			"an expired reward is not brought back", expiring("P1M"),
			[]step{stamp(13), later(60 * day)},
			[]step{later(60 * day)},
			3,
			"0/10, main issued", "3/10",
		},
		{
			"a welcome reward was for joining, and that card is no more", welcoming(2),
			[]step{welcome()},
			[]step{stamp(1)},
			2,
			"0/10, welcome reversed", "3/10",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := newLedger(c.program), newLedger(c.program)
			from.card.Status = loyalty.CardProvisional
			to.card.ID = "card_2"
			for _, s := range c.from {
				s(t, from)
			}
			for _, s := range c.to {
				s(t, to)
			}
			out, refusal := from.do(t, loyalty.Command{Kind: loyalty.CommandMergeOut, OtherCardID: "card_2"})
			if refusal != nil {
				t.Fatal(refusal)
			}
			moved := -out.Entries[0].Quantity
			in, refusal := to.do(t, loyalty.Command{Kind: loyalty.CommandMergeIn, OtherCardID: "card_1", Quantity: moved})
			if refusal != nil {
				t.Fatal(refusal)
			}
			if moved != c.wantMoved {
				t.Errorf("%d stamps moved, want %d", moved, c.wantMoved)
			}
			if from.String() != c.wantFrom || to.String() != c.wantOnCard {
				t.Errorf("the cards are\n\t%s and\n\t%s, want\n\t%s and\n\t%s", from, to, c.wantFrom, c.wantOnCard)
			}
			if from.card.Status != loyalty.CardMerged {
				t.Errorf("the emptied card is %s", from.card.Status)
			}
			if out.Entries[0].OtherCardID != "card_2" || in.Entries[0].OtherCardID != "card_1" {
				t.Errorf("the entries do not name the other card: %+v, %+v", out.Entries[0], in.Entries[0])
			}
		})
	}
}

// A merged card is empty, but a reward that was overdue on it can still be closed.
func TestOnAMergedCardOnlyOverdueRewardsMove(t *testing.T) {
	tell(t, []story{{"overdue", expiring("P1M"), []step{
		stamp(13), later(60 * day), mergeOut(), noUse(0, loyalty.RefusedCardNotUsable), expire(0),
	}, "0/10, main expired"}})
}

func TestMergesThatCannotBe(t *testing.T) {
	merge := func(kind loyalty.CommandKind, other string, code loyalty.RefusalCode) step {
		return refused(code, func(*ledger) loyalty.Command {
			return loyalty.Command{Kind: kind, OtherCardID: other, Quantity: 3}
		})
	}
	ten := cardOf(10)
	tell(t, []story{
		{"out of a card into itself", ten, []step{stamp(3), merge(loyalty.CommandMergeOut, "card_1", "merge_into_itself")}, "3/10"},
		{"into a card from itself", ten, []step{stamp(3), merge(loyalty.CommandMergeIn, "card_1", "merge_into_itself")}, "3/10"},
		{"into nothing", ten, []step{stamp(3), merge(loyalty.CommandMergeOut, "", "merge_into_itself")}, "3/10"},
		{"from nothing", ten, []step{stamp(3), merge(loyalty.CommandMergeIn, "", "merge_into_itself")}, "3/10"},
		{"a second time", ten, []step{stamp(3), mergeOut(), merge(loyalty.CommandMergeOut, "card_2", loyalty.RefusedCardNotUsable)}, "0/10"},
	})
}

// A revoked card, of a phone that was lost, still has its customer's stamps.
func TestARevokedCardCanBeEmptied(t *testing.T) {
	l := newLedger(cardOf(10))
	stamp(13)(t, l)
	l.card.Status = loyalty.CardRevoked
	mergeOut()(t, l)
	if got, want := l.String(), "0/10, main reversed"; got != want {
		t.Errorf("the card is %s, want %s", got, want)
	}
}

// undoMerge takes a merge back on both cards, the one that got the stamps first, and
// returns its refusal.
func undoMerge(t reporter, from, to *ledger, out, in loyalty.Entry) *loyalty.Refusal {
	t.Helper()
	if _, refusal := to.do(t, loyalty.Command{Kind: loyalty.CommandUndoMergeIn, EntryID: in.ID, OtherCardID: from.card.ID}); refusal != nil {
		return refusal
	}
	if _, refusal := from.do(t, loyalty.Command{Kind: loyalty.CommandUndoMergeOut, EntryID: out.ID, OtherCardID: to.card.ID}); refusal != nil {
		t.Fatalf("only one card was restored: %v", refusal)
	}
	return nil
}

// mergeBoth moves what is on one card to the other.
func mergeBoth(t reporter, from, to *ledger) (out, in loyalty.Entry) {
	t.Helper()
	left, refusal := from.do(t, loyalty.Command{Kind: loyalty.CommandMergeOut, OtherCardID: to.card.ID})
	if refusal != nil {
		t.Fatalf("merge out: %v", refusal)
	}
	arrived, refusal := to.do(t, loyalty.Command{Kind: loyalty.CommandMergeIn, OtherCardID: from.card.ID, Quantity: -left.Entries[0].Quantity})
	if refusal != nil {
		t.Fatalf("merge in: %v", refusal)
	}
	return left.Entries[0], arrived.Entries[0]
}

// What a merge moved goes back; what happened since stays, unless it used what moved.
func TestAMergeIsTakenBack(t *testing.T) {
	ten, five := cardOf(10), cardOf(10, milestone(5))
	for _, c := range []struct {
		name                 string
		program              loyalty.Program
		from, to, since      []step
		wantFrom, wantOnCard string
		wantRefusal          loyalty.RefusalCode
	}{
		{"stamps", ten, []step{stamp(3)}, []step{stamp(4)}, nil, "3/10", "4/10", ""},
		{"stamps that filled a card", ten, []step{stamp(6)}, []step{stamp(6)}, nil, "6/10", "6/10, main reversed", ""},
		{
			"an unused reward comes back as it was", ten,
			[]step{stamp(13)},
			[]step{stamp(4)},
			nil, "3/10, main issued", "4/10, main reversed", "",
		},
		{"a milestone comes back", five, []step{stamp(6)}, []step{stamp(1)}, nil, "6/10, milestone5 issued", "1/10, milestone5 reversed", ""},
		{"what was earned since stays", ten, []step{stamp(3)}, []step{stamp(4)}, []step{stamp(2)}, "3/10", "6/10", ""},
		{
			"a reward that was earned since is given back for the stamps", ten,
			[]step{stamp(3)},
			[]step{stamp(4)},
			[]step{stamp(4)},
			"3/10", "8/10, main reversed", "",
		},
		{
			"a reward that the merge filled was used", ten,
			[]step{stamp(6)},
			[]step{stamp(6)},
			[]step{use(0)},
			"0/10", "2/10, main redeemed", loyalty.RefusedMergedRewardUsed,
		},
		{
			"a milestone that the merge reached was used", five,
			[]step{stamp(3)},
			[]step{stamp(3)},
			[]step{use(0)},
			"0/10", "6/10, milestone5 redeemed", loyalty.RefusedMergedRewardUsed,
		},
		{
			"the stamps paid for a reward that was used", ten,
			[]step{stamp(3)},
			[]step{stamp(4)},
			[]step{stamp(3), use(0)},
			"0/10", "0/10, main redeemed", loyalty.RefusedMergedStampsUsed,
		},
		{"a debt goes back", ten, []step{stamp(10), use(0), undo(0)}, []step{stamp(4)}, nil, "-10/10, main redeemed", "4/10", ""},
		{
			"a debt that was paid from the card", ten,
			[]step{stamp(3)},
			[]step{stamp(10), use(0), undo(0)},
			nil, "3/10", "-10/10, main redeemed", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := newLedger(c.program), newLedger(c.program)
			to.card.ID = "card_2"
			for _, s := range c.from {
				s(t, from)
			}
			for _, s := range c.to {
				s(t, to)
			}
			out, in := mergeBoth(t, from, to)
			for _, s := range c.since {
				s(t, to)
			}
			refusal := undoMerge(t, from, to, out, in)
			if refusal == nil && c.wantRefusal != "" || refusal != nil && refusal.Code != c.wantRefusal {
				t.Fatalf("refused with %v, want %q", refusal, c.wantRefusal)
			}
			if from.String() != c.wantFrom || to.String() != c.wantOnCard {
				t.Errorf("the cards are\n\t%s and\n\t%s, want\n\t%s and\n\t%s", from, to, c.wantFrom, c.wantOnCard)
			}
			if refusal != nil {
				return
			}
			if _, again := to.do(t, loyalty.Command{Kind: loyalty.CommandUndoMergeIn, EntryID: in.ID}); again == nil || again.Code != loyalty.RefusedReversed {
				t.Errorf("taken back twice: %v", again)
			}
			if _, again := from.do(t, loyalty.Command{Kind: loyalty.CommandUndoMergeOut, EntryID: out.ID}); again == nil || again.Code != loyalty.RefusedReversed {
				t.Errorf("restored twice: %v", again)
			}
		})
	}
}

// A merge is not taken back by a plain reversal, which knows one card only, nor another
// entry by the command for merges.
func TestOnlyAMergeIsTakenBackAsOne(t *testing.T) {
	ten := cardOf(10)
	undoOf := func(kind loyalty.CommandKind, command int) func(*ledger) loyalty.Command {
		return func(l *ledger) loyalty.Command { return loyalty.Command{Kind: kind, EntryID: l.heads[command].ID} }
	}
	tell(t, []story{
		{"a reversal of a merge", ten, []step{mergeIn(3), noUndo(0, loyalty.RefusedNotReversible)}, "3/10"},
		{"a stamp as a merge", ten, []step{stamp(3), refused(loyalty.RefusedNotReversible, undoOf(loyalty.CommandUndoMergeIn, 0))}, "3/10"},
		{"a card that was not emptied", ten, []step{mergeIn(3), refused(loyalty.RefusedNotReversible, undoOf(loyalty.CommandUndoMergeOut, 0))}, "3/10"},
		{"a card that is no more", ten, []step{mergeIn(3), mergeOut(), refused(loyalty.RefusedNotReversible, undoOf(loyalty.CommandUndoMergeIn, 0))}, "0/10"},
		{
			"a card that was restored goes on", cardOf(10, milestone(5)),
			[]step{
				stamp(16), use(0), mergeOut(), must(undoOf(loyalty.CommandUndoMergeOut, 2)), stamp(4), use(1), undo(0),
			},
			"-6/10, milestone5 redeemed, main redeemed, milestone5 reversed, main reversed",
		},
	})
}
