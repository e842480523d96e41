package organization_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tables, whatever the machine knows
	"unicode"

	"pgregory.net/rapid"

	"github.com/leima/leima/organization"
)

// wantField checks that the error is about the field and has a reason; "" wants
// no error.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var invalid *organization.InvalidFieldError
	if !errors.As(err, &invalid) {
		t.Errorf("the answer is %v, want an InvalidFieldError", err)
		return
	}
	if invalid.Field != field || invalid.Reason == "" || err.Error() != field+": "+invalid.Reason {
		t.Errorf("the answer is %q about %q, want one about %q", err, invalid.Field, field)
	}
}

func TestAnOrganizationIsChecked(t *testing.T) {
	for _, c := range []struct {
		name      string
		change    func(o *organization.Organization)
		wantField string
	}{
		{"a shop", func(*organization.Organization) {}, ""},
		{"a slug with hyphens and digits", func(o *organization.Organization) { o.Slug = "apteekki-24-h" }, ""},
		{"the longest slug", func(o *organization.Organization) { o.Slug = strings.Repeat("s", organization.MaxSlugLen) }, ""},
		{"a longer slug", func(o *organization.Organization) { o.Slug = strings.Repeat("s", organization.MaxSlugLen+1) }, "slug"},
		{"no slug", func(o *organization.Organization) { o.Slug = "" }, "slug"},
		{"a capital in the slug", func(o *organization.Organization) { o.Slug = "Shop" }, "slug"},
		{"an underscore in the slug", func(o *organization.Organization) { o.Slug = "my_shop" }, "slug"},
		{"a slug beginning with a hyphen", func(o *organization.Organization) { o.Slug = "-shop" }, "slug"},
		{"a slug ending with a hyphen", func(o *organization.Organization) { o.Slug = "shop-" }, "slug"},
		{"two hyphens in a row", func(o *organization.Organization) { o.Slug = "my--shop" }, "slug"},
		{"a slug with a line break", func(o *organization.Organization) { o.Slug = "shop\n" }, "slug"},
		{"letters that not every address has", func(o *organization.Organization) { o.Slug = "käuppa" }, "slug"},
		{"no country", func(o *organization.Organization) { o.Country = "" }, "country"},
		{"a country in small letters", func(o *organization.Organization) { o.Country = "fi" }, "country"},
		{"a country of three letters", func(o *organization.Organization) { o.Country = "FIN" }, "country"},
		{"no language", func(o *organization.Organization) { o.Locale = "" }, "locale"},
		{"a language that is not spoken here", func(o *organization.Organization) { o.Locale = "xx" }, "locale"},
		{"a language with a region", func(o *organization.Organization) { o.Locale = "fi-FI" }, "locale"},
		{"no colour", func(o *organization.Organization) { o.Brand.Color = "" }, "brand.color"},
		{"a colour by name", func(o *organization.Organization) { o.Brand.Color = "green" }, "brand.color"},
		{"a short colour", func(o *organization.Organization) { o.Brand.Color = "#0b6" }, "brand.color"},
		{"three colours", func(o *organization.Organization) { o.Brand.TextColor, o.Brand.AccentColor = "#ffffff", "#ffd400" }, ""},
		{"a text in a colour by name", func(o *organization.Organization) { o.Brand.TextColor = "white" }, "brand.text_color"},
		{"an accent in no colour", func(o *organization.Organization) { o.Brand.AccentColor = "#" }, "brand.accent_color"},
		{"a colour that goes on", func(o *organization.Organization) { o.Brand.Color = "#0b6e4f;}" }, "brand.color"},
		{"no name", func(o *organization.Organization) { o.Name = "" }, "name"},
		{"a name of blanks", func(o *organization.Organization) { o.Name = "  " }, "name"},
		{"a name that turns around", func(o *organization.Organization) { o.Name = "Shop\u202e" }, "name"},
		{"no zone", func(o *organization.Organization) { o.Zone = "" }, "zone"},
		{"the zone of whatever machine it runs on", func(o *organization.Organization) { o.Zone = "Local" }, "zone"},
		{"a zone of nowhere", func(o *organization.Organization) { o.Zone = "Europe/Atlantis" }, "zone"},
		{"a zone that is a path", func(o *organization.Organization) { o.Zone = "../../etc/passwd" }, "zone"},
		{"an offset", func(o *organization.Organization) { o.Zone = "+02:00" }, "zone"},
		{"universal time", func(o *organization.Organization) { o.Zone = "UTC" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := organization.Organization{
				Slug: "shop", Name: "Leimala", Country: "FI", Locale: "fi", Zone: "Europe/Helsinki", Brand: organization.Brand{Color: "#0b6e4f"},
			}
			c.change(&o)
			wantField(t, o.Validate(), c.wantField)
		})
	}
}

func TestALocationIsChecked(t *testing.T) {
	for _, c := range []struct {
		name      string
		location  organization.Location
		wantField string
	}{
		{"a branch", organization.Location{Name: "Centre", Address: "Kauppakatu 1, 33200 Tampere", Zone: "Europe/Helsinki", ExternalRef: "12"}, ""},
		{"a name only", organization.Location{Name: "Centre"}, ""},
		{"no name", organization.Location{Address: "Kauppakatu 1"}, "name"},
		{"a long name", organization.Location{Name: strings.Repeat("n", organization.MaxNameLen+1)}, "name"},
		{"an address of two lines", organization.Location{Name: "Centre", Address: "Kauppakatu 1\n33200 Tampere"}, "address"},
		{"a long address", organization.Location{Name: "Centre", Address: strings.Repeat("a", organization.MaxAddressLen+1)}, "address"},
		{"a number with a tab", organization.Location{Name: "Centre", ExternalRef: "1\t2"}, "external_ref"},
		{"a place", organization.Location{Name: "Centre", Coordinates: &organization.Coordinates{Latitude: 60.1699, Longitude: 24.9384}}, ""},
		{"the place where both are 0", organization.Location{Name: "Buoy", Coordinates: &organization.Coordinates{}}, ""},
		{"the ends of the world", organization.Location{Name: "Pole", Coordinates: &organization.Coordinates{Latitude: -90, Longitude: 180}}, ""},
		{"beyond the pole", organization.Location{Name: "Centre", Coordinates: &organization.Coordinates{Latitude: 90.1}}, "coordinates.latitude"},
		{"around the world", organization.Location{Name: "Centre", Coordinates: &organization.Coordinates{Longitude: -180.1}}, "coordinates.longitude"},
		{"no number", organization.Location{Name: "Centre", Coordinates: &organization.Coordinates{Latitude: math.NaN()}}, "coordinates.latitude"},
		{"a zone of nowhere", organization.Location{Name: "Centre", Zone: "Mars/Olympus"}, "zone"},
		{"the zone of whatever machine it runs on", organization.Location{Name: "Centre", Zone: "Local"}, "zone"},
	} {
		t.Run(c.name, func(t *testing.T) { wantField(t, c.location.Validate(), c.wantField) })
	}
}

func TestStaffAreChecked(t *testing.T) {
	for _, c := range []struct {
		name      string
		staff     organization.Staff
		wantField string
	}{
		{"a cashier", organization.Staff{Name: "Maija", Role: organization.RoleCashier}, ""},
		{"an owner with everything", organization.Staff{Name: "Maija", Role: organization.RoleOwner, Email: "maija@example.org", Locale: "fi"}, ""},
		{"no name", organization.Staff{Role: organization.RoleCashier}, "name"},
		{"a name that turns around", organization.Staff{Name: "\u200fMaija", Role: organization.RoleCashier}, "name"},
		{"an address of two lines", organization.Staff{Name: "Maija", Email: "a@b.c\r\nBcc: x@y.z", Role: organization.RoleCashier}, "email"},
		{"no role", organization.Staff{Name: "Maija"}, "role"},
		{"an unknown role", organization.Staff{Name: "Maija", Role: "boss"}, "role"},
		{"a machine's role", organization.Staff{Name: "Maija", Role: organization.RoleIntegration}, "role"},
		{"a language that is not spoken here", organization.Staff{Name: "Maija", Role: organization.RoleCashier, Locale: "xx"}, "locale"},
	} {
		t.Run(c.name, func(t *testing.T) { wantField(t, c.staff.Validate(), c.wantField) })
	}
}

func TestCheckLine(t *testing.T) {
	for _, c := range []struct {
		name, in string
		required bool
		good     bool
	}{
		{"a line", "Apteekki Leimala, Åbo – Łódź", true, true},
		{"nothing where something may be", "", false, true},
		{"nothing where something must be", "", true, false},
		{"as long as may be", strings.Repeat("n", 40), true, true},
		{"a byte more", strings.Repeat("n", 41), true, false},
		{"twenty letters of two bytes", strings.Repeat("ä", 20), true, true},
		{"twenty-one of them", strings.Repeat("ä", 21), true, false},
		{"bytes that are no text", "a\xffb", true, false},
		{"half a letter", "a\xc3", true, false},
		{"a blank before", " a", true, false},
		{"a blank after", "a\u00a0", true, false},
		{"blanks within", "a  b", true, true},
		{"a line break within", "a\nb", true, false},
		{"NUL", "a\x00b", true, false},
		{"escape", "a\x1b[31mb", true, false},
		{"a C1 control character", "a\u0085b", true, false},
		{"delete", "a\x7fb", true, false},
		{"a line separator", "a\u2028b", true, false},
		{"a paragraph separator", "a\u2029b", true, false},
		{"a byte order mark", "a\ufeffb", true, false},
		{"right-to-left override", "a\u202eb", true, false},
		{"an isolate", "a\u2067b", true, false},
		{"an Arabic letter mark", "a\u061cb", true, false},
		{"Arabic text itself", "صيدلية", true, true},
		{"a joiner that the spelling needs", "نرگس\u200cها", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			field := "name"
			if c.good {
				field = ""
			}
			wantField(t, organization.CheckLine("name", c.in, 40, c.required), field)
		})
	}
}

func TestWhatCheckLineLetsThroughIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if organization.CheckLine("name", s, 1000, false) != nil {
			return
		}
		if strings.ContainsFunc(s, unicode.IsControl) || len(strings.FieldsFunc(s, func(r rune) bool {
			return r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
		})) > 1 {
			t.Errorf("%q is let through", s)
		}
	})
}

func TestLoadZone(t *testing.T) {
	for _, c := range []struct{ zone, fallback, want string }{
		{"Asia/Tokyo", "Europe/Helsinki", "Asia/Tokyo"},
		{"", "Europe/Helsinki", "Europe/Helsinki"},
		{"Mars/Olympus", "Europe/Helsinki", "Europe/Helsinki"},
		{"", "", "UTC"},
		{"Mars/Olympus", "Europe/Atlantis", "UTC"},
	} {
		got := organization.LoadZone(c.zone, c.fallback)
		if got == nil || got.String() != c.want {
			t.Errorf("%q, else %q, is %v, want %s", c.zone, c.fallback, got, c.want)
		}
	}
	if time.UTC != organization.LoadZone("", "") {
		t.Error("no zone is not time.UTC itself")
	}
}

func TestRolesAndLocales(t *testing.T) {
	for _, r := range organization.Roles {
		if !r.Known() {
			t.Errorf("%s is not known", r)
		}
	}
	for _, l := range organization.Locales {
		if !organization.KnownLocale(l) {
			t.Errorf("%s is not known", l)
		}
	}
	if organization.Role("").Known() || organization.Role("Owner").Known() || organization.KnownLocale("") || organization.KnownLocale("EN") {
		t.Error("what is not listed is known")
	}
}
