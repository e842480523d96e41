package demo

import (
	"math/rand/v2"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// What the demo pharmacy is made of.
const (
	// Slug names the organization in addresses.
	Slug = "leimala"
	// Zone is where its locations are.
	Zone = "Europe/Helsinki"
	// Goal is the size of its stamp card.
	Goal = 10
	// Customers is how many people hold its card, HistoryDays for how long it has
	// been handed out.
	Customers   = 300
	HistoryDays = 365
	// PIN is what every cashier of the demo types; it is printed, so it protects
	// nothing.
	PIN = "1234"
	// MaxEvents bounds the events of a plan; a year of the demo has about 7,000.
	MaxEvents = 50_000

	seed = 20_260_101
)

// NewID returns the id of the kind for something that the plan calls by name. It
// must give the same id for the same name each time, so that a seeding that was
// interrupted meets what it has stored already.
type NewID func(prefix, name string) string

// Plan is the demo pharmacy with its history, in an order in which it can be
// stored.
type Plan struct {
	Organization organization.Organization
	// Logo is a PNG, see organization.MaxLogoBytes.
	Logo         []byte
	Locations    []organization.Location
	Staff        []Member
	Program      loyalty.Program
	ConsentTexts []customer.ConsentText
	// Joins are parsed and trusted. Each has a contact that no other has, so that
	// storing one again finds the card that is there.
	Joins []customer.Join
	// Events are ordered by instant.
	Events []Event
	// Showcase is the index of a customer whose card is worth a look: a reward to use
	// and the next card half full.
	Showcase int
	// EndsAt is the instant that the plan was drawn for, in UTC milliseconds. Nothing
	// happens after it.
	EndsAt int64
}

// Member is somebody of the staff.
type Member struct {
	Staff organization.Staff
	// PIN is "" for those who do not work at a till.
	PIN string
}

// Event is one thing that happened to a customer's card.
type Event struct {
	// Key is unique in the plan and always the same: the idempotency key.
	Key string
	// Customer is the index of the join.
	Customer int
	// Kind is stamp, redeem, reverse or expire.
	Kind     loyalty.CommandKind
	Quantity int
	// Coupon says which of the customer's coupons a redeem or expire is about,
	// counted from 0 in the order of issue.
	Coupon int
	// Reverses is the Key of the stamp that a reverse takes back.
	Reverses   string
	LocationID string
	Actor      loyalty.Actor
	At         int64
}

// New draws the plan of a year that ends at the instant. Equal instants and ids
// give equal plans.
func New(end time.Time, newID NewID) Plan {
	zone := organization.LoadZone(Zone, "")
	end = end.Truncate(time.Millisecond)
	start := openingDay(end.In(zone))
	p := Plan{EndsAt: end.UnixMilli()}
	p.Organization = organization.Organization{
		ID: OrganizationID(newID), Slug: Slug, Name: "Leimala", Country: "FI", Locale: "fi", Zone: Zone,
		Brand: organization.Brand{Color: brandColor}, Version: 1, CreatedAt: end.Add(-age).UnixMilli(),
	}
	p.Logo = drawLogo()
	p.addLocations(newID)
	p.addStaff(newID)
	p.addProgram(newID)
	p.addConsentTexts(newID)

	d := draw{
		plan: &p, random: rand.New(rand.NewPCG(seed, 0)), //nolint:gosec // a history to look at, not a secret
		zone: zone, start: start, end: end,
	}
	d.people()
	d.year()
	return p
}

// OrganizationID is the id of the demo's organization.
func OrganizationID(newID NewID) string { return newID("org", Slug) }

// EndOf returns the instant that the plan of a stored demo organization was drawn
// for: with it, a seeding that was interrupted goes on with the same plan.
func EndOf(o organization.Organization) time.Time { return time.UnixMilli(o.CreatedAt).Add(age) }

// age is how long before the end of the plan the organization was entered; the
// first card was handed out within the day after it.
const age = (HistoryDays + 1) * 24 * time.Hour

// openingDay is the morning on which the first card was handed out.
func openingDay(end time.Time) time.Time {
	y, m, d := end.Date()
	return time.Date(y, m, d-HistoryDays, opensAt, 0, 0, 0, end.Location())
}

func (p *Plan) addLocations(newID NewID) {
	for _, l := range []organization.Location{
		{Name: "Leimala Keskusta", Address: "Esimerkkikatu 1, 00100 Helsinki", ExternalRef: "1"},
		{Name: "Leimala Satama", Address: "Esimerkkiranta 7, 00160 Helsinki", ExternalRef: "2"},
	} {
		l.OrgID, l.ID = p.Organization.ID, newID("loc", l.ExternalRef)
		l.Zone, l.Version, l.CreatedAt = Zone, 1, p.Organization.CreatedAt
		p.Locations = append(p.Locations, l)
	}
}

func (p *Plan) addStaff(newID NewID) {
	both := ""
	for _, m := range []struct {
		name, mail string
		role       organization.Role
		location   string
		pin        string
	}{
		{"Aino Apteekkari", "owner", organization.RoleOwner, both, PIN},
		{"Petteri Päällikkö", "manager", organization.RoleManager, both, PIN},
		{"Maria Markkinoija", "marketer", organization.RoleMarketer, both, ""},
		{"Kaisa Kassa", "kaisa", organization.RoleCashier, p.Locations[0].ID, PIN},
		{"Joonas Jokunen", "joonas", organization.RoleCashier, p.Locations[0].ID, PIN},
		{"Olga Orlova", "olga", organization.RoleCashier, p.Locations[1].ID, PIN},
	} {
		p.Staff = append(p.Staff, Member{PIN: m.pin, Staff: organization.Staff{
			OrgID: p.Organization.ID, ID: newID("stf", m.mail), Name: m.name, Email: m.mail + "@leimala.example.org",
			Role: m.role, Locale: "fi", LocationID: m.location, Active: true, Version: 1, CreatedAt: p.Organization.CreatedAt,
		}})
	}
}

// addProgram makes a card of ten without any limit, so that it can be tried at
// once: somebody who stamps ten times in a row sees the reward.
func (p *Plan) addProgram(newID NewID) {
	p.Program = loyalty.Program{
		OrgID: p.Organization.ID, ID: newID("prog", "stamps"), Name: programName, Status: loyalty.ProgramActive,
		Version: 1, Goal: Goal, CreatedAt: p.Organization.CreatedAt,
		Rewards: []loyalty.Reward{{
			ID: newID("rew", "gift"), Kind: loyalty.RewardMain, Name: rewardName, ValidFor: loyalty.Period{Months: 3},
		}},
	}
}

func (p *Plan) addConsentTexts(newID NewID) {
	for i, c := range []struct {
		channel string
		text    loyalty.Text
	}{{"sms", smsConsent}, {"email", emailConsent}} {
		p.ConsentTexts = append(p.ConsentTexts, customer.ConsentText{
			OrgID: p.Organization.ID, ID: newID("ctxt", c.channel), Purpose: "marketing", Channel: c.channel,
			Version: 1, Text: c.text, Active: true, Position: i + 1, CreatedAt: p.Organization.CreatedAt,
		})
	}
}

func (p Plan) zone() *time.Location { return organization.LoadZone(p.Organization.Zone, "") }
