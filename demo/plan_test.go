package demo_test

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/demo"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// named makes ids that tell what they are of.
func named(prefix, name string) string { return prefix + "_" + name }

var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)

func TestTheSameInstantGivesTheSamePlan(t *testing.T) {
	if diff := cmp.Diff(demo.New(noon, named), demo.New(noon, named), cmp.Comparer(sameZone)); diff != "" {
		t.Errorf("two draws differ:\n%s", diff)
	}
}

func sameZone(a, b *time.Location) bool { return a.String() == b.String() }

// What is stored of the organization is enough to draw the same plan again.
func TestTheEndOfAPlanStandsInItsOrganization(t *testing.T) {
	p := demo.New(noon.Add(123456789), named)
	if got := demo.EndOf(p.Organization).UnixMilli(); got != p.EndsAt {
		t.Errorf("the plan ends at %d, its organization says %d", p.EndsAt, got)
	}
}

func TestEverythingInThePlanIsValid(t *testing.T) {
	p := demo.New(noon, named)
	if err := p.Organization.Validate(); err != nil {
		t.Error(err)
	}
	if err := p.Program.Validate(); err != nil {
		t.Error(err)
	}
	for _, l := range p.Locations {
		if err := l.Validate(); err != nil {
			t.Error(err)
		}
	}
	roles := map[organization.Role]int{}
	for _, m := range p.Staff {
		roles[m.Staff.Role]++
		if err := m.Staff.Validate(); err != nil {
			t.Error(err)
		}
	}
	want := map[organization.Role]int{
		organization.RoleOwner: 1, organization.RoleManager: 1, organization.RoleMarketer: 1, organization.RoleCashier: 3,
	}
	if diff := cmp.Diff(want, roles); diff != "" {
		t.Error(diff)
	}
	texts := []loyalty.Text{p.Program.Name, p.Program.Main().Name}
	for _, c := range p.ConsentTexts {
		texts = append(texts, c.Text)
	}
	for _, text := range texts {
		for _, locale := range organization.Locales {
			if text[locale] == "" {
				t.Errorf("%q is not there in %s", text["en"], locale)
			}
		}
	}
}

// A card of ten without limits: ten stamps in a row are one reward and nothing else.
func TestTheProgramCanBeTriedAtOnce(t *testing.T) {
	p := demo.New(noon, named).Program
	if p.Goal != 10 || p.WelcomeStamps != 0 || len(p.Rewards) != 1 || p.Limits != (loyalty.Limits{}) {
		t.Errorf("goal %d, %d welcome stamps, %d rewards, limits %+v", p.Goal, p.WelcomeStamps, len(p.Rewards), p.Limits)
	}
}

func TestEveryCustomerHasAContactOfTheirOwn(t *testing.T) {
	p := demo.New(noon, named)
	if len(p.Joins) != demo.Customers {
		t.Fatalf("%d customers, want %d", len(p.Joins), demo.Customers)
	}
	contacts := map[string]bool{}
	phones := 0
	for i, j := range p.Joins {
		parsed, err := j.Parse(p.Organization.Country, organization.KnownLocale)
		if err != nil {
			t.Errorf("customer %d: %v", i, err)
		}
		if diff := cmp.Diff(j, parsed, cmp.Comparer(sameZone)); diff != "" {
			t.Errorf("customer %d is not in the form in which it is stored:\n%s", i, diff)
		}
		for _, c := range []string{j.Phone, j.Email} {
			if c != "" && contacts[c] {
				t.Errorf("two customers have %s", c)
			}
			contacts[c] = true
		}
		if j.Phone != "" {
			phones++
		}
		if j.Now > p.EndsAt || j.Now < p.Organization.CreatedAt {
			t.Errorf("customer %d joins outside the year", i)
		}
	}
	if phones < 80 {
		t.Errorf("only %d customers have a phone", phones)
	}
}

// Whatever day the demo is started on, its year must obey the rules.
func TestTheRulesAllowEveryEvent(t *testing.T) {
	for _, end := range []time.Time{
		noon,
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 12, 24, 16, 30, 0, 0, time.UTC),
		time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC), // the hour that summer time leaves out
		time.Date(2028, 2, 29, 9, 15, 0, 0, time.UTC),
		time.Date(2029, 8, 5, 11, 0, 0, 0, time.UTC), // a Sunday
	} {
		p := demo.New(end, named)
		totals, err := p.Rehearse()
		if err != nil {
			t.Errorf("%s: %v", end, err)
			continue
		}
		if totals.Stamps < 4_000 || totals.Issued < 300 || totals.Redeemed < 150 || totals.Expired < 10 || totals.Undone < 10 {
			t.Errorf("%s: a dull year: %+v", end, totals)
		}
		if totals.TakenBack != 0 {
			t.Errorf("%s: an undone stamp took %d rewards back; the plan leaves that out", end, totals.TakenBack)
		}
		if len(p.Events) >= demo.MaxEvents {
			t.Errorf("%s: the plan was cut off", end)
		}
	}
}

func TestHistoryEndsNowAndKeysAreUnique(t *testing.T) {
	p := demo.New(noon, named)
	keys := map[string]bool{}
	var last int64
	for _, e := range p.Events {
		if e.At < last || e.At > p.EndsAt {
			t.Fatalf("%s at %d is out of order or after the end", e.Key, e.At)
		}
		if keys[e.Key] {
			t.Fatalf("key %s twice", e.Key)
		}
		keys[e.Key], last = true, e.At
	}
	if quiet := time.Duration(p.EndsAt-last) * time.Millisecond; quiet > 48*time.Hour {
		t.Errorf("nothing happened in the last %s", quiet)
	}
}

func TestVisitsFollowTheWeekAndTheHolidays(t *testing.T) {
	p := demo.New(noon, named)
	zone := organization.LoadZone(demo.Zone, "")
	byWeekday := map[time.Weekday]int{}
	for _, e := range p.Events {
		at := time.UnixMilli(e.At).In(zone)
		if e.Kind == loyalty.CommandExpire {
			if at.Hour() != 0 || at.Minute() != 0 {
				t.Errorf("a reward ran out at %s, want the end of a day", at)
			}
			continue
		}
		byWeekday[at.Weekday()]++
		if at.Hour() < 8 || at.Hour() >= 20 {
			t.Errorf("a visit at %s, when the doors are closed", at)
		}
		if at.Month() == time.December && at.Day() >= 24 && at.Day() <= 26 {
			t.Errorf("a visit at %s, at Christmas", at)
		}
	}
	if byWeekday[time.Friday] < 2*byWeekday[time.Sunday] {
		t.Errorf("Fridays %d, Sundays %d: want a week with a quiet Sunday", byWeekday[time.Friday], byWeekday[time.Sunday])
	}
}

func TestTheShowcaseCardHasSomethingToShow(t *testing.T) {
	p := demo.New(noon, named)
	coupons, stamps := 0, 0
	for _, e := range p.Events {
		if e.Customer != p.Showcase {
			continue
		}
		switch e.Kind {
		case loyalty.CommandStamp:
			stamps += e.Quantity
			if stamps >= demo.Goal {
				stamps -= demo.Goal
				coupons++
			}
		case loyalty.CommandRedeem, loyalty.CommandExpire:
			coupons--
		default:
		}
	}
	if coupons != 1 || stamps < 1 {
		t.Errorf("customer %d has %d rewards to use and %d stamps, want 1 and some", p.Showcase, coupons, stamps)
	}
}

func TestConsentsAreDecidedByThoseWhoCanBeReached(t *testing.T) {
	p := demo.New(noon, named)
	granted := map[string]int{}
	for i, j := range p.Joins {
		if len(j.Consents) != len(p.ConsentTexts) {
			t.Fatalf("customer %d decided %d texts, want %d", i, len(j.Consents), len(p.ConsentTexts))
		}
		for _, c := range j.Consents {
			if !c.Granted {
				continue
			}
			granted[c.TextID]++
			if c.TextID == "ctxt_sms" && j.Phone == "" {
				t.Errorf("customer %d agreed to text messages without a phone", i)
			}
		}
		if j.Source == customer.SourceStaff && j.Actor.Kind != loyalty.ActorStaff {
			t.Errorf("customer %d was entered by staff, but by nobody", i)
		}
	}
	if granted["ctxt_sms"] == 0 || granted["ctxt_email"] == 0 {
		t.Errorf("nobody agreed: %v", granted)
	}
}

func TestTheLogoIsASmallPNG(t *testing.T) {
	logo := demo.New(noon, named).Logo
	img, err := png.Decode(bytes.NewReader(logo))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != b.Dy() || b.Dx() < 192 {
		t.Errorf("the logo is %v, want a square of at least 192 pixels", b)
	}
	if len(logo) > organization.MaxLogoBytes {
		t.Errorf("the logo has %d bytes", len(logo))
	}
}
