package redemption

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"
)

// at returns the operation with its call and return.
func at(call, end int64, o Operation) Operation {
	o.Coupon, o.Call, o.Return = "coup_1", call, end
	return o
}

func TestHistoriesThatCanAndCannotBe(t *testing.T) {
	redeemed := func(by string) Operation { return Operation{Kind: Redeem, Outcome: Done, By: by} }
	refused := Operation{Kind: Redeem, Outcome: Refused}
	lost := Operation{Kind: Redeem, Outcome: Open}
	undone := func(entry string) Operation { return Operation{Kind: Reverse, Entry: entry, Outcome: Done} }
	undoRefused := func(entry string) Operation { return Operation{Kind: Reverse, Entry: entry, Outcome: Refused} }
	undoLost := func(entry string) Operation { return Operation{Kind: Reverse, Entry: entry, Outcome: Open} }
	saw := func(by string) Operation { return Operation{Kind: Read, Outcome: Done, By: by} }
	for name, c := range map[string]struct {
		history []Operation
		good    bool
	}{
		"nothing":             {nil, true},
		"one uses it":         {[]Operation{at(1, 2, redeemed("a")), at(3, 4, refused), at(5, 6, saw("a"))}, true},
		"used, undone, used":  {[]Operation{at(1, 2, redeemed("a")), at(3, 4, undone("a")), at(5, 6, redeemed("b")), at(7, 8, saw("b"))}, true},
		"two at one time":     {[]Operation{at(1, 9, redeemed("a")), at(2, 8, refused)}, true},
		"both of them":        {[]Operation{at(1, 9, redeemed("a")), at(2, 8, redeemed("b"))}, false},
		"both, one after one": {[]Operation{at(1, 2, redeemed("a")), at(3, 4, redeemed("b"))}, false},
		"refused while free":  {[]Operation{at(1, 2, refused), at(3, 4, redeemed("a"))}, false},
		"refused though undone": {
			[]Operation{at(1, 2, redeemed("a")), at(3, 4, undone("a")), at(5, 6, refused)},
			false,
		},
		"an old reading":           {[]Operation{at(1, 2, redeemed("a")), at(3, 4, saw(""))}, false},
		"a reading from later":     {[]Operation{at(1, 2, saw("a")), at(3, 4, redeemed("a"))}, false},
		"a reading meanwhile":      {[]Operation{at(1, 6, redeemed("a")), at(2, 3, saw("")), at(4, 5, saw("a"))}, true},
		"readings back in time":    {[]Operation{at(1, 6, redeemed("a")), at(2, 3, saw("a")), at(4, 5, saw(""))}, false},
		"undone twice":             {[]Operation{at(1, 2, redeemed("a")), at(3, 4, undone("a")), at(5, 6, undone("a"))}, false},
		"undone once, and refused": {[]Operation{at(1, 2, redeemed("a")), at(3, 4, undone("a")), at(5, 6, undoRefused("a"))}, true},
		"refused to undo":          {[]Operation{at(1, 2, redeemed("a")), at(3, 4, undoRefused("a"))}, false},
		"open, and done":           {[]Operation{at(1, 0, lost), at(2, 3, refused)}, true},
		"open, and not done":       {[]Operation{at(1, 0, lost), at(2, 3, redeemed("a"))}, true},
		"open, done and read":      {[]Operation{at(1, 0, lost), at(2, 3, saw("x")), at(4, 5, undone("x")), at(6, 7, redeemed("a"))}, true},
		"open, but asked too late": {[]Operation{at(1, 2, refused), at(3, 0, lost)}, false},
		"one open, done twice":     {[]Operation{at(1, 0, lost), at(2, 3, saw("x")), at(4, 5, undone("x")), at(6, 7, refused)}, false},
		"open, taken for another's": {
			[]Operation{at(1, 2, redeemed("a")), at(3, 4, undone("a")), at(5, 0, lost), at(6, 7, saw("a"))},
			false,
		},
		"undoing is open, done":     {[]Operation{at(1, 2, redeemed("a")), at(3, 0, undoLost("a")), at(4, 5, redeemed("b"))}, true},
		"undoing is open, not done": {[]Operation{at(1, 2, redeemed("a")), at(3, 0, undoLost("a")), at(4, 5, saw("a"))}, true},
		"undoing too late":          {[]Operation{at(1, 2, redeemed("a")), at(3, 4, redeemed("b")), at(5, 0, undoLost("a"))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			switch err := Check(c.history, time.Minute); {
			case c.good && err != nil:
				t.Error(err)
			case !c.good && !errors.Is(err, ErrNotLinearizable):
				t.Errorf("got %v, want that it is not linearizable", err)
			}
		})
	}
}

// TestWhatIsImpliedMayBeLeftOut: leaving refusals out that others imply changes no
// verdict. Half of the histories happened, and the other half has one answer changed.
func TestWhatIsImpliedMayBeLeftOut(t *testing.T) {
	verdicts, left := map[porcupine.CheckResult]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		for _, all := range byCoupon(history) {
			want := porcupine.CheckOperationsTimeout(model, all, time.Minute)
			few := withoutImplied(slices.Clone(all))
			left += len(all) - len(few)
			verdicts[want]++
			if got := porcupine.CheckOperationsTimeout(model, few, time.Minute); got != want {
				t.Fatalf("it is %s, but %s without what is implied: %+v", want, got, history)
			}
		}
	})
	if left == 0 || verdicts[porcupine.Ok] == 0 || verdicts[porcupine.Illegal] == 0 {
		t.Errorf("%d were left out, verdicts %v: it proves little", left, verdicts)
	}
}

// drawHistory returns a short history in which much happens at one time, and in half of
// the cases one answer is not the one that was given.
func drawHistory(t *rapid.T) []Operation {
	by, latest, now := "", "", int64(0)
	var history []Operation
	for i := range rapid.IntRange(1, 12).Draw(t, "operations") {
		now += 10
		o := Operation{Client: i, Coupon: "coup_1", Kind: rapid.SampledFrom([]Kind{Redeem, Redeem, Reverse, Read}).Draw(t, "kind"), Outcome: Done}
		o.Call, o.Return = now-rapid.Int64Range(0, 60).Draw(t, "before"), now+1+rapid.Int64Range(0, 60).Draw(t, "after")
		open := rapid.IntRange(0, 7).Draw(t, "open") == 0 && o.Kind != Read
		if o.Kind == Reverse && latest == "" {
			o.Kind = Redeem
		}
		switch {
		case o.Kind == Read:
			o.By = by
		case o.Kind == Reverse:
			o.Entry = latest
			if by != latest {
				o.Outcome = Refused
			} else {
				by = ""
			}
		case by != "":
			o.Outcome = Refused
		default:
			by = fmt.Sprintf("ent_%d", i)
			o.By, latest = by, by
		}
		if open {
			o.Outcome, o.By, o.Return = Open, "", 0
		}
		history = append(history, o)
	}
	if rapid.Bool().Draw(t, "one answer changed") {
		o := &history[rapid.IntRange(0, len(history)-1).Draw(t, "which")]
		switch {
		case o.Kind == Read:
			o.By = rapid.SampledFrom([]string{"", "ent_0", "ent_3"}).Draw(t, "read")
		case o.Outcome == Done:
			o.Outcome, o.By = Refused, ""
		case o.Outcome == Refused && o.Kind == Redeem:
			o.Outcome, o.By = Done, "ent_wrong"
		}
	}
	return history
}

// TestOneWrongAnswerIsFound takes a long history that happened, and changes one answer.
func TestOneWrongAnswerIsFound(t *testing.T) {
	history := happened(600)
	if err := Check(history, time.Minute); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		wrong := append([]Operation(nil), history...)
		at := r.IntN(len(wrong))
		switch o := &wrong[at]; o.Outcome {
		case Done:
			if o.Kind == Read {
				o.By += "?"
			} else {
				o.Outcome, o.By = Refused, ""
			}
		default:
			o.Outcome, o.By = Done, "ent_wrong"
		}
		if err := Check(wrong, time.Minute); !errors.Is(err, ErrNotLinearizable) {
			t.Errorf("operation %d, %+v in place of %+v: got %v", at, wrong[at], history[at], err)
		}
	}
}

// happened returns what eight clients see of a coupon that takes one after the other.
func happened(n int) []Operation {
	r := rand.New(rand.NewPCG(1, 2))
	by, now := "", int64(0)
	var latest string
	var history []Operation
	for i := range n {
		now += 10
		// The answer comes when up to seven others have been asked.
		o := Operation{Client: i % 8, Coupon: "coup_1", Kind: Redeem, Outcome: Done, Call: now - r.Int64N(70), Return: now + 1 + r.Int64N(70)}
		switch k := r.IntN(3); {
		case k == 0:
			o.Kind, o.By = Read, by
		case k == 1 && latest != "":
			o.Kind, o.Entry = Reverse, latest
			if by == latest {
				by = ""
			} else {
				o.Outcome = Refused
			}
		case by != "":
			o.Outcome = Refused
		default:
			by = "ent_" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			o.By, latest = by, by
		}
		history = append(history, o)
	}
	return history
}
