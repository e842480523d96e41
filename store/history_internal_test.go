package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was cut off must not be taken for all of it.
func TestPartsOfAListThatWasCutOff(t *testing.T) {
	first := func(s string) string { return s[:1] }
	list := []string{"a1", "a2", "b1", "c1", "c2"}
	parts, complete := partsOf(list, len(list)+1, first)
	if diff := cmp.Diff(map[string][]string{"a": {"a1", "a2"}, "b": {"b1"}, "c": {"c1", "c2"}}, parts); diff != "" || !complete {
		t.Errorf("complete: %t\n%s", complete, diff)
	}
	parts, complete = partsOf(list, len(list), first)
	if diff := cmp.Diff(map[string][]string{"a": {"a1", "a2"}, "b": {"b1"}}, parts); diff != "" || complete {
		t.Errorf("cut off: %t\n%s", complete, diff)
	}
	if parts, complete = partsOf(list[:2], 2, first); len(parts) > 0 || complete {
		t.Errorf("one card that is cut off: %v", parts)
	}
	if parts, complete = partsOf(nil, 2, first); len(parts) > 0 || !complete {
		t.Errorf("nothing: %v", parts)
	}
}
