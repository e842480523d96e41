package access_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
)

const now = int64(1_772_438_400_000)

// pins is a PINStore in memory, for one organization with the slug "shop".
type pins struct {
	mu       sync.Mutex
	staff    organization.Staff
	hash     string
	attempts []int64
	sessions []access.Session
	broken   error
}

func (p *pins) TakePINAttempt(_ context.Context, orgID, staffID, locationID string, now int64) (organization.Staff, string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.staff
	if orgID != s.OrgID || staffID != s.ID || !s.Active || p.hash == "" || s.LocationID != "" && s.LocationID != locationID {
		return organization.Staff{}, "", access.ErrUnauthenticated
	}
	recent := 0
	for _, at := range p.attempts {
		if at > now-access.PINLockout.Milliseconds() {
			recent++
		}
	}
	if recent >= access.MaxPINFailures {
		return organization.Staff{}, "", access.ErrLocked
	}
	p.attempts = append(p.attempts, now)
	return s, p.hash, nil
}

func (p *pins) OpenTillSession(_ context.Context, s access.Session) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return p.broken
	}
	p.attempts = nil
	p.sessions = append(p.sessions, s)
	return nil
}

// hashed is made once: argon2id is slow on purpose.
var hashed = sync.OnceValue(func() string { return access.HashPIN("2468") })

// newPINs returns a store with one cashier, whose PIN is 2468.
func newPINs() *pins {
	return &pins{
		staff: organization.Staff{OrgID: "org_1", ID: "stf_1", Name: "Maija", LocationID: "loc_1", Active: true},
		hash:  hashed(),
	}
}

var till = access.Principal{OrgID: "org_1", Kind: access.KindTill, ID: "till_1", LocationID: "loc_1"}

func signIn(t *testing.T, p *pins, pin string, at int64) error {
	t.Helper()
	_, _, err := access.SignInAtTill(t.Context(), p, till, "shop", "stf_1", pin, at)
	return err
}

func TestACashierSignsIn(t *testing.T) {
	p := newPINs()
	session, token, err := access.SignInAtTill(t.Context(), p, till, "shop", "stf_1", "2468", now)
	if err != nil {
		t.Fatal(err)
	}
	want := access.Session{
		OrgID: "org_1", Kind: access.KindTillSession, TokenHash: access.Hash(token), TillID: "till_1",
		StaffID: "stf_1", StaffName: "Maija", LocationID: "loc_1", CreatedAt: now, ExpiresAt: now + access.TillSessionLife.Milliseconds(),
	}
	if session != want || len(p.sessions) != 1 || p.sessions[0] != want {
		t.Errorf("the session is %+v, kept as %+v, want %+v", session, p.sessions, want)
	}
	if slug, err := access.TokenSlug(access.TokenSession, token); err != nil || slug != "shop" {
		t.Errorf("the token %s is %q's, %v", token, slug, err)
	}
}

func TestAWrongPIN(t *testing.T) {
	p := newPINs()
	for _, pin := range []string{"", "2469", "24680", "246", "2468 ", " 2468", "８８８８", "2468\x00"} {
		p.attempts = nil
		if err := signIn(t, p, pin, now); !errors.Is(err, access.ErrWrongPIN) {
			t.Errorf("%q: %v, want a wrong PIN", pin, err)
		}
	}
	if len(p.sessions) != 0 {
		t.Errorf("sessions were opened: %+v", p.sessions)
	}
}

func TestTooManyWrongPINs(t *testing.T) {
	p := newPINs()
	for i := range access.MaxPINFailures {
		if err := signIn(t, p, "0000", now+int64(i)); !errors.Is(err, access.ErrWrongPIN) {
			t.Fatalf("attempt %d: %v, want a wrong PIN", i, err)
		}
	}
	if err := signIn(t, p, "2468", now+10); !errors.Is(err, access.ErrLocked) {
		t.Errorf("the right PIN after too many wrong ones: %v, want locked", err)
	}
	afterwards := now + 10 + access.PINLockout.Milliseconds()
	if err := signIn(t, p, "2468", afterwards); err != nil {
		t.Errorf("the right PIN after the lockout: %v", err)
	}
}

// A hundred guesses at once get no further than five one after another.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	p := newPINs()
	var wg sync.WaitGroup
	answers := make(chan error, 100)
	for i := range cap(answers) {
		wg.Go(func() { answers <- signIn(t, p, fmt.Sprintf("%04d", i), now) })
	}
	wg.Wait()
	close(answers)
	wrong := 0
	for err := range answers {
		switch {
		case errors.Is(err, access.ErrWrongPIN):
			wrong++
		case !errors.Is(err, access.ErrLocked):
			t.Errorf("a guess was answered with %v", err)
		}
	}
	if wrong != access.MaxPINFailures {
		t.Errorf("%d guesses were looked at, want %d", wrong, access.MaxPINFailures)
	}
}

func TestTheRightPINForgetsWrongOnes(t *testing.T) {
	p := newPINs()
	for range 3 {
		for range access.MaxPINFailures - 1 {
			if err := signIn(t, p, "0000", now); !errors.Is(err, access.ErrWrongPIN) {
				t.Fatal(err)
			}
		}
		if err := signIn(t, p, "2468", now); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoCannotSignIn(t *testing.T) {
	for name, change := range map[string]func(p *pins){
		"somebody else":        func(p *pins) { p.staff.ID = "stf_2" },
		"another organization": func(p *pins) { p.staff.OrgID = "org_2" },
		"another branch":       func(p *pins) { p.staff.LocationID = "loc_2" },
		"somebody who left":    func(p *pins) { p.staff.Active = false },
		"somebody without PIN": func(p *pins) { p.hash = "" },
	} {
		p := newPINs()
		change(p)
		if err := signIn(t, p, "2468", now); !errors.Is(err, access.ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := newPINs()
	p.broken = errors.New("disk full")
	if err := signIn(t, p, "2468", now); !errors.Is(err, p.broken) {
		t.Errorf("a session that could not be kept: %v", err)
	}
}

// A hash that cannot be read matches no PIN, whatever is wrong with it.
func TestABrokenHashMatchesNothing(t *testing.T) {
	good := hashed()
	parts := strings.Split(good, "$")
	with := func(i int, s string) string {
		changed := append([]string(nil), parts...)
		changed[i] = s
		return strings.Join(changed, "$")
	}
	for name, hash := range map[string]string{
		"plain text":        "2468",
		"cut":               good[:len(good)-1],
		"a part missing":    strings.Join(parts[:5], "$"),
		"a part too many":   good + "$",
		"another algorithm": with(1, "argon2i"),
		"another version":   with(2, "v=16"),
		"no version":        with(2, ""),
		"no passes":         with(3, "m=19456,t=0,p=1"),
		"no threads":        with(3, "m=19456,t=2,p=0"),
		"no memory":         with(3, "m=0,t=2,p=1"),
		"too much memory":   with(3, "m=99999999,t=2,p=1"),
		"too many passes":   with(3, "m=19456,t=99,p=1"),
		"too many threads":  with(3, "m=19456,t=2,p=256"),
		"other passes":      with(3, "m=19456,t=1,p=1"),
		"a broken salt":     with(4, "!"),
		"another salt":      with(4, "AAAAAAAAAAAAAAAAAAAAAA"),
		"a broken key":      with(5, "!"),
		"a short key":       with(5, parts[5][:22]),
		"no key":            with(5, ""),
	} {
		p := newPINs()
		p.hash = hash
		if err := signIn(t, p, "2468", now); !errors.Is(err, access.ErrWrongPIN) {
			t.Errorf("%s: %v, want a wrong PIN", name, err)
		}
	}
}

func TestTwoHashesOfOnePINDiffer(t *testing.T) {
	a, b := access.HashPIN("2468"), access.HashPIN("2468")
	if a == b {
		t.Error("the salt is not fresh")
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash %s does not say how it was made", a)
	}
}

func TestCheckPIN(t *testing.T) {
	for _, pin := range []string{"0000", "2468", "123456789012"} {
		if err := access.CheckPIN(pin); err != nil {
			t.Errorf("%q: %v", pin, err)
		}
	}
	for _, pin := range []string{"", "123", "1234567890123", "12 34", "12a4", "-123", "１２３４", "1234\n", "12\x004", "١٢٣٤"} {
		var invalid *organization.InvalidFieldError
		if err := access.CheckPIN(pin); !errors.As(err, &invalid) || invalid.Field != "pin" {
			t.Errorf("%q: %v, want an error about the pin", pin, err)
		} else if pin != "" && strings.Contains(err.Error(), pin) {
			t.Errorf("the error tells the PIN: %v", err)
		}
	}
}

func BenchmarkSignInAtTill(b *testing.B) {
	p := newPINs()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := access.SignInAtTill(b.Context(), p, till, "shop", "stf_1", "2468", now); err != nil {
			b.Fatal(err)
		}
	}
}
