package pass

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/google"
)

// Object returns what Google is to have of a pass, with the card as it is now. It returns
// loyalty.ErrNotFound for a card that is not there.
func (g *Google) Object(ctx context.Context, p customer.GooglePass) (google.LoyaltyObject, error) {
	v, err := g.Store.Card(ctx, p.OrgID, p.CardID)
	if err != nil {
		return google.LoyaltyObject{}, fmt.Errorf("read card of pass: %w", err)
	}
	o := google.LoyaltyObject{ID: g.objectID(p.OrgID, p.Serial), ClassID: g.ClassID(p.OrgID, v.Program.ID), State: googleState(v, p)}
	if o.State != google.StateActive {
		// Whoever has the phone need not be whose card it is now: nothing of it is shown.
		return g.empty(ctx, o, v, p)
	}
	labels := apple.StandardLabels()
	org, err := g.Store.Organization(ctx, p.OrgID)
	if err != nil {
		return o, fmt.Errorf("read organization of pass: %w", err)
	}
	say := locale.For(org.Locale)
	goal := loyalty.CardGoal(v.Program, v.Card)
	o.AccountName = strings.TrimSpace(v.Customer.FirstName + " " + v.Customer.LastName)
	o.AccountID = customer.FormatNumber(v.Customer.Number)
	o.LoyaltyPoints = &google.LoyaltyPoints{
		Label: in(org, labels.Balance), LocalizedLabel: localized(org, labels.Balance),
		Balance: google.TextBalance(say.Number(int64(v.Card.Balance)) + "/" + say.Number(int64(goal))),
	}
	o.SecondaryLoyaltyPoints = &google.LoyaltyPoints{
		Label: in(org, labels.Rewards), LocalizedLabel: localized(org, labels.Rewards), Balance: google.IntBalance(int32(len(v.Coupons))), //nolint:gosec // at most customer.MaxOpenCoupons
	}
	chosen, err := g.Store.PassDesign(ctx, p.OrgID, v.Program.ID)
	if err != nil {
		return o, fmt.Errorf("read design of pass: %w", err)
	}
	if err := g.setCode(ctx, &o, v, chosen.Barcode); err != nil {
		return o, err
	}
	if o.HeroImage, err = g.hero(org, v.Program, chosen, goal, v.Card.Balance); err != nil {
		return o, err
	}
	if v.Program.EndsAt != 0 && len(v.Coupons) == 0 {
		o.ValidTimeInterval = &google.TimeInterval{End: &google.DateTime{Date: time.UnixMilli(v.Program.EndsAt).UTC().Format(time.RFC3339)}}
	}
	o.TextModulesData, err = g.texts(ctx, org, v)
	return o, err
}

// empty shows nothing of the card, and of one that was merged where its stamps are.
func (g *Google) empty(ctx context.Context, o google.LoyaltyObject, v customer.View, p customer.GooglePass) (google.LoyaltyObject, error) {
	labels := apple.StandardLabels()
	o.LoyaltyPoints = &google.LoyaltyPoints{Label: labels.Balance.Plain, Balance: google.TextBalance(noBalance)}
	there, err := moved(ctx, g.Store, v, p.Code)
	if err != nil || !there {
		return o, err
	}
	org, err := g.Store.Organization(ctx, p.OrgID)
	if err != nil {
		return o, fmt.Errorf("read organization of pass: %w", err)
	}
	chosen, err := g.Store.PassDesign(ctx, p.OrgID, v.Program.ID)
	if err != nil {
		return o, fmt.Errorf("read design of pass: %w", err)
	}
	o.State = google.StateActive
	o.Barcode = &google.Barcode{Type: googleBarcodes[chosen.Barcode], Value: v.Code, AlternateText: v.Code}
	o.TextModulesData = []google.TextModule{textModule(org, "latest", labels.Entries, movedWords(org))}
	return o, nil
}

// googleBarcodes are the names that Google has for codes.
var googleBarcodes = map[organization.PassBarcode]google.BarcodeType{
	organization.BarcodeQR: google.QRCode, organization.BarcodeAztec: google.Aztec,
	organization.BarcodePDF417: google.PDF417, organization.BarcodeCode128: google.Code128,
}

// setCode gives the object the card's code, or in a program that asks for rotating codes
// one that Google makes anew every step. A code that stays is not beside it: Google would
// show it instead where it likes.
func (g *Google) setCode(ctx context.Context, o *google.LoyaltyObject, v customer.View, kind organization.PassBarcode) error {
	if v.Program.RedeemCode != loyalty.RedeemRotating {
		o.Barcode = &google.Barcode{Type: googleBarcodes[kind], Value: v.Code, AlternateText: v.Code}
		return nil
	}
	key, err := g.Store.CodeKey(ctx, v.Card.OrgID)
	if err != nil {
		return fmt.Errorf("make rotating code: %w", err)
	}
	walletKey := loyalty.WalletKey(loyalty.CodeSecret(key, v.Code))
	// Others Google does not turn.
	drawn := google.QRCode
	if kind == organization.BarcodePDF417 {
		drawn = google.PDF417
	}
	o.RotatingBarcode, err = google.NewRotatingBarcode(drawn, loyalty.WalletCodePrefix(v.Code), v.Code, google.TOTP{
		Key: walletKey[:], Digits: loyalty.WalletCodeDigits, Period: loyalty.RotatingStepMS * time.Millisecond,
	})
	if err != nil {
		return fmt.Errorf("make rotating code: %w", err)
	}
	return nil
}

// googleState says where Google shows the pass: one of a blocked customer may come back,
// one of a card that was given up, merged or handed to somebody else does not.
func googleState(v customer.View, p customer.GooglePass) google.State {
	switch {
	case !v.Card.Status.Usable() || v.Code != p.Code:
		return google.StateExpired
	case v.Card.BlockedAt != 0:
		return google.StateInactive
	}
	return google.StateActive
}

// texts stand on the back: the next reward, those that the customer has, and what happened
// lately.
func (g *Google) texts(ctx context.Context, org organization.Organization, v customer.View) ([]google.TextModule, error) {
	labels := apple.StandardLabels()
	next, missing := loyalty.Next(v.Program, v.Card)
	modules := []google.TextModule{textModule(org, "next", labels.NextGoal, inAll(org, func(l locale.Localizer) string {
		return l.N("card.next", missing) + ": " + next.Name.In(l.Locale(), org.Locale)
	}))}
	if len(v.Coupons) > 0 {
		modules = append(modules, textModule(org, "rewards", labels.Rewards, inAll(org, func(l locale.Localizer) string { return rewards(l, org, v.Coupons) })))
	}
	happened, err := entries(ctx, g.Store, org, v)
	if err != nil {
		return nil, err
	}
	if len(happened) > 0 {
		modules = append(modules, textModule(org, "latest", labels.Entries, inAll(org, func(l locale.Localizer) string {
			lines := make([]string, len(happened))
			for n, e := range happened {
				lines[n] = e.Translations[l.Locale()]
			}
			return strings.Join(lines, "\n")
		})))
	}
	return modules, nil
}

func textModule(org organization.Organization, id string, header, body apple.Text) google.TextModule {
	return google.TextModule{
		ID: id, Header: in(org, header), LocalizedHeader: localized(org, header), Body: in(org, body), LocalizedBody: localized(org, body),
	}
}

// in is a text in the organization's language.
func in(org organization.Organization, t apple.Text) string {
	if said, ok := t.Translations[org.Locale]; ok {
		return said
	}
	return t.Plain
}

// localized is a text in all languages. A phone with another one shows the
// organization's.
func localized(org organization.Organization, t apple.Text) *google.LocalizedString {
	text := &google.LocalizedString{DefaultValue: google.TranslatedString{Language: org.Locale, Value: shortText(in(org, t))}}
	for _, l := range locale.Locales {
		if said, ok := t.Translations[l]; ok && l != org.Locale {
			text.TranslatedValues = append(text.TranslatedValues, google.TranslatedString{Language: l, Value: shortText(said)})
		}
	}
	return text
}

func shortText(s string) string { return google.Shorten(s, google.MaxTextRunes) }

// class translates the brand and the program.
func (g *Google) class(org organization.Organization, p loyalty.Program, chosen organization.PassDesign) google.LoyaltyClass {
	labels := apple.StandardLabels()
	title := inAll(org, func(l locale.Localizer) string {
		if said := org.Brand.Text(l.Locale(), org.Locale).CardTitle; said != "" {
			return said
		}
		return p.Name.In(l.Locale(), org.Locale)
	})
	c := google.LoyaltyClass{
		ID: g.ClassID(org.ID, p.ID), IssuerName: org.Name, ProgramName: in(org, title), LocalizedProgramName: localized(org, title),
		ProgramLogo:      &google.Image{SourceURI: google.ImageURI{URI: g.logoAddress(org)}},
		CountryCode:      org.Country,
		AccountNameLabel: in(org, labels.Holder), LocalizedAccountName: localized(org, labels.Holder),
		AccountIDLabel: in(org, labels.Number), LocalizedAccountID: localized(org, labels.Number),
		CallbackOptions:        &google.CallbackOptions{URL: g.BaseURL + GooglePath + "callbacks"},
		MultipleDevicesAllowed: google.OneUserAllDevices,
	}
	c.HexBackgroundColor = paperOf(org.Brand, chosen)
	terms := inAll(org, func(l locale.Localizer) string { return org.Brand.Text(l.Locale(), org.Locale).Terms })
	if in(org, terms) != "" {
		c.TextModulesData = append(c.TextModulesData, textModule(org, "terms", labels.Terms, terms))
	}
	// An address cannot be translated: the organization's is shown to all.
	own := org.Brand.Text(org.Locale, org.Locale)
	c.LinksModuleData = links(
		google.URI{ID: "terms", URI: own.TermsURL, Description: in(org, labels.Terms), LocalizedDescription: localized(org, labels.Terms)},
		google.URI{ID: "privacy", URI: own.PrivacyURL, Description: in(org, apple.LabelPrivacy()), LocalizedDescription: localized(org, apple.LabelPrivacy())},
	)
	return c
}

// links are those that have an address, nil if none has.
func links(all ...google.URI) *google.Links {
	var there []google.URI
	for _, l := range all {
		if strings.HasPrefix(l.URI, "https://") {
			there = append(there, l)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return &google.Links{URIs: there}
}
