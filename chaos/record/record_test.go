package record

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestARecordTellsWhatATillKnows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	request := &Request{Kind: "stamp", Target: "card_1", Quantity: 2, Path: "/v1/stamps", Body: "{}"}
	add := func(key string, attempt int, state State) {
		e := Event{Org: 1, Key: key, Attempt: attempt, State: state}
		if state == Sent && attempt == 1 {
			e.Request = request
		}
		if state == Acknowledged {
			e.Status, e.Body = 201, "answer"
		}
		if err := f.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"done", "cut", "cut-then-done", "cut-then-refused", "no", "under-way"} {
		add(key, 1, Sent)
	}
	add("done", 1, Acknowledged)
	add("cut", 1, Unknown)
	add("cut-then-done", 1, Unknown)
	add("cut-then-done", 2, Sent)
	add("cut-then-done", 2, Acknowledged)
	add("cut-then-refused", 1, Unknown)
	add("cut-then-refused", 2, Sent)
	add("cut-then-refused", 2, Refused)
	add("no", 1, Refused)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	h, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]State{
		"done": Acknowledged, "cut": Unknown, "cut-then-done": Acknowledged, "cut-then-refused": Unknown, "no": Refused, "under-way": Unknown,
	} {
		c := h.Command(Name{1, key})
		if c == nil || c.State() != want || c.Request != *request {
			t.Errorf("%s: got %+v, want it %s", key, c, want)
		}
	}
	if h.Command(Name{2, "done"}) != nil {
		t.Error("the key of another organization was taken for ours")
	}
	if _, err := Create(path); err == nil {
		t.Error("a record was begun over another")
	}
}

// Many tills write at once: each line is whole, and they share the waiting.
func TestTillsShareTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const tills, each = 32, 20
	var done sync.WaitGroup
	for till := range tills {
		done.Go(func() {
			for i := range each {
				e := Event{Key: fmt.Sprintf("%d-%d", till, i), Attempt: 1, State: Sent, Request: &Request{Body: strings.Repeat("x", i)}}
				if err := f.Add(e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	if n := f.Syncs(); n == 0 || n > tills*each {
		t.Errorf("the disk was waited for %d times for %d events", n, tills*each)
	}
	h, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Commands) != tills*each {
		t.Errorf("%d commands were read, want %d", len(h.Commands), tills*each)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(Event{State: Sent}); err == nil {
		t.Error("an event was taken after the end")
	}
}

func TestARecordThatMakesNoSenseIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"torn":                  {`{"k":"a","s":"sent","q":{}}` + "\n" + `{"k":"a","s":"ackn`, "line 2"},
		"answered before asked": {`{"k":"a","s":"acknowledged"}`, "before it was sent"},
		"no state":              {`{"k":"a","s":"sent","q":{}}` + "\n" + `{"k":"a","s":"lost"}`, "unknown state"},
	} {
		if _, err := read(strings.NewReader(c.lines)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
