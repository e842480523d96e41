package projection

import (
	"strconv"
	"testing"
)

func TestCodesThatAreAskedForStayAndTheOthersGo(t *testing.T) {
	c := newCodes()
	key := func(i int) codeKey { return codeKey{"org", strconv.Itoa(i)} }
	if id := c.card(key(0)); id != "" {
		t.Fatalf("%q is remembered before it was found", id)
	}
	const all = 5 * generationCodes
	for i := range all {
		c.remember(key(i), "card "+strconv.Itoa(i))
		if id := c.card(key(0)); id != "card 0" {
			t.Fatalf("after %d others, what is always asked for leads to %q", i, id)
		}
		if n := len(c.young) + len(c.old); n > 2*generationCodes {
			t.Fatalf("%d codes are remembered", n)
		}
	}
	if id := c.card(key(all - 1)); id == "" {
		t.Error("the last one is forgotten")
	}
	if id := c.card(key(1)); id != "" {
		t.Errorf("%q is remembered for ever", id)
	}
	if id := c.card(codeKey{"other", "0"}); id != "" {
		t.Errorf("another organization finds %q", id)
	}
	c.remember(key(0), "card 7")
	if id := c.card(key(0)); id != "card 7" {
		t.Errorf("have %q, it was found anew", id)
	}
}
