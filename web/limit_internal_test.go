package web

import (
	"fmt"
	"testing"
	"time"
)

func TestALimitCountsByNetwork(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		same                bool
	}{
		{"one address", "192.0.2.1", "192.0.2.1", true},
		{"two addresses", "192.0.2.1", "192.0.2.2", false},
		{"two addresses of one line", "2001:db8::1", "2001:db8::ffff:2", true},
		{"two lines", "2001:db8:0:1::1", "2001:db8:0:2::1", false},
		{"old address in the new form", "192.0.2.1", "::ffff:192.0.2.1", true},
		{"with a zone", "fe80::1%eth0", "fe80::1%eth1", true},
		{"no addresses", "nonsense", "", true},
	} {
		l := newLimiter(limit{burst: 1, every: time.Hour})
		if !l.allow(c.first, 0) {
			t.Errorf("%s: the first is refused", c.name)
		}
		if got := !l.allow(c.second, 0); got != c.same {
			t.Errorf("%s: refused %v, want %v", c.name, got, c.same)
		}
	}
}

func TestALimitForgetsInTime(t *testing.T) {
	l := newLimiter(limit{burst: 2, every: time.Minute})
	now := int64(1_800_000_000_000)
	for i, want := range []bool{true, true, false} {
		if got := l.allow("192.0.2.1", now); got != want {
			t.Errorf("attempt %d: %v", i, got)
		}
	}
	if !l.allow("192.0.2.1", now+time.Minute.Milliseconds()) || l.allow("192.0.2.1", now+time.Minute.Milliseconds()) {
		t.Error("after a minute, one more should be allowed")
	}
}

func TestALimitsMemoryIsBounded(t *testing.T) {
	l := newLimiter(limit{burst: 1, every: time.Hour})
	l.allow("192.0.2.1", 0)
	for i := range 2*maxTracked - 10 {
		l.allow(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), 0)
		if i%1000 == 0 && l.allow("192.0.2.1", 0) {
			t.Fatalf("after %d others, who kept trying was forgotten", i)
		}
	}
	if n := len(l.young) + len(l.old); n > 2*maxTracked {
		t.Errorf("%d addresses are remembered", n)
	}
}
