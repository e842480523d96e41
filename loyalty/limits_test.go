package loyalty_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

func limited(l loyalty.Limits) loyalty.Program {
	p := cardOf(100)
	p.Limits = l
	return p
}

// stampAt gives stamps that were given at a time of the zone, recorded now or, if
// that is still to come, then.
func stampAt(quantity int, local string, z *time.Location) step {
	return func(t *testing.T, l *ledger) {
		t.Helper()
		at := localTime(t, local, z)
		l.now = max(l.now, at)
		must(func(*ledger) loyalty.Command {
			return loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity, At: at, Zone: z}
		})(t, l)
	}
}

func noStampAt(quantity int, local string, z *time.Location, code loyalty.RefusalCode) step {
	return func(t *testing.T, l *ledger) {
		t.Helper()
		at := localTime(t, local, z)
		l.now = max(l.now, at)
		refused(code, func(*ledger) loyalty.Command {
			return loyalty.Command{Kind: loyalty.CommandStamp, Quantity: quantity, At: at, Zone: z}
		})(t, l)
	}
}

func localTime(t *testing.T, local string, z *time.Location) int64 {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05.999", local, z)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

func TestLimitPerScan(t *testing.T) {
	p := limited(loyalty.Limits{MaxPerScan: 3})
	tell(t, []story{
		{"up to it", p, []step{stamp(3)}, "3/100"},
		{"not above it", p, []step{noStamp(4, loyalty.RefusedPerScan)}, "0/100"},
		{"but as many scans as one likes", p, []step{stamp(3), stamp(3), stamp(3)}, "9/100"},
		{"a correction by hand may be more", p, []step{adjust(50)}, "50/100"},
	})
}

func TestLimitPerCardAndDay(t *testing.T) {
	p := limited(loyalty.Limits{MaxPerCardDay: 3})
	const full = loyalty.RefusedPerCardDay
	tell(t, []story{
		{"up to it", p, []step{stamp(1), stamp(2), noStamp(1, full)}, "3/100"},
		{"not partly: all of a command or nothing", p, []step{stamp(2), noStamp(2, full), stamp(1)}, "3/100"},
		{"midnight begins anew", p, []step{
			stampAt(3, "2026-03-02 23:59:59.999", helsinki), stampAt(3, "2026-03-03 00:00:00", helsinki),
			noStampAt(1, "2026-03-03 23:59:59.999", helsinki, full),
		}, "6/100"},
		{"UTC's midnight does not", p, []step{
			stampAt(3, "2026-03-03 01:59:59", helsinki), noStampAt(1, "2026-03-03 02:00:00", helsinki, full),
		}, "3/100"},
		{"a day of 23 hours", p, []step{
			stampAt(3, "2026-03-29 00:30:00", helsinki), noStampAt(1, "2026-03-29 23:59:59", helsinki, full),
			stampAt(3, "2026-03-30 00:00:00", helsinki),
		}, "6/100"},
		{"a day of 25 hours", p, []step{
			stampAt(3, "2026-10-25 00:00:00", helsinki), noStampAt(1, "2026-10-25 23:59:59", helsinki, full),
			stampAt(3, "2026-10-26 00:00:00", helsinki),
		}, "6/100"},
		{"a day without a midnight", p, []step{
			stampAt(3, "2026-03-07 23:59:59", zone("America/Havana")), stampAt(3, "2026-03-08 01:00:00", zone("America/Havana")),
			noStampAt(1, "2026-03-08 23:59:59", zone("America/Havana"), full),
		}, "6/100"},
		{"a stamp recorded late counts for its own day", p, []step{
			stampAt(2, "2026-03-03 09:00:00", helsinki), stampAt(3, "2026-03-02 18:00:00", helsinki),
			noStampAt(1, "2026-03-02 19:00:00", helsinki, full), stampAt(1, "2026-03-03 10:00:00", helsinki),
			noStampAt(1, "2026-03-03 11:00:00", helsinki, full),
		}, "6/100"},
		{"stamps taken back can be given again", p, []step{stamp(3), undo(0), stamp(2), stamp(1), noStamp(1, full)}, "3/100"},
		{"those of an earlier day, too", p, []step{
			stampAt(3, "2026-03-02 18:00:00", helsinki), stampAt(3, "2026-03-03 09:00:00", helsinki), undo(0),
			stampAt(3, "2026-03-02 18:00:00", helsinki), noStampAt(1, "2026-03-03 10:00:00", helsinki, full),
		}, "6/100"},
		{
			"corrections and welcome stamps do not count", welcomingWithin(loyalty.Limits{MaxPerCardDay: 3}),
			[]step{welcome(), adjust(5), stamp(3), noStamp(1, full)},
			"10/100, welcome issued",
		},
		{"a limit that comes in the middle of the day counts what was", cardOf(100), []step{
			stamp(5), change(func(p *loyalty.Program) { p.Limits.MaxPerCardDay = 6 }), stamp(1), noStamp(1, full),
		}, "6/100"},
	})
}

func welcomingWithin(l loyalty.Limits) loyalty.Program {
	p := welcoming(2)
	p.Goal, p.Limits = 100, l
	return p
}

func TestCoolDown(t *testing.T) {
	p := limited(loyalty.Limits{CoolDown: time.Hour})
	const soon = loyalty.RefusedCoolDown
	tell(t, []story{
		{"an hour passes", p, []step{stamp(1), later(time.Hour), stamp(1)}, "2/100"},
		{"a millisecond too soon", p, []step{stamp(1), later(time.Hour - time.Millisecond), noStamp(1, soon)}, "1/100"},
		{"a refusal does not start it again", p, []step{
			stamp(1), later(59 * time.Minute), noStamp(1, soon), later(time.Minute), stamp(1),
		}, "2/100"},
		{"over midnight", p, []step{stampAt(1, "2026-03-02 23:59:00", helsinki), noStampAt(1, "2026-03-03 00:01:00", helsinki, soon)}, "1/100"},
		{"clocks going forward do not make an hour", p, []step{
			stampAt(1, "2026-03-29 02:50:00", helsinki), noStampAt(1, "2026-03-29 04:10:00", helsinki, soon),
		}, "1/100"},
		{"several stamps at once are one stamping", p, []step{stamp(5)}, "5/100"},
		{"a stamp recorded late, just before the last", p, []step{
			stampAt(1, "2026-03-02 12:00:00", helsinki), noStampAt(1, "2026-03-02 11:00:01", helsinki, soon),
			stampAt(1, "2026-03-02 11:00:00", helsinki),
		}, "2/100"},
		{"two stamps recorded late, close to each other", p, []step{
			stampAt(1, "2026-03-02 18:00:00", helsinki), stampAt(1, "2026-03-02 12:00:00", helsinki),
			noStampAt(1, "2026-03-02 12:00:20", helsinki, soon), noStampAt(1, "2026-03-02 11:59:40", helsinki, soon),
			stampAt(1, "2026-03-02 11:00:00", helsinki),
		}, "3/100"},
		{"a stamp recorded late is not the last", p, []step{
			stampAt(1, "2026-03-02 12:00:00", helsinki), stampAt(1, "2026-03-02 10:00:00", helsinki),
			noStampAt(1, "2026-03-02 12:30:00", helsinki, soon),
		}, "2/100"},
		{"in a row with one taken back", p, []step{
			stamp(1), later(time.Hour), stamp(1), undo(1), stamp(1), noStamp(1, soon),
		}, "2/100"},
		{"the one before the one taken back still counts", p, []step{
			stampAt(1, "2026-03-02 12:00:00", helsinki), stampAt(1, "2026-03-02 13:00:00", helsinki), undo(1),
			noStampAt(1, "2026-03-02 12:30:00", helsinki, soon),
		}, "1/100"},
		{"a correction by hand does not wait", p, []step{stamp(1), adjust(1)}, "2/100"},
	})
}

func TestLimitPerCashierAndDay(t *testing.T) {
	p := limited(loyalty.Limits{MaxPerStaffDay: 3})
	const enough = loyalty.RefusedPerStaffDay
	by := func(kind loyalty.ActorKind, id string) step {
		return func(_ *testing.T, l *ledger) { l.actor = loyalty.Actor{Kind: kind, ID: id} }
	}
	tell(t, []story{
		{"up to it", p, []step{stamp(3), noStamp(1, enough)}, "3/100"},
		{"somebody else goes on", p, []step{stamp(3), by(loyalty.ActorStaff, "stf_2"), stamp(3), noStamp(1, enough)}, "6/100"},
		{"the next day begins anew", p, []step{
			stampAt(3, "2026-03-02 23:59:59", helsinki), stampAt(3, "2026-03-03 00:00:00", helsinki),
		}, "6/100"},
		{"an integration is not a cashier", p, []step{by(loyalty.ActorAPIKey, "key_1"), stamp(100)}, "0/100, main issued"},
		{"nor is an import", p, []step{by(loyalty.ActorImport, "imp_1"), stamp(50)}, "50/100"},
	})
}

// What a limit says back: the number that was reached, or the seconds to wait.
func TestARefusalNamesItsLimit(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits loyalty.Limits
		before []step
		ask    int
		want   loyalty.Refusal
	}{
		{"any quantity", loyalty.Limits{}, nil, 101, loyalty.Refusal{Code: loyalty.RefusedQuantity, Field: "quantity", Limit: 100}},
		{"per scan", loyalty.Limits{MaxPerScan: 3}, nil, 4, loyalty.Refusal{Code: loyalty.RefusedPerScan, Field: "quantity", Limit: 3}},
		{"per card and day", loyalty.Limits{MaxPerCardDay: 3}, []step{stamp(3)}, 1, loyalty.Refusal{Code: loyalty.RefusedPerCardDay, Limit: 3}},
		{"per cashier and day", loyalty.Limits{MaxPerStaffDay: 3}, []step{stamp(3)}, 1, loyalty.Refusal{Code: loyalty.RefusedPerStaffDay, Limit: 3}},
		{
			"seconds, rounded up",
			loyalty.Limits{CoolDown: time.Minute},
			[]step{stamp(1), later(500 * time.Millisecond)},
			1,
			loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 60},
		},
		{
			"the last millisecond",
			loyalty.Limits{CoolDown: time.Minute},
			[]step{stamp(1), later(time.Minute - time.Millisecond)},
			1,
			loyalty.Refusal{Code: loyalty.RefusedCoolDown, Limit: 1},
		},
		{
			"the plainest of several",
			loyalty.Limits{MaxPerScan: 1, MaxPerCardDay: 1, CoolDown: time.Hour, MaxPerStaffDay: 1},
			[]step{stamp(1)},
			2,
			loyalty.Refusal{Code: loyalty.RefusedPerScan, Field: "quantity", Limit: 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLedger(limited(c.limits))
			for _, s := range c.before {
				s(t, l)
			}
			_, refusal := l.do(t, loyalty.Command{Kind: loyalty.CommandStamp, Quantity: c.ask})
			if refusal == nil || !reflect.DeepEqual(*refusal, c.want) {
				t.Errorf("%+v, want %+v", refusal, c.want)
			}
		})
	}
}
