package hot

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Processes of different releases share the keys, so they must not change by accident.
func TestKeysStayAsTheyAre(t *testing.T) {
	k := newKeyspace("leima", 7)
	ref := CardRef{"org_1", "card_1"}
	cell := Cell{"org_1", "prog_1", "loc_1", "2026-03-01"}
	got := []string{
		k.card(ref), k.aliases + aliasPlace("org_1", appendDigest(nil, "org_1", "code")), k.cells + cell.place(), k.logs + cell.place(), k.limits + "till",
	}
	want := []string{
		"leima:7:c:{b110}:org_1:card_1",
		"leima:7:a:{b48}:org_1:INCCJFQ1ZPpHpMqw1mrU2Q",
		"leima:7:t:{b3}:org_1:prog_1:loc_1:2026-03-01",
		"leima:7:u:{b3}:org_1:prog_1:loc_1:2026-03-01",
		"leima:7:l:till",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestCardsAreSpreadOverTheBuckets(t *testing.T) {
	const each = 100
	var counts [buckets]int
	for i := range buckets * each {
		counts[CardRef{"org", fmt.Sprintf("card_%08d", i)}.bucket()]++
	}
	for b, n := range counts {
		if n < each/2 || n > each*2 {
			t.Errorf("bucket %d has %d cards of %d", b, n, buckets*each)
		}
	}
}

func TestWhatIsKeptOfACard(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringN(1, 20, MaxName)
		s := CardState{
			CardRef: CardRef{Org: text.Draw(rt, "org"), Card: text.Draw(rt, "card")}, Version: rapid.Uint64().Draw(rt, "version"),
			Payload: rapid.SliceOf(rapid.Byte()).Draw(rt, "payload"), Rest: rapid.SliceOf(rapid.Byte()).Draw(rt, "rest"),
			Aliases: rapid.SliceOfN(text, 0, MaxAliases).Draw(rt, "aliases"),
		}
		got, err := parseCard(appendCard(nil, &s))
		if err != nil || !got.whole || got.version != s.Version || !bytes.Equal(got.payload, s.Payload) || !bytes.Equal(got.rest, s.Rest) {
			rt.Fatalf("got %+v, %v", got, err)
		}
		for _, alias := range s.Aliases {
			if !listsAlias(got.digests, appendDigest(nil, s.Org, alias)) || listsAlias(got.digests, appendDigest(nil, s.Org+"x", alias)) {
				rt.Errorf("alias %q", alias)
			}
			if len(alias) > 3 && bytes.Contains(got.digests, []byte(alias)) {
				rt.Errorf("the alias %q can be read", alias)
			}
		}
		marker := Changed(s.CardRef, s.Version)
		if got, err := parseCard(appendCard(nil, &marker)); err != nil || got.whole || got.version != s.Version {
			rt.Fatalf("got the marker %+v, %v", got, err)
		}
		if strings.Contains(s.Org, ":") {
			return
		}
		if got, ok := refOf(s.place(), s.Org); !ok || got != s.CardRef {
			rt.Errorf("the place %q is that of %+v, %v", s.place(), got, ok)
		}
		if _, ok := refOf(s.place(), s.Org+"x"); ok {
			rt.Errorf("the place %q is another organization's", s.place())
		}
	})
}

func FuzzParseCard(f *testing.F) {
	state := CardState{CardRef: CardRef{"org", "card"}, Version: 1, Aliases: []string{"code"}, Payload: []byte("x"), Rest: []byte("y")}
	f.Add(appendCard(nil, &state))
	state = Changed(state.CardRef, 2)
	f.Add(appendCard(nil, &state))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		got, err := parseCard(value)
		if err != nil {
			return
		}
		if parts := headLen + len(got.payload) + 1 + len(got.digests) + len(got.rest); got.whole && parts != len(value) {
			t.Errorf("%q: %+v", value, got)
		}
		listsAlias(got.digests, make([]byte, digestLen))
	})
}

func FuzzDecodeTopics(f *testing.F) {
	f.Add(encodeTopics("self", []string{"a", "", strings.Repeat("x", MaxTopic)}))
	f.Add("\x05self")
	f.Fuzz(func(t *testing.T, message string) {
		self, topics, err := decodeTopics(message)
		if err != nil {
			return
		}
		if again := encodeTopics(self, topics); again != message {
			t.Errorf("%q became %q", message, again)
		}
	})
}
