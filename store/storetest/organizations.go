package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

var organizationStories = []story{
	{"an organization is found by slug and changed by whoever read it last", organizations},
	{"a logo has a version of its own", logo},
	{"what a brand says is kept by language", brandTexts},
	{"locations are changed by whoever read them last and have a reference of their own", locations},
	{"places are told to the passes that name them", places},
	{"staff are changed by whoever read them last", staff},
}

func organizations(su *suite) {
	sh := newShop(su)
	bySlug, err := sh.OrganizationBySlug(sh.ctx, sh.org.Slug)
	sh.ok(err)
	su.same("by slug", sh.org, bySlug)
	_, err = sh.OrganizationBySlug(sh.ctx, "nobody")
	sh.is(err, organization.ErrNotFound)
	_, err = sh.Organization(sh.ctx, typeid.New("org"))
	sh.is(err, organization.ErrNotFound)
	twin := sh.org
	twin.ID = typeid.New("org")
	sh.is(sh.CreateOrganization(sh.ctx, twin), organization.ErrTaken)

	change := sh.org
	change.Name, change.Locale, change.Brand.Color, change.Slug = "Uusi", "sv", "#112233", "not-changed"
	changed, err := sh.UpdateOrganization(sh.ctx, change, 1)
	sh.ok(err)
	change.Slug, change.Version = sh.org.Slug, 2
	su.same("changed", change, changed)
	_, err = sh.UpdateOrganization(sh.ctx, change, 1)
	sh.is(err, organization.ErrVersion)
	_, err = sh.UpdateOrganization(sh.ctx, twin, 1)
	sh.is(err, organization.ErrNotFound)
	all, err := sh.Organizations(sh.ctx)
	sh.ok(err)
	if !slices.ContainsFunc(all, func(o organization.Organization) bool { return cmp.Equal(o, changed) }) {
		su.t.Fatalf("%v is not in the directory", changed)
	}
}

func logo(su *suite) {
	sh := newShop(su)
	_, _, err := sh.Logo(sh.ctx, sh.org.ID)
	sh.is(err, organization.ErrNotFound)
	for version, picture := range []string{"first\x00picture", "second"} {
		o, err := sh.SetLogo(sh.ctx, sh.org.ID, []byte(picture), "image/png")
		sh.ok(err)
		sum := sha256.Sum256([]byte(picture))
		su.same("brand", organization.Brand{
			Color: "#0b6e4f", LogoType: "image/png", LogoVersion: int64(version + 1), LogoHash: hex.EncodeToString(sum[:8]),
		}, o.Brand)
		su.same("version", int64(version+2), o.Version)
		data, mediaType, err := sh.Logo(sh.ctx, sh.org.ID)
		sh.ok(err)
		su.same("logo", [2]string{picture, "image/png"}, [2]string{string(data), mediaType})
	}
	var invalid *organization.InvalidFieldError
	_, err = sh.SetLogo(sh.ctx, sh.org.ID, make([]byte, organization.MaxLogoBytes+1), "image/png")
	if !errors.As(err, &invalid) {
		su.t.Fatalf("have %v", err)
	}
	_, err = sh.SetLogo(sh.ctx, typeid.New("org"), []byte("x"), "image/png")
	sh.is(err, organization.ErrNotFound)

	for range 2 { // the second time there is none
		o, err := sh.DeleteLogo(sh.ctx, sh.org.ID)
		sh.ok(err)
		su.same("brand without a logo", organization.Brand{Color: "#0b6e4f", LogoVersion: 2}, o.Brand)
		_, _, err = sh.Logo(sh.ctx, sh.org.ID)
		sh.is(err, organization.ErrNotFound)
	}
	o, err := sh.SetLogo(sh.ctx, sh.org.ID, []byte("third"), "image/png")
	sh.ok(err)
	su.same("version of the third logo", int64(3), o.Brand.LogoVersion)
	_, err = sh.DeleteLogo(sh.ctx, typeid.New("org"))
	sh.is(err, organization.ErrNotFound)
}

// brandTexts are kept as they are, but for languages in which nothing is said.
func brandTexts(su *suite) {
	sh := newShop(su)
	o := sh.org
	o.Brand.Texts = map[string]organization.BrandText{
		"fi": {Welcome: "Tervetuloa!", CardTitle: "Leimakortti", Terms: "Yksi.\nKaksi.", TermsURL: "https://example.org/ehdot", PrivacyURL: "https://example.org/tietosuoja"},
		"sv": {},
	}
	changed, err := sh.UpdateOrganization(sh.ctx, o, o.Version)
	sh.ok(err)
	want := map[string]organization.BrandText{"fi": o.Brand.Texts["fi"]}
	su.same("texts", want, changed.Brand.Texts)
	read, err := sh.OrganizationBySlug(sh.ctx, o.Slug)
	sh.ok(err)
	su.same("texts in the directory", want, read.Brand.Texts)
	o.Brand.Texts = nil
	changed, err = sh.UpdateOrganization(sh.ctx, o, changed.Version)
	sh.ok(err)
	su.same("no texts", map[string]organization.BrandText(nil), changed.Brand.Texts)
}

func locations(su *suite) {
	sh := newShop(su)
	want := []organization.Location{sh.location}
	for range 8 {
		want = append(want, sh.newLocation("Another"))
	}
	list := whole(su.t, func(p paging.Page) (paging.List[organization.Location], error) {
		return sh.Locations(sh.ctx, sh.org.ID, p)
	})
	su.same("locations", want, list)
	change := sh.location
	change.Name, change.Address, change.Zone, change.ExternalRef = "Asema", "Rautatientori 1", "Europe/Stockholm", "42"
	changed, err := sh.UpdateLocation(sh.ctx, change, 1)
	sh.ok(err)
	change.Version = 2
	su.same("changed", change, changed)
	read, err := sh.Location(sh.ctx, sh.org.ID, change.ID)
	sh.ok(err)
	su.same("read", change, read)
	_, err = sh.UpdateLocation(sh.ctx, change, 1)
	sh.is(err, organization.ErrVersion)
	other := want[1]
	other.ExternalRef = "42"
	_, err = sh.UpdateLocation(sh.ctx, other, 1)
	sh.is(err, organization.ErrTaken)
	other.ID = typeid.New("loc")
	sh.is(sh.CreateLocation(sh.ctx, other), organization.ErrTaken)
	_, err = sh.UpdateLocation(sh.ctx, other, 1)
	sh.is(err, organization.ErrNotFound)
	_, err = sh.Locations(sh.ctx, sh.org.ID, paging.Page{Cursor: "?"})
	sh.is(err, paging.ErrBadCursor)
}

// places are the branches of which somebody said where they are: passes name them.
func places(su *suite) {
	sh := newShop(su)
	version := func() int64 {
		o, err := sh.Organization(sh.ctx, sh.org.ID)
		sh.ok(err)
		return o.PlacesVersion
	}
	sh.newLocation("Nowhere")
	if v := version(); v != 0 {
		su.t.Errorf("places without coordinates made version %d", v)
	}
	buoy := organization.Location{
		OrgID: sh.org.ID, ID: typeid.New("loc"), Name: "Buoy", Version: 1, CreatedAt: sh.clock(), Coordinates: &organization.Coordinates{},
	}
	sh.ok(sh.CreateLocation(sh.ctx, buoy))
	town := sh.location
	town.Coordinates = &organization.Coordinates{Latitude: 60.16987654321, Longitude: -24.9384}
	town, err := sh.UpdateLocation(sh.ctx, town, 1)
	sh.ok(err)
	list, err := sh.Places(sh.ctx, sh.org.ID)
	sh.ok(err)
	su.same("places", []organization.Location{town, buoy}, list)
	su.same("version", int64(2), version())

	here := sh.join(sh.trusted(sh.phone()))
	at, err := sh.CardPlace(sh.ctx, sh.org.ID, here.View.Card.ID)
	sh.ok(err)
	su.same("where the card was opened", town.Coordinates, at)
	online := sh.trusted(sh.phone())
	online.LocationID = ""
	somewhere := sh.join(online)
	at, err = sh.CardPlace(sh.ctx, sh.org.ID, somewhere.View.Card.ID)
	sh.ok(err)
	su.same("a card from nowhere", (*organization.Coordinates)(nil), at)

	pass := sh.newPass(here.View)
	town.Coordinates = nil
	town, err = sh.UpdateLocation(sh.ctx, town, 2)
	sh.ok(err)
	su.same("taken away", (*organization.Coordinates)(nil), town.Coordinates)
	sh.spreadsOnce(su.t, pass)
}

func staff(su *suite) {
	sh := newShop(su)
	want := []organization.Staff{sh.cashier}
	for range 8 {
		want = append(want, sh.newCashier("Another"))
	}
	list := whole(su.t, func(p paging.Page) (paging.List[organization.Staff], error) {
		return sh.StaffList(sh.ctx, sh.org.ID, p)
	})
	su.same("staff", want, list)
	change := sh.cashier
	change.Name, change.Email, change.Role, change.Locale = "Aila", "aila@example.org", organization.RoleManager, "sv"
	change.LocationID, change.Active = sh.location.ID, false
	changed, err := sh.UpdateStaff(sh.ctx, change, 1)
	sh.ok(err)
	change.Version = 2
	su.same("changed", change, changed)
	read, err := sh.StaffMember(sh.ctx, sh.org.ID, change.ID)
	sh.ok(err)
	su.same("read", change, read)
	_, err = sh.UpdateStaff(sh.ctx, change, 1)
	sh.is(err, organization.ErrVersion)
	change.LocationID = typeid.New("loc")
	_, err = sh.UpdateStaff(sh.ctx, change, 2)
	sh.is(err, organization.ErrNotFound)
	change.ID = typeid.New("stf")
	sh.is(sh.CreateStaff(sh.ctx, change), organization.ErrNotFound)
	_, err = sh.UpdateStaff(sh.ctx, change, 1)
	sh.is(err, organization.ErrNotFound)
	sh.is(sh.SetPIN(sh.ctx, sh.org.ID, change.ID, fakeHash), organization.ErrNotFound)
}
