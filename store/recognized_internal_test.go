package store

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/leima/leima/access"
)

func TestACredentialIsRememberedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recognized
		key := recognizedKey{orgID: "org"}
		who := access.Principal{OrgID: "org", ID: "key", ExpiresAt: 5_000}
		remember := func() {
			_, generation, ok := r.find(key, 0)
			if ok {
				t.Fatal("somebody is remembered who was not looked up")
			}
			r.remember(key, who, generation)
		}
		remember()
		if p, _, ok := r.find(key, 0); !ok || p != who {
			t.Fatalf("found %+v, %v", p, ok)
		}
		if _, _, ok := r.find(recognizedKey{orgID: "other"}, 0); ok {
			t.Fatal("another organization's token is let in")
		}
		if _, _, ok := r.find(key, 5_000); ok {
			t.Fatal("a session is let in beyond its end")
		}
		timer := time.NewTimer(recognizedFor) // the bubble's clock
		<-timer.C
		remember() // forgotten by now

		// A look-up that began before a revocation must not be remembered after it.
		r.forget()
		_, before, _ := r.find(key, 0)
		r.forget()
		r.remember(key, who, before)
		if _, _, ok := r.find(key, 0); ok {
			t.Fatal("a revoked credential is let in")
		}
	})
}

func TestRememberedCredentialsAreBounded(t *testing.T) {
	var r recognized
	for i := range maxRecognized + 1 {
		_, generation, _ := r.find(recognizedKey{}, 0)
		r.remember(recognizedKey{tokenHash: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}}, access.Principal{}, generation)
	}
	if len(r.byToken) > maxRecognized {
		t.Fatalf("%d are remembered", len(r.byToken))
	}
}
