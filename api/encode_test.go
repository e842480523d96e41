package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/loyalty"
)

// any value of the type, with instants that can be written.
func anyOf[T any]() *rapid.Generator[T] {
	instant := rapid.Custom(func(t *rapid.T) any {
		return time.UnixMilli(rapid.Int64Range(-60_000_000_000_000, 250_000_000_000_000).Draw(t, "ms")).UTC()
	})
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,30}`), rapid.String(), rapid.StringMatching(`[ä€\x{2028}\x{2029}<>&"\\\x00\x7f]{0,4}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6), func(b []byte) string { return string(b) }))
	return rapid.MakeCustom[T](rapid.MakeConfig{Types: map[reflect.Type]*rapid.Generator[any]{
		reflect.TypeFor[time.Time](): instant, reflect.TypeFor[string](): text.AsAny(),
	}})
}

// TestAnswersByHand fails for a member that the contract has got and encode.go has not.
func TestAnswersByHand(t *testing.T) {
	t.Run("ledger results", func(t *testing.T) {
		g := anyOf[contract.LedgerResult]()
		rapid.Check(t, func(t *rapid.T) {
			v := g.Draw(t, "answer")
			sameAsJSON(t, v, appendLedgerResult(nil, &v))
		})
	})
	t.Run("scans", func(t *testing.T) {
		g := anyOf[contract.Scan]()
		rapid.Check(t, func(t *rapid.T) {
			v := g.Draw(t, "answer")
			sameAsJSON(t, v, appendScan(nil, &v))
		})
	})
}

// TestAMeaningIsEncodedAsEver keeps the hashes of all keys that were ever used.
func TestAMeaningIsEncodedAsEver(t *testing.T) {
	g := anyOf[meaning]()
	rapid.Check(t, func(t *rapid.T) {
		m := g.Draw(t, "meaning")
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.append(nil); !bytes.Equal(got, text) {
			t.Fatalf("written as %s, encoding/json writes %s", got, text)
		}
		if sum := sha256.Sum256(text); m.hash() != hex.EncodeToString(sum[:]) {
			t.Fatalf("hash %s", m.hash())
		}
	})
}

func sameAsJSON(t *rapid.T, v any, got []byte) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("written as\n%s\nencoding/json writes\n%s", got, want)
	}
}

func TestDaysAreWrittenAsTheyAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 250_000_000_000).Draw(t, "instant"), 0).UTC()
		if got, want := day(loyalty.DayOf(at.UnixMilli(), time.UTC)), at.Format(time.DateOnly); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}
