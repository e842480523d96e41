package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// The facts of what is changed, under the names that the API has for them.

func organizationFacts(o organization.Organization) []fact {
	return []fact{
		{name: "name", value: o.Name},
		{name: "country", value: o.Country},
		{name: "locale", value: o.Locale},
		{name: "zone", value: o.Zone},
		{name: "brand.color", value: o.Brand.Color},
		{name: "brand.text_color", value: o.Brand.TextColor},
		{name: "brand.accent_color", value: o.Brand.AccentColor},
		{name: "brand.texts", value: brandFact(o.Brand.Texts)},
	}
}

func locationFacts(l organization.Location) []fact {
	return []fact{
		{name: "name", value: l.Name},
		{name: "address", value: l.Address},
		{name: "zone", value: l.Zone},
		{name: "external_ref", value: l.ExternalRef},
		{name: "coordinates", value: placeFact(l.Coordinates)},
	}
}

func placeFact(c *organization.Coordinates) string {
	if c == nil {
		return ""
	}
	return organization.Degrees(c.Latitude) + ", " + organization.Degrees(c.Longitude)
}

func staffFacts(m organization.Staff) []fact {
	return []fact{
		{name: "name", value: m.Name, personal: true},
		{name: "email", value: m.Email, personal: true},
		{name: "role", value: string(m.Role)},
		{name: "locale", value: m.Locale},
		{name: "location_id", value: m.LocationID},
		{name: "active", value: strconv.FormatBool(m.Active)},
	}
}

func customerFacts(c customer.Customer) []fact {
	return []fact{
		{name: "first_name", value: c.FirstName, personal: true},
		{name: "last_name", value: c.LastName, personal: true},
		{name: "phone", value: c.Phone, personal: true},
		{name: "email", value: c.Email, personal: true},
		{name: "locale", value: c.Locale},
		{name: "external_ref", value: c.ExternalRef, personal: true},
	}
}

func keyFacts(k access.APIKey) []fact {
	return []fact{{name: "name", value: k.Name}, {name: "scopes", value: strings.Join(k.Scopes.Names(), " ")}, {name: "location_id", value: k.LocationID}}
}

func tillFacts(name, locationID string) []fact {
	return []fact{{name: "name", value: name}, {name: "location_id", value: locationID}}
}

func consentTextFacts(t customer.ConsentText) []fact {
	return []fact{
		{name: "purpose", value: t.Purpose},
		{name: "channel", value: t.Channel},
		{name: "version", value: strconv.Itoa(t.Version)},
		{name: "text", value: inJSON(t.Text)},
	}
}

func programFacts(p loyalty.Program) []fact {
	rewards := make([]string, len(p.Rewards))
	for i, r := range p.Rewards {
		rewards[i] = strings.Join([]string{string(r.Kind), strconv.Itoa(r.At), r.ValidFor.String(), inJSON(r.Name)}, " ")
	}
	return []fact{
		{name: "name", value: inJSON(p.Name)},
		{name: "status", value: string(p.Status)},
		{name: "goal", value: strconv.Itoa(p.Goal)},
		{name: "welcome_stamps", value: strconv.Itoa(p.WelcomeStamps)},
		{name: "limits.max_per_scan", value: strconv.Itoa(p.Limits.MaxPerScan)},
		{name: "limits.max_per_card_day", value: strconv.Itoa(p.Limits.MaxPerCardDay)},
		{name: "limits.cool_down_seconds", value: strconv.Itoa(int(p.Limits.CoolDown.Seconds()))},
		{name: "limits.max_per_staff_day", value: strconv.Itoa(p.Limits.MaxPerStaffDay)},
		{name: "rewards", value: strings.Join(rewards, "\n")},
		{name: "starts_at", value: factInstant(p.StartsAt)},
		{name: "ends_at", value: factInstant(p.EndsAt)},
	}
}

func designFacts(d organization.PassDesign) []fact {
	front := make([]string, len(d.Front))
	for i, f := range d.Front {
		front[i] = string(f)
	}
	return []fact{
		{name: "colors.background", value: d.Background},
		{name: "colors.foreground", value: d.Foreground},
		{name: "colors.label", value: d.Label},
		{name: "colors.ink", value: d.Ink},
		{name: "icon", value: d.Icon},
		{name: "rows", value: strconv.Itoa(d.Rows)},
		{name: "barcode", value: string(d.Barcode)},
		{name: "front", value: strings.Join(front, " ")},
		{name: "artwork.stamp", value: d.Stamp},
		{name: "artwork.empty", value: d.Empty},
		{name: "artwork.backdrop", value: d.Backdrop},
	}
}

func importFacts(m customer.Import) []fact {
	return []fact{{name: "file_name", value: m.FileName}, {name: "program_id", value: m.ProgramID}, {name: "dry_run", value: strconv.FormatBool(m.DryRun)}}
}

// inJSON returns words by locale as a line.
func inJSON(t loyalty.Text) string {
	b, _ := json.Marshal(t) // a map of strings cannot fail
	return string(b)
}

func factInstant(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

// brandFact tells the words of the brand in the form in which they are kept.
func brandFact(texts map[string]organization.BrandText) string {
	text, err := writeTexts(texts)
	if err != nil || text == "{}" {
		return ""
	}
	return text
}
