package store

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/leima/leima/access"
)

// tokenNumber returns one of many keys.
func tokenNumber(i int) recognizedKey {
	return recognizedKey{orgID: "org", tokenHash: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}}
}

// lookedUp remembers the principal for the keys, as a look-up of this moment does.
func (r *recognized) lookedUp(who access.Principal, keys ...recognizedKey) {
	_, generation := r.due(0)
	r.remember(keys, answersFor(who, keys...), time.Now(), generation)
}

func answersFor(who access.Principal, keys ...recognizedKey) map[recognizedKey]credential {
	answers := map[recognizedKey]credential{}
	for _, key := range keys {
		answers[key] = credential{Principal: who, tokenHash: key.tokenHash}
	}
	return answers
}

// pass lets time pass on the clock of the test's bubble.
func pass(d time.Duration) { <-time.NewTimer(d).C }

func TestACredentialIsRememberedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recognized
		key := recognizedKey{orgID: "org"}
		who := access.Principal{OrgID: "org", ID: "key", ExpiresAt: 5_000}
		if _, ok := r.find(key, 0); ok {
			t.Fatal("somebody is remembered who was not looked up")
		}
		r.lookedUp(who, key)
		if p, ok := r.find(key, 0); !ok || p != who {
			t.Fatalf("found %+v, %v", p, ok)
		}
		if _, ok := r.find(recognizedKey{orgID: "other"}, 0); ok {
			t.Fatal("another organization's token is let in")
		}
		if _, ok := r.find(key, 5_000); ok {
			t.Fatal("a session is let in beyond its end")
		}
		pass(recognizedFor)
		if _, ok := r.find(key, 0); ok {
			t.Fatal("a credential is let in for longer than said")
		}

		// The second begins when the database is asked, however late it answers.
		_, generation := r.due(0)
		asked := time.Now()
		pass(recognizedFor - time.Millisecond)
		r.remember([]recognizedKey{key}, answersFor(who, key), asked, generation)
		if _, ok := r.find(key, 0); !ok {
			t.Fatal("a credential is not remembered")
		}
		pass(time.Millisecond)
		if _, ok := r.find(key, 0); ok {
			t.Fatal("a credential is let in for longer than said")
		}

		// A look-up that began before a revocation must not be remembered after it.
		_, before := r.due(0)
		r.forget()
		r.remember([]recognizedKey{key}, answersFor(who, key), time.Now(), before)
		if _, ok := r.find(key, 0); ok {
			t.Fatal("a revoked credential is let in")
		}
	})
}

func TestCredentialsInUseAreLookedUpAlongWithOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recognized
		busy, young := tokenNumber(1), tokenNumber(2)
		r.lookedUp(access.Principal{ID: "old"}, busy)
		pass(dueAfter - time.Millisecond)
		if due, _ := r.due(10); len(due) > 0 {
			t.Fatalf("due too early: %v", due)
		}
		r.lookedUp(access.Principal{}, young)
		pass(time.Millisecond)
		if due, _ := r.due(0); len(due) > 0 {
			t.Fatalf("there was no room for %v", due)
		}
		due, generation := r.due(10)
		if !slices.Equal(due, []recognizedKey{busy}) {
			t.Fatalf("due are %v", due)
		}
		if again, _ := r.due(10); len(again) > 0 {
			t.Fatalf("due again while it is looked up: %v", again)
		}
		r.remember(due, answersFor(access.Principal{ID: "new"}, busy), time.Now(), generation)
		pass(recognizedFor - time.Millisecond)
		if p, ok := r.find(busy, 0); !ok || p.ID != "new" {
			t.Fatalf("found %+v, %v", p, ok)
		}

		// What the database does not know any more is not let in to the end of its second.
		due, generation = r.due(10)
		if !slices.Contains(due, busy) {
			t.Fatalf("due are %v", due)
		}
		r.remember(due, nil, time.Now(), generation)
		if _, ok := r.find(busy, 0); ok {
			t.Fatal("a credential is let in that another process revoked")
		}
	})
}

func TestCredentialsThatNobodyShowsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recognized
		// carried looks the credential up along with another one and tells whether it was due.
		carried := func() bool {
			pass(dueAfter)
			due, generation := r.due(10)
			r.remember(due, answersFor(access.Principal{}, due...), time.Now(), generation)
			return len(due) > 0
		}
		r.lookedUp(access.Principal{}, tokenNumber(1))
		for range 3 {
			for range maxIdle {
				if !carried() {
					t.Fatal("a credential that was shown lately is not looked up along")
				}
			}
			r.find(tokenNumber(1), 0)
		}
		for range maxIdle {
			carried()
		}
		if carried() {
			t.Fatal("a credential is looked up for nobody")
		}

		// So is what was shown when there was nobody to look it up along with.
		r.lookedUp(access.Principal{}, tokenNumber(2))
		r.find(tokenNumber(2), 0)
		pass(overdueAfter)
		if due, _ := r.due(10); len(due) > 0 {
			t.Fatalf("looked up for nobody: %v", due)
		}
		if len(r.byToken)+len(r.byAge) > 0 {
			t.Fatalf("%d and %d are remembered", len(r.byToken), len(r.byAge))
		}
	})
}

func TestRememberedCredentialsAreBounded(t *testing.T) {
	var r recognized
	for i := range maxRecognized + 1 {
		r.lookedUp(access.Principal{}, tokenNumber(i))
	}
	if len(r.byToken) > maxRecognized || len(r.byAge) > maxRecognized {
		t.Fatalf("%d and %d are remembered", len(r.byToken), len(r.byAge))
	}
	for range maxRecognized + 1 {
		r.lookedUp(access.Principal{}, tokenNumber(0))
	}
	if len(r.byAge) > maxRecognized {
		t.Fatalf("%d are remembered of one", len(r.byAge))
	}
}
