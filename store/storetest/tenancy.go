package storetest

import (
	"reflect"
	"slices"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
)

var tenancyStories = []story{
	{"another organization sees and changes nothing, by whatever method", tenancy},
}

// victim is a shop in which there is something of everything.
type victim struct {
	*shop
	view             customer.View
	provisional      customer.View
	request          customer.ConfirmationRequest
	confirmation     [32]byte
	entry            loyalty.Entry
	coupon           loyalty.Coupon
	key              access.APIKey
	keyToken         string
	till             access.Till
	pairing, session string
	principal        access.Principal
	text             customer.ConsentText
	imported         customer.Import
	merge            customer.Merge
	review           customer.ReviewLine
	pass             customer.Pass
	google           customer.GooglePass
	samsungPass      customer.SamsungPass
	artwork          string
}

func newVictim(su *suite) *victim {
	su.t.Helper()
	v := &victim{shop: newShop(su, withWelcome)}
	v.text = v.newConsentText("marketing", "sms", 1)
	j := v.trusted(v.phone())
	j.Email, j.Consents = "veera@example.org", []customer.ConsentDecision{{TextID: v.text.ID, Granted: true}}
	v.view = v.join(j).View
	v.entry = v.apply(v.stamp(v.view.Card.ID, 10)).Entry
	v.provisional = v.join(v.public(v.phone())).View
	v.confirmation = v.link()
	v.join(v.public(v.phone()))
	v.request = v.confirmations()[0]
	v.coupon = v.coupons(v.view.Card.ID)[0]
	v.keyToken = access.NewToken(access.TokenAPIKey, v.org.Slug)
	v.key = v.newAPIKey(v.keyToken, access.TillScopes)
	v.letsIn(v.keyToken) // its use is noted now, not during the attack
	v.till, _ = v.newTill()
	v.session = v.signIn(v.cashier)
	v.principal = v.letsIn(v.session)
	v.pairing = access.NewPairingCode(v.org.Slug)
	v.ok(v.CreatePairingCode(v.ctx, access.PairingCode{
		OrgID: v.org.ID, Name: "Next", LocationID: v.location.ID, CodeHash: access.Hash(v.pairing), ExpiresAt: v.clock() + 1000,
	}))
	v.ok(v.SetPIN(v.ctx, v.org.ID, v.cashier.ID, fakeHash))
	v.imported = v.newImport()
	v.ok(v.AddImportErrors(v.ctx, v.org.ID, v.imported.ID, []customer.ImportError{{Row: 1}}))
	v.review = v.forReview(v.recorded(v.view.Card.ID, 2))
	v.pass = v.newPass(v.view)
	v.google = v.newGooglePass(v.view.Card.ID)
	v.googleHas(v.google)
	v.ok(v.NoteGoogleClass(v.ctx, v.org.ID, googleIssuer, v.program.ID, "digest"))
	v.samsungPass = v.newSamsungPass(v.view)
	_, err := v.SetLogo(v.ctx, v.org.ID, []byte("logo"), "image/png")
	v.ok(err)
	town := v.location
	town.Coordinates = &organization.Coordinates{Latitude: 60, Longitude: 25}
	v.location, err = v.UpdateLocation(v.ctx, town, 1)
	v.ok(err)
	v.artwork, err = v.AddArtwork(v.ctx, v.org.ID, []byte("picture"))
	v.ok(err)
	d := organization.StandardPassDesign(v.org.ID, v.program.ID)
	d.Stamp = v.artwork
	_, err = v.SetPassDesign(v.ctx, d, 1)
	v.ok(err)
	v.merge = v.shop.merge(v.newCard().CustomerID, v.newCard().CustomerID)
	v.block(v.merge.KeptID)
	return v
}

// everything reads all that a shop has, to be compared.
func (v *victim) everything() []any {
	v.t.Helper()
	var all []any
	keep := func(x any, err error) {
		v.t.Helper()
		v.ok(err)
		all = append(all, x)
	}
	ctx, org, p := v.ctx, v.org.ID, paging.Page{Limit: paging.MaxLimit}
	o, err := v.Organization(ctx, org)
	keep(o, err)
	data, _, err := v.Logo(ctx, org)
	keep(data, err)
	locations, err := v.Locations(ctx, org, p)
	keep(locations, err)
	staff, err := v.StaffList(ctx, org, p)
	keep(staff, err)
	keys, err := v.APIKeys(ctx, org, p)
	keep(keys, err)
	tills, err := v.Tills(ctx, org, p)
	keep(tills, err)
	programs, err := v.Programs(ctx, org, p)
	keep(programs, err)
	customers, err := v.Customers(ctx, org, "", p)
	keep(customers, err)
	imports, err := v.Imports(ctx, org, p)
	keep(imports, err)
	reviews, err := v.Reviews(ctx, org, loyalty.ReviewQuery{}, p)
	keep(reviews, err)
	texts, err := v.ConsentTexts(ctx, org)
	keep(texts, err)
	st, err := v.Stats(ctx, org, v.program.ID, v.clock())
	keep(st, err)
	pass, err := v.PassBySerial(ctx, org, passType, v.pass.Serial)
	keep(pass, err)
	changed, err := v.ChangedPasses(ctx, org, passType, "phone", 0)
	keep(changed, err)
	counts, err := v.PassCounts(ctx, org, passType)
	keep(counts, err)
	keep(v.googlePass(v.google.Serial), nil)
	googles, err := v.GooglePassCounts(ctx, org, googleIssuer)
	keep(googles, err)
	digest, err := v.GoogleClassDigest(ctx, org, googleIssuer, v.program.ID)
	keep(digest, err)
	samsung, err := v.SamsungPass(ctx, org, samsungKind, v.samsungPass.Ref)
	keep(samsung, err)
	counts, err = v.SamsungPassCounts(ctx, org, samsungKind)
	keep(counts, err)
	inWallets, err := v.CardWalletPasses(ctx, org, v.view.Card.ID)
	keep(inWallets, err)
	spread, err := v.PassSpread(ctx, org, passType)
	keep(spread, err)
	session, err := v.authenticate(v.session)
	keep(session, err)
	deeds, err := v.AuditLog(ctx, org, access.AuditQuery{}, p)
	keep(deeds, err)
	for _, view := range []customer.View{v.view, v.provisional} {
		history, err := v.ConsentHistory(ctx, org, view.Customer.ID, p)
		keep(history, err)
		all = append(all, v.card(view.Card.ID), v.ledger(view.Card.ID), v.coupons(view.Card.ID))
	}
	merges, err := v.Merges(ctx, org, v.merge.KeptID)
	keep(merges, err)
	blocks, err := v.Blocks(ctx, org, v.merge.KeptID)
	keep(blocks, err)
	return append(all, v.confirmations())
}

// untenanted are the methods that are for no one organization.
var untenanted = []string{
	"Analyze", "Close", "Empty", "Kind", "Migrate", "Ping", "Check", "Organizations", "OrganizationBySlug",
	"Epoch", "RaiseEpoch", "NoteIncarnation",
}

func tenancy(su *suite) {
	v := newVictim(su)
	thief := newShop(su)
	before := v.everything()
	attacks := attacks(v, thief)
	methods := reflect.TypeFor[*store.Store]()
	for i := range methods.NumMethod() {
		name := methods.Method(i).Name
		if attack, found := attacks[name]; found {
			if err := attack(v.ctx, thief.org.ID); err != nil {
				su.t.Errorf("%s: %v", name, err)
			}
		} else if !slices.Contains(untenanted, name) {
			su.t.Errorf("no attack tries %s", name)
		}
		delete(attacks, name)
	}
	for name := range attacks {
		su.t.Errorf("%s is no method", name)
	}
	su.same("what the victim has", before, v.everything())
}
